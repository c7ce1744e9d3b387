#include "fixture.h"

#include <libdeflate.h>
#include <pthread.h>

enum { ROOM = 65536 };

static uint8_t bytes[ROOM]; /* the file being made */

static size_t header(int ndims, const uint32_t *dims)
{
    const uint8_t magic[4] = {0, 0, 8, (uint8_t)ndims};
    size_t n = 4;

    memcpy(bytes, magic, sizeof magic);
    for (int i = 0; i < ndims; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes[n++] = (uint8_t)(dims[i] >> shift);
    return n;
}

/* An IDX file of bytes that look random; returns its size, in `bytes`. */
static size_t make_images(uint32_t seed, int ndims, const uint32_t *dims)
{
    size_t first = header(ndims, dims), n = 1;

    for (int i = 0; i < ndims; i++)
        n *= dims[i];
    assert_true(first + n < ROOM);
    fixture_fill(seed, n, bytes + first);
    return first + n;
}

static const uint8_t values[] = {250, 3, 7};

static size_t make_labels(uint32_t n)
{
    size_t first = header(1, &n);

    for (uint32_t i = 0; i < n; i++)
        bytes[first + i] = values[i % 3];
    return first + n;
}

static void write_part(const char *images, const char *labels, uint32_t n)
{
    const uint32_t dims[] = {n, 5, 7};

    fixture_write(images, bytes, make_images(n, 3, dims));
    fixture_write(labels, bytes, make_labels(n));
}

static void write_train(uint32_t n)
{
    write_part("train-images-idx3-ubyte", "train-labels-idx1-ubyte", n);
}

/* Write `bytes` compressed; returns the compressed size, also in `packed`. */
static uint8_t packed[ROOM];

static size_t pack(size_t n)
{
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(6);
    size_t size;

    assert_non_null(deflater);
    size = libdeflate_gzip_compress(deflater, bytes, n, packed, ROOM);
    libdeflate_free_compressor(deflater);
    assert_true(size > 0);
    return size;
}

/* Samples and labels are those of write_part(). */
static void check_part(enum tg_part part, uint32_t n)
{
    struct tg_dataset *dataset = fixture_open(fixture_root, part, NULL);
    const uint32_t dims[] = {n, 5, 7};
    uint8_t *samples = fixture_read(dataset);

    assert_string_equal(dataset->format, "IDX");
    assert_int_equal(dataset->type, TG_U8);
    assert_int_equal(dataset->count, n);
    assert_int_equal(dataset->width, 7);
    assert_int_equal(dataset->height, 5);
    assert_int_equal(dataset->channels, 1);
    assert_int_equal(dataset->features, 35);
    assert_int_equal(dataset->classes, 3);
    assert_string_equal(dataset->class_names[0], "3");
    assert_string_equal(dataset->class_names[1], "7");
    assert_string_equal(dataset->class_names[2], "250");
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(dataset->labels[i], (i + 2) % 3);
    make_images(n, 3, dims);
    assert_memory_equal(samples, bytes + 16, n * 35);
    free(samples);
    tg_dataset_close(dataset);
}

static void test_plain(void **state)
{
    struct tg_dataset *dataset = (struct tg_dataset *)1;

    (void)state;
    write_train(300);
    check_part(TG_TRAIN, 300);
    assert_int_equal(tg_dataset_open(fixture_root, TG_TEST, NULL, &dataset), 0);
    assert_null(dataset);
    write_part("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 31);
    check_part(TG_TRAIN, 300);
    check_part(TG_TEST, 31);
}

static void test_names(void **state)
{
    (void)state;
    write_part("train-images.idx3-ubyte", "train-labels.idx1-ubyte", 20);
    check_part(TG_TRAIN, 20);
    fixture_clean(state);
    write_part("emnist-a-train-images-idx3-ubyte",
               "emnist-a-train-labels-idx1-ubyte", 20);
    write_part("emnist-a-test-images-idx3-ubyte",
               "emnist-a-test-labels-idx1-ubyte", 10);
    check_part(TG_TRAIN, 20);
    check_part(TG_TEST, 10);
    write_part("emnist-b-train-images-idx3-ubyte",
               "emnist-b-train-labels-idx1-ubyte", 20);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "several");
    check_part(TG_TEST, 10);
}

static void write_gz(uint32_t n)
{
    const uint32_t dims[] = {n, 5, 7};

    fixture_write("train-images-idx3-ubyte.gz", packed,
                  pack(make_images(n, 3, dims)));
    fixture_write("train-labels-idx1-ubyte.gz", packed, pack(make_labels(n)));
}

static void test_gz(void **state)
{
    (void)state;
    write_gz(300);
    check_part(TG_TRAIN, 300);
    write_train(40); /* a plain file is preferred */
    check_part(TG_TRAIN, 40);
}

/* The images' .gz is replaced by `packed`, which must be refused. */
static void refuse_gz(size_t n, const char *says)
{
    fixture_write("train-images-idx3-ubyte.gz", packed, n);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, says);
}

