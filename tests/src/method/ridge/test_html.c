#include "fixture.h"

#include "image.h"
#include "result_fixture.h"

enum { CLASSES = 3, SAMPLES = 12 };

static char *names[CLASSES] = {"<script>alert(1)</script>", "a & b \"c\" 'd'",
                               "bad \xff\xc3 bytes"};
static uint16_t labels[SAMPLES];
static double weights[3 * 60];
static struct tg_mistake mistakes[2] = {{4, 1, 0, 1.5}, {8, 2, 1, 0.25}};
static int reads; /* samples read so far */

/* Sample `row` has all values `row`. */
static int read_rows(const struct tg_dataset *data, const size_t *rows,
                     size_t n, uint8_t *samples)
{
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < data->features; f++)
            samples[i * data->features + f] = (uint8_t)rows[i];
    reads += (int)n;
    return 0;
}

static int read_reals(const struct tg_dataset *data, const size_t *rows,
                      size_t n, double *samples)
{
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < data->features; f++)
            samples[i * data->features + f] = (double)rows[i] - (double)f;
    reads += (int)n;
    return 0;
}

static int cannot_read(const struct tg_dataset *data, const size_t *rows,
                       size_t n, uint8_t *samples)
{
    (void)rows;
    (void)n;
    (void)samples;
    return tg_fail(TG_EIO, "%s: gone", data->spec);
}

static struct tg_dataset make_data(void)
{
    for (int i = 0; i < SAMPLES; i++)
        labels[i] = (uint16_t)(i % CLASSES);
    struct tg_dataset data = result_data("photos/<i>pets\xff", names);

    data.count = SAMPLES;
    data.labels = labels;
    data.read = read_rows;
    data.read_real = read_reals;
    return data;
}

static struct tg_result make_result(const struct tg_dataset *data)
{
    struct tg_result result = result_of(data);

    result.weights = weights;
    result.tested = data;
    result.mistake = mistakes;
    result.mistakes = 2;
    return result;
}

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text;
    long size;

    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    text = malloc((size_t)size + 1);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    text[size] = '\0';
    fclose(file);
    assert_int_equal(strlen(text), size);
    return text;
}

/* The page, to be freed. */
static char *make_page(const struct tg_result *result)
{
    const char *path = fixture_path("page.html");
    int error = tg_report_html(path, &tg_ridge_fit_report, result);

    if (error)
        fail_msg("%s", tg_error_message(error));
    return slurp(path);
}

static int times(const char *text, const char *part)
{
    int n = 0;

    while ((text = strstr(text, part))) {
        text += strlen(part);
        n++;
    }
    return n;
}

static void assert_has(const char *page, const char *part)
{
    if (!strstr(page, part))
        fail_msg("'%s' is missing", part);
}

static void assert_lacks(const char *page, const char *part)
{
    if (strstr(page, part))
        fail_msg("'%s' is there", part);
}

static void test_parts(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page = make_page(&result);

    (void)state;
    assert_has(page, "80.00 %"); /* 1600 of 2000 */
    assert_has(page, "1,600 of 2,000 right");
    assert_has(page, "<html lang=\"en\">");
    assert_has(page, "name=\"viewport\"");
    assert_has(page, ">1,200</td>");
    assert_has(page, "not positive definite in 2 of 4");
    assert_has(page, "<dd>1.500</dd>");
    assert_int_equal(times(page, "<section "), 7);
    assert_int_equal(times(page, "data:image/svg+xml;base64,"), 4);
    /* 4 samples of each class, 2 mistakes, 3 panes a class */
    assert_int_equal(times(page, "data:image/png;base64,"), 12 + 2 + 9);
    assert_int_equal(times(page, "<img "), times(page, " alt=\""));
    assert_lacks(page, "alt=\"\"");
    assert_has(page, "80.0 %</td><td>12.5 %</td><td>7.5 %");
    free(page);
}

/* What people name their classes and folders stays text. */
static void test_escapes(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page = make_page(&result);

    (void)state;
    assert_lacks(page, "<script");
    assert_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_has(page, "a &amp; b &quot;c&quot; &#39;d&#39;");
    assert_has(page, "bad \\xFF\\xC3 bytes");
    assert_lacks(page, "\xff");
    assert_lacks(page, "<i>");
    assert_has(page, "<title>&lt;i&gt;pets\\xFF");
    assert_has(page, "--data &#39;my &lt;pets&gt;&#39;");
    free(page);
}

