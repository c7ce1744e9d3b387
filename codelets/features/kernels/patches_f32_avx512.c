#include "patches_f32_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define LEVEL avx512
#define TARGET __attribute__((target("avx512f")))
#define vec __m512
#define LANES 16
#define AT_ONCE 6
#define GROUPS 4
#define load(from) _mm512_loadu_ps(from)
#define store(to, v) _mm512_storeu_ps(to, v)
#define broadcast(value) _mm512_set1_ps(value)
#define multiply_add(a, b, c) _mm512_fmadd_ps(a, b, c)
#define larger(a, b) _mm512_max_ps(a, b)

#include "patches_f32_kernels.h"

#endif
