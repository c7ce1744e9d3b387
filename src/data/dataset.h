/* Data sets: a SPEC becomes samples, labels and class names.
 *
 * One file per format (idx.c, cifar.c, folder.c, npy.c, shards.c, synth.c), named in
 * TG_FORMATS (formats.h); dataset.c looks at a SPEC and picks one.
 * Knows neither StarPU, MPI nor BLAS.
 */
#ifndef TG_DATASET_H
#define TG_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

enum tg_type { TG_U8, TG_F32 }; /* the element type of a sample */

enum tg_part { TG_TRAIN, TG_TEST }; /* which half of a data set with two */

/* How the axes of an array lie: --layout. */
enum tg_layout {
    TG_LAYOUT_GUESSED, /* by their sizes */
    TG_LAYOUT_NHWC,
    TG_LAYOUT_NCHW,
    TG_LAYOUT_NHW,
    TG_LAYOUT_FLAT
};

/* How pictures and arrays are to be read. All zero is the default. */
struct tg_dataset_options {
    int width, height; /* --image WxH: resize pictures; 0: the size of the
                            first picture */
    bool gray;         /* --gray: one channel (ITU-R BT.601 luma) */
    bool binary;       /* --threshold given: pixels become 0 or 255 ... */
    double threshold;  /* ... 255 where value/255 > threshold (in [0,1]) */
    struct tg_ground ground; /* --background: under transparent pixels */
    const char *labels;      /* --labels FILE.npy, for FILE.npy */
    bool implied;            /* picture options are a model's, not the user's:
                            formats that obey none take no offence */
    char *const *known; /* [nknown] classes that there are; folders of other
                            names alone are none. NULL: any may be */
    size_t nknown;
    bool tolerant;         /* samples may be bad: what is asked of the first one
                            is asked of the first that is good */
    bool shared;           /* the layout may be for another data set: formats
                            that don't obey it take no offence */
    enum tg_layout layout; /* --layout, for arrays */
};

struct tg_dataset;

/* Options that a format may obey. */
enum {
    TG_OBEYS_LABELS = 1,   /* --labels */
    TG_OBEYS_PICTURES = 2, /* --image, --gray, --threshold, --background */
    TG_OBEYS_LAYOUT = 4    /* --layout */
};

/* A data format: what others need to know of it. */
struct tg_format {
    const char *prefix; /* "idx" of the SPEC idx:PATH */
    bool bare;          /* the prefix alone is a SPEC, which names no file */
    bool nests;         /* its folder may lie below the one that is given */
    unsigned obeys;     /* options; others are refused */

    /* What it reads, in messages: "folders of pictures". */
    const char *files;

    /* What to do where labels are missing; NULL: they never are. */
    const char *remedy;

    /* How the names of the files end that it reads in a folder, NULL at the
     * end; NULL: it reads none. */
    const char *const *tails;

    /* Is it the name of such a file, within the folder?  NULL: the tails tell. */
    bool (*reads)(const char *name);

    /* Is `path` of the format?  False where it can't be read.  NULL: it is
     * never recognised by looking. */
    bool (*is)(const char *path);

    /* See tg_dataset_open. `path` is the SPEC without its prefix; spec, kind
     * and part are set later. */
    int (*open)(const char *path, enum tg_part part,
                const struct tg_dataset_options *options,
                struct tg_dataset **out);

    /* The file beside `path` that may hold its labels, to be freed; NULL: out
     * of memory. The hook is NULL where there is no such file. */
    char *(*labels)(const char *path);
};

/* An open data set.  Readers embed it as their first member. */
struct tg_dataset {
    char *spec; /* as the user wrote it */
    const struct tg_format *kind;
    const char *format; /* in reports: "IDX", "CIFAR-10", "CIFAR-100", ... */
    enum tg_part part;
    enum tg_type type;
    bool rounded; /* to type, where it isn't read from an origin */
    size_t count; /* samples, N */
    char **notes; /* [nnotes] sentences, see tg_dataset_note */
    int nnotes;
    int width, height, channels; /* 0, 0, 0 for plain vectors (npy N x d) */
    size_t features;             /* values a sample, d */
    int classes;                 /* 0 when there are no labels */
    char **class_names;          /* [classes], unique */
    uint16_t *labels;            /* [count], index into class_names, or NULL */
    const size_t *places;        /* [count], in the files, where samples have
                                     been left out (view.h); NULL: 0, 1, ... */

