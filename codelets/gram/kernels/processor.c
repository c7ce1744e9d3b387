#include "processor.h"

#include "amx.h"

enum tg_level tg_processor_level(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vnni"))
        return tg_amx_works() ? TG_LEVEL_AMX : TG_LEVEL_AVX512;
    if (__builtin_cpu_supports("avx2"))
        return TG_LEVEL_AVX2;
#endif
    return TG_LEVEL_GENERIC;
}
