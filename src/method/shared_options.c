#include "shared_options.h"

#include <limits.h>
#include <string.h>

#include "error.h"

#define COMMON(name) offsetof(struct tg_common_options, name)
#define GRAPH(name) offsetof(struct tg_graph_options, name)
#define READING(name) offsetof(struct tg_dataset_options, name)

const struct tg_option tg_common_rules[] = {
    {.name = "quiet",
     .letter = 'q',
     .help = "Print errors only",
     .group = "Terminal:",
     .kind = &tg_option_constant,
     .offset = COMMON(verbosity),
     .min = (uint64_t)TG_QUIET,
     .excludes = "verbose"},
    {.name = "verbose",
     .letter = 'v',
     .help = "Print ranks, workers, scheduler and cores too, and the tasks and "
             "seconds of every stage",
     .group = "Terminal:",
     .kind = &tg_option_constant,
     .offset = COMMON(verbosity),
     .min = TG_VERBOSE},
    {.name = "no-progress",
     .help = "No progress bar (default: on a terminal only)",
     .group = "Terminal:",
     .kind = &tg_option_flag,
     .offset = COMMON(no_progress)},
    {0},
};

const struct tg_option tg_graph_rules[] = {
    {.name = "skip-bad",
     .help = "Leave out samples that cannot be read, and say how many "
             "(default: refuse them, with their names)",
     .group = "Data:",
     .kind = &tg_option_flag,
     .offset = GRAPH(skip_bad),
     .same = true},
    {.name = "tiles",
     .arg = "T",
     .help = "Cut the samples into T tiles (default: chosen)",
     .group = "Task graph:",
     .kind = &tg_option_size,
     .offset = GRAPH(tiles),
     .min = 1,
     .max = INT_MAX,
     .same = true,
     .often = true},
    {.name = "portable",
     .help = "The same last bits on processors of other kinds (x86-64 with "
             "AVX2): slower",
     .group = "Task graph:",
     .kind = &tg_option_flag,
     .offset = GRAPH(portable),
     .same = true},
    {.name = "trace",
     .arg = "FOLDER",
     .help = "Record the run: paje.trace for ViTE, dag.dot for graphviz",
     .group = "Results:",
     .kind = &tg_option_trace,
     .offset = GRAPH(trace),
     .same = true},
    {0},
};

const struct tg_option tg_label_rules[] = {
    {.name = "labels",
     .arg = "FILE",
     .help = "Labels of a FILE.npy (default: FILE.labels.npy), or of all "
             "shards of a FOLDER (default: in it)",
     .group = "Data:",
     .kind = &tg_option_input,
     .offset = READING(labels)},
    {.name = "layout",
     .arg = "nhwc|nchw|nhw|flat",
     .help = "Axes of an array: N samples, height, width, channels, or flat "
             "rows, with --image WxH pictures (default: by their sizes)",
     .group = "Data:",
     .kind = &tg_option_word,
     .offset = READING(layout),
     .min = TG_LAYOUT_NHWC},
    {0},
};

/* Of two fields: the field is all of tg_dataset_options. */
static int read_threshold(const struct tg_option *option, const char *text,
                          void *field)
{
    struct tg_dataset_options *reading = field;
    const char *end;
    double value;

    if (tg_option_scan_real(text, &value, &end) || *end || value > 1)
        return tg_fail(TG_EUSAGE, "--%s: '%.*s' is not a number from 0 to 1",
                       option->name, TG_OPTION_SHOWN, text);
    reading->binary = true;
    reading->threshold = value;
    return 0;
}

static int read_image(const struct tg_option *option, const char *text,
                      void *field)
{
    struct tg_dataset_options *reading = field;
    uint64_t width, height = 0;
    const char *end;
    int error = tg_option_scan_count(text, option->max, &width, &end);

    if (!error)
        error = *end == 'x'
                    ? tg_option_scan_count(end + 1, option->max, &height, &end)
                    : TG_EUSAGE;
    if (error || *end || !width || !height)
        return tg_fail(TG_EUSAGE,
                       "--%s: '%.*s' is not WIDTHxHEIGHT in pixels, "
                       "such as 40x60, each at most %d",
                       option->name, TG_OPTION_SHOWN, text, (int)option->max);
    reading->width = (int)width;
    reading->height = (int)height;
    return 0;
}

/* A colour, by its name or as #RRGGBB. */
static int read_ground(const struct tg_option *option, const char *text,
                       void *field)
{
    static const struct {
        const char *name;
        struct tg_ground ground;
    } named[] = {
        {"white", {true, {255, 255, 255}}},
        {"black", {true, {0, 0, 0}}},
        {"gray", {true, {128, 128, 128}}},
    };
    struct tg_ground *ground = field;

    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(text, named[i].name) == 0) {
            *ground = named[i].ground;
            return 0;
        }
    if (tg_ground_read(text, ground))
        return 0;
    return tg_fail(TG_EUSAGE,
                   "--%s: '%.*s' is none of white, black, gray and #RRGGBB, "
                   "such as #808080",
                   option->name, TG_OPTION_SHOWN, text);
}

static const struct tg_option_kind ground = {read_ground, NULL, NULL};
static const struct tg_option_kind threshold = {read_threshold, NULL, NULL};
static const struct tg_option_kind image = {read_image, NULL, NULL};

const struct tg_option tg_picture_rules[] = {
    {.name = "image",
     .arg = "WxH",
     .help = "Resize pictures (default: the size of the first)",
     .group = "Data:",
     .kind = &image,
     .max = UINT16_MAX,
     .often = true},
    {.name = "gray",
     .help = "Make pictures gray (default: colours are kept)",
     .group = "Data:",
     .kind = &tg_option_flag,
     .offset = READING(gray)},
    {.name = "threshold",
     .arg = "X",
     .help = "Make pixels black or white: white where pixel/255 > X, "
             "X from 0 to 1 (default: no)",
     .group = "Data:",
     .kind = &threshold},
    {.name = "background",
     .arg = "white|black|#RRGGBB",
     .help = "Put the transparent pixels of pictures on this ground, which the "
             "model keeps (default: white)",
     .group = "Data:",
     .kind = &ground,
     .offset = READING(ground)},
    {0},
};
