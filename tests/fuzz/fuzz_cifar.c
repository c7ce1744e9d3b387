/* CIFAR folders.  Choices; the file of class names; the training batches; the
 * test batch.  A piece becomes a file as it is, or one record for each of its
 * bytes, which is the label. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { PIXELS = 3072, RECORDS = 64 };

enum {
    HUNDRED = 1,  /* CIFAR-100 */
    RECORDED = 2, /* a piece is a list of labels */
    UNNAMED = 4,  /* no file of class names */
    GAP = 8,      /* batch 2 is missing */
    TESTED = 16   /* there is a test batch */
};

static void write_batch(const char *name, uint8_t how, struct fuzz_bytes piece)
{
    const size_t labels = how & HUNDRED ? 2 : 1, record = labels + PIXELS;
    const size_t n = piece.left < RECORDS ? piece.left : RECORDS;
    uint8_t *records;

    if (!(how & RECORDED)) {
        fuzz_write(name, piece.at, piece.left);
        return;
    }
    records = malloc(n * record + 1);
    fuzz_check(records);
    for (size_t i = 0; i < n; i++)
        memset(records + i * record, piece.at[i], record);
    fuzz_write(name, records, n * record);
    free(records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes input = {data, size}, names;
    const struct tg_dataset_options options = fuzz_options(&input);
    const uint8_t how = fuzz_byte(&input);

    names = fuzz_piece(&input);
    if (!(how & UNNAMED))
        fuzz_write(how & HUNDRED ? "fine_label_names.txt" : "batches.meta.txt",
                   names.at, names.left);
    if (how & TESTED)
        write_batch(how & HUNDRED ? "test.bin" : "test_batch.bin", how,
                    fuzz_piece(&input));
    for (int i = 1; i <= 3 && input.left; i++) {
        char name[32] = "train.bin";

        if (!(how & HUNDRED))
            snprintf(name, sizeof name, "data_batch_%d.bin",
                     i + (i > 1 && how & GAP));
        write_batch(name, how, fuzz_piece(&input));
    }
    fuzz_dataset("cifar:.", &options);
    fuzz_clean();
    return 0;
}
