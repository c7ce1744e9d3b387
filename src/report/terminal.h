/* What tables on a terminal are made of. */
#ifndef TG_REPORT_TERMINAL_H
#define TG_REPORT_TERMINAL_H

#include <stdio.h>

#define TG_BOLD "1"
#define TG_GREEN "32"
#define TG_YELLOW "33"

/* Begin and end a style; nothing without `color`. */
void tg_terminal_start(FILE *out, int color, const char *style);
void tg_terminal_stop(FILE *out, int color);

/* A line that stands above a table, behind an empty one. */
void tg_terminal_title(FILE *out, int color, const char *text);

/* The word that starts a line, filled up to TG_TEXT_LABEL columns. */
void tg_terminal_label(FILE *out, int color, const char *word);

/* A line for a file that was written; none for NULL. */
void tg_terminal_file(FILE *out, const char *word, const char *path, int color);

#endif