static void test_damaged_gz(void **state)
{
    const uint32_t dims[] = {300, 5, 7}, huge[] = {1u << 31, 1u << 31, 4},
                   big[] = {1 << 20, 32, 32}, large[] = {1 << 20, 64, 64};
    size_t n, size;

    (void)state;
    write_gz(300);
    size = make_images(1, 3, dims);
    n = pack(size);
    refuse_gz(n - 1, "get the file again"); /* truncated */
    refuse_gz(n - 9, "get the file again");
    refuse_gz(17, "not a gzip file");
    packed[n] = 1;
    refuse_gz(n + 1, "get the file again"); /* followed by something */
    memcpy(packed + n, packed, n);
    refuse_gz(2 * n, "followed by others"); /* two members */
    packed[n / 2] ^= 16;
    refuse_gz(n, "damaged");
    packed[n / 2] ^= 16;
    packed[n - 2] = 1; /* ISIZE */
    refuse_gz(n, "claims");
    packed[n - 2] = 0;
    packed[n - 7] ^= 1; /* CRC */
    refuse_gz(n, "damaged");
    packed[0] = 0;
    refuse_gz(n, "not a gzip file");
    refuse_gz(pack(size - 1), "claims");
    header(3, huge);
    refuse_gz(pack(size), "impossibly large");
    header(3, large);
    refuse_gz(pack(size), "4 GiB");
    header(3, big); /* header and ISIZE agree, the content is not there */
    n = pack(size);
    memcpy(packed + n - 4, (const uint8_t[]){16, 0, 0, 64}, 4);
    refuse_gz(n, "claims");
    bytes[0] = 1;
    refuse_gz(pack(size), "not an IDX file");
    refuse_gz(pack(10), "not an IDX file");
}

/* The images' file is replaced by n of `bytes`, which must be refused. */
static void refuse_images(size_t n, const char *says)
{
    fixture_write("train-images-idx3-ubyte", bytes, n);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, says);
}

static void test_damaged(void **state)
{
    const uint32_t dims[] = {30, 5, 7}, none[] = {30, 0, 7};
    const uint32_t huge[] = {0xffffffff, 0xffffffff, 0xffffffff};
    const size_t n = 16 + 30 * 35;

    (void)state;
    write_train(30);
    make_images(1, 3, dims);
    refuse_images(n - 1, "1065 bytes long");
    refuse_images(n + 1, "1067 bytes long");
    refuse_images(15, "ends within its header");
    refuse_images(3, "not an IDX file");
    refuse_images(0, "not an IDX file");
    bytes[2] = 0x0d;
    refuse_images(n, "type 0x0d");
    bytes[2] = 8;
    bytes[3] = 5;
    refuse_images(n, "5 dimensions");
    bytes[3] = 0;
    refuse_images(n, "not an IDX file");
    header(3, none);
    refuse_images(16, "empty");
    header(3, huge);
    refuse_images(n, "impossibly large");
    refuse_images(header(1, dims) + 30, "one number per sample");
}

static void test_labels(void **state)
{
    const uint32_t dims[] = {10, 3};
    const char *labels = "train-labels-idx1-ubyte";

    (void)state;
    write_train(30);
    fixture_write(labels, bytes, make_labels(29));
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "29 labels");
    fixture_write(labels, bytes, make_images(1, 2, dims));
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_EDATA, "must be equal");
    unlink(fixture_path(labels));
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_ENOINPUT, labels);
}

