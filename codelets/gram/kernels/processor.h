/* What a processor has for products of 8 bits: kernels have a variant a level.
 */
#ifndef TG_PROCESSOR_H
#define TG_PROCESSOR_H

/* Each has what those before it have. AVX512: F, BW, VL and VNNI. */
enum tg_level {
    TG_LEVEL_GENERIC,
    TG_LEVEL_AVX2,
    TG_LEVEL_AVX512,
    TG_LEVEL_AMX
};

/* This one's. Asked at every call: it costs a few loads, and a remembered answer
 * would be a global; only what needs a system call is remembered (amx.h). */
enum tg_level tg_processor_level(void);

#endif
