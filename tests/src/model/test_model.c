#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "model.h"

#define ROOM 8192 /* bytes, enough for the files of these tests */

static char folder[] = "/tmp/test_model.XXXXXX";

/* The path of a name in the tests' folder; the last four are kept. */
static const char *place(const char *name)
{
    static char *kept[4];
    static unsigned next;
    char **path = &kept[next++ % 4];

    free(*path);
    assert_true(asprintf(path, "%s/%s", folder, name) >= 0);
    return *path;
}

static size_t read_file(const char *path, unsigned char bytes[ROOM])
{
    FILE *file = fopen(path, "rb");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, ROOM, file);
    assert_true(size < ROOM);
    fclose(file);
    return size;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int load(const char *path, struct tg_model *model)
{
    tg_error_clear();
    return tg_model_load(path, model);
}

/* A load that must fail: with this code, the path and `says` in its message,
 * and nothing left to free. */
static void refuse(const char *path, int code, const char *says)
{
    struct tg_model model, zero = {0};
    int result = load(path, &model);
    const char *message = tg_error_message(result);

    if (result != code || !strstr(message, path) || !strstr(message, says))
        fail_msg("%d, not %d with '%s': %s", result, code, says, message);
    assert_memory_equal(&model, &zero, sizeof model);
}

static struct tg_model make_model(char *const *names, int classes,
                                  size_t features)
{
    struct tg_model model;

    assert_int_equal(tg_model_init(&model, features, classes, names), 0);
    for (size_t i = 0; i < features * (size_t)classes; i++)
        model.weights[i] = ((double)i - 3) / 7;
    for (int i = 0; i < classes; i++)
        model.intercept[i] = -1. / (3 + i);
    model.scale = 1. / 255;
    model.lambda = 0.1;
    model.n_train = 60000;
    return model;
}

static void assert_same(const struct tg_model *a, const struct tg_model *b)
{
    size_t k = (size_t)a->classes;

    assert_int_equal(a->features, b->features);
    assert_int_equal(a->classes, b->classes);
    for (size_t i = 0; i < k; i++)
        assert_string_equal(a->class_names[i], b->class_names[i]);
    assert_memory_equal(a->weights, b->weights,
                        k * a->features * sizeof(double));
    assert_memory_equal(a->intercept, b->intercept, k * sizeof(double));
    assert_memory_equal(&a->scale, &b->scale, sizeof a->scale);
    assert_memory_equal(&a->lambda, &b->lambda, sizeof a->lambda);
    assert_memory_equal(&a->threshold, &b->threshold, sizeof a->threshold);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    assert_int_equal(a->gray, b->gray);
    assert_int_equal(a->binary, b->binary);
    assert_int_equal(a->n_train, b->n_train);
}

static void check_round_trip(const struct tg_model *model)
{
    unsigned char first[ROOM], second[ROOM];
    const char *path = place("a"), *again = place("b");
    struct tg_model loaded;
    size_t size;

    assert_int_equal(tg_model_save(model, path), 0);
    assert_int_equal(load(path, &loaded), 0);
    assert_same(model, &loaded);
    assert_int_equal(tg_model_save(&loaded, again), 0);
    size = read_file(path, first);
    assert_int_equal(read_file(again, second), size);
    assert_memory_equal(first, second, size);
    assert_int_equal(size % 8, 0); /* so the tensors are aligned */
    tg_model_free(&loaded);
}

static void test_round_trip(void **state)
{
    static char *plain[] = {"0", "1"};
    static char *odd[] = {"caf\u00e9", "say \"hi\"",    "back\\slash",
                          " ",         "no\u00a0break", "\U0001f600 ,[]{}",
                          "a/b"};
    struct tg_model model = make_model(plain, 2, 3);

    (void)state;
    check_round_trip(&model);
    tg_model_free(&model);
    model = make_model(odd, 7, 12);
    model.width = 2;
    model.height = 3;
    model.channels = 2;
    model.gray = true;
    model.binary = true;
    model.threshold = 1. / 3;
    model.type = TG_F32;
    model.scale = 1;
    model.lambda = 4.9406564584124654e-324;
    model.n_train = (size_t)1 << 40;
    model.weights[5] = -0.0;
    model.weights[6] = 1.7976931348623157e308;
    check_round_trip(&model);
    tg_model_free(&model);
    tg_model_free(&model); /* twice does no harm */
    model = make_model(plain, 1, 1);
    check_round_trip(&model);
    tg_model_free(&model);
}

