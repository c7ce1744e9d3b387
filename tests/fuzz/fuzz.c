#include "fuzz.h"

#include <ftw.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "origin.h"
#include "section_info.h"

enum {
    READ_LIMIT = 8 << 20, /* bytes of a sample that is read */
    ROWS = 8,             /* samples read at once */
    NAMES_LIMIT = 64      /* class names that are compared */
};

static char *root; /* the working directory */

_Noreturn void fuzz_fail(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\nlast failure: %s\n", file, line,
            condition, tg_error_message(0));
    abort();
}

static int remove_entry(const char *path, const struct stat *info, int kind,
                        struct FTW *where)
{
    (void)info;
    (void)kind;
    return where->level ? remove(path) : 0;
}

void fuzz_clean(void)
{
    fuzz_check(nftw(".", remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static void remove_root(void)
{
    fuzz_clean();
    rmdir(root);
    free(root);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *folder = getenv("TMPDIR");

    (void)argc;
    (void)argv;
    fuzz_check(asprintf(&root, "%s/fuzz.XXXXXX", folder ? folder : "/dev/shm") >
               0);
    /* libFuzzer opens its files later: their paths must be whole. */
    fuzz_check(mkdtemp(root) && chdir(root) == 0);
    atexit(remove_root);
    return 0;
}

FILE *fuzz_sink(void)
{
    static FILE *sink;

    if (!sink)
        sink = fopen("/dev/null", "w");
    fuzz_check(sink);
    return sink;
}

uint8_t fuzz_byte(struct fuzz_bytes *input)
{
    if (!input->left)
        return 0;
    input->left--;
    return *input->at++;
}

struct fuzz_bytes fuzz_piece(struct fuzz_bytes *input)
{
    const size_t cut = strlen(FUZZ_CUT);
    const uint8_t *end =
        input->left ? memmem(input->at, input->left, FUZZ_CUT, cut) : NULL;
    struct fuzz_bytes piece = *input;

    if (end)
        piece.left = (size_t)(end - input->at);
    input->at += piece.left + (end ? cut : 0);
    input->left -= piece.left + (end ? cut : 0);
    return piece;
}

void fuzz_write(const char *name, const void *bytes, size_t n)
{
    FILE *file = fopen(name, "wb");

    fuzz_check(file);
    fuzz_check(fwrite(bytes, 1, n, file) == n);
    fuzz_check(fclose(file) == 0);
}

void fuzz_refusal(int error)
{
    switch (error) {
    case TG_EUSAGE:
    case TG_EDATA:
    case TG_ENOINPUT:
    case TG_EIO:
        fuzz_check(strcmp(tg_error_message(0), "success") != 0);
        break;
    default: /* TG_EMEMORY, too: the input's sizes must not be believed */
        fuzz_check(!"a proper code");
    }
    for (const char *c = tg_error_message(error); *c; c++)
        fuzz_check((unsigned char)*c >= ' ' && *c != 0x7f);
    tg_error_clear();
}

struct tg_dataset_options fuzz_options(struct fuzz_bytes *input)
{
    static const double thresholds[] = {0, 0.25, 0.5, 1};
    const uint8_t how = fuzz_byte(input), size = fuzz_byte(input);
    struct tg_dataset_options options = {
        .gray = how & 1,
        .binary = how & 2,
        .implied = how & 4,
        .threshold = how & 2 ? thresholds[how >> 4 & 3] : 0,
        .ground = {.given = how & 0x40},
        .labels = how & 0x80 ? "labels.npy" : NULL,
    };

    if (how & 8) {
        options.width = 1 + (size & 15);
        options.height = 1 + (size >> 4);
    }
    return options;
}

static void check_classes(const struct tg_dataset *dataset)
{
    const int named =
        dataset->classes < NAMES_LIMIT ? dataset->classes : NAMES_LIMIT;

    fuzz_check(dataset->classes >= 0);
    for (int i = 0; i < named; i++)
        for (int j = 0; j < i; j++)
            fuzz_check(
                strcmp(dataset->class_names[i], dataset->class_names[j]) != 0);
    for (size_t i = 0; dataset->labels && i < dataset->count; i++)
        fuzz_check(dataset->labels[i] < dataset->classes);
    fuzz_check(!dataset->labels == !dataset->classes);
}

static void check_shape(const struct tg_dataset *dataset)
{
    fuzz_check(dataset->count > 0 && dataset->features > 0);
    if (dataset->channels)
        fuzz_check((size_t)dataset->width * (size_t)dataset->height *
                       (size_t)dataset->channels ==
                   dataset->features);
    else
        fuzz_check(!dataset->width && !dataset->height);
}

/* Read rows twice, onto different bytes: all of a sample must be written, the
 * same each time. */
static void read_rows(const struct tg_dataset *dataset,
                      const struct tg_origin *origin, const size_t *rows,
                      size_t n)
{
    const size_t values = n * dataset->features;
    const size_t bytes = values * tg_type_size(dataset->type);
    char *once = malloc(bytes), *twice = malloc(bytes);
    int error;

    fuzz_check(once && twice);
    memset(once, 0, bytes);
    memset(twice, 0xa5, bytes);
    error = tg_dataset_load(dataset, origin, rows, n, once);
    if (error)
        fuzz_refusal(error);
    fuzz_check(tg_dataset_load(dataset, origin, rows, n, twice) == error);
    tg_error_clear();
    if (!error)
        fuzz_check(memcmp(once, twice, bytes) == 0);
    for (size_t i = 0; i < values && !error && dataset->type == TG_F32; i++)
        fuzz_check(isfinite(((float *)once)[i]));
    free(once);
    free(twice);
}

static void read_samples(const struct tg_dataset *dataset,
                         const struct tg_origin *origin)
{
    const size_t bytes = dataset->features * tg_type_size(dataset->type);
    const size_t last = dataset->count - 1;
    size_t rows[ROWS], n = 0;

    if (bytes > READ_LIMIT)
        return;
    read_rows(dataset, origin, &last, 1);
    for (size_t row = 0;
         row <= last && n < ROWS && (n + 1) * bytes < READ_LIMIT;
         row += 1 + n % 3)
        rows[n++] = row;
    read_rows(dataset, origin, rows, n);
    read_rows(dataset, origin, rows, 0);
}

/* What is subtracted from samples must be finite, like them. */
static void find_origin(const struct tg_dataset *dataset)
{
    struct tg_origin *origin = NULL;
    int error;

    if (dataset->features > READ_LIMIT / 1024)
        return;
    error = tg_origin_find(dataset, &origin);
    if (error)
        fuzz_refusal(error);
    tg_error_clear();
    fuzz_check(!origin == (error || dataset->type == TG_U8));
    for (size_t f = 0; origin && f < dataset->features; f++)
        fuzz_check(isfinite(origin->shift[f]) && origin->factor[f] > 0 &&
                   isfinite(origin->factor[f]));
    if (origin)
        read_samples(dataset, origin);
    tg_origin_free(origin);
}

static void find_files(const struct tg_dataset *dataset)
{
    for (size_t row = 0; dataset->file && row < dataset->count; row++) {
        char *file = dataset->file(dataset, row);
        struct stat info;

        /* a link to nothing is a bad picture, but one */
        fuzz_check(file && lstat(file, &info) == 0);
        free(file);
    }
}

/* A data set's own classes must be found again, in any order, and none may be
 * missing. */
static void match_classes(struct tg_dataset *dataset)
{
    const int k = dataset->classes;
    char **names = calloc((size_t)k + 1, sizeof *names);
    int label, error;

    fuzz_check(names);
    for (int c = 0; c < k; c++)
        names[c] = dataset->class_names[k - 1 - c];
    if (dataset->labels) {
        label = dataset->labels[0];
        fuzz_check(tg_dataset_match(dataset, k - 1 - label, names) != 0);
        fuzz_refusal(TG_EDATA);
        error = tg_dataset_match(dataset, k, names);
        fuzz_check(!error && dataset->labels[0] == k - 1 - label);
    }
    free(names);
}

void fuzz_dataset(const char *spec, const struct tg_dataset_options *options)
{
    for (enum tg_part part = TG_TRAIN; part <= TG_TEST; part++) {
        struct tg_dataset *dataset = NULL;
        int error = tg_dataset_open(spec, part, options, &dataset);

        fuzz_check(!error || !dataset);
        fuzz_check(error || dataset || part == TG_TEST);
        if (error)
            fuzz_refusal(error);
        fuzz_check(strcmp(tg_error_message(0), "success") == 0);
        if (!dataset)
            continue;
        check_shape(dataset);
        check_classes(dataset);
        fuzz_check(
            tg_report_text(fuzz_sink(), &tg_info_data_report,
                           &(struct tg_info_data){dataset, part == TG_TEST
                                                               ? dataset
                                                               : NULL},
                           0) == 0);
        read_samples(dataset, NULL);
        find_origin(dataset);
        find_files(dataset);
        match_classes(dataset);
        tg_dataset_close(dataset);
    }
}
