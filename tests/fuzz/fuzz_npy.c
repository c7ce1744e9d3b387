/* npy files.  Choices; the samples; their labels, if any. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes input = {data, size}, samples;
    struct tg_dataset_options options = fuzz_options(&input);
    const bool named = fuzz_byte(&input) & 1;

    samples = fuzz_piece(&input);
    fuzz_write("x.npy", samples.at, samples.left);
    if (input.left || named)
        fuzz_write(named ? "y" : "x.labels.npy", input.at, input.left);
    if (named)
        options.labels = "y";
    fuzz_dataset("x.npy", &options);
    fuzz_clean();
    return 0;
}
