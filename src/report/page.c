#include "page.h"

#include <stdlib.h>

#include "error.h"
#include "image.h"
#include "text.h"

static const char *reference(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void tg_page_text(FILE *page, const char *text)
{
    char written[5];

    while (*text) {
        const char *entity = reference(*text);

        text += tg_text_escape_step(text, TG_ESCAPE_CONTROLS, written);
        fputs(entity ? entity : written, page);
    }
}

void tg_page_base64(FILE *page, const void *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = bytes;

    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t bits = (uint32_t)from[i] << 16;

        if (left > 1)
            bits |= (uint32_t)from[i + 1] << 8;
        if (left > 2)
            bits |= from[i + 2];
        putc(digits[bits >> 18], page);
        putc(digits[bits >> 12 & 63], page);
        putc(left > 1 ? digits[bits >> 6 & 63] : '=', page);
        putc(left > 2 ? digits[bits & 63] : '=', page);
    }
}

int tg_page_png(FILE *page, int width, int height, int channels,
                const uint8_t *planes)
{
    char *png;
    size_t size;

    TG_TRY(tg_image_encode(width, height, channels, planes, &png, &size));
    fputs("src=\"data:image/png;base64,", page);
    tg_page_base64(page, png, size);
    fprintf(page, "\" width=\"%d\" height=\"%d\"", width, height);
    free(png);
    return TG_OK;
}

void tg_page_lead(FILE *page, const char *text)
{
    fprintf(page, "<p class=\"lead\">%s</p>\n", text);
}

void tg_page_scroll(FILE *page, const char *name)
{
    fprintf(page,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
            "aria-label=\"%s\">\n",
            name);
}

void tg_page_fact(FILE *page, const char *label, const char *value,
                  const char *note)
{
    fprintf(page,
            "<div><dt>%s</dt><dd class=\"value\">%s</dd>"
            "<dd class=\"note\">%s</dd></div>\n",
            label, value, note);
}

void tg_page_row(FILE *page, const char *name, const char *value)
{
    fprintf(page, "<tr><th scope=\"row\">%s</th><td>", name);
    tg_page_text(page, value);
    fputs("</td></tr>\n", page);
}
