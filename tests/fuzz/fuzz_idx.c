/* IDX folders.  Choices; images; labels; the test part's images, labels.
 * A piece becomes a plain file, a .gz as it is, or a .gz of what it holds, so
 * that the content behind a checksum is reached, too. */
#include <string.h>
#include <zlib.h>

#include "fuzz.h"

static void write_packed(const char *name, struct fuzz_bytes piece)
{
    gzFile file = gzopen(name, "wb1");

    fuzz_check(file);
    if (piece.left)
        fuzz_check(gzwrite(file, piece.at, (unsigned)piece.left) > 0);
    fuzz_check(gzclose(file) == Z_OK);
}

static void write_piece(const char *role, int how, struct fuzz_bytes piece)
{
    char name[64];

    snprintf(name, sizeof name, "%s-ubyte%s", role, how ? ".gz" : "");
    if (how == 1)
        write_packed(name, piece);
    else
        fuzz_write(name, piece.at, piece.left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roles[] = {"train-images-idx3",
                                        "train-labels-idx1", "t10k-images-idx3",
                                        "t10k-labels-idx1"};
    struct fuzz_bytes input = {data, size};
    const struct tg_dataset_options options = fuzz_options(&input);
    uint8_t how = fuzz_byte(&input);

    for (int i = 0; i < 4 && input.left; i++, how >>= 2)
        write_piece(roles[i], how & 3, fuzz_piece(&input));
    fuzz_dataset("idx:.", &options);
    fuzz_clean();
    return 0;
}
