#include "error.h"
#include "model.h"
#include "model_fixture.h"
#include "safetensors.h"

static int load(const char *path, struct tg_model *model)
{
    tg_error_clear();
    return tg_model_load(path, model);
}

/* A model of a pipeline that no version 1 can hold. */
static struct tg_model make_model(void)
{
    static char *names[] = {"cat", "dog"};
    static const struct tg_number factor = {"factor", 1. / 255};
    static const struct tg_number numbers[] = {{"patch", 6}, {"bias", 0.25}};
    struct tg_model model;

    assert_int_equal(tg_model_init(&model, "ridge", 2, names), 0);
    model.features = 18;
    model.width = 3;
    model.height = 2;
    model.channels = 3;
    model.n_train = 50000;
    assert_int_equal(tg_model_add_step(&model, "scale", 1, &factor), 0);
    assert_int_equal(tg_model_add_step(&model, "shift", 0, NULL), 0);
    assert_int_equal(tg_model_add_step(&model, "patches", 2, numbers), 0);
    assert_int_equal(tg_model_set_real(&model, "lambda", 0.1), 0);
    assert_int_equal(tg_model_set_text(&model, "note", "caf\u00e9 \"1\""), 0);
    return model;
}

/* All bits of all types survive, with values of every size next to others. */
static void add_tensors(struct tg_model *model)
{
    static const enum tg_dtype types[] = {TG_DTYPE_U8,  TG_DTYPE_F64,
                                          TG_DTYPE_I8,  TG_DTYPE_F32,
                                          TG_DTYPE_U16, TG_DTYPE_I64,
                                          TG_DTYPE_I16, TG_DTYPE_U64,
                                          TG_DTYPE_I32, TG_DTYPE_U32};
    const size_t shape[] = {3, 1, 5};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char name[] = "0.of";
        unsigned char *data;

        name[0] = (char)('0' + i);
        assert_int_equal(tg_model_add(model, name, types[i], 3, shape), 0);
        data = tg_model_find(model, name)->data;
        for (size_t j = 0; j < 15 * tg_dtype_size(types[i]); j++)
            data[j] = (unsigned char)(37 * j + 101 * i);
    }
    assert_int_equal(tg_model_add(model, "single", TG_DTYPE_F64, 0, NULL), 0);
    assert_int_equal(tg_model_add(model, "none", TG_DTYPE_U8, 1, &(size_t){0}),
                     0);
}

static void assert_same_tensors(const struct tg_model *a,
                                const struct tg_model *b)
{
    assert_int_equal(a->ntensors, b->ntensors);
    for (size_t i = 0; i < a->ntensors; i++) {
        const struct tg_tensor *x = &a->tensors[i];
        const struct tg_tensor *y = tg_model_find(b, x->name);

        assert_non_null(y);
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->rank, y->rank);
        assert_memory_equal(x->shape, y->shape, sizeof x->shape);
        assert_memory_equal(x->data, y->data, tg_tensor_bytes(x));
    }
}

/* Each tensor of a file begins at a multiple of its values' size. */
static void assert_aligned(const char *path)
{
    struct tg_safetensors source;
    const char *name;
    json_t *tensor;

    assert_int_equal(tg_safetensors_open(&source, path), 0);
    assert_int_equal(source.start % 8, 0);
    json_object_foreach(source.header, name, tensor)
    {
        const json_t *offsets = json_object_get(tensor, "data_offsets");
        const json_t *type = json_object_get(tensor, "dtype");
        enum tg_dtype found;

        if (tensor == source.metadata)
            continue;
        assert_true(tg_dtype_find(json_string_value(type), &found));
        assert_int_equal(json_integer_value(json_array_get(offsets, 0)) %
                             (json_int_t)tg_dtype_size(found),
                         0);
    }
    tg_safetensors_close(&source);
}

static void assert_same_steps(const struct tg_model *model)
{
    double value;

    assert_string_equal(tg_model_step(model, 0), "scale");
    assert_string_equal(tg_model_step(model, 1), "shift");
    assert_string_equal(tg_model_step(model, 2), "patches");
    assert_null(tg_model_step(model, 3));
    assert_int_equal(tg_model_step_number(model, 0, "factor", 0, 1, &value), 0);
    assert_true(value == 1. / 255);
    assert_int_equal(tg_model_step_number(model, 2, "bias", 0, 1, &value), 0);
    assert_true(value == 0.25);
    assert_int_equal(tg_model_step_number(model, 2, "patch", 6, 6, &value), 0);
}

