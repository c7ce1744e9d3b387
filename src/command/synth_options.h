/* The command `synth`, and its options. */
#ifndef TG_SYNTH_OPTIONS_H
#define TG_SYNTH_OPTIONS_H

#include "shared_options.h"

struct tg_synth_options {
    struct tg_common_options common;
    const char *folder; /* to write into */
    size_t count;       /* training samples */
    uint64_t seed;
};

#endif
