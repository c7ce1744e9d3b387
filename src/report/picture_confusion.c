#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "confusion.h"
#include "error.h"
#include "picture_canvas.h"
#include "text.h"

enum {
    EDGE = 24,       /* free around everything */
    HEAD = 64,       /* the title and the line below it */
    AXIS = 28,       /* "true", "predicted" */
    NAMES = 140,     /* that class names may take, at most */
    GAP = 8,         /* between names and cells */
    SCALE = 110,     /* the colour scale beside the cells */
    SCALE_MIN = 150, /* and its height */
    SCALE_MAX = 360,
    LINED = 7,   /* cells larger than this have lines between them */
    WIDE = 2000, /* that all cells may be, together */
    NARROW = 420 /* that a picture is, at least: for the title */
};

/* How a matrix is laid out, in pixels. */
struct layout {
    int n;          /* cells a side */
    int group;      /* classes that share a cell */
    int cell;       /* pixels of one */
    int step;       /* every how manieth name is written */
    double text;    /* size of names */
    double counts;  /* size of counts; 0: they don't fit */
    int rows, cols; /* room for the names of rows and columns */
    bool upright;   /* names of columns read upwards */
    int x, y;       /* of the first cell */
};

/* The confusion of groups of classes, n x n; to be freed. */
static int64_t *gather(const struct tg_confusion *confusion, int group, int n)
{
    size_t to = (size_t)n, of = (size_t)group;
    int64_t *sums = calloc(to * to, sizeof *sums);
    struct tg_confusion_cell cell;

    for (size_t at = 0; sums && tg_confusion_next(confusion, &at, &cell);)
        sums[cell.truth / of + to * (cell.predicted / of)] += cell.count;
    return sums;
}

static double widest_name(struct tg_canvas *canvas, int k, char *const *names)
{
    double widest = 0;

    for (int i = 0; i < k; i++) {
        char *clean = tg_text_clean(names[i]);

        if (clean)
            widest = fmax(widest, tg_canvas_width(canvas, clean));
        free(clean);
    }
    return fmin(ceil(widest), NAMES);
}

/* The largest size of text, from 13 down to 8, in which counts fit. */
static double fit_counts(struct tg_canvas *canvas, const struct layout *at,
                         const int64_t *sums)
{
    size_t cells = (size_t)at->n * (size_t)at->n;
    int64_t most = 0;

    for (size_t i = 0; i < cells; i++)
        most = sums[i] > most ? sums[i] : most;
    for (double size = 13; size >= 8; size--) {
        tg_canvas_font(canvas, size, false, tg_ink);
        if (tg_canvas_width(canvas, tg_text_count(most).text) < at->cell - 5)
            return size;
    }
    return 0;
}

/* A canvas of one pixel serves to measure text. */
static struct layout lay_out(int k, char *const *names, const int64_t *sums,
                             int n, int group)
{
    static const int steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
    struct layout at = {.n = n, .group = group};
    struct tg_canvas canvas;
    const int *step = steps;

    at.cell = (int)fmin(fmax(WIDE / n, 1), 52);
    while (*step * at.cell < 11)
        step++;
    at.step = *step;
    at.text = fmin(fmax(at.cell * at.step * 0.75, 8), 13);
    tg_canvas_open(&canvas, 1, 1);
    tg_canvas_font(&canvas, at.text, false, tg_ink);
    at.rows = (int)widest_name(&canvas, k, names);
    at.upright = at.rows > at.cell * at.step - 4;
    at.cols = at.upright ? at.rows : (int)at.text + 2;
    at.counts = fit_counts(&canvas, &at, sums);
    cairo_destroy(canvas.cairo);
    cairo_surface_destroy(canvas.surface);
    at.x = EDGE + AXIS + at.rows + GAP;
    at.y = EDGE + HEAD + AXIS + at.cols + GAP;
    return at;
}

static void draw_title(struct tg_canvas *canvas,
                       const struct tg_confusion *confusion,
                       const struct layout *at)
{
    double room = canvas->width - 2 * EDGE;
    char line[160];
    const struct tg_hits hits = tg_confusion_hits(confusion);

    tg_canvas_font(canvas, 19, true, tg_ink);
    tg_canvas_text(canvas, EDGE, EDGE + 10, room, TG_LEFT, "Confusion matrix");
    snprintf(line, sizeof line, "%s of %s samples right, accuracy %s",
             tg_text_count(hits.right).text, tg_text_count(hits.all).text,
             tg_text_real(hits.accuracy, 4).text);
    tg_canvas_font(canvas, 13, false, tg_faint);
    tg_canvas_text(canvas, EDGE, EDGE + 36, room, TG_LEFT, line);
    if (at->group > 1) {
        snprintf(line, sizeof line, "%d neighbouring classes a cell",
                 at->group);
        tg_canvas_text(canvas, EDGE, EDGE + 54, room, TG_LEFT, line);
    }
}

