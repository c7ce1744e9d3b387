#include "result_fixture.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "model.h"
#include "text.h"

#define MANY_CLASSES 30

static char path[] = "/tmp/test_report.XXXXXX";

static char *many_names[MANY_CLASSES];
static int64_t many[MANY_CLASSES * MANY_CLASSES];

static char *names[3] = {"cat", "dog \"x\"", "\u00e9l\u00e9phant"};

static struct tg_dataset make_data(void)
{
    return result_data("pets", names);
}

static struct tg_result make_result(const struct tg_dataset *data)
{
    struct tg_result result = result_of(data);

    result.model = "out/pets.safetensors";
    return result;
}

/* Every class right but for `wrong` of 100 samples; class 7 is the worst. */
static void make_many(struct tg_dataset *data, struct tg_result *result)
{
    memset(many, 0, sizeof many);
    for (int i = 0; i < MANY_CLASSES; i++) {
        int64_t wrong = i == 7 ? 90 : i;
        int other = (i + 1) % MANY_CLASSES;

        many[i + MANY_CLASSES * i] = 100 - wrong;
        many[i + MANY_CLASSES * other] = wrong;
    }
    data->classes = MANY_CLASSES;
    data->class_names = many_names;
    result->classes = MANY_CLASSES;
    result->class_names = many_names;
    result->test_confusion = many;
    result->train_confusion = many;
}

/* The text that a function printed, to be freed. */
#define PRINTED(text, call)                                                    \
    do {                                                                       \
        size_t printed_size_;                                                  \
        FILE *out = open_memstream(&(text), &printed_size_);                   \
        call;                                                                  \
        fclose(out);                                                           \
    } while (0)

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void assert_has(const char *text, const char *part)
{
    if (!has(text, part))
        fail_msg("'%s' is missing in\n%s", part, text);
}

/* No line above 80 columns, no control character but colours. */
static void assert_fits(const char *text)
{
    int columns = 0;

    for (const char *c = text; *c; c++) {
        bool colour = *c == '\033';

        if (colour)
            c += strcspn(c, "m");
        else if (*c == '\n')
            columns = 0;
        else
            columns += (*c & 0xc0) != 0x80;
        if (columns > 80 || (!colour && *c != '\n' && *c > 0 && *c < 32))
            fail_msg("too wide, or a control character, at '%s' in\n%s", c,
                     text);
    }
}

static void test_fit_text(void **state)
{
    static const char *const parts[] = {
        "pets: 100 train + 2,000 test samples, 4x5x3, 3 classes",
        "2 ranks, 4 workers, scheduler lws",
        "6 tiles, 3 lanes, blocks of 32 features\n",
        "4 folds, best mse",
        "0   not positive definite in 2 of 4 folds",
        "*           10      0.8125 ± 0.0125      0.250000  chosen\n",
        "1000      0.7500 ± 0.0312      0.500000\n",
        "Accuracy  train 0.7000 (70 of 100)\n",
        "          test  0.8000 (1,600 of 2,000)\n",
        "Test samples",
        "cat           0.8000    0.9231         1,300\n",
        "dog \"x\"       0.8000    0.5714           700\n",
        "\u00e9l\u00e9phant           -         -             0\n",
        "123.5 Gop/s",
        "Workers   busy 45.0 %, idle 37.5 %, overhead 17.5 % "
        "(busy 25.0 to 80.0)\n",
        "out/pets.safetensors",
        "   load      gram    reduce factorize     solve   predict      wall\n",
        "  0.250     0.500     0.125     1.000     2.000     4.000     8.000\n",
    };
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text;

    (void)state;
    PRINTED(text, tg_report_fit(out, &result, 0));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_has(text, parts[i]);
    assert_false(has(text, "Warning"));
    assert_false(has(text, "\033"));
    assert_fits(text);
    free(text);
}

