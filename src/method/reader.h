/* A data set as tasks read it. */
#ifndef TG_METHOD_READER_H
#define TG_METHOD_READER_H

#include "dataset.h"
#include "load.h"
#include "origin.h"

/* A data set, and the origin that it is read from, or NULL; alive until the
 * tasks have run. */
struct tg_input {
    const struct tg_dataset *dataset;
    const struct tg_origin *origin;
};

struct tg_reader tg_method_reader(const struct tg_input *input);

#endif
