/* Features of a list of terms: the same bytes in any tile, from what was learnt
 * as from what a model keeps of it; and in single precision what 8 bits
 * round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "feature_list.h"
#include "harness.h"
#include "samples.h"

enum { WIDTH = 13, HEIGHT = 11, CHANNELS = 2, N = 70 };

/* Pictures, and features of them. */
struct fixture {
    struct samples *samples;
    struct tg_reader reader;
    struct tg_plan plan; /* for its placement */
    struct tg_features features;
    size_t width, bytes;
};

/* Terms point into their list: a fixture stays where it is made. */
static void make(struct fixture *f, const char *text, bool mirror, bool single)
{
    const size_t values = WIDTH * HEIGHT * CHANNELS;
    const struct tg_feature_common common = {
        .shape = {WIDTH, HEIGHT, CHANNELS, values, 1},
        .mirror = mirror,
        .single = single,
        .seed = 5,
    };
    const double lambda = 1;
    size_t tiles = 1;

    assert_int_equal(harness_reset(NULL), 0); /* the same pictures */
    *f = (struct fixture){.samples = samples_new(values, N, 3, 1)};
    f->reader = samples_reader(f->samples);
    f->plan = samples_plan(f->samples, 1, 1, &lambda, 0, 0, &tiles);
    assert_int_equal(tg_features_parse(&f->features, text), TG_OK);
    assert_int_equal(tg_features_settle(&f->features, &common), TG_OK);
    f->width = f->features.rows.width;
    f->bytes = f->width * N * f->features.rows.element;
    assert_int_equal(f->features.rows.element, single ? 4 : 1);
}

static void open_rows(struct fixture *f, size_t tiles,
                      const struct tg_row_map *map, struct tg_split *split,
                      struct tg_rows *rows)
{
    assert_int_equal(tg_split_init(split, N, NULL, NULL, 1, tiles, 0), TG_OK);
    assert_int_equal(tg_rows_init(rows, split, &f->reader, f->samples->d, 1, 1,
                                  map, &f->plan.placement),
                     TG_OK);
}

/* Features of all samples, made in so many tiles. Shapes: to width x N. */
static void collect(struct fixture *f, size_t tiles, char *to)
{
    struct tg_split split;
    struct tg_rows rows;

    open_rows(f, tiles, &f->features.rows, &split, &rows);
    memset(to, 0x55, f->bytes);
    for (size_t t = 0; t < tiles; t++) {
        assert_int_equal(tg_rows_load(&rows, t, 0), TG_OK);
        tg_tiles_read(&rows.made[t], to + split.offsets[t] * (f->bytes / N));
    }
    harness_wait();
    tg_rows_free(&rows);
    tg_split_free(&split);
}

static void learn(struct fixture *f)
{
    struct tg_split split;
    struct tg_rows sample;

    open_rows(f, 3, NULL, &split, &sample);
    assert_int_equal(tg_features_begin(&f->features, &sample, NULL,
                                       &f->plan.placement),
                     TG_OK);
    harness_wait();
    tg_rows_free(&sample);
    tg_split_free(&split);
}

/* A block of zeroes; to be freed. */
static void *new_block(const struct tg_feature *term)
{
    size_t bytes = (term->map->bytes(term) + 63) / 64 * 64;
    void *block = aligned_alloc(64, bytes);

    assert_non_null(block);
    memset(block, 0, bytes);
    return block;
}

/* Begin again from the parts of what was learnt, and nothing else. */
static void learn_from_parts(struct fixture *f)
{
    void *kept[TG_FEATURE_TERMS] = {NULL};

    for (size_t i = 0; i < f->features.terms; i++) {
        const struct tg_feature *term = &f->features.term[i];
        struct tg_tensor from[TG_FEATURE_PARTS], to[TG_FEATURE_PARTS];

        if (!term->map->learn)
            continue;
        void *block = new_block(term);

        kept[i] = new_block(term);
        tg_features_read(&f->features, i, block);
        term->map->parts(term, block, from);
        for (size_t p = 0, n = term->map->parts(term, kept[i], to); p < n; p++)
            memcpy(to[p].data, from[p].data, tg_tensor_bytes(&to[p]));
        assert_true(term->map->ready(term, kept[i]));
        free(block);
    }
    tg_features_release(&f->features);
    assert_int_equal(tg_features_begin(&f->features, NULL, kept,
                                       &f->plan.placement),
                     TG_OK);
    harness_wait();
    for (size_t i = 0; i < f->features.terms; i++)
        free(kept[i]);
}

/* To be freed. */
static char *made(const char *text, bool mirror, bool single, size_t *width)
{
    struct fixture f;
    char *features, *other;

    make(&f, text, mirror, single);
    features = malloc(f.bytes);
    other = malloc(f.bytes);
    assert_non_null(features);
    assert_non_null(other);
    learn(&f);
    collect(&f, 1, features);
    for (size_t tiles = 2; tiles <= N; tiles += 17) {
        collect(&f, tiles, other);
        assert_memory_equal(other, features, f.bytes);
    }
    learn_from_parts(&f);
    for (size_t tiles = 1; tiles <= N; tiles += 23) {
        collect(&f, tiles, other);
        assert_memory_equal(other, features, f.bytes);
    }
    *width = f.width;
    tg_features_release(&f.features);
    tg_plan_free(&f.plan);
    samples_free(f.samples);
    free(other);
    return features;
}

/* Correlation of a feature in 8 bits, of squares maybe, and in single
 * precision. Shapes: width x N. */
static double correlation(size_t width, size_t feature, bool roots,
                          const uint8_t *bytes, const float *floats)
{
    double a = 0, b = 0, aa = 0, ab = 0, bb = 0;

    for (size_t s = 0; s < N; s++) {
        double x = bytes[s * width + feature], y = floats[s * width + feature];

        x *= roots ? x : 1;
        a += x;
        b += y;
        aa += x * x;
        ab += x * y;
        bb += y * y;
    }
    assert_true(bb > 0);
    return (ab - a * b / N) / sqrt((aa - a * a / N) * (bb - b * b / N));
}

/* What is in 8 bits, in the words of `bytes`, is in single precision, in those
 * of `floats`. */
static void check(const char *bytes, const char *floats, bool mirror)
{
    bool roots = bytes != floats;
    size_t width, same;
    char *in_8 = made(bytes, mirror, false, &width);
    char *single = made(floats, mirror, true, &same);

    assert_int_equal(width, same);
    for (size_t f = 0; f < width; f++)
        assert_true(correlation(width, f, roots, (uint8_t *)in_8,
                                (float *)single) > 0.98);
    free(in_8);
    free(single);
}

static void check_same(const char *text, bool mirror)
{
    check(text, text, mirror);
}

static void test_patches(void **state)
{
    (void)state;
    check_same("patches:9:size=4:grid=2", false);
    check_same("patches:17:size=3:grid=2:dims=10+patches:5:size=4:unit:grid=1",
               true);
    check_same("patches:9:size=3:grid=2:scale=2:unit", true);
}

static void test_roots(void **state)
{
    (void)state;
    check("patches:9:size=4:grid=2:compand", "patches:9:size=4:grid=2", false);
}

static void test_fourier(void **state)
{
    (void)state;
    check_same("rff:33+orf:20:gamma=0.01", false);
    check_same("pixels+rff:9:gamma=0.001", true);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_patches, harness_reset),
        cmocka_unit_test_setup(test_roots, harness_reset),
        cmocka_unit_test_setup(test_fourier, harness_reset),
    };

    (void)argc;
    harness_prepare(argv);
    return cmocka_run_group_tests(tests, harness_start, harness_stop);
}
