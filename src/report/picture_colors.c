#include "picture.h"

#include <math.h>
#include <stdlib.h>

#define STRIP 1024    /* pixels of a vector's strip, at most */
#define LOOKED 100000 /* weights that decide on the limit */
#define DARK 0.71     /* shade from which text is white: a contrast of 4.5 */

/* Between two colours, t from 0 to 1. */
static struct tg_color blend(struct tg_color from, struct tg_color to, double t)
{
    return (struct tg_color){
        (uint8_t)lround(from.red + t * (to.red - from.red)),
        (uint8_t)lround(from.green + t * (to.green - from.green)),
        (uint8_t)lround(from.blue + t * (to.blue - from.blue)),
    };
}

/* Source of the colours: ColorBrewer's RdBu (colorbrewer2.org). */
struct tg_color tg_picture_diverging(double value)
{
    static const struct tg_color white = {255, 255, 255};
    static const struct tg_color side[2][2] = {
        {{103, 169, 207}, {33, 102, 172}},
        {{239, 138, 98}, {178, 24, 43}},
    };
    const struct tg_color *color = side[value > 0];
    double t = fmin(2 * fabs(value), 2);

    return t < 1 ? blend(white, color[0], t) : blend(color[0], color[1], t - 1);
}

double tg_picture_shade(double share)
{
    return sqrt(fmin(fmax(share, 0), 1));
}

struct tg_color tg_picture_heat(double shade)
{
    static const struct tg_color none = {243, 245, 249}, all = {30, 64, 140};

    return blend(none, all, shade);
}

bool tg_picture_dark(double shade)
{
    return shade > DARK;
}

struct tg_panes tg_picture_panes(const struct tg_shape *shape)
{
    size_t group = (shape->features + STRIP - 1) / STRIP;
    struct tg_panes panes = {
        .width = shape->width,
        .height = shape->height,
        .count = shape->channels,
        .group = 1,
        .stride = (size_t)shape->width * (size_t)shape->height,
    };

    if (!shape->width)
        return (struct tg_panes){(int)((shape->features + group - 1) / group),
                                 1, 1, group, 1};
    if (panes.count > 3) {
        panes.group = (size_t)panes.count;
        panes.count = 1;
    }
    return panes;
}

void tg_picture_pane(const struct tg_shape *shape, const double *weights,
                     int pane, double limit, uint8_t *planes)
{
    struct tg_panes panes = tg_picture_panes(shape);
    size_t n = (size_t)panes.width * (size_t)panes.height;

    for (size_t i = 0; i < n; i++) {
        /* The next pixel of a strip begins behind this one's values. */
        size_t at = (shape->width ? i : i * panes.group) + (size_t)pane * n;
        size_t count = 0;
        double sum = 0;

        for (; count < panes.group && at < shape->features; count++) {
            sum += weights[at];
            at += panes.stride;
        }
        struct tg_color color =
            tg_picture_diverging(sum / (double)count / limit);

        planes[i] = color.red;
        planes[i + n] = color.green;
        planes[i + 2 * n] = color.blue;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double tg_picture_limit(size_t n, const double *weights)
{
    size_t step = 1 + (n - 1) / LOOKED, count = 1 + (n - 1) / step;
    double *size = malloc(count * sizeof *size), limit = 0;

    for (size_t i = 0; size && i < count; i++)
        size[i] = fabs(weights[i * step]);
    if (size) {
        qsort(size, count, sizeof *size, compare);
        limit = size[count - 1 - count / 100];
        if (limit == 0)
            limit = size[count - 1];
    }
    free(size);
    return limit > 0 ? limit : 1;
}
