#include "print_fixture.h"

#include <limits.h>

#include "error.h"

#define MANY_CLASSES 30

static char *many_names[MANY_CLASSES];
static int64_t many[MANY_CLASSES * MANY_CLASSES];

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
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "pets: 100 train samples, 4x5x3");
    assert_has(text, "Training samples");
    assert_has(text, "train 0.7000 (70 of 100)\n");
    assert_has(text, "- Gflop/s");
    assert_false(has(text, "Cross-validation") || has(text, "Model") ||
                 has(text, "test") || has(text, "nan"));
    assert_fits(text);
    free(text);

    result = make_result(&data);
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 1));
    PRINTED(plain, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
    result.run.platform.workers = 2;
    result.run.worker = extremes;
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "Workers   busy 50.0 %, idle 0.0 %, overhead 50.0 % "
                     "(busy 0.0 to 100.0)\n");
    assert_fits(text);
    free(text);
    result.run.platform.workers = 1; /* alone: no least and most */
    result.run.worker = &one;
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "Workers   busy 75.0 %, idle 25.0 %, overhead 0.0 %\n");
    free(text);
    one = (struct tg_worker){0};
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_false(has(text, "Workers"));
    free(text);
    result.run.worker = NULL;
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_false(has(text, "Workers"));
    free(text);
}

static void test_uncalibrated(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *text;

    (void)state;
    strcpy(result.run.platform.scheduler, "dmdas");
    result.run.uncalibrated = 12345;
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "Report    a b.html\nPictures  w.png\n");
    free(text);
    result.confusion_picture = "c.png";
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "Pictures  c.png\n          w.png\n");
    free(text);
    result.run.calibrations = 12;
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
    assert_has(text, "Timings   calibrated in 12 runs;");
    free(text);
    result.model = "m";
    result.json = "r.json";
    result.trace = "t";
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
        PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 0));
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
    static int64_t huge[9] = {
        INT64_MAX / 4, 1, 1, 1, INT64_MAX / 4, 1, 1, 1, 1};
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    struct tg_cv_row rows[3] = {{1e-300, 1, 1, 1e300, 0, 0},
                                {1e300, 1, 1, 1e9, 0, INT_MAX},
                                {1e301, 0.5, 1e10, -1, 0, 0}};
    struct tg_time times[6];
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
    result.folds = result.validated = INT_MAX;
    result.cv = rows;
    result.train_confusion = result.test_confusion = huge;
    memcpy(times, fixture_times, sizeof times);
    for (int i = 0; i < 6; i++)
        times[i].seconds = i ? 123456.789 : 9999.9999;
    result.run.times = times;
    result.run.total = 9e9;
    result.gram_gflops = 1e12;
    result.run.platform.ranks = result.run.platform.workers = 10000000;
    result.run.uncalibrated = UINT32_MAX;
    result.run.worker = NULL;
    memset(result.run.platform.scheduler, 's', 25);
    PRINTED(text, tg_report_text(out, &tg_ridge_fit_report, &result, 1));
    assert_fits(text);
    assert_has(text, "photo\n");
    assert_has(text, "?[31mred?");
    assert_has(text, "\n?? ");
    free(text);
}

static void test_predict(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_prediction p = make_prediction(&data);
    char *text;

    (void)state;
    PRINTED(text, tg_report_text(out, &tg_ridge_predict_report, &p, 0));
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
}

static void test_predict_unlabelled(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_prediction p = make_prediction(&data);
    char *text;

    (void)state;
    p.confusion.counts = NULL;
    p.output = NULL;
    PRINTED(text, tg_report_text(out, &tg_ridge_predict_report, &p, 0));
    assert_has(text, "cat              1,500\n");
    assert_false(has(text, "Accuracy") || has(text, "recall") ||
                 has(text, "Output"));
    assert_fits(text);
    free(text);
}

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < MANY_CLASSES; i++)
        if (asprintf(&many_names[i], "c%d", i) < 0)
            return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < MANY_CLASSES; i++)
        free(many_names[i]);
    return 0;
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
        cmocka_unit_test(test_predict),
        cmocka_unit_test(test_predict_unlabelled),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
