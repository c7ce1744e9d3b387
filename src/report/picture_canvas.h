/* A picture to draw on with cairo; private to picture_*.c. */
#ifndef TG_PICTURE_CANVAS_H
#define TG_PICTURE_CANVAS_H

#include <cairo.h>

#include "picture.h"

enum { TG_CLASSES_DRAWN = 2000 }; /* at most, in one picture */

struct tg_canvas {
    int width, height;
    cairo_surface_t *surface;
    cairo_t *cairo;
};

enum tg_align { TG_LEFT, TG_CENTRE, TG_RIGHT };

/* The colours that are no values'. */
extern const struct tg_color tg_ink, tg_faint, tg_line, tg_paper;

/* A white canvas; to be finished, whatever comes between. */
void tg_canvas_open(struct tg_canvas *canvas, int width, int height);

/* Write the PNG and free the canvas. Errors: as tg_picture_confusion. */
int tg_canvas_finish(struct tg_canvas *canvas, const char *path);

void tg_canvas_fill(struct tg_canvas *canvas, double x, double y, double width,
                    double height, struct tg_color color);

/* Copy planes (width, height, 3) into a rectangle of w x h: pixels stay square
 * blocks when it is larger, and are averaged when it is smaller. */
void tg_canvas_image(struct tg_canvas *canvas, double x, double y, double w,
                     double h, int width, int height, const uint8_t *planes);

/* Text of `size` pixels for what follows. */
void tg_canvas_font(struct tg_canvas *canvas, double size, bool bold,
                    struct tg_color color);

double tg_canvas_width(struct tg_canvas *canvas, const char *text);

/* Text, by its end or centre at x, its middle at y; shortened to `room`. */
void tg_canvas_text(struct tg_canvas *canvas, double x, double y, double room,
                    enum tg_align align, const char *text);

/* The same, read upwards: it starts, ends or has its centre at y. */
void tg_canvas_text_up(struct tg_canvas *canvas, double x, double y,
                       double room, enum tg_align align, const char *text);

#endif
