#include "sink.h"

#include <string.h>

static const struct tg_sink_kind *const kinds[] = {
    &tg_sink_csv,
};

/* The kind that a spec names, which is then without its prefix. */
static const struct tg_sink_kind *find(const char **spec)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i]->prefix);

        if (strncmp(*spec, kinds[i]->prefix, length) == 0 &&
            (*spec)[length] == ':') {
            *spec += length + 1;
            return kinds[i];
        }
    }
    return kinds[0];
}

const char *tg_sink_path(const char *spec)
{
    find(&spec);
    return spec;
}

int tg_sink_open(struct tg_sink_file *sink, const char *spec,
                 const struct tg_row_head *head)
{
    *sink = (struct tg_sink_file){.kind = find(&spec), .head = *head};
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
