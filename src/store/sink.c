#include "sink.h"

#include <string.h>

static const struct tg_sink_kind *const kinds[] = {
    &tg_sink_csv,
};

int tg_sink_open(struct tg_sink_file *sink, const char *spec,
                 const struct tg_row_head *head)
{
    *sink = (struct tg_sink_file){.kind = kinds[0], .head = *head};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]->prefix);

        if (strncmp(spec, kinds[i]->prefix, length) == 0 &&
            spec[length] == ':') {
            sink->kind = kinds[i];
            spec += length + 1;
            break;
        }
    }
    return sink->kind->open(sink, spec);
}

int tg_sink_row(struct tg_sink_file *sink, const struct tg_row *row)
{
    return sink->kind->row(sink, row);
}

int tg_sink_commit(struct tg_sink_file *sink)
{
    return sink->kind->commit(sink);
}

void tg_sink_discard(struct tg_sink_file *sink)
{
    if (sink->kind)
        sink->kind->discard(sink);
    *sink = (struct tg_sink_file){0};
}
