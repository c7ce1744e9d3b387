/* Options that commands share: structs to embed, and the rules of their fields.
 */
#ifndef TG_SHARED_OPTIONS_H
#define TG_SHARED_OPTIONS_H

#include "dataset.h"
#include "options.h"

enum tg_verbosity { TG_QUIET = -1, TG_NORMAL, TG_VERBOSE };

/* Of every command; the first member of its options. */
struct tg_common_options {
    struct tg_options line;
    enum tg_verbosity verbosity;
    bool no_progress;
};

/* Of every command that is a graph; the first member of its options. */
struct tg_graph_options {
    struct tg_common_options common;
    size_t tiles;      /* row tiles; 0: chosen from the sizes */
    size_t block;      /* features a block; 0: chosen from the sizes */
    size_t lanes;      /* 0: chosen from the sizes */
    size_t cache;      /* MiB of samples a rank may keep between passes */
    const char *trace; /* folder for paje.trace and dag.dot, or NULL */
    bool portable;     /* the kernels of BLAS that all processors have */
    bool skip_bad;     /* leave samples out that can't be read */
    bool calibrate;    /* repeat the run until performance models are full */
};

/* Rules of tg_common_options; of tiles, portable and trace in tg_graph_options; of the
 * labels, and of what is done with pictures, in tg_dataset_options. */
extern const struct tg_option tg_common_rules[], tg_graph_rules[],
    tg_label_rules[], tg_picture_rules[];

/* The kinds of text that name a file (files.c). */
extern const struct tg_option_kind tg_option_spec, /* a data set's SPEC */
    tg_option_input,                               /* read */
    tg_option_output,                              /* written */
    tg_option_rows,                                /* written, by a sink */
    tg_option_drawing,                             /* written, a picture */
    tg_option_trace;                               /* a folder of traces */

/* What a SPEC may be, for the help of commands that take one. */
#define TG_SPEC_HELP                                                           \
    "SPEC is recognised by looking; a prefix forces it (idx:, cifar:,\n"       \
    "pictures:, npy:, shards:):\n"                                             \
    "  synth[:N[:SEED]]  N synthetic 28x28 digits\n"                           \
    "  FOLDER            IDX files as MNIST's, plain or .gz; CIFAR-10 or\n"    \
    "                    CIFAR-100 binary batches; or one sub-folder of\n"     \
    "                    PNG or JPEG pictures for each class\n"                \
    "  FILE.npy          N x d, N x H x W, N x H x W x C or N x C x H x W\n"         \
    "  FOLDER            feat-*.npy, shards of one such array\n"

/* Two outputs in one file would lose one of them, and an output in the place of
 * an input the input. Errors: TG_EUSAGE, TG_EMEMORY. */
int tg_files_check(const struct tg_options *options);

/* Can all files be written?  What would fail after long work had better fail
 * before it. Errors: as tg_output_check. */
int tg_files_writable(const struct tg_options *options);

/* Is one of the files written the standard output? */
bool tg_files_take_stdout(const struct tg_options *options);

#endif