/* A file as the format's document lays it out, byte by byte. */
#define META                                                                   \
    "\"format\":\"starpu_ridge\",\"version\":\"1\",\"classes\":"               \
    "\"[\\\"a\\\",\\\"b\\\"]\",\"lambda\":\"2.5\",\"n_train\":\"7\","          \
    "\"scale\":\"1\",\"type\":\"f32\",\"width\":\"0\",\"height\":\"0\","       \
    "\"channels\":\"0\",\"gray\":\"false\",\"threshold\":\"none\""
#define TENSOR(name, type, shape, offsets)                                     \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape                    \
    ",\"data_offsets\":" offsets "}"
#define WEIGHTS TENSOR("weights", "F64", "[2,1]", "[0,16]")
#define INTERCEPT TENSOR("intercept", "F64", "[2]", "[16,32]")
#define HEADER(meta, tensors) "{\"__metadata__\":{" meta "}," tensors "}"
#define GOOD HEADER(META, WEIGHTS "," INTERCEPT)

/* 1, -2, 0.5, 1024 in little-endian IEEE 754 */
static const unsigned char values[32] = {0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
                                         0, 0, 0, 0, 0, 0, 0,    0xc0,
                                         0, 0, 0, 0, 0, 0, 0xe0, 0x3f,
                                         0, 0, 0, 0, 0, 0, 0x90, 0x40};

static size_t lay_out(unsigned char bytes[ROOM], const char *header,
                      const unsigned char *data, size_t size)
{
    size_t length = strlen(header);

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(bytes + 8, header, length);
    memcpy(bytes + 8 + length, data, size);
    return 8 + length + size;
}

static void test_by_hand(void **state)
{
    static const char *const headers[] = {
        GOOD,
        GOOD "   \n ",
        HEADER(META, TENSOR("intercept", "F64", "[2]", "[16,32]") "," WEIGHTS),
        HEADER(META ",\"more\":\"said\"", WEIGHTS "," INTERCEPT),
        "{" INTERCEPT "," WEIGHTS ",\"__metadata__\":{" META "}}",
    };
    unsigned char bytes[ROOM];
    struct tg_model model;
    const char *path;

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        path = place("hand");
        write_file(path, bytes, lay_out(bytes, headers[i], values, 32));
        if (load(path, &model))
            fail_msg("%zu: %s", i, tg_error_message(TG_EDATA));
        assert_int_equal(model.features, 1);
        assert_int_equal(model.classes, 2);
        assert_string_equal(model.class_names[1], "b");
        assert_true(model.weights[0] == 1 && model.weights[1] == -2);
        assert_true(model.intercept[0] == 0.5 && model.intercept[1] == 1024);
        assert_true(model.lambda == 2.5 && model.scale == 1);
        assert_true(model.type == TG_F32 && !model.binary && !model.gray);
        assert_int_equal(model.n_train, 7);
        tg_model_free(&model);
    }
}

/* What a save writes, in the order and with the bytes that others read. */
static void test_layout(void **state)
{
    static char *names[] = {"a", "b"};
    unsigned char bytes[ROOM], expected[ROOM];
    struct tg_model model = make_model(names, 2, 1);
    const char *path = place("out");
    char header[ROOM];
    size_t size;

    (void)state;
    model.weights[0] = 1;
    model.weights[1] = -2;
    model.intercept[0] = 0.5;
    model.intercept[1] = 1024;
    model.lambda = 2.5;
    model.n_train = 7;
    model.scale = 1;
    model.type = TG_F32;
    assert_int_equal(tg_model_save(&model, path), 0);
    snprintf(header, sizeof header, "%s%*s", GOOD, (int)(-strlen(GOOD) % 8),
             "");
    size = lay_out(expected, header, values, 32);
    assert_int_equal(read_file(path, bytes), size);
    assert_memory_equal(bytes, expected, size);
    tg_model_free(&model);
}

