#include "model_pair.h"

static struct pair make_pair(char *const *names, int classes, size_t features,
                             double scale, double lambda)
{
    struct pair pair;

    assert_int_equal(tg_ridge_model_make(&pair.model, features, classes, names,
                                         scale, lambda, &pair.ridge),
                     0);
    for (size_t i = 0; i < features * (size_t)classes; i++)
        pair.ridge.weights[i] = ((double)i - 3) / 7;
    for (int i = 0; i < classes; i++)
        pair.ridge.intercept[i] = -1. / (3 + i);
    pair.model.n_train = 60000;
    return pair;
}

static void assert_same(const struct pair *left, const struct pair *right)
{
    const struct tg_model *a = &left->model, *b = &right->model;
    const struct tg_ridge_model *v = &left->ridge, *w = &right->ridge;
    size_t k = v->classes;

    assert_int_equal(v->features, w->features);
    assert_int_equal(k, w->classes);
    assert_memory_equal(v->weights, w->weights,
                        k * v->features * sizeof(double));
    assert_memory_equal(v->intercept, w->intercept, k * sizeof(double));
    assert_memory_equal(&v->scale, &w->scale, sizeof v->scale);
    assert_memory_equal(&v->lambda, &w->lambda, sizeof v->lambda);
    assert_int_equal(a->features, b->features);
    assert_int_equal(a->classes, b->classes);
    for (size_t i = 0; i < k; i++)
        assert_string_equal(a->class_names[i], b->class_names[i]);
    assert_memory_equal(&a->threshold, &b->threshold, sizeof a->threshold);
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    assert_int_equal(a->gray, b->gray);
    assert_int_equal(a->binary, b->binary);
    assert_int_equal(a->n_train, b->n_train);
}

static void check_round_trip(struct pair *pair)
{
    unsigned char first[ROOM], second[ROOM];
    const char *path = place("a"), *again = place("b");
    struct pair loaded;
    size_t size;

    assert_int_equal(tg_model_save(&pair->model, path), 0);
    assert_int_equal(load(path, &loaded), 0);
    assert_same(pair, &loaded);
    assert_int_equal(tg_model_save(&loaded.model, again), 0);
    size = read_file(path, first);
    assert_int_equal(read_file(again, second), size);
    assert_memory_equal(first, second, size);
    assert_int_equal(size % 8, 0); /* so the tensors are aligned */
    tg_model_free(&loaded.model);
    tg_model_free(&pair->model);
}

static void test_round_trip(void **state)
{
    static char *plain[] = {"0", "1"};
    static char *odd[] = {"caf\u00e9", "say \"hi\"",    "back\\slash",
                          " ",         "no\u00a0break", "\U0001f600 ,[]{}",
                          "a/b"};
    struct pair pair = make_pair(plain, 2, 3, 1. / 255, 0.1);

    (void)state;
    check_round_trip(&pair);
    pair = make_pair(odd, 7, 12, 1, 4.9406564584124654e-324);
    pair.model.width = 2;
    pair.model.height = 3;
    pair.model.channels = 2;
    pair.model.gray = true;
    pair.model.binary = true;
    pair.model.threshold = 1. / 3;
    pair.model.type = TG_F32;
    pair.model.n_train = (size_t)1 << 40;
    pair.ridge.weights[5] = -0.0;
    pair.ridge.weights[6] = 1.7976931348623157e308;
    check_round_trip(&pair);
    pair = make_pair(plain, 1, 1, 1. / 255, 0.1);
    check_round_trip(&pair);
}

static void assert_by_hand(const struct pair *pair)
{
    const struct tg_ridge_model *ridge = &pair->ridge;
    const struct tg_model *model = &pair->model;

    assert_int_equal(model->features, 1);
    assert_int_equal(model->classes, 2);
    assert_string_equal(model->class_names[1], "b");
    assert_true(ridge->weights[0] == 1 && ridge->weights[1] == -2);
    assert_true(ridge->intercept[0] == 0.5 && ridge->intercept[1] == 1024);
    assert_true(ridge->lambda == 2.5 && ridge->scale == 1);
    assert_true(model->type == TG_F32 && !model->binary && !model->gray);
    assert_int_equal(model->n_train, 7);
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
    struct pair pair;
    const char *path;

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        path = place("hand");
        write_file(path, bytes, lay_out(bytes, headers[i], values, 32));
        if (load(path, &pair))
            fail_msg("%zu: %s", i, tg_error_message(TG_EDATA));
        assert_by_hand(&pair);
        tg_model_free(&pair.model);
    }
}

