/* Vectors of GCC and clang, which every processor has in some way. */
#include <stdint.h>
#include <string.h>

typedef float vec __attribute__((vector_size(16)));
typedef int32_t mask __attribute__((vector_size(16)));

static inline vec load(const float *from)
{
    vec v;

    memcpy(&v, from, sizeof v);
    return v;
}

static inline void store(float *to, vec v)
{
    memcpy(to, &v, sizeof v);
}

static inline vec broadcast(float value)
{
    return (vec){value, value, value, value};
}

static inline vec multiply_add(vec a, vec b, vec c)
{
    return a * b + c;
}

static inline vec larger(vec a, vec b)
{
    mask which = a > b;

    return (vec)(((mask)a & which) | ((mask)b & ~which));
}

#define LEVEL generic
#define TARGET
#define LANES 4
#define AT_ONCE 2
#define GROUPS 1

#include "patches_f32_kernels.h"
