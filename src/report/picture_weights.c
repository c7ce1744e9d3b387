#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "picture_canvas.h"

enum {
    EDGE = 24,         /* free around everything */
    HEAD = 92,         /* the title, the line below it, the colour scale */
    LABEL = 20,        /* a class's name, above its pictures */
    GAP = 20,          /* between classes */
    CLOSE = 4,         /* between pictures of one class */
    STRIP_HEIGHT = 20, /* of a vector's */
    STRIPS = 500       /* that are drawn */
};

/* How the pictures are laid out, in pixels. */
struct layout {
    struct tg_panes panes;
    int classes;       /* that are shown */
    int columns, rows; /* of classes */
    int width, height; /* of one picture */
    int across, down;  /* from one class to the next */
};

static struct layout lay_out(const struct tg_shape *shape, int k)
{
    struct layout at = {.panes = tg_picture_panes(shape)};
    int w = at.panes.width, h = at.panes.height;
    double target = k <= 20 ? 150 : k <= 100 ? 96 : k <= 500 ? 48 : 32;
    int most = shape->width ? TG_CLASSES_DRAWN : STRIPS;
    double scale = target / (w > h ? w : h);

    at.classes = k < most ? k : most;
    scale = scale > 1 ? floor(scale) : scale;
    at.width = (int)fmax(w * scale, 1);
    at.height = (int)fmax(h * scale, 1);
    if (!shape->width) {
        at.width = w * (w < 512 ? 1024 / w : 1);
        at.height = STRIP_HEIGHT;
    }
    at.across = at.panes.count * (at.width + CLOSE) - CLOSE + GAP;
    at.down = LABEL + at.height + GAP;
    /* Somewhat wider than high. */
    at.columns = (int)ceil(sqrt(1.6 * at.classes * at.down / at.across));
    if (at.columns > at.classes)
        at.columns = at.classes;
    if (!shape->width)
        at.columns = 1;
    at.rows = (at.classes + at.columns - 1) / at.columns;
    at.columns = (at.classes + at.rows - 1) / at.rows; /* rows of one length */
    return at;
}

static void draw_title(struct tg_canvas *canvas, const struct tg_shape *shape,
                       int k, const struct layout *at)
{
    double room = canvas->width - 2 * EDGE;
    char line[160], size[64];

    if (!shape->width)
        snprintf(size, sizeof size, "%zu values from left to right",
                 shape->features);
    else
        snprintf(size, sizeof size, "%d x %d pixels%s", shape->width,
                 shape->height,
                 at->panes.count == 3   ? ": red, green, blue"
                 : at->panes.group > 1  ? ", the mean over channels"
                 : at->panes.count == 2 ? ", two channels"
                                        : "");
    tg_canvas_font(canvas, 19, true, tg_ink);
    tg_canvas_text(canvas, EDGE, EDGE + 10, room, TG_LEFT,
                   "Weights of each class");
    tg_canvas_font(canvas, 13, false, tg_faint);
    if (at->classes < k)
        snprintf(line, sizeof line, "%s; the first %d of %d classes", size,
                 at->classes, k);
    else
        snprintf(line, sizeof line, "%s", size);
    tg_canvas_text(canvas, EDGE, EDGE + 36, room, TG_LEFT, line);
}

/* The scale reads: against -limit [blue white red] +limit for. */
static void draw_scale(struct tg_canvas *canvas, double limit)
{
    const int steps = 160;
    double x = EDGE, y = EDGE + 60;
    char low[32], high[32];

    snprintf(low, sizeof low, "against  −%.2g", limit);
    snprintf(high, sizeof high, "+%.2g  for", limit);
    tg_canvas_font(canvas, 12, false, tg_faint);
    tg_canvas_text(canvas, x, y, 200, TG_LEFT, low);
    x += ceil(tg_canvas_width(canvas, low)) + 8;
    for (int i = 0; i < steps; i++)
        tg_canvas_fill(canvas, x + i, y - 6, 1, 12,
                       tg_picture_diverging((2 * i + 1.0) / steps - 1));
    tg_canvas_text(canvas, x + steps + 8, y, 200, TG_LEFT, high);
}

/* A picture in a thin frame: weights of zero are as white as the paper. */
static void draw_pane(struct tg_canvas *canvas, const struct layout *at,
                      double x, double y, const uint8_t *planes)
{
    tg_canvas_fill(canvas, x - 1, y - 1, at->width + 2, at->height + 2,
                   tg_line);
    tg_canvas_image(canvas, x, y, at->width, at->height, at->panes.width,
                    at->panes.height, planes);
}

int tg_picture_weights(const char *path, const struct tg_shape *shape, int k,
                       char *const *class_names, const double *weights)
{
    struct layout at = lay_out(shape, k);
    double limit = tg_picture_limit(shape->features * (size_t)k, weights);
    size_t pixels = (size_t)at.panes.width * (size_t)at.panes.height;
    uint8_t *planes = malloc(3 * pixels);
    int width = 2 * EDGE + at.columns * at.across - GAP;
    struct tg_canvas canvas;

    if (!planes)
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    tg_canvas_open(&canvas, width < 420 ? 420 : width,
                   2 * EDGE + HEAD + at.rows * at.down - GAP);
    draw_title(&canvas, shape, k, &at);
    draw_scale(&canvas, limit);
    for (int c = 0; c < at.classes; c++) {
        double x = EDGE + c % at.columns * at.across;
        double y = EDGE + HEAD + c / at.columns * at.down;

        tg_canvas_font(&canvas, 13, false, tg_ink);
        tg_canvas_text(&canvas, x, y + LABEL / 2.0 - 3, at.across - GAP,
                       TG_LEFT, class_names[c]);
        for (int p = 0; p < at.panes.count; p++) {
            tg_picture_pane(shape, weights + (size_t)c * shape->features, p,
                            limit, planes);
            draw_pane(&canvas, &at, x + p * (at.width + CLOSE), y + LABEL,
                      planes);
        }
    }
    free(planes);
    return tg_canvas_finish(&canvas, path);
}
