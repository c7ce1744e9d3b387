/* Files that are no model, or not whole. */
#include "model_pair.h"

/* Every file that is cut short, or too long, is refused. */
static void test_truncated(void **state)
{
    unsigned char bytes[ROOM];
    size_t size = lay_out(bytes, GOOD, values, 32);
    struct pair pair;
    const char *path;

    (void)state;
    path = place("cut");
    for (size_t length = 0; length < size; length++) {
        write_file(path, bytes, length);
        refuse(path, TG_EDATA, length < 10 ? "only" : "truncated");
    }
    bytes[size] = 0;
    write_file(path, bytes, size + 1);
    refuse(path, TG_EDATA, "too long");
    write_file(path, bytes, size);
    assert_int_equal(load(path, &pair), 0);
    tg_model_free(&pair.model);
}

static const struct {
    const char *header, *says;
} corrupt[] = {
    {"[]", "not safetensors"},
    {"  " GOOD, "'{'"},
    {"{\"weights\":", "not JSON"},
    {GOOD "x", "not JSON"},
    {HEADER(META, WEIGHTS "," WEIGHTS "," INTERCEPT), "duplicate"},
    {HEADER("\"n\":1", WEIGHTS "," INTERCEPT), "'format'"},
    {"{" WEIGHTS "," INTERCEPT "}", "'format' is missing"},
    {"{\"__metadata__\":[]," WEIGHTS "," INTERCEPT "}", "'format'"},
    {"{\"__metadata__\":{" META "}}", "0 bytes"},
    {HEADER(META, WEIGHTS), "16 bytes"},
    {HEADER(META, TENSOR("weights", "F64", "[4,1]", "[0,32]")), "'intercept'"},
    {HEADER(META, TENSOR("intercept", "F64", "[4]", "[0,32]")), "'weights'"},
    {HEADER(META, TENSOR("weights", "F32", "[2,2]", "[0,16]") "," INTERCEPT),
     "F64"},
    {HEADER(META, TENSOR("weights", "F64", "[2]", "[0,16]") "," INTERCEPT),
     "2 dimensions"},
    {HEADER(META, TENSOR("weights", "F64", "[2,2]", "[0,16]") "," INTERCEPT),
     "does not match"},
    {HEADER(META, TENSOR("weights", "F64", "[0,1]", "[0,16]") "," INTERCEPT),
     "does not match"},
    {HEADER(META, TENSOR("weights", "F64", "[-2,1]", "[0,16]") "," INTERCEPT),
     "'weights'"},
    {HEADER(META, TENSOR("weights", "F64", "[2,1.0]", "[0,16]") "," INTERCEPT),
     "'weights'"},
    {HEADER(META, TENSOR("weights", "F64", "[4611686018427387905,4]",
                         "[0,16]") "," INTERCEPT),
     "does not match"},
    {HEADER(META, TENSOR("weights", "F64", "[9223372036854775807,2]",
                         "[0,16]") "," INTERCEPT),
     "does not match"},
    {HEADER(META, TENSOR("weights", "F64", "[99999999999999999999,1]",
                         "[0,16]") "," INTERCEPT),
     "not JSON"},
    {HEADER(META, TENSOR("weights", "F64", "[1,2]", "[0,16]") "," INTERCEPT),
     "classes"},
    {HEADER(META, TENSOR("weights", "F64", "[2,1]", "[0]") "," INTERCEPT),
     "'weights'"},
    {HEADER(META, TENSOR("weights", "F64", "[2,1]", "[16,0]") "," INTERCEPT),
     "overlap"},
    {HEADER(META, TENSOR("weights", "F64", "[2,1]", "[8,24]") "," INTERCEPT),
     "gap"},
    {HEADER(META, WEIGHTS "," TENSOR("intercept", "F64", "[2]", "[8,24]")),
     "overlap"},
    {HEADER(META, WEIGHTS "," TENSOR("intercept", "F64", "[2]", "[16,64]")),
     "64 bytes"},
    {HEADER(META, WEIGHTS
            "," TENSOR("intercept", "F64", "[2]", "[16,9223372036854775807]")),
     "9223372036854775807"},
    {HEADER(META, WEIGHTS "," INTERCEPT ",\"x\":3"), "'x'"},
};

static void test_corrupt_headers(void **state)
{
    unsigned char bytes[ROOM];
    const char *path;

    (void)state;
    path = place("corrupt");
    for (size_t i = 0; i < sizeof corrupt / sizeof *corrupt; i++) {
        write_file(path, bytes, lay_out(bytes, corrupt[i].header, values, 32));
        refuse(path, TG_EDATA, corrupt[i].says);
    }
}

/* A length that lies allocates nothing. */
static void test_lying_length(void **state)
{
    static const uint64_t lengths[] = {
        0, 1, 1000, 100000001, INT64_MAX, UINT64_MAX, UINT64_MAX - 7};
    unsigned char bytes[ROOM];
    size_t size = lay_out(bytes, GOOD, values, 32);
    const char *path;

    (void)state;
    path = place("lie");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (int j = 0; j < 8; j++)
            bytes[j] = (unsigned char)(lengths[i] >> 8 * j);
        write_file(path, bytes, size);
        refuse(path, TG_EDATA, "header");
    }
    /* a header that is really there, in a file full of holes */
    for (int j = 0; j < 8; j++)
        bytes[j] = (unsigned char)(UINT64_C(100000001) >> 8 * j);
    write_file(path, bytes, size);
    assert_int_equal(truncate(path, 200000000), 0);
    refuse(path, TG_EDATA, "100000001");
}

static void test_unreadable(void **state)
{
    const char *path;

    (void)state;
    refuse(place("absent"), TG_ENOINPUT, "No such file");
    refuse(folder, TG_ENOINPUT, "not a file");
    path = place("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse(path, TG_ENOINPUT, "not a file"); /* rather than wait for ever */
    path = place("dangling");
    assert_int_equal(symlink("nowhere", path), 0);
    refuse(path, TG_ENOINPUT, "No such file");
    path = place("locked");
    write_file(path, "x", 1);
    assert_int_equal(chmod(path, 0), 0);
    if (access(path, R_OK)) /* root may read all files */
        refuse(path, TG_ENOINPUT, "Permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_corrupt_headers),
        cmocka_unit_test(test_lying_length),
        cmocka_unit_test(test_unreadable),
    };

    return cmocka_run_group_tests_name("damaged model", tests, set_up,
                                       tear_down);
}