/* Without test samples, validation and model; then with colour. */
static void test_fit_variants(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text, *plain = NULL;

    (void)state;
    result.n_test = 0;
    result.test_confusion = NULL;
    result.nlambdas = 0;
    result.cv = NULL;
    result.model = NULL;
    result.gram_gflops = NAN;
    data.type = TG_F32;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "pets: 100 train samples, 4x5x3");
    assert_has(text, "Training samples");
    assert_has(text, "train 0.7000 (70 of 100)\n");
    assert_has(text, "- Gflop/s");
    assert_false(has(text, "Cross-validation") || has(text, "Model") ||
                 has(text, "test") || has(text, "nan"));
    assert_fits(text);
    free(text);

    result = make_result(&data);
    PRINTED(text, tg_report_fit(out, &result, 1));
    PRINTED(plain, tg_report_fit(out, &result, 0));
    assert_true(has(text, "\033[32m") && has(text, "\033[0m"));
    assert_fits(text);
    for (char *c = text; (c = strchr(c, '\033'));) /* but for colours, equal */
        memmove(c, c + strcspn(c, "m") + 1, strlen(c + strcspn(c, "m")));
    assert_string_equal(text, plain);
    free(text);
    free(plain);
}

static void test_workers(void **state)
{
    static const struct tg_worker extremes[2] = {{0, 0, 1e9, 0, 1e-9},
                                                 {INT_MAX, 0, 1e-9, 0, 1e9}};
    struct tg_worker one = {0, 0, 3, 1, 0};
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text;

    (void)state;
    result.platform.workers = 2;
    result.worker = extremes;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Workers   busy 50.0 %, idle 0.0 %, overhead 50.0 % "
                     "(busy 0.0 to 100.0)\n");
    assert_fits(text);
    free(text);
    result.platform.workers = 1; /* alone: no least and most */
    result.worker = &one;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Workers   busy 75.0 %, idle 25.0 %, overhead 0.0 %\n");
    free(text);
    one = (struct tg_worker){0};
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_false(has(text, "Workers"));
    free(text);
    result.worker = NULL;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_false(has(text, "Workers"));
    free(text);
}

static void test_uncalibrated(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text;

    (void)state;
    strcpy(result.platform.scheduler, "dmdas");
    result.uncalibrated = 12345;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Warning: 12,345 tasks ran without a calibrated");
    assert_has(text, "scheduler dmdas");
    assert_has(text, "--calibrate");
    assert_fits(text);
    free(text);
}

/* The paths written, each with its option's result. */
static void test_files(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text;

    (void)state;
    result.report = "a b.html";
    result.weights_picture = "w.png";
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Report    a b.html\nPictures  w.png\n");
    free(text);
    result.confusion_picture = "c.png";
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Pictures  c.png\n          w.png\n");
    free(text);
    result.calibrations = 12;
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Timings   calibrated in 12 runs;");
    free(text);
    result.model = "m";
    result.json = "r.json";
    result.trace = "t";
    PRINTED(text, tg_report_fit(out, &result, 0));
    assert_has(text, "Model     m\nResults   r.json\nTrace     t\nReport ");
    free(text);
}

static void test_edge(void **state)
{
    static const struct {
        double first, chosen;
        const char *warning;
    } cases[] = {
        {0.5, 0.5, "smallest of those tried; smaller"},
        {0.5, 1000, "largest of those tried; larger"},
        {0.5, 10, NULL},
        {0, 0, NULL}, /* nothing is smaller */
    };
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    struct tg_cv_row rows[3];

    (void)state;
    memcpy(rows, fixture_cv, sizeof rows);
    result.cv = rows;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text;

        rows[0].lambda = cases[i].first;
        result.lambda = cases[i].chosen;
        PRINTED(text, tg_report_fit(out, &result, 0));
        if (cases[i].warning)
            assert_has(text, cases[i].warning);
        else
            assert_false(has(text, "Warning"));
        assert_fits(text);
        free(text);
    }
}

static void test_many_classes(void **state)
{
    static const char *const shown[] = {"c7 ", "c29", "c28", "c27", "c26"};
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    const char *at;
    char *text;

    (void)state;
    make_many(&data, &result);
    PRINTED(text, tg_report_fit(out, &result, 0));
    at = strstr(text, "\nclass");
    for (size_t i = 0; i < 5; i++) { /* in this order */
        at = at ? strstr(at, shown[i]) : NULL;
        if (!at)
            fail_msg("%s is not in its place:\n%s", shown[i], text);
    }
    assert_has(text, "(the 5 classes of lowest recall, of 30)");
    assert_false(has(text, "\nc25 ") || has(text, "\nc0 "));
    assert_fits(text);
    free(text);
}

