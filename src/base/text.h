/* Text: made in any length, and for a terminal: numbers that can be read, names
 * that cannot harm it.
 * Columns are counted in characters. */
#ifndef TG_REPORT_TEXT_H
#define TG_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TG_TEXT_WIDTH 80 /* columns of a line */
#define TG_TEXT_LABEL 10 /* columns of the word that starts a line */

struct tg_text {
    char text[32];
};

/* An integer with separators: 1,200,000. */
struct tg_text tg_text_count(int64_t n);

/* A number with `digits` decimals; "-" for NaN and infinity. */
struct tg_text tg_text_real(double value, int digits);

/* malloc'ed text, of any length; NULL, with the failure recorded, without
 * memory. */
char *tg_text_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Bytes of the character at `text`, which is not at its end.  *good is false
 * for one byte that is a control character or no UTF-8: print '?' for it. */
size_t tg_text_step(const char *text, bool *good);

/* What is escaped beside bytes that are no UTF-8. */
enum {
    TG_ESCAPE_CONTROLS = 1, /* control characters */
    TG_ESCAPE_MARKS = 2     /* a backslash that stands before xNN */
};

/* The character at `text`, which is not at its end, as it is written: itself,
 * or \xNN, in hexadecimal, for a byte that is escaped.  With TG_ESCAPE_MARKS, to
 * put the byte in the place of each \xNN is to have the text back.
 * Value: its bytes in `text`. */
size_t tg_text_escape_step(const char *text, unsigned what, char written[5]);

/* A copy so written, which is UTF-8; NULL: no memory. */
char *tg_text_escape(const char *text, unsigned what);

/* Is a text UTF-8 without control characters, and not empty? */
bool tg_text_is_clean(const char *text);

int tg_text_columns(const char *text);

/* Print a name in `width` columns: shortened, or filled up with spaces where
 * `fill`.  A path keeps its end. */
void tg_text_name(FILE *out, const char *name, int width, bool fill);
void tg_text_path(FILE *out, const char *path, int width);

/* Print a file's path, whole: someone may want to copy it. */
void tg_text_whole(FILE *out, const char *path);

/* Print a sentence in lines of TG_TEXT_WIDTH columns, broken between words; all
 * but the first are indented by TG_TEXT_LABEL. */
void tg_text_sentence(FILE *out, const char *text);

/* A copy that is UTF-8 without control characters; NULL: no memory. */
char *tg_text_clean(const char *text);

#endif
