#include "fixture.h"

#include "image.h"
#include "view.h"

enum { N = 9, W = 7, H = 5 };

static uint8_t noise[N * W * H * 3];

static int read_noise(const struct tg_dataset *dataset, const size_t *rows,
                      size_t n, uint8_t *samples)
{
    const size_t d = dataset->features;

    for (size_t i = 0; i < n; i++)
        memcpy(samples + i * d, noise + rows[i] * d, d);
    return TG_OK;
}

static int read_reals(const struct tg_dataset *dataset, const size_t *rows,
                      size_t n, double *samples)
{
    for (size_t i = 0; i < n * dataset->features; i++)
        samples[i] = (double)rows[i / dataset->features];
    return TG_OK;
}

/* Pictures of three classes, of which the last has two samples. */
static struct tg_dataset *make(int channels)
{
    static const uint16_t labels[N] = {0, 1, 0, 1, 0, 1, 2, 2, 0};
    struct tg_dataset *dataset = calloc(1, sizeof *dataset);

    assert_non_null(dataset);
    *dataset = (struct tg_dataset){.spec = strdup("data"),
                                   .type = TG_U8,
                                   .count = N,
                                   .width = W,
                                   .height = H,
                                   .channels = channels,
                                   .features = (size_t)(W * H * channels),
                                   .classes = 3,
                                   .read = read_noise};
    dataset->class_names = calloc(4, sizeof *dataset->class_names);
    for (int c = 0; c < 3; c++)
        dataset->class_names[c] = strdup((char[]){(char)('a' + c), 0});
    dataset->labels = malloc(sizeof labels);
    memcpy(dataset->labels, labels, sizeof labels);
    fixture_fill(3, sizeof noise, noise);
    return dataset;
}

/* The same bytes as of a PNG of these pixels. */
static void test_as_a_file(void **state)
{
    static const struct tg_view_picture shapes[] = {
        {3, 4, 1, false, false, 0},  {3, 4, 3, false, false, 0},
        {W, H, 1, false, false, 0},  {W, H, 3, false, false, 0},
        {19, 6, 3, false, false, 0}, {19, 6, 1, false, true, 0.4},
    };

    (void)state;
    for (size_t s = 0; s < 2 * sizeof shapes / sizeof *shapes; s++) {
        const struct tg_view_picture *want = &shapes[s / 2];
        const int channels = s % 2 ? 3 : 1;
        struct tg_dataset *dataset = make(channels);
        const char *path = fixture_path("x.png");
        uint8_t *samples, expected[19 * 6 * 3];

        assert_int_equal(tg_view_pictures(&dataset, want), TG_OK);
        samples = fixture_read(dataset);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(tg_image_write(path, W, H, channels,
                                            noise + i * (size_t)(W * H) *
                                                        (size_t)channels),
                             TG_OK);
            assert_int_equal(tg_image_read(path, &(struct tg_ground){0},
                                           want->width, want->height,
                                           want->channels, expected),
                             TG_OK);
            if (want->binary)
                tg_image_threshold(want->threshold, dataset->features,
                                   expected);
            assert_memory_equal(samples + i * dataset->features, expected,
                                dataset->features);
        }
        assert_int_equal(dataset->width, want->width);
        assert_int_equal(dataset->channels, want->channels);
        assert_int_equal(dataset->labels[6], 2);
        free(samples);
        tg_dataset_close(dataset);
    }
}

/* Inverted first, then made black or white. */
static void test_invert(void **state)
{
    struct tg_view_picture want = {W, H, 1, true, false, 0.25};
    struct tg_dataset *dataset = make(1);
    uint8_t *samples;

    (void)state;
    assert_int_equal(tg_view_pictures(&dataset, &want), TG_OK);
    assert_int_equal(dataset->nnotes, 1);
    samples = fixture_read(dataset);
    for (size_t i = 0; i < N * W * H; i++)
        assert_int_equal(samples[i], 255 - noise[i]);
    free(samples);
    tg_dataset_close(dataset);
    want.binary = true;
    dataset = make(1);
    assert_int_equal(tg_view_pictures(&dataset, &want), TG_OK);
    samples = fixture_read(dataset);
    for (size_t i = 0; i < N * W * H; i++)
        assert_int_equal(samples[i], (255 - noise[i]) / 255.0 > 0.25 ? 255 : 0);
    free(samples);
    tg_dataset_close(dataset);
}