/* Long and hostile names, and the largest numbers, stay in 80 columns. */
static void test_extremes(void **state)
{
    static char spec[300], long_name[200];
    static char *odd[3] = {long_name, "\033[31mred\n", "\xff\xc3"};
    static const int64_t huge[9] = {
        INT64_MAX / 4, 1, 1, 1, INT64_MAX / 4, 1, 1, 1, 1};
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    struct tg_cv_row rows[3] = {{1e-300, 1, 1, 1e300, 0, 0},
                                {1e300, 1, 1, 1e9, 0, INT_MAX},
                                {1e301, 0.5, 1e10, -1, 0, 0}};
    char *text;

    (void)state;
    memset(spec, 'p', sizeof spec - 1);
    memcpy(spec + sizeof spec - 6, "photo", 5);
    for (size_t i = 0; i + 2 < sizeof long_name; i += 2)
        memcpy(long_name + i, "\u00e9", 2);
    data.spec = spec;
    data.width = data.height = data.channels = 65535;
    data.class_names = odd;
    result.class_names = odd;
    result.n_train = result.n_test = UINT32_MAX;
    result.tiles = result.lanes = result.block = INT_MAX;
    result.folds = INT_MAX;
    result.cv = rows;
    result.train_confusion = result.test_confusion = huge;
    for (int i = 0; i < TG_PHASES; i++)
        result.seconds[i] = i ? 123456.789 : 9999.9999;
    result.total = 9e9;
    result.gram_gflops = 1e12;
    result.platform.ranks = result.platform.workers = 10000000;
    result.uncalibrated = UINT32_MAX;
    result.worker = NULL;
    memset(result.platform.scheduler, 's', 25);
    PRINTED(text, tg_report_fit(out, &result, 1));
    assert_fits(text);
    assert_has(text, "photo\n");
    assert_has(text, "?[31mred?");
    assert_has(text, "\n?? ");
    free(text);
}

static json_t *read_json(void)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

    if (!json)
        fail_msg("%s", error.text);
    return json;
}

static void assert_keys(const json_t *json, const char *const *keys)
{
    size_t n = 0;

    for (; keys[n]; n++)
        if (!json_object_get(json, keys[n]))
            fail_msg("no '%s'", keys[n]);
    assert_int_equal(json_object_size(json), n);
}

