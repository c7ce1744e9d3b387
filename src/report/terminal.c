#include "terminal.h"

#include "text.h"

void tg_terminal_start(FILE *out, int color, const char *style)
{
    if (color)
        fprintf(out, "\033[%sm", style);
}

void tg_terminal_stop(FILE *out, int color)
{
    if (color)
        fputs("\033[0m", out);
}

void tg_terminal_title(FILE *out, int color, const char *text)
{
    fputc('\n', out);
    tg_terminal_start(out, color, TG_BOLD);
    fputs(text, out);
    tg_terminal_stop(out, color);
    fputc('\n', out);
}

void tg_terminal_label(FILE *out, int color, const char *word)
{
    tg_terminal_start(out, color, TG_BOLD);
    fprintf(out, "%-*s", TG_TEXT_LABEL, word);
    tg_terminal_stop(out, color);
}

void tg_terminal_file(FILE *out, const char *word, const char *path, int color)
{
    if (!path)
        return;
    tg_terminal_label(out, color, word);
    tg_text_whole(out, path);
    fputc('\n', out);
}