static void test_version2(void **state)
{
    unsigned char first[ROOM], second[ROOM];
    const char *path = place("a"), *again = place("b"), *text;
    struct tg_model model = make_model(), loaded;
    double lambda;
    size_t size;

    (void)state;
    add_tensors(&model);
    assert_int_equal(tg_model_save(&model, path), 0);
    assert_aligned(path);
    assert_int_equal(load(path, &loaded), 0);
    assert_string_equal(loaded.method, "ridge");
    assert_string_equal(loaded.class_names[1], "dog");
    assert_int_equal(loaded.classes, 2);
    assert_int_equal(loaded.features, 18);
    assert_int_equal(loaded.n_train, 50000);
    assert_int_equal(loaded.height, 2);
    assert_same_steps(&loaded);
    assert_same_tensors(&model, &loaded);
    assert_int_equal(tg_model_get_real(&loaded, "lambda", 0, 1, &lambda), 0);
    assert_true(lambda == 0.1);
    assert_int_equal(tg_model_get_text(&loaded, "note", &text), 0);
    assert_string_equal(text, "caf\u00e9 \"1\"");
    assert_int_equal(tg_model_save(&loaded, again), 0);
    size = read_file(path, first);
    assert_int_equal(read_file(again, second), size);
    assert_memory_equal(first, second, size);
    tg_model_free(&loaded);
    tg_model_free(&model);
    tg_model_free(&model); /* twice does no harm */
}

/* The version that a model's file has: the oldest that can hold it. */
static char version_of(const struct tg_model *model)
{
    unsigned char bytes[ROOM + 1];
    const char *path = place("version"), *at;

    assert_int_equal(tg_model_save(model, path), 0);
    bytes[read_file(path, bytes)] = 0;
    at = strstr((char *)bytes + 8, "\"version\":\"");
    assert_non_null(at);
    return at[strlen("\"version\":\"")];
}

static void make_plain(struct tg_model *model, const char *method,
                       const char *step, double factor, size_t features)
{
    static char *names[] = {"a"};
    const size_t shape[] = {1, 2};

    assert_int_equal(tg_model_init(model, method, 1, names), 0);
    model->features = features;
    assert_int_equal(tg_model_add_step(model, step, 1,
                                       &(struct tg_number){"factor", factor}),
                     0);
    assert_int_equal(tg_model_add(model, "weights", TG_DTYPE_F64, 2, shape), 0);
}

static void test_version(void **state)
{
    static const struct {
        const char *method, *step;
        double factor;
        size_t features;
        char version;
    } rows[] = {
        {"ridge", "scale", 0.5, 2, '1'},   {"other", "scale", 0.5, 2, '2'},
        {"ridge", "shift", 0.5, 2, '2'},   {"ridge", "scale", 0.0, 2, '2'},
        {"ridge", "scale", 0.5, 128, '2'},
    };
    struct tg_model model;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_plain(&model, rows[i].method, rows[i].step, rows[i].factor,
                   rows[i].features);
        assert_int_equal(version_of(&model), rows[i].version);
        tg_model_free(&model);
    }
    make_plain(&model, "ridge", "scale", 0.5, 2);
    assert_int_equal(tg_model_add_step(&model, "shift", 0, NULL), 0);
    assert_int_equal(version_of(&model), '2');
    tg_model_free(&model);
}

#define META2                                                                  \
    "\"format\":\"starpu_ridge\",\"version\":\"2\",\"classes\":\"[]\","        \
    "\"n_train\":\"7\",\"method\":\"m\",\"features\":\"4\",\"pipeline\":"      \
    "\"[{\\\"name\\\":\\\"s\\\",\\\"by\\\":2}]\",\"type\":\"f32\","            \
    "\"width\":\"0\",\"height\":\"0\",\"channels\":\"0\","                     \
    "\"gray\":\"false\",\"threshold\":\"none\""
#define GOOD2 HEADER(META2, TENSOR("x", "F32", "[8]", "[0,32]"))
#define PIPELINE "[{\\\"name\\\":\\\"s\\\",\\\"by\\\":2}]"