    /* Read some samples, of TG_U8; of TG_F32, as they are stored, in double.
     * The other hook is NULL.  Thread-safe: tasks call them from many workers.
     * Shapes: rows[n] ascending indices < count; samples features x n, column
     * major, one column a sample; a picture is (width, height, channel), width
     * fastest, i.e. channel planes of rows.
     * Errors: TG_EIO, TG_EDATA (corrupt), TG_ENOINPUT. */
    int (*read)(const struct tg_dataset *dataset, const size_t *rows, size_t n,
                uint8_t *samples);
    int (*read_real)(const struct tg_dataset *dataset, const size_t *rows,
                     size_t n, double *samples);

    /* The path of a sample's own file, to be freed; NULL: out of memory. The
     * hook is NULL where samples are not files. */
    char *(*file)(const struct tg_dataset *dataset, size_t row);

    /* The path of the file that holds a sample beside others, and its row in it.
     * The hook is NULL where that is SPEC, or samples are files. */
    const char *(*shard)(const struct tg_dataset *dataset, size_t row,
                         size_t *within);

    void (*close)(struct tg_dataset *dataset); /* frees what the reader added */
};

/* Open a data set by looking at SPEC, or by its prefix (synth:, idx:, cifar:,
 * pictures:, npy:, shards:).
 * `part` picks train or test where a SPEC has both (IDX folders, CIFAR,
 * shards, synth); *out is NULL, without an error, when TG_TEST is asked of a SPEC that
 * has no test part.
 * Opening reads headers and labels, and what can't be read at random (gz).
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EUSAGE, TG_EMEMORY, with message. */
int tg_dataset_open(const char *spec, enum tg_part part,
                    const struct tg_dataset_options *options,
                    struct tg_dataset **out);

/* Note, for people, what was assumed of a data set or left out of it: a
 * sentence without a full stop, which names the option that changes it, if
 * there is one.  Reports and info show all, in order; a pure function of the
 * files, so that all ranks note the same.
 * Errors: TG_EMEMORY. */
int tg_dataset_note(struct tg_dataset *dataset, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The file or folder that a SPEC names, within it; NULL where it names none. */
const char *tg_dataset_path(const char *spec);

/* The file beside it that may hold its labels, to be freed; *path is NULL,
 * without an error, where there is none. Errors: TG_EMEMORY. */
int tg_dataset_labels_path(const char *spec, char **path);

/* The format that reads files of such a name in a folder, or NULL. */
const struct tg_format *tg_dataset_format_of(const char *name);

struct tg_origin;

/* Read some samples as they are trained on: of TG_U8 as they are; of TG_F32
 * from an origin (origin.h), which keeps their precision and their range, or,
 * where it is NULL, rounded to float32.
 * Shapes: as the hook read; samples of the data set's type.
 * Errors: the hooks'; TG_EDATA: NaN, infinity, too far from the origin;
 * TG_EMEMORY. */
int tg_dataset_load(const struct tg_dataset *dataset,
                    const struct tg_origin *origin, const size_t *rows,
                    size_t n, void *samples);

/* Renumber the labels to another list of classes (the model's), by name; names
 * that differ only in how Unicode stores their characters (NFC, NFD) are the
 * same.
 * Errors: TG_EDATA when a sample's class is not in the list; the message has
 * the name that is most like it. */
int tg_dataset_match(struct tg_dataset *dataset, int classes,
                     char *const *class_names);

/* Refuse a data set whose features, although as many, are not those of a shape
 * (width 0: flat rows): of other sizes, or in another order.  Flat rows are
 * pictures of one channel, line by line, which is noted; of more channels, the
 * order within them can't be known.
 * `other`: who has the shape, "m.safetensors was trained on".
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_dataset_check_shape(struct tg_dataset *dataset, const char *other,
                           int width, int height, int channels);

/* Refuse a data set whose features are not as many, or not of the type.
 * `other`: who has those, "m.safetensors was trained on"; `shape`: what follows
 * them, " (5x4x3)".
 * Errors: TG_EDATA. */
int tg_dataset_check_values(const struct tg_dataset *dataset, const char *other,
                            size_t features, enum tg_type type,
                            const char *shape);

/* Close and free; NULL is allowed. */
void tg_dataset_close(struct tg_dataset *dataset);

/* Bytes of one element of `type`. */
size_t tg_type_size(enum tg_type type);

#endif