static json_int_t count(const json_t *json, const char *key)
{
    json_t *value = json_object_get(json, key);

    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static double real(const json_t *json, const char *key)
{
    json_t *value = json_object_get(json, key);

    assert_true(json_is_real(value));
    return json_real_value(value);
}

static void assert_text(const json_t *json, const char *key, const char *text)
{
    assert_string_equal(json_string_value(json_object_get(json, key)), text);
}

static void assert_null_at(const json_t *json, const char *key)
{
    assert_true(json_is_null(json_object_get(json, key)));
}

/* matrix[i][j] is the count at truth i, predicted j. */
static void assert_matrix(const json_t *rows, const int64_t *confusion, int k)
{
    assert_int_equal(json_array_size(rows), k);
    for (int i = 0; i < k; i++) {
        const json_t *row = json_array_get(rows, (size_t)i);

        assert_int_equal(json_array_size(row), k);
        for (int j = 0; j < k; j++)
            assert_int_equal(json_integer_value(json_array_get(row, (size_t)j)),
                             confusion[i + k * j]);
    }
}

static const char *const fit_keys[] = {"n_train",
                                       "n_test",
                                       "features",
                                       "classes",
                                       "class_names",
                                       "tiles",
                                       "block",
                                       "lanes",
                                       "folds",
                                       "seed",
                                       "select",
                                       "lambda",
                                       "cv",
                                       "train_accuracy",
                                       "test_accuracy",
                                       "confusion",
                                       "train_confusion",
                                       "seconds",
                                       "gram_gflops",
                                       "ranks",
                                       "workers",
                                       "worker_seconds",
                                       "scheduler",
                                       "versions",
                                       "uncalibrated_tasks",
                                       "command",
                                       "data",
                                       "model",
                                       NULL};
static const char *const cv_keys[] = {"lambda", "accuracy", "accuracy_se",
                                      "mse",    "mse_se",   "failed_folds",
                                      NULL};
static const char *const worker_keys[] = {"rank", "worker",   "busy",
                                          "idle", "overhead", NULL};
static const char *const seconds_keys[] = {"load",      "gram",  "reduce",
                                           "factorize", "solve", "predict",
                                           "total",     NULL};
static const char *const version_keys[] = {"starpu_ridge", "starpu",      "mpi",
                                           "blas",         "gram_kernel", NULL};

static void check_workers(const json_t *list)
{
    assert_int_equal(json_array_size(list), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *worker = json_array_get(list, i);

        assert_keys(worker, worker_keys);
        assert_int_equal(count(worker, "rank"), fixture_workers[i].rank);
        assert_int_equal(count(worker, "worker"), fixture_workers[i].worker);
        assert_true(real(worker, "busy") == fixture_workers[i].busy);
        assert_true(real(worker, "idle") == fixture_workers[i].idle);
        assert_true(real(worker, "overhead") == fixture_workers[i].overhead);
    }
}

static void check_platform(const json_t *json)
{
    const json_t *versions = json_object_get(json, "versions");

    assert_int_equal(count(json, "ranks"), 2);
    assert_int_equal(count(json, "workers"), 4);
    check_workers(json_object_get(json, "worker_seconds"));
    assert_text(json, "scheduler", "lws");
    assert_keys(versions, version_keys);
    assert_text(versions, "starpu_ridge", STARPU_RIDGE_VERSION);
    assert_text(versions, "starpu", "1.4.7");
    assert_text(versions, "mpi", "Open MPI 4");
    assert_text(versions, "blas", "OpenBLAS");
    assert_text(versions, "gram_kernel", "vnni");
    assert_keys(json_object_get(json, "seconds"), seconds_keys);
}

static void test_fit_json(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    json_t *json, *rows, *row;

    (void)state;
    result.uncalibrated = 17;
    assert_int_equal(tg_report_fit_json(path, &result), 0);
    json = read_json();
    assert_keys(json, fit_keys);
    check_platform(json);
    assert_int_equal(count(json, "n_train"), 100);
    assert_int_equal(count(json, "n_test"), 2000);
    assert_int_equal(count(json, "features"), 60);
    assert_int_equal(count(json, "classes"), 3);
    assert_int_equal(count(json, "tiles"), 6);
    assert_int_equal(count(json, "block"), 32);
    assert_int_equal(count(json, "lanes"), 3);
    assert_int_equal(count(json, "folds"), 4);
    assert_int_equal(count(json, "seed"), 7);
    assert_text(json, "select", "mse");
    assert_true(real(json, "lambda") == 10);
    assert_true(real(json, "train_accuracy") == 0.7);
    assert_true(real(json, "test_accuracy") == 0.8);
    assert_true(real(json, "gram_gflops") == 123.5);
    assert_true(real(json_object_get(json, "seconds"), "reduce") == 0.125);
    assert_true(real(json_object_get(json, "seconds"), "total") == 8);
    assert_text(json, "data", "pets");
    assert_text(json, "model", "out/pets.safetensors");
    assert_matrix(json_object_get(json, "confusion"), fixture_test, 3);
    assert_matrix(json_object_get(json, "train_confusion"), fixture_train, 3);
    rows = json_object_get(json, "class_names");
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(json_string_value(json_array_get(rows, i)),
                            names[i]);
    rows = json_object_get(json, "cv");
    assert_int_equal(json_array_size(rows), 3);
    row = json_array_get(rows, 0);
    assert_keys(row, cv_keys);
    assert_null_at(row, "accuracy");
    assert_null_at(row, "mse");
    assert_null_at(row, "mse_se");
    assert_int_equal(count(row, "failed_folds"), 2);
    row = json_array_get(rows, 1);
    assert_true(real(row, "lambda") == 10 && real(row, "accuracy") == 0.8125);
    assert_true(real(row, "accuracy_se") == 0.0125 && real(row, "mse") == 0.25);
    assert_true(real(row, "mse_se") == 0.0625);
    assert_int_equal(count(json, "uncalibrated_tasks"), 17);
    assert_text(json, "command",
                "mpirun -np 2 starpu_ridge --data 'my <pets>'");
    json_decref(json);
}

static void test_fit_json_variants(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    json_t *json;

    (void)state;
    result.test_confusion = NULL;
    result.nlambdas = 0;
    result.model = NULL;
    result.worker = NULL;
    result.command = "starpu_ridge --data \xff";
    result.gram_gflops = INFINITY;
    result.seconds[TG_PHASE_GRAM] = NAN;
    result.by_error = false;
    data.spec = "\xff/\u00e9"; /* a file's name need not be UTF-8 */
    assert_int_equal(tg_report_fit_json(path, &result), 0);
    json = read_json();
    assert_keys(json, fit_keys);
    assert_null_at(json, "test_accuracy");
    assert_null_at(json, "model");
    assert_null_at(json, "gram_gflops");
    assert_null_at(json_object_get(json, "seconds"), "gram");
    assert_int_equal(json_array_size(json_object_get(json, "cv")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "worker_seconds")),
                     0);
    assert_int_equal(count(json, "uncalibrated_tasks"), 0);
    assert_text(json, "command", "starpu_ridge --data ?");
    assert_matrix(json_object_get(json, "confusion"), fixture_train, 3);
    assert_text(json, "select", "accuracy");
    assert_text(json, "data", "?/\u00e9");
    json_decref(json);
    tg_error_clear();
    assert_int_equal(tg_report_fit_json("/dev/full", &result), TG_EIO);
    tg_error_clear();
    assert_int_equal(tg_report_fit_json("/nowhere/x", &result), TG_ECANTCREAT);
    tg_error_clear();
}