static void test_missing(void **state)
{
    const char *spec = fixture_spec("idx", fixture_root);

    (void)state;
    fixture_refuse(spec, TG_TRAIN, NULL, TG_ENOINPUT, "train-images");
    write_part("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 31);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_ENOINPUT, "train-images");
    check_part(TG_TEST, 31);
    fixture_refuse("idx:/no/such/folder", TG_TRAIN, NULL, TG_ENOINPUT,
                   "/no/such/folder");
    write_train(30);
    unlink(fixture_path("train-images-idx3-ubyte"));
    assert_int_equal(mkfifo(fixture_path("train-images-idx3-ubyte"), 0666), 0);
    fixture_refuse(fixture_root, TG_TRAIN, NULL, TG_ENOINPUT, "regular");
}

/* N x H x W x C becomes planes; N x d has no width and height. */
static void test_dimensions(void **state)
{
    const uint32_t dims[] = {20, 5, 7, 3}, flat[] = {20, 9};
    struct tg_dataset *dataset;
    uint8_t *samples;

    (void)state;
    fixture_write("train-images-idx4-ubyte", bytes, make_images(1, 4, dims));
    fixture_write("train-labels-idx1-ubyte", bytes, make_labels(20));
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->channels, 3);
    assert_int_equal(dataset->features, 105);
    samples = fixture_read(dataset);
    make_images(1, 4, dims);
    for (int i = 0; i < 20; i++)
        for (int c = 0; c < 3; c++)
            for (int p = 0; p < 35; p++)
                assert_int_equal(samples[(i * 3 + c) * 35 + p],
                                 bytes[20 + (i * 35 + p) * 3 + c]);
    free(samples);
    tg_dataset_close(dataset);
    unlink(fixture_path("train-images-idx4-ubyte"));
    fixture_write("train-images-idx2-ubyte", bytes, make_images(1, 2, flat));
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(dataset->channels + dataset->width + dataset->height, 0);
    assert_int_equal(dataset->features, 9);
    samples = fixture_read(dataset);
    assert_memory_equal(samples, bytes + 12, 180);
    free(samples);
    tg_dataset_close(dataset);
}

static void test_options(void **state)
{
    struct tg_dataset_options options = {.width = 7, .height = 5, .gray = 1};

    (void)state;
    write_train(30);
    tg_dataset_close(fixture_open(fixture_root, TG_TRAIN, &options));
    options.width = 8;
    fixture_refuse(fixture_root, TG_TRAIN, &options, TG_EUSAGE, "--image");
    options = (struct tg_dataset_options){.binary = true};
    fixture_refuse(fixture_root, TG_TRAIN, &options, TG_EUSAGE, "--threshold");
    options = (struct tg_dataset_options){.labels = "a.npy"};
    fixture_refuse(fixture_root, TG_TRAIN, &options, TG_EUSAGE, "--labels");
}

/* A file that is cut during the run is an error, not a crash. */
static void test_cut(void **state)
{
    struct tg_dataset *dataset;

    (void)state;
    write_train(30);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    assert_int_equal(truncate(fixture_path("train-images-idx3-ubyte"), 500), 0);
    fixture_unreadable(dataset, 20, TG_EIO, "became shorter");
    tg_dataset_close(dataset);
}

static void *read_often(void *argument)
{
    const struct tg_dataset *dataset = argument;
    uint8_t sample[35];
    intptr_t sum = 0;

    for (int k = 0; k < 20; k++)
        for (size_t i = 0; i < dataset->count; i++) {
            if (tg_dataset_load(dataset, NULL, &i, 1, sample))
                return NULL;
            for (int j = 0; j < 35; j++)
                sum += sample[j] * (j + 1);
        }
    return (void *)sum;
}

static void test_threads(void **state)
{
    struct tg_dataset *dataset;
    pthread_t threads[4];
    void *expected, *sum;

    (void)state;
    write_train(300);
    dataset = fixture_open(fixture_root, TG_TRAIN, NULL);
    expected = read_often(dataset);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_often, dataset),
                         0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &sum);
        assert_ptr_equal(sum, expected);
    }
    tg_dataset_close(dataset);
}

/* Known facts of the 60,000 training pictures. */
static void test_mnist(void **state)
{
    const uint8_t labels[] = {5, 0, 4, 1, 9, 2, 1, 3, 1, 4};
    struct tg_dataset *dataset =
        fixture_open(fixture_data("mnist"), TG_TRAIN, NULL);
    uint8_t sample[784];
    uint64_t sum = 0;

    (void)state;
    assert_int_equal(dataset->count, 60000);
    assert_int_equal(dataset->classes, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(dataset->labels[i], labels[i]);
    for (size_t i = 0; i < dataset->count; i++) {
        assert_int_equal(tg_dataset_load(dataset, NULL, &i, 1, sample), 0);
        for (int j = 0; j < 784; j++)
            sum += sample[j];
    }
    assert_true(sum == 1567298545); /* mean 33.318421 */
    tg_dataset_close(dataset);
    dataset = fixture_open(fixture_data("mnist"), TG_TEST, NULL);
    assert_int_equal(dataset->count, 10000);
    assert_int_equal(dataset->labels[0], 7);
    tg_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(test_plain),   fixture_test(test_names),
        fixture_test(test_gz),      fixture_test(test_damaged_gz),
        fixture_test(test_damaged), fixture_test(test_labels),
        fixture_test(test_missing), fixture_test(test_dimensions),
        fixture_test(test_options), fixture_test(test_cut),
        fixture_test(test_threads), fixture_test(test_mnist),
    };

    return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