/* What a save writes, in the order and with the bytes that others read. */
static void test_layout(void **state)
{
    static char *names[] = {"a", "b"};
    unsigned char bytes[ROOM], expected[ROOM];
    struct pair pair = make_pair(names, 2, 1, 1, 2.5);
    const char *path = place("out");
    char header[ROOM];
    size_t size;

    (void)state;
    pair.ridge.weights[0] = 1;
    pair.ridge.weights[1] = -2;
    pair.ridge.intercept[0] = 0.5;
    pair.ridge.intercept[1] = 1024;
    pair.model.n_train = 7;
    pair.model.type = TG_F32;
    assert_int_equal(tg_model_save(&pair.model, path), 0);
    snprintf(header, sizeof header, "%s%*s", GOOD, (int)(-strlen(GOOD) % 8),
             "");
    size = lay_out(expected, header, values, 32);
    assert_int_equal(read_file(path, bytes), size);
    assert_memory_equal(bytes, expected, size);
    tg_model_free(&pair.model);
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
    struct pair pair;
    const char *path;

    (void)state;
    memcpy(data + 8, values, 32);
    path = place("extra");
    write_file(path, bytes, lay_out(bytes, header, data, 40));
    assert_int_equal(load(path, &pair), 0);
    assert_true(pair.ridge.weights[1] == -2 && pair.ridge.intercept[1] == 1024);
    tg_model_free(&pair.model);
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
            struct pair pair;
            int code;

            bytes[i] ^= (unsigned char)change;
            write_file(path, bytes, size);
            code = load(path, &pair);
            if (!code) {
                accepted++;
                assert_int_equal(pair.ridge.features * pair.ridge.classes, 2);
                assert_true(isfinite(pair.ridge.weights[1]) &&
                            pair.ridge.scale > 0);
                tg_model_free(&pair.model);
            } else {
                assert_int_equal(code, TG_EDATA);
            }
            bytes[i] ^= (unsigned char)change;
        }
    }
    assert_true(accepted > 200); /* most bits of values, and class names */
}

/* GOOD with a piece of its metadata replaced. */
static const struct {
    const char *from, *to, *says;
} metadata[] = {
    {"starpu_ridge", "other", "'format'"},
    {"\"version\":\"1\"", "\"version\":\"3\"", "'version'"},
    {"\"version\":\"1\"", "\"version\":\"2\"", "'method' is missing"},
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

/* A failed save says so, and leaves nothing behind. */
static void test_unwritable(void **state)
{
    static char *names[] = {"a", "\xff\xfe"};
    struct pair pair = make_pair(names, 1, 2, 1, 1);
    const char *path = place("no/folder");

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_model_save(&pair.model, path), TG_ECANTCREAT);
    assert_non_null(strstr(tg_error_message(0), path));
    tg_error_clear();
    assert_int_equal(tg_model_save(&pair.model, "/dev/full"), TG_EIO);
    tg_model_free(&pair.model);
    pair = make_pair(names, 2, 2, 1, 1);
    tg_error_clear();
    path = place("bytes");
    assert_int_equal(tg_model_save(&pair.model, path), TG_EDATA);
    assert_non_null(strstr(tg_error_message(0), "UTF-8"));
    assert_int_not_equal(access(path, F_OK), 0);
    tg_model_free(&pair.model);
}

/* Models of this form that ridge, of scaled samples, cannot work with. */
static void test_not_ridge(void **state)
{
    static char *names[] = {"a", "b"};
    const struct tg_number factor = {"factor", 0.5};
    struct pair pair = make_pair(names, 2, 3, 0.5, 1);
    const char *path = place("not");

    (void)state;
    assert_int_equal(tg_model_add_step(&pair.model, "patches", 1, &factor), 0);
    assert_int_equal(tg_model_save(&pair.model, path), 0);
    refuse(path, TG_EDATA, "has patches");
    tg_model_free(&pair.model);
    pair = make_pair(names, 2, 3, 0.5, 1);
    pair.model.features = 4;
    assert_int_equal(tg_model_save(&pair.model, path), 0);
    refuse(path, TG_EDATA, "of 3 features, samples have 4");
    tg_model_free(&pair.model);
    assert_int_equal(tg_model_init(&pair.model, "cnn", 2, names), 0);
    assert_int_equal(tg_model_save(&pair.model, path), 0);
    refuse(path, TG_EDATA, "'cnn'");
    tg_model_free(&pair.model);
    assert_int_equal(tg_model_init(&pair.model, "ridge", 2, names), 0);
    assert_int_equal(tg_model_save(&pair.model, path), 0);
    refuse(path, TG_EDATA, "'weights'");
    tg_model_free(&pair.model);
}

static void test_too_large(void **state)
{
    static char *names[] = {"a", "b"};
    struct tg_model zero = {0};
    struct pair pair;

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_ridge_model_make(&pair.model, SIZE_MAX / 8 + 1, 2,
                                         names, 1, 1, &pair.ridge),
                     TG_EMEMORY);
    assert_memory_equal(&pair.model, &zero, sizeof zero);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_layout),     cmocka_unit_test(test_extra_tensor),
        cmocka_unit_test(test_changed),    cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_not_finite), cmocka_unit_test(test_unwritable),
        cmocka_unit_test(test_not_ridge),  cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests_name("ridge model", tests, set_up, tear_down);
}