/* What needs nothing, and what can't be had, stays as it is. */
static void test_as_it_was(void **state)
{
    static const struct tg_view_picture same = {W, H, 1, false, false, 0},
                                        none = {0, 0, 0, false, false, 0},
                                        small = {3, 3, 1, false, false, 0},
                                        turned = {H, W, 1, false, false, 0};
    struct tg_dataset *dataset = make(1), *before = dataset;

    (void)state;
    assert_int_equal(tg_view_pictures(&dataset, &same), TG_OK);
    assert_int_equal(tg_view_pictures(&dataset, &none), TG_OK);
    assert_int_equal(tg_view_pictures(&dataset, &turned), TG_OK);
    dataset->type = TG_F32;
    assert_int_equal(tg_view_pictures(&dataset, &small), TG_OK);
    dataset->type = TG_U8;
    dataset->channels = 2;
    assert_int_equal(tg_view_pictures(&dataset, &small), TG_OK);
    dataset->channels = 1;
    dataset->width = dataset->height = 0;
    assert_int_equal(tg_view_pictures(&dataset, &small), TG_OK);
    assert_ptr_equal(dataset, before);
    assert_int_equal(dataset->nnotes, 0);
    tg_dataset_close(dataset);
}

/* As if they had never been there; of floats, too; twice, as well. */
static void test_leave_out(void **state)
{
    static const size_t out[] = {0, 3, 4, 5}, again[] = {1}, left[] = {0, 2, 4};
    static const size_t places[] = {1, 6, 7, 8};
    struct tg_dataset *dataset = make(1);
    uint8_t *samples;
    double reals[2 * W * H];

    (void)state;
    dataset->read_real = read_reals;
    assert_int_equal(tg_dataset_note(dataset, "first"), TG_OK);
    assert_int_equal(tg_view_leave_out(&dataset, 4, out, true), TG_OK);
    assert_int_equal(dataset->count, 5);
    assert_string_equal(dataset->notes[0], "first");
    assert_string_equal(dataset->notes[1],
                        "4 bad samples are left out: row 0, 3, 4, ...");
    assert_int_equal(tg_view_leave_out(&dataset, 1, again, true), TG_OK);
    assert_string_equal(dataset->notes[2], "1 bad sample is left out: row 1");
    samples = fixture_read(dataset);
    for (size_t i = 0; i < 4; i++)
        assert_memory_equal(samples + i * W * H,
                            noise + (i ? places[i] : 1) * W * H, W * H);
    assert_int_equal(dataset->labels[0], 1);
    assert_int_equal(dataset->labels[3], 0);
    assert_int_equal(dataset->read_real(dataset, left, 2, reals), TG_OK);
    assert_true(reals[0] == 1 && reals[W * H] == 7);
    free(samples);
    tg_dataset_close(dataset);
}

static void test_nothing_left(void **state)
{
    static const size_t all[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, last[] = {6, 7};
    struct tg_dataset *dataset = make(1);

    (void)state;
    assert_int_equal(tg_view_leave_out(&dataset, 0, NULL, true), TG_OK);
    assert_int_equal(tg_view_leave_out(&dataset, N, all, false), TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA), "all 9 samples"));
    tg_error_clear();
    assert_int_equal(tg_view_leave_out(&dataset, 2, last, true), TG_EDATA);
    assert_non_null(strstr(tg_error_message(TG_EDATA), "class 'c'"));
    tg_dataset_close(dataset);
    tg_error_clear();
    dataset = make(1);
    assert_int_equal(tg_view_leave_out(&dataset, 2, last, false), TG_OK);
    assert_int_equal(dataset->count, N - 2);
    assert_int_equal(dataset->places[6], 8);
    tg_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_as_a_file),    fixture_test(test_invert),
        fixture_test(test_as_it_was),    fixture_test(test_leave_out),
        fixture_test(test_nothing_left),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
