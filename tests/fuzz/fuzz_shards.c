/* Shards of one array.  Choices; samples and labels of three shards, in turn,
 * of which labels that are empty are left out; labels of all. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[][2] = {
        {"feat-8.npy", "labels-8.npy"},
        {"feat-9.npy", "labels-9.npy"},
        {"feat-10.npy", "labels-10.npy"},
    };
    struct fuzz_bytes input = {data, size}, labels;
    const struct tg_dataset_options options = fuzz_options(&input);

    for (int i = 0; i < 3 && input.left; i++) {
        const struct fuzz_bytes samples = fuzz_piece(&input);

        labels = fuzz_piece(&input);
        fuzz_write(names[i][0], samples.at, samples.left);
        if (labels.left)
            fuzz_write(names[i][1], labels.at, labels.left);
    }
    if (input.left)
        fuzz_write("labels.npy", input.at, input.left);
    fuzz_dataset("shards:.", &options);
    fuzz_clean();
    return 0;
}
