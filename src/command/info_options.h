/* The command `info`, and its options. */
#ifndef TG_INFO_OPTIONS_H
#define TG_INFO_OPTIONS_H

#include "shared_options.h"

struct tg_info_options {
    struct tg_common_options common;
    const char *subject; /* a model FILE or a SPEC */
    bool check;          /* every sample of the SPEC */
    struct tg_dataset_options reading;
};

#endif
