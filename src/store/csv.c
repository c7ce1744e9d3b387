/* CSV (RFC 4180): a line a sample, under a line of names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "output.h"
#include "sink.h"
#include "text.h"

static void put_text(FILE *file, const char *text)
{
    const bool quoted = strpbrk(text, ",\"\r\n");

    if (quoted)
        putc('"', file);
    while (*text) {
        if (*text == '"')
            putc('"', file);
        putc(*text++, file);
    }
    if (quoted)
        putc('"', file);
}

/* All is UTF-8, whatever the names of files are. */
static int put_path(FILE *file, const char *path)
{
    char *text = tg_text_escape(path, TG_ESCAPE_MARKS);

    if (!text)
        return tg_fail(TG_EMEMORY, "out of memory for the name of a file");
    put_text(file, text);
    free(text);
    return TG_OK;
}

static int csv_open(struct tg_sink_file *sink, const char *path)
{
    struct tg_output *output = calloc(1, sizeof *output);
    FILE *file;

    if (!output)
        return tg_fail(TG_EMEMORY, "out of memory for %s", path);
    sink->state = output;
    TG_TRY(tg_output_open(output, path));
    file = output->file;
    fputs(sink->head.files ? "sample,file,predicted" : "sample,predicted",
          file);
    if (sink->head.truth)
        fputs(",truth", file);
    for (size_t c = 0; c < sink->head.nscores; c++) {
        putc(',', file);
        put_text(file, sink->head.classes[c]);
    }
    putc('\n', file);
    return TG_OK;
}

static int csv_row(struct tg_sink_file *sink, const struct tg_row *row)
{
    struct tg_output *output = sink->state;
    FILE *file = output->file;

    fprintf(file, "%zu,", row->sample);
    if (row->file) {
        TG_TRY(put_path(file, row->file));
        putc(',', file);
    }
    put_text(file, row->predicted);
    if (row->truth) {
        putc(',', file);
        put_text(file, row->truth);
    }
    for (size_t c = 0; c < sink->head.nscores; c++)
        fprintf(file, ",%.17g", row->scores[c]);
    putc('\n', file);
    if (ferror(file))
        return tg_fail(TG_EIO, "%s: writing failed; is the disk full?",
                       output->path);
    return TG_OK;
}

static int csv_commit(struct tg_sink_file *sink)
{
    return tg_output_commit(sink->state);
}

static void csv_discard(struct tg_sink_file *sink)
{
    if (sink->state)
        tg_output_discard(sink->state);
    free(sink->state);
}

const struct tg_sink_kind tg_sink_csv = {
    .prefix = "csv",
    .open = csv_open,
    .row = csv_row,
    .commit = csv_commit,
    .discard = csv_discard,
};