static struct tg_prediction make_prediction(const struct tg_dataset *data)
{
    static const int64_t predicted[3] = {1500, 500, 0};

    return (struct tg_prediction){
        .data = data,
        .model = "m.safetensors",
        .output = "a.csv",
        .confusion_picture = "c.png",
        .count = 2000,
        .classes = 3,
        .class_names = names,
        .confusion = fixture_test,
        .predicted = predicted,
        .seconds = {0.5},
        .total = 3,
        .platform = {2, 4, 2, "lws", "1.4.7", "Open MPI 4", "OpenBLAS", "vnni"},
        .worker = fixture_workers,
    };
}

static void test_predict(void **state)
{
    static const char *const keys[] = {
        "n",        "classes",        "class_names", "predicted",
        "accuracy", "confusion",      "seconds",     "ranks",
        "workers",  "worker_seconds", "scheduler",   "versions",
        "data",     "model",          "output",      NULL};
    struct tg_dataset data = make_data();
    struct tg_prediction p = make_prediction(&data);
    json_t *json, *predicted;
    char *text;

    (void)state;
    PRINTED(text, tg_report_predict(out, &p, 0));
    assert_has(text, "pets: 2,000 samples, 4x5x3, 3 classes");
    assert_has(text, "Accuracy  0.8000 (1,600 of 2,000)\n");
    assert_has(text,
               "cat           0.8000    0.9231         1,300         1,500");
    assert_has(text, "m.safetensors");
    assert_has(text, "a.csv");
    assert_has(text, "Workers   busy 45.0 %, idle 37.5 %, overhead 17.5 % "
                     "(busy 25.0 to 80.0)\n");
    assert_has(text, "Picture   c.png\n");
    assert_fits(text);
    free(text);
    assert_int_equal(tg_report_predict_json(path, &p), 0);
    json = read_json();
    assert_keys(json, keys);
    check_platform(json);
    assert_int_equal(count(json, "n"), 2000);
    assert_true(real(json, "accuracy") == 0.8);
    assert_matrix(json_object_get(json, "confusion"), fixture_test, 3);
    predicted = json_object_get(json, "predicted");
    assert_int_equal(json_array_size(predicted), 3);
    assert_int_equal(json_integer_value(json_array_get(predicted, 1)), 500);
    assert_text(json, "output", "a.csv");
    json_decref(json);
}

static void test_predict_unlabelled(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_prediction p = make_prediction(&data);
    json_t *json;
    char *text;

    (void)state;
    p.confusion = NULL;
    p.output = NULL;
    PRINTED(text, tg_report_predict(out, &p, 0));
    assert_has(text, "cat              1,500\n");
    assert_false(has(text, "Accuracy") || has(text, "recall") ||
                 has(text, "Output"));
    assert_fits(text);
    free(text);
    assert_int_equal(tg_report_predict_json(path, &p), 0);
    json = read_json();
    assert_null_at(json, "accuracy");
    assert_null_at(json, "confusion");
    assert_null_at(json, "output");
    json_decref(json);
}

static void test_info_dataset(void **state)
{
    static uint16_t labels[100];
    struct tg_dataset data = make_data();
    char *text;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        labels[i] = i < 75 ? 0 : 2;
    data.labels = labels;
    PRINTED(text, tg_report_dataset(out, &data, &data));
    assert_has(text, "pets\n");
    assert_has(text, "pictures\n");
    assert_has(text, "100 (training part)\n");
    assert_has(text, "100 (test part)\n");
    assert_has(text, "60: pictures of 4 x 5, 3 channels, 8 bits");
    assert_has(text, "cat                 75    0.7500\n");
    assert_has(text, "dog \"x\"              0    0.0000\n");
    assert_has(text, "\u00e9l\u00e9phant            25    0.2500\n");
    assert_fits(text);
    free(text);
    data.labels = NULL;
    data.class_names = NULL;
    data.classes = 0;
    data.width = data.height = data.channels = 0;
    data.type = TG_F32;
    PRINTED(text, tg_report_dataset(out, &data, NULL));
    assert_has(text, "Samples   100\n");
    assert_has(text, "no labels");
    assert_has(text, "60, floating point");
    free(text);
}