/* Tensors that are not ours don't matter, if they are sound. */
static void test_extra_tensor(void **state)
{
    static const char header[] =
        HEADER(META,
               TENSOR("other", "BF16", "[4]", "[0,8]") "," TENSOR(
                   "weights", "F64", "[2,1]",
                   "[8,24]") "," TENSOR("intercept", "F64", "[2]", "[24,40]"));
    unsigned char bytes[ROOM], data[40] = {0};
    struct tg_model model;
    const char *path;

    (void)state;
    memcpy(data + 8, values, 32);
    path = place("extra");
    write_file(path, bytes, lay_out(bytes, header, data, 40));
    assert_int_equal(load(path, &model), 0);
    assert_true(model.weights[1] == -2 && model.intercept[1] == 1024);
    tg_model_free(&model);
}

/* Every file that is cut short, or too long, is refused. */
static void test_truncated(void **state)
{
    unsigned char bytes[ROOM];
    size_t size = lay_out(bytes, GOOD, values, 32);
    struct tg_model model;
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
    assert_int_equal(load(path, &model), 0);
    tg_model_free(&model);
}

/* Any byte changed: a model all of whose parts are sound, or a refusal. */
static void test_changed(void **state)
{
    unsigned char bytes[ROOM];
    size_t size = lay_out(bytes, GOOD, values, 32), accepted = 0;
    const char *path;

    (void)state;
    path = place("changed");
    for (size_t i = 0; i < size; i++) {
        for (int change = 1; change < 256; change <<= 1) {
            struct tg_model model;
            int code;

            bytes[i] ^= (unsigned char)change;
            write_file(path, bytes, size);
            code = load(path, &model);
            if (!code) {
                accepted++;
                assert_int_equal(model.features * (size_t)model.classes, 2);
                assert_true(isfinite(model.weights[1]) && model.scale > 0);
                tg_model_free(&model);
            } else {
                assert_int_equal(code, TG_EDATA);
            }
            bytes[i] ^= (unsigned char)change;
        }
    }
    assert_true(accepted > 200); /* most bits of values, and class names */
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

/* GOOD with a piece of its metadata replaced. */
static const struct {
    const char *from, *to, *says;
} metadata[] = {
    {"starpu_ridge", "other", "'format'"},
    {"\"version\":\"1\"", "\"version\":\"2\"", "'version'"},
    {"\"version\":\"1\"", "\"version\":1", "'version'"},
    {"\"lambda\"", "\"lamda\"", "'lambda' is missing"},
    {"\"2.5\"", "\"-2.5\"", "'lambda'"},
    {"\"2.5\"", "\"nan\"", "'lambda'"},
    {"\"2.5\"", "\"2.5x\"", "'lambda'"},
    {"\"2.5\"", "\"\"", "'lambda'"},
    {"\"2.5\"", "\"1e999\"", "'lambda'"},
    {"\"n_train\":\"7\"", "\"n_train\":\"-7\"", "'n_train'"},
    {"\"n_train\":\"7\"", "\"n_train\":\"99999999999999999999\"", "'n_train'"},
    {"\"scale\":\"1\"", "\"scale\":\"0\"", "'scale'"},
    {"\"scale\":\"1\"", "\"scale\":\"inf\"", "'scale'"},
    {"\"f32\"", "\"f16\"", "'type'"},
    {"\"width\":\"0\"", "\"width\":\"1\"", "pictures of 1 x 0 x 0"},
    {"\"width\":\"0\"", "\"width\":\"65536\"", "'width'"},
    {"\"height\":\"0\"", "\"height\":\"0x\"", "'height'"},
    {"\"gray\":\"false\"", "\"gray\":\"no\"", "'gray'"},
    {"\"none\"", "\"1.5\"", "'threshold'"},
    {"\"none\"", "\"\"", "'threshold'"},
    {"\"threshold\"", "\"thresh\"", "'threshold' is missing"},
    {"\"[\\\"a\\\",\\\"b\\\"]\"", "\"a,b\"", "'classes'"},
    {"\"[\\\"a\\\",\\\"b\\\"]\"", "\"{}\"", "'classes'"},
    {"\"[\\\"a\\\",\\\"b\\\"]\"", "\"[\\\"a\\\"]\"", "2 names"},
    {"\\\"b\\\"", "\\\"a\\\"", "twice"},
    {"\\\"b\\\"", "2", "no name"},
    {"\\\"b\\\"", "\\\"\\\\u0000\\\"", "'classes'"},
    {"\\\"b\\\"", "\\\"\\\"", "no name"}, /* found by fuzzing */
    {"\\\"b\\\"", "\\\"\\\\u001b[2J\\\"", "no name"},
    {"\\\"b\\\"", "\\\"\\\\u009b2J\\\"", "no name"},
};

static void test_metadata(void **state)
{
    unsigned char bytes[ROOM];
    const char *path;
    char header[ROOM];

    (void)state;
    path = place("metadata");
    for (size_t i = 0; i < sizeof metadata / sizeof *metadata; i++) {
        const char *at = strstr(GOOD, metadata[i].from);

        assert_non_null(at);
        snprintf(header, sizeof header, "%.*s%s%s", (int)(at - GOOD), GOOD,
                 metadata[i].to, at + strlen(metadata[i].from));
        write_file(path, bytes, lay_out(bytes, header, values, 32));
        refuse(path, TG_EDATA, metadata[i].says);
    }
}

static void test_not_finite(void **state)
{
    unsigned char bytes[ROOM], data[32];
    const char *path;

    (void)state;
    path = place("nan");
    for (size_t i = 0; i < 4; i++) {
        memcpy(data, values, 32);
        data[8 * i + 6] = 0xf0; /* infinity */
        data[8 * i + 7] = 0x7f;
        write_file(path, bytes, lay_out(bytes, GOOD, data, 32));
        refuse(path, TG_EDATA, i < 2 ? "'weights' holds" : "'intercept' holds");
        data[8 * i] = 1; /* NaN */
        write_file(path, bytes, lay_out(bytes, GOOD, data, 32));
        refuse(path, TG_EDATA, "NaN");
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

/* A failed save says so, and leaves nothing behind. */
static void test_unwritable(void **state)
{
    static char *names[] = {"a", "\xff\xfe"};
    struct tg_model model = make_model(names, 1, 2);
    const char *path = place("no/folder");

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_model_save(&model, path), TG_ECANTCREAT);
    assert_non_null(strstr(tg_error_message(0), path));
    tg_error_clear();
    assert_int_equal(tg_model_save(&model, "/dev/full"), TG_EIO);
    tg_model_free(&model);
    model = make_model(names, 2, 2);
    tg_error_clear();
    path = place("bytes");
    assert_int_equal(tg_model_save(&model, path), TG_EDATA);
    assert_non_null(strstr(tg_error_message(0), "UTF-8"));
    assert_int_not_equal(access(path, F_OK), 0);
    tg_model_free(&model);
}

static void test_too_large(void **state)
{
    static char *names[] = {"a", "b"};
    struct tg_model model, zero = {0};

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_model_init(&model, SIZE_MAX / 8 + 1, 2, names),
                     TG_EMEMORY);
    assert_memory_equal(&model, &zero, sizeof model);
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

/* Only the files that the tests named are there: no temporary one. */
static int tear_down(void **state)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    int left = 0;

    (void)state;
    while ((entry = readdir(stream))) {
        left += strstr(entry->d_name, ".tmp") != NULL;
        unlink(place(entry->d_name));
    }
    closedir(stream);
    return rmdir(folder) || left;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_extra_tensor),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_corrupt_headers),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_lying_length),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests_name("model", tests, set_up, tear_down);
}
