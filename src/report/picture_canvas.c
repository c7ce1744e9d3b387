#include "picture_canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "image.h"
#include "text.h"

const struct tg_color tg_ink = {28, 32, 38};
const struct tg_color tg_faint = {91, 98, 110};
const struct tg_color tg_line = {205, 210, 218};
const struct tg_color tg_paper = {255, 255, 255};

static void use(struct tg_canvas *canvas, struct tg_color color)
{
    cairo_set_source_rgb(canvas->cairo, color.red / 255.0, color.green / 255.0,
                         color.blue / 255.0);
}

void tg_canvas_open(struct tg_canvas *canvas, int width, int height)
{
    canvas->width = width;
    canvas->height = height;
    canvas->surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    canvas->cairo = cairo_create(canvas->surface);
    use(canvas, tg_paper);
    cairo_paint(canvas->cairo);
}

static void copy_out(struct tg_canvas *canvas, uint8_t *planes)
{
    const size_t w = (size_t)canvas->width, h = (size_t)canvas->height;
    const uint8_t *data = cairo_image_surface_get_data(canvas->surface);
    const size_t stride =
        (size_t)cairo_image_surface_get_stride(canvas->surface);

    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++) {
            uint32_t pixel;

            memcpy(&pixel, data + y * stride + 4 * x, sizeof pixel);
            for (size_t c = 0; c < 3; c++)
                planes[(c * h + y) * w + x] = (uint8_t)(pixel >> (16 - 8 * c));
        }
}

int tg_canvas_finish(struct tg_canvas *canvas, const char *path)
{
    const size_t size = (size_t)canvas->width * (size_t)canvas->height;
    cairo_status_t status = cairo_status(canvas->cairo);
    uint8_t *planes = status ? NULL : malloc(3 * size);
    int error;

    cairo_surface_flush(canvas->surface);
    if (planes)
        copy_out(canvas, planes);
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    error = planes
                ? tg_image_write(path, canvas->width, canvas->height, 3, planes)
                : tg_fail(TG_EMEMORY, "%s: cannot draw %d x %d pixels: %s",
                          path, canvas->width, canvas->height,
                          cairo_status_to_string(
                              status ? status : CAIRO_STATUS_NO_MEMORY));
    free(planes);
    return error;
}

void tg_canvas_fill(struct tg_canvas *canvas, double x, double y, double width,
                    double height, struct tg_color color)
{
    cairo_save(canvas->cairo);
    use(canvas, color);
    cairo_rectangle(canvas->cairo, x, y, width, height);
    cairo_fill(canvas->cairo);
    cairo_restore(canvas->cairo);
}

static void copy_in(cairo_surface_t *surface, int width, int height,
                    const uint8_t *planes)
{
    const size_t w = (size_t)width, n = w * (size_t)height;
    uint8_t *data = cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)cairo_image_surface_get_stride(surface);

    for (size_t i = 0; i < n; i++) {
        const uint32_t pixel = (uint32_t)planes[i] << 16 |
                               (uint32_t)planes[n + i] << 8 | planes[2 * n + i];

        memcpy(data + i / w * stride + 4 * (i % w), &pixel, sizeof pixel);
    }
    cairo_surface_mark_dirty(surface);
}

void tg_canvas_image(struct tg_canvas *canvas, double x, double y, double w,
                     double h, int width, int height, const uint8_t *planes)
{
    cairo_t *cairo = canvas->cairo;
    cairo_surface_t *source =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);

    if (cairo_surface_status(source) == CAIRO_STATUS_SUCCESS)
        copy_in(source, width, height, planes);
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, w / width, h / height);
    cairo_set_source_surface(cairo, source, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo),
                             w < width ? CAIRO_FILTER_GOOD
                                       : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD);
    cairo_rectangle(cairo, 0, 0, width, height);
    cairo_fill(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(source);
}

void tg_canvas_font(struct tg_canvas *canvas, double size, bool bold,
                    struct tg_color color)
{
    use(canvas, color);
    cairo_select_font_face(canvas->cairo, "DejaVu Sans",
                           CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD
                                : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas->cairo, size);
}

double tg_canvas_width(struct tg_canvas *canvas, const char *text)
{
    cairo_text_extents_t extents;

    cairo_text_extents(canvas->cairo, text, &extents);
    return extents.x_advance;
}

/* As much of the text as fits, in UTF-8; to be freed. */
static char *shorten(struct tg_canvas *canvas, double room, const char *text)
{
    static const char dots[] = "…";
    char *clean = tg_text_clean(text), *fit;
    size_t length = clean ? strlen(clean) : 0;

    if (!clean || tg_canvas_width(canvas, clean) <= room)
        return clean;
    fit = malloc(length + sizeof dots);
    if (fit)
        do {
            while (length > 0 && (clean[--length] & 0xc0) == 0x80)
                ;
            memcpy(fit, clean, length);
            memcpy(fit + length, dots, sizeof dots);
        } while (length > 1 && tg_canvas_width(canvas, fit) > room);
    free(clean);
    return fit;
}

/* Text in a turned or straight system, by its place in that. */
static void put(struct tg_canvas *canvas, double room, enum tg_align align,
                const char *text)
{
    char *fit = shorten(canvas, room, text);
    cairo_font_extents_t font;

    if (fit) {
        cairo_font_extents(canvas->cairo, &font);
        cairo_move_to(canvas->cairo,
                      -0.5 * (int)align * tg_canvas_width(canvas, fit),
                      0.5 * (font.ascent - font.descent));
        cairo_show_text(canvas->cairo, fit);
    }
    free(fit);
}

void tg_canvas_text(struct tg_canvas *canvas, double x, double y, double room,
                    enum tg_align align, const char *text)
{
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, x, y);
    put(canvas, room, align, text);
    cairo_restore(canvas->cairo);
}

void tg_canvas_text_up(struct tg_canvas *canvas, double x, double y,
                       double room, enum tg_align align, const char *text)
{
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, x, y);
    cairo_rotate(canvas->cairo, -acos(0));
    put(canvas, room, align, text);
    cairo_restore(canvas->cairo);
}