static void draw_names(struct tg_canvas *canvas, char *const *names,
                       const struct layout *at)
{
    int side = at->n * at->cell;

    tg_canvas_font(canvas, 13, true, tg_faint);
    tg_canvas_text(canvas, at->x, EDGE + HEAD + 8, side, TG_LEFT, "predicted");
    tg_canvas_text_up(canvas, EDGE + 8, at->y, side, TG_RIGHT, "true");
    tg_canvas_font(canvas, at->text, false, tg_ink);
    for (int i = 0; i < at->n; i += at->step) {
        double middle = (i + 0.5) * at->cell;
        const char *name = names[(size_t)i * (size_t)at->group];

        tg_canvas_text(canvas, at->x - GAP, at->y + middle, at->rows, TG_RIGHT,
                       name);
        if (at->upright)
            tg_canvas_text_up(canvas, at->x + middle, at->y - GAP, at->cols,
                              TG_LEFT, name);
        else
            tg_canvas_text(canvas, at->x + middle, at->y - GAP - at->cols / 2.0,
                           at->cell, TG_CENTRE, name);
    }
}

static void draw_cell(struct tg_canvas *canvas, const struct layout *at, int i,
                      int j, int64_t count, double shade)
{
    static const struct tg_color black = {0, 0, 0};
    double size = at->cell, x = at->x + j * size, y = at->y + i * size;

    tg_canvas_fill(canvas, x, y, size, size, tg_picture_heat(shade));
    if (at->counts == 0)
        return;
    tg_canvas_font(canvas, at->counts, i == j,
                   tg_picture_dark(shade) ? tg_paper : black);
    tg_canvas_text(canvas, x + size / 2, y + size / 2, size, TG_CENTRE,
                   tg_text_count(count).text);
}

static void draw_lines(struct tg_canvas *canvas, const struct layout *at)
{
    int side = at->n * at->cell;

    for (int line = at->cell; line < side; line += at->cell) {
        tg_canvas_fill(canvas, at->x + line - 1, at->y, 1, side, tg_paper);
        tg_canvas_fill(canvas, at->x, at->y + line - 1, side, 1, tg_paper);
    }
}

static void draw_cells(struct tg_canvas *canvas, const int64_t *sums,
                       const struct layout *at)
{
    int side = at->n * at->cell;

    tg_canvas_fill(canvas, at->x, at->y, side, side, tg_picture_heat(0));
    for (int i = 0; i < at->n; i++) {
        const int64_t *row = sums + i;
        int64_t all = 0;

        for (int j = 0; j < at->n; j++)
            all += row[(size_t)at->n * (size_t)j];
        for (int j = 0; j < at->n; j++) {
            int64_t count = row[(size_t)at->n * (size_t)j];

            if (count)
                draw_cell(canvas, at, i, j, count,
                          tg_picture_shade((double)count / (double)all));
        }
    }
    if (at->cell > LINED)
        draw_lines(canvas, at);
}

static int limit(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static void draw_scale(struct tg_canvas *canvas, const struct layout *at)
{
    static const int ticks[] = {0, 1, 5, 10, 25, 50, 100};
    int side = at->n * at->cell, height = limit(side, SCALE_MIN, SCALE_MAX);
    double x = at->x + side + EDGE, width = 14;
    char label[16];

    for (int i = 0; i < height; i++)
        tg_canvas_fill(canvas, x, at->y + i, width, 1,
                       tg_picture_heat(1 - (i + 0.5) / height));
    tg_canvas_font(canvas, 11, false, tg_faint);
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        double y = at->y + height * (1 - tg_picture_shade(ticks[i] / 100.0));

        tg_canvas_fill(canvas, x + width, round(y), 4, 1, tg_line);
        snprintf(label, sizeof label, "%d %%", ticks[i]);
        tg_canvas_text(canvas, x + width + 8, y, SCALE, TG_LEFT, label);
    }
    tg_canvas_text(canvas, x, at->y - 32, SCALE, TG_LEFT, "share of the");
    tg_canvas_text(canvas, x, at->y - 18, SCALE, TG_LEFT, "true class");
}

int tg_picture_confusion(const char *path, const struct tg_confusion *confusion)
{
    int k = confusion->classes;
    int group = (k + TG_CLASSES_DRAWN - 1) / TG_CLASSES_DRAWN;
    int n = (k + group - 1) / group;
    int64_t *sums = gather(confusion, group, n);
    struct tg_canvas canvas;
    struct layout at;
    int side;

    if (!sums)
        return tg_fail(TG_EMEMORY, "%s: out of memory", path);
    at = lay_out(k, confusion->names, sums, n, group);
    side = n * at.cell;
    tg_canvas_open(&canvas,
                   limit(at.x + side + 2 * EDGE + SCALE, NARROW, INT_MAX),
                   at.y + limit(side, SCALE_MIN, side) + EDGE);
    draw_title(&canvas, confusion, &at);
    draw_names(&canvas, confusion->names, &at);
    draw_cells(&canvas, sums, &at);
    draw_scale(&canvas, &at);
    free(sums);
    return tg_canvas_finish(&canvas, path);
}