/* GOOD2 with a piece replaced. */
static const struct {
    const char *from, *to, *says;
} changes[] = {
    {"\"method\"", "\"methods\"", "'method' is missing"},
    {"\"features\":\"4\"", "\"features\":\"-4\"", "'features'"},
    {"\"width\":\"0\"", "\"width\":\"3\"", "4 features"},
    {"\"pipeline\"", "\"pipelines\"", "'pipeline' is missing"},
    {PIPELINE, "", "'pipeline'"},
    {PIPELINE, "{}", "'pipeline'"},
    {PIPELINE, "[7]", "'pipeline'"},
    {PIPELINE, "[{}]", "'pipeline'"},
    {"\\\"s\\\"", "1", "'pipeline'"},
    {":2}", ":\\\"2\\\"}", "'pipeline'"},
    {":2}", ":2,\\\"by\\\":2}", "'pipeline'"},
    {":2}", ":1e999}", "'pipeline'"},
    {"[8]", "[8]", NULL},
    {"[8]", "[9]", "the shape of 'x' does not match its 32 bytes"},
    {"[8]", "[4294967296,4294967297,4]", "the shape of 'x'"},
    {"F32", "F64", "the shape of 'x'"},
    {"[8]", "[1,1,1,1,1,1,1,1,9]", NULL}, /* not ours */
    {"F32", "F4", NULL},
    {"\"none\"", "\"none\",\"background\":\"#0A14fF\"", NULL},
    {"\"none\"", "\"none\",\"background\":\"pink\"", "'background'"},
};

static void test_version2_changed(void **state)
{
    unsigned char bytes[ROOM];
    char header[ROOM];
    struct tg_model model;

    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const char *path = place("changed"), *from = changes[i].from;
        const char *at = strstr(GOOD2, from), *says = changes[i].says;
        int code;

        assert_non_null(at);
        snprintf(header, sizeof header, "%.*s%s%s", (int)(at - GOOD2), GOOD2,
                 changes[i].to, at + strlen(from));
        write_file(path, bytes, lay_out(bytes, header, values, 32));
        code = load(path, &model);
        if (says ? code != TG_EDATA || !strstr(tg_error_message(code), says)
                 : code)
            fail_msg("%zu: %d %s", i, code, tg_error_message(code));
        tg_model_free(&model);
    }
}

/* What a method asks of a model that is not there, and is told. */
static void test_needs(void **state)
{
    struct tg_model model = make_model();
    const struct tg_tensor *tensor;
    double value;
    uint64_t count;

    (void)state;
    add_tensors(&model);
    tg_error_clear();
    assert_int_equal(tg_model_need(&model, "0.of", TG_DTYPE_U8, 3, &tensor), 0);
    assert_int_equal(tensor->shape[2], 5);
    assert_int_equal(tg_model_need(&model, "0.of", TG_DTYPE_I8, 3, &tensor),
                     TG_EDATA);
    assert_non_null(strstr(tg_error_message(0), "an I8 tensor '0.of' of 3"));
    assert_int_equal(tg_model_need(&model, "0.of", TG_DTYPE_U8, 2, &tensor),
                     TG_EDATA);
    assert_int_equal(tg_model_need(&model, "none", TG_DTYPE_U8, 1, &tensor),
                     TG_EDATA);
    assert_int_equal(tg_model_need(&model, "x", TG_DTYPE_U8, 1, &tensor),
                     TG_EDATA);
    *(double *)tg_model_find(&model, "single")->data = INFINITY;
    assert_int_equal(tg_model_need(&model, "single", TG_DTYPE_F64, 0, &tensor),
                     TG_EDATA);
    assert_int_equal(tg_model_step_number(&model, 1, "by", 0, 1, &value),
                     TG_EDATA);
    assert_int_equal(tg_model_step_number(&model, 2, "patch", 7, 9, &value),
                     TG_EDATA);
    assert_int_equal(tg_model_get_count(&model, "note", 9, &count), TG_EDATA);
    assert_int_equal(tg_model_get_count(&model, "none", 9, &count), TG_EDATA);
    tg_model_free(&model);
}

static void test_too_large(void **state)
{
    const size_t wraps[] = {SIZE_MAX / 8 + 1, 2};
    struct tg_model model = make_model();

    (void)state;
    tg_error_clear();
    assert_int_equal(tg_model_add(&model, "x", TG_DTYPE_F64, 2, wraps),
                     TG_EMEMORY);
    assert_int_equal(model.ntensors, 0);
    tg_model_free(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version2),         cmocka_unit_test(test_version),
        cmocka_unit_test(test_version2_changed), cmocka_unit_test(test_needs),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests_name("model", tests, set_up, tear_down);
}
