/* A data set as tasks read it. */
#ifndef TG_METHOD_READER_H
#define TG_METHOD_READER_H

#include "dataset.h"
#include "load.h"

/* A data set, and the origin (origin.h) that is subtracted, or NULL; alive
 * until the tasks have run. */
struct tg_input {
    const struct tg_dataset *dataset;
    const double *origin;
};

struct tg_reader tg_method_reader(const struct tg_input *input);

#endif
