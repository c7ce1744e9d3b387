#include "reader.h"

static int read_samples(const void *context, const size_t *rows, size_t n,
                        void *samples)
{
    const struct tg_input *input = context;

    return tg_dataset_load(input->dataset, input->origin, rows, n, samples);
}

struct tg_reader tg_method_reader(const struct tg_input *input)
{
    const struct tg_dataset *dataset = input->dataset;
    uint32_t kind = 0;

    for (const char *c = dataset->format; *c; c++)
        kind = 31 * kind + (unsigned char)*c;
    return (struct tg_reader){read_samples, input, dataset->labels, kind};
}