static void test_info_model(void **state)
{
    struct tg_model model = {.features = 60,
                             .classes = 3,
                             .class_names = names,
                             .width = 4,
                             .height = 5,
                             .channels = 3,
                             .gray = true,
                             .binary = true,
                             .threshold = 0.5,
                             .lambda = 12.5,
                             .n_train = 60000};
    char *text;

    (void)state;
    PRINTED(text, tg_report_model(out, "m.safetensors", &model));
    assert_has(text, "m.safetensors\n");
    assert_has(text, "on 60,000 samples, lambda 12.5\n");
    assert_has(text, "60: pictures of 4 x 5, 3 channels, 8 bits");
    assert_has(text, "gray, black or white at 0.5");
    assert_has(text, "cat, dog \"x\", \u00e9l\u00e9phant\n");
    assert_fits(text);
    free(text);
    model.classes = MANY_CLASSES;
    model.class_names = many_names;
    model.gray = model.binary = false;
    PRINTED(text, tg_report_model(out, "m", &model));
    assert_has(text, "c0, c1, ");
    assert_has(text, " c29\n");
    assert_false(has(text, "gray"));
    assert_fits(text);
    free(text);
}

static void test_numbers(void **state)
{
    static const struct {
        int64_t n;
        const char *text;
    } counts[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {1234567, "1,234,567"},
        {-1000, "-1,000"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_string_equal(tg_text_count(counts[i].n).text, counts[i].text);
    assert_string_equal(tg_text_real(0.86041, 4).text, "0.8604");
    assert_string_equal(tg_text_real(NAN, 4).text, "-");
    assert_string_equal(tg_text_real(-INFINITY, 4).text, "-");
    assert_true(strlen(tg_text_real(-1.7e308, 6).text) < 14);
    assert_true(isnan(tg_report_accuracy(3, NULL)));
    assert_true(tg_report_accuracy(3, fixture_test) == 0.8);
}

/* The UTF-8 that is printed, and what becomes '?'. */
static void test_clean(void **state)
{
    static const struct {
        const char *text, *clean;
        int columns;
    } cases[] = {
        {"", "", 0},
        {"plain ~", "plain ~", 7},
        {"\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600", 3},
        {"a\tb\033c\x7f", "a?b?c?", 6},
        {"\xc2\x9b", "??", 2},           /* a control character of 8 bits */
        {"\xc3", "?", 1},                /* cut short */
        {"\xe2\x82", "??", 2},           /* cut short */
        {"\xc0\xaf", "??", 2},           /* '/' in a form too long */
        {"\xed\xa0\x80", "???", 3},      /* half of a pair */
        {"\xf4\x90\x80\x80", "????", 4}, /* beyond Unicode */
        {"\xf0\x9f\x98\x80\xff", "\xf0\x9f\x98\x80?", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *clean = tg_text_clean(cases[i].text);

        assert_string_equal(clean, cases[i].clean);
        assert_int_equal(tg_text_columns(cases[i].text), cases[i].columns);
        free(clean);
    }
}

static int set_up(void **state)
{
    int file = mkstemp(path);

    (void)state;
    for (int i = 0; i < MANY_CLASSES; i++)
        if (asprintf(&many_names[i], "c%d", i) < 0)
            return -1;
    return file < 0 ? -1 : close(file);
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < MANY_CLASSES; i++)
        free(many_names[i]);
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_text),
        cmocka_unit_test(test_fit_variants),
        cmocka_unit_test(test_workers),
        cmocka_unit_test(test_uncalibrated),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_edge),
        cmocka_unit_test(test_many_classes),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_fit_json),
        cmocka_unit_test(test_fit_json_variants),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_predict_unlabelled),
        cmocka_unit_test(test_info_dataset),
        cmocka_unit_test(test_info_model),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_clean),
    };

    return cmocka_run_group_tests_name("report", tests, set_up, tear_down);
}
