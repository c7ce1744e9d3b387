#include "fixture.h"

enum { PIXELS = 3072 };

/* Write a batch of `n` records with labels i * 7 % classes. */
static void write_batch(const char *name, uint32_t seed, size_t n, int coarse,
                        int classes)
{
    const size_t record = PIXELS + 1 + (size_t)coarse;
    uint8_t *bytes = malloc(n * record);

    assert_non_null(bytes);
    fixture_fill(seed, n * record, bytes);
    for (size_t i = 0; i < n; i++) {
        bytes[i * record] = (uint8_t)(i % 20);
        bytes[i * record + (size_t)coarse] = (uint8_t)(i * 7 % (size_t)classes);
    }
    fixture_write(name, bytes, n * record);
    free(bytes);
}

/* Rows first, first + 1, ... of a data set are those of write_batch(). */
static void check_batch(const struct tg_dataset *dataset,
                        const uint8_t *samples, size_t first, uint32_t seed,
                        size_t n, int coarse)
{
    const size_t record = PIXELS + 1 + (size_t)coarse;
    uint8_t *bytes = malloc(n * record);

    assert_non_null(bytes);
    fixture_fill(seed, n * record, bytes);
    for (size_t i = 0; i < n; i++) {
        assert_memory_equal(samples + (first + i) * PIXELS,
                            bytes + (i + 1) * record - PIXELS, PIXELS);
        assert_int_equal(dataset->labels[first + i],
                         i * 7 % (size_t)dataset->classes);
    }
    free(bytes);
}

static void check_shape(const struct tg_dataset *dataset, const char *format,
                        size_t count, int classes)
{
    assert_string_equal(dataset->format, format);
    assert_int_equal(dataset->type, TG_U8);
    assert_int_equal(dataset->count, count);
    assert_int_equal(dataset->width, 32);
    assert_int_equal(dataset->height, 32);
    assert_int_equal(dataset->channels, 3);
    assert_int_equal(dataset->features, PIXELS);
    assert_int_equal(dataset->classes, classes);
}

static const char names[] = "zebra\nairplane\r\n\n c \nd\ne\nf\ng\nh\ni\nj\n\n";

/* Batches follow in the order of their numbers, 2 before 10. */
static void test_cifar10(void **state)
{
    struct tg_dataset *dataset;
    uint8_t *samples;
    char name[32];

    (void)state;
    for (uint32_t i = 1; i <= 11; i++) {
        snprintf(name, sizeof name, "data_batch_%u.bin", i);
        write_batch(name, i, i == 2 ? 300 : 5 + i, 0, 10);
    }
    write_batch("test_batch.bin", 20, 9, 0, 10);
    fixture_write("batches.meta.txt", names, sizeof names - 1);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    check_shape(dataset, "CIFAR-10", 11 * 5 + 66 + 300 - 7, 10);
    assert_string_equal(dataset->class_names[0], "zebra");
    assert_string_equal(dataset->class_names[1], "airplane");
    assert_string_equal(dataset->class_names[2], " c");
    assert_string_equal(dataset->class_names[9], "j");
    samples = fixture_read(dataset);
    check_batch(dataset, samples, 0, 1, 6, 0);
    check_batch(dataset, samples, 6, 2, 300, 0);
    check_batch(dataset, samples, 306, 3, 8, 0);
    check_batch(dataset, samples, dataset->count - 16, 11, 16, 0);
    free(samples);
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_root, TG_TEST, NULL);
    check_shape(dataset, "CIFAR-10", 9, 10);
    samples = fixture_read(dataset);
    check_batch(dataset, samples, 0, 20, 9, 0);
    free(samples);
    tg_dataset_close(dataset);
}

/* Fine labels count; without names, classes are numbers. */
static void test_cifar100(void **state)
{
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    write_batch("train.bin", 1, 130, 1, 100);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    check_shape(dataset, "CIFAR-100", 130, 100);
    assert_string_equal(dataset->class_names[99], "99");
    samples = fixture_read(dataset);
    check_batch(dataset, samples, 0, 1, 130, 1);
    free(samples);
    tg_dataset_close(dataset);
    assert_int_equal(tg_dataset_open(fixture_root, TG_TEST, NULL, &dataset), 0);
    assert_null(dataset);
    write_batch("test.bin", 2, 3, 1, 100);
    dataset = fixture_open(fixture_root, TG_TEST, NULL);
    check_shape(dataset, "CIFAR-100", 3, 100);
    tg_dataset_close(dataset);
}

static void refuse(int code, const char *says)
{
    fixture_refuse(fixture_root, TG_TRAIN, NULL, code, says);
}

static void test_damaged(void **state)
{
    uint8_t record[PIXELS + 1] = {9};
    const char *spec = fixture_spec("cifar", fixture_root);

    (void)state;
    fixture_refuse(spec, TG_TRAIN, NULL, TG_ENOINPUT, "data_batch_1.bin");
    fixture_write("data_batch_1.bin", record, sizeof record - 1);
    refuse(TG_EDATA, "3072 bytes long");
    fixture_write("data_batch_1.bin", record, 0);
    refuse(TG_EDATA, "but empty");
    fixture_write("data_batch_1.bin", record, sizeof record);
    tg_dataset_close(fixture_open(fixture_root, TG_TRAIN, NULL));
    record[0] = 10;
    fixture_write("data_batch_1.bin", record, sizeof record);
    refuse(TG_EDATA, "record 0 ");
    write_batch("data_batch_1.bin", 1, 3, 0, 10);
    write_batch("data_batch_3.bin", 1, 3, 0, 10);
    refuse(TG_ENOINPUT, "missing");
    unlink(fixture_path("data_batch_3.bin"));
    unlink(fixture_path("data_batch_1.bin"));
    write_batch("test_batch.bin", 1, 3, 0, 10);
    refuse(TG_ENOINPUT, "data_batch_");
}

static void test_bad_names(void **state)
{
    (void)state;
    write_batch("data_batch_1.bin", 1, 3, 0, 10);
    fixture_write("batches.meta.txt", names, sizeof names - 4);
    refuse(TG_EDATA, "names 9 classes");
    fixture_write("batches.meta.txt", "a\nb\na\n", 6);
    refuse(TG_EDATA, "\"a\"");
    fixture_write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n", 22);
    refuse(TG_EDATA, "\"k\"");
    fixture_write("batches.meta.txt", "a\xff\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", 21);
    refuse(TG_EDATA, "UTF-8");
}

/* Known facts of the 50,000 training pictures: the first is a frog. */
static void test_real(void **state)
{
    struct tg_dataset *dataset =
        fixture_open(fixture_data("cifar10"), TG_TRAIN, NULL);
    uint8_t sample[PIXELS];
    size_t row = 0, counts[10] = {0};

    (void)state;
    check_shape(dataset, "CIFAR-10", 50000, 10);
    assert_string_equal(dataset->class_names[dataset->labels[0]], "frog");
    assert_int_equal(tg_dataset_load(dataset, NULL, &row, 1, sample), 0);
    assert_int_equal(sample[0], 59);
    assert_int_equal(sample[1024], 62);
    assert_int_equal(sample[2048], 63);
    for (size_t i = 0; i < dataset->count; i++)
        counts[dataset->labels[i]]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(counts[c], 5000);
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_data("cifar10"), TG_TEST, NULL);
    check_shape(dataset, "CIFAR-10", 10000, 10);
    tg_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_cifar10), fixture_test(test_cifar100),
        fixture_test(test_damaged), fixture_test(test_bad_names),
        fixture_test(test_real),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
