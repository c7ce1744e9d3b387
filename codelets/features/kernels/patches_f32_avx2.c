#include "patches_f32_internal.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define LEVEL avx2
#define TARGET __attribute__((target("avx2,fma")))
#define vec __m256
#define LANES 8
#define AT_ONCE 6
#define GROUPS 1
#define load(from) _mm256_loadu_ps(from)
#define store(to, v) _mm256_storeu_ps(to, v)
#define broadcast(value) _mm256_set1_ps(value)
#define multiply_add(a, b, c) _mm256_fmadd_ps(a, b, c)
#define larger(a, b) _mm256_max_ps(a, b)

#include "patches_f32_kernels.h"

#endif