/* Nothing is fetched from anywhere. */
static void test_alone(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page = make_page(&result);

    (void)state;
    assert_lacks(page, "http:");
    assert_lacks(page, "https:");
    assert_lacks(page, "url(");
    assert_lacks(page, "@import");
    free(page);
}

/* Sections whose data are not there are left out, their links as well. */
static void test_absent(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page;

    (void)state;
    data.width = data.height = data.channels = 0;
    result.nlambdas = 0;
    result.weights = NULL;
    result.mistakes = 0;
    result.run.worker = NULL;
    result.run.command = NULL;
    result.test_confusion = NULL;
    result.run.uncalibrated = 1234;
    reads = 0;
    page = make_page(&result);
    assert_int_equal(reads, 0);
    assert_int_equal(times(page, "<section "), 3);
    assert_int_equal(times(page, "href=\"#"), 3);
    assert_int_equal(times(page, "<img "), 1);
    assert_has(page, "Training accuracy");
    assert_has(page, "1,234 tasks");
    free(page);
}

/* Floats from their least to their largest; vectors as text. */
static void test_floats(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page;

    (void)state;
    data.type = TG_F32;
    data.width = 60;
    data.height = data.channels = 1;
    page = make_page(&result);
    assert_int_equal(times(page, "data:image/png;base64,"), 12 + 2 + 3);
    free(page);
    data.width = data.height = data.channels = 0;
    page = make_page(&result);
    assert_int_equal(times(page, "data:image/png;base64,"), 3); /* strips */
    assert_has(page, "<dd>1.500</dd>");
    free(page);
}

/* The first sample's PNG, decoded again, is the sample. */
static void test_base64(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page = make_page(&result);
    const char *from = strstr(page, "data:image/png;base64,") + 22;
    uint8_t bytes[4096], planes[60];
    size_t n = 0;

    (void)state;
    for (uint32_t bits = 0, have = 0; *from != '"' && *from != '='; from++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, *from) - digits);
        have += 6;
        if (have >= 8) {
            have -= 8;
            bytes[n++] = (uint8_t)(bits >> have);
        }
    }
    assert_int_equal(tg_image_read(fixture_write("a.png", bytes, n), NULL, 4, 5,
                                   3, planes),
                     0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(planes[i], 0); /* row 0 */
    free(page);
}

/* Pictures larger than a page's are made smaller. */
static void test_large(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    char *page;

    (void)state;
    data.width = 400;
    data.height = 200;
    data.features = 400 * 200 * 3;
    result.weights = NULL;
    page = make_page(&result);
    assert_int_equal(times(page, "width=\"96\" height=\"48\""), 12 + 2);
    free(page);
}

static void test_many_classes(void **state)
{
    enum { MANY = 300 };
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    int64_t *counts = calloc(MANY * MANY, sizeof *counts);
    char *many[MANY], *page;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        many[i] = names[i % CLASSES];
        counts[i + MANY * i] = 5;
    }
    counts[7 + MANY * 9] = 1234;
    data.classes = result.classes = MANY;
    data.class_names = many;
    result.class_names = many;
    result.train_confusion = result.test_confusion = counts;
    result.weights = NULL;
    page = make_page(&result);
    assert_lacks(page, "class=\"matrix");
    assert_has(page, "<td class=\"number\">1,234</td>"
                     "<td class=\"number\">99.6 %</td>");
    assert_has(page, "first 100 classes, of 300");
    free(page);
    free(counts);
}

static void test_failures(void **state)
{
    struct tg_dataset data = make_data();
    struct tg_result result = make_result(&data);
    const char *path = fixture_path("page.html");

    (void)state;
    data.read = cannot_read;
    assert_int_equal(tg_report_html(path, &tg_ridge_fit_report, &result),
                     TG_EIO);
    assert_int_not_equal(access(path, F_OK), 0);
    tg_error_clear();
    data.read = read_rows;
    assert_int_equal(tg_report_html(fixture_path("no/page.html"),
                                    &tg_ridge_fit_report, &result),
                     TG_ECANTCREAT);
    tg_error_clear();
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(tg_report_html(path, &tg_ridge_fit_report, &result),
                     TG_EUNAVAILABLE);
    assert_non_null(strstr(tg_error_message(0), "apt-get install gnuplot-nox"));
    assert_int_not_equal(access(path, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_parts),    fixture_test(test_escapes),
        fixture_test(test_alone),    fixture_test(test_absent),
        fixture_test(test_floats),   fixture_test(test_base64),
        fixture_test(test_large),    fixture_test(test_many_classes),
        fixture_test(test_failures), /* last: it changes PATH */
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
