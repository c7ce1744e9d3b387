#include "print_fixture.h"

#include <jansson.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

static char path[] = "/tmp/test_json.XXXXXX";

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
                                       "notes",
                                       "test_notes",
                                       "tiles",
                                       "block",
                                       "lanes",
                                       "solver",
                                       "solver_steps",
                                       "solver_residual",
                                       "folds",
                                       "validated",
                                       "seed",
                                       "select",
                                       "lambda",
                                       "lambda_unit",
                                       "standardize",
                                       "feature_map",
                                       "feature_terms",
                                       "mirror",
                                       "feature_precision",
                                       "saturated",
                                       "augment",
                                       "trials",
                                       "budget",
                                       "expected_seconds",
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
    result.run.uncalibrated = 17;
    assert_int_equal(tg_report_json(path, &tg_ridge_fit_report, &result), 0);
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
    assert_text(json, "solver", "primal");
    assert_null_at(json, "solver_steps");
    assert_null_at(json, "solver_residual");
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
    struct tg_time times[6];
    json_t *json;

    (void)state;
    result.test_confusion = NULL;
    result.nlambdas = 0;
    result.model = NULL;
    result.run.worker = NULL;
    result.run.command = "starpu_ridge --data \xff";
    result.gram_gflops = INFINITY;
    memcpy(times, fixture_times, sizeof times);
    times[1].seconds = NAN;
    result.run.times = times;
    result.by_error = false;
    data.spec = "\xff/\u00e9"; /* a file's name need not be UTF-8 */
    assert_int_equal(tg_report_json(path, &tg_ridge_fit_report, &result), 0);
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
    assert_text(json, "command", "starpu_ridge --data \\xFF");
    assert_matrix(json_object_get(json, "confusion"), fixture_train, 3);
    assert_text(json, "select", "accuracy");
    assert_text(json, "data", "\\xFF/\u00e9");
    json_decref(json);
    tg_error_clear();
    assert_int_equal(tg_report_json("/dev/full", &tg_ridge_fit_report, &result),
                     TG_EIO);
    tg_error_clear();
    assert_int_equal(tg_report_json("/nowhere/x", &tg_ridge_fit_report,
                                    &result),
                     TG_ECANTCREAT);
    tg_error_clear();
}

static void test_predict(void **state)
{
    static const char *const keys[] = {
        "n",         "classes",       "class_names",
        "notes",     "feature_terms", "predicted",
        "accuracy",  "confusion",     "seconds",
        "ranks",     "workers",       "worker_seconds",
        "scheduler", "versions",      "data",
        "model",     "output",        NULL};
    struct tg_dataset data = make_data();
    struct tg_prediction p = make_prediction(&data);
    json_t *json, *predicted;

    (void)state;
    assert_int_equal(tg_report_json(path, &tg_ridge_predict_report, &p), 0);
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

    (void)state;
    p.confusion.counts = NULL;
    p.output = NULL;
    assert_int_equal(tg_report_json(path, &tg_ridge_predict_report, &p), 0);
    json = read_json();
    assert_null_at(json, "accuracy");
    assert_null_at(json, "confusion");
    assert_null_at(json, "output");
    json_decref(json);
}

static int64_t peak(void) /* of memory, in KiB */
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* 5,000 classes of three samples: their confusions are 25 million numbers,
 * of which nearly all are zero. */
static void test_many_classes(void **state)
{
    enum { K = 5000 };
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    int64_t *counts = calloc((size_t)K * K, sizeof *counts), before;
    char **many = calloc(K, sizeof *many);
    struct stat info;
    json_t *json;

    (void)state;
    assert_true(counts && many);
    for (size_t i = 0; i < K; i++) {
        many[i] = names[i % 3];
        counts[i + K * i]++;
        counts[i + K * ((7 * i + 1) % K)]++;
        counts[i + K * ((13 * i + 5) % K)]++;
    }
    result.classes = K;
    result.class_names = many;
    result.test_confusion = result.train_confusion = counts;
    before = peak();
    assert_int_equal(tg_report_json(path, &tg_ridge_fit_report, &result), 0);
    assert_in_range(peak() - before, 0, 8 << 10);
    assert_int_equal(stat(path, &info), 0);
    assert_in_range(info.st_size, 1, 1000000);
    json = read_json();
    assert_keys(json, fit_keys);
    assert_int_equal(json_object_size(json_object_get(json, "confusion")), 3);
    json_decref(json);
    free(counts);
    free(many);
}

static int set_up(void **state)
{
    int file = mkstemp(path);

    (void)state;
    return file < 0 ? -1 : close(file);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_json),
        cmocka_unit_test(test_fit_json_variants),
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_predict_unlabelled),
        cmocka_unit_test(test_many_classes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
