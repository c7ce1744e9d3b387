#include "gauss.h"

#include <math.h>
#include <string.h>

#include "clones.h"

enum {
    WIDTH = 8, /* numbers of a vector */
    CHAINS = TG_GAUSS_LINE / WIDTH,
    GROUP = 4,  /* directions that others are projected on together */
    BLOCK = 32, /* directions that stay in the cache together */
};

/* Before a loop of constant length over registers: unroll it whole. */
#if defined(__clang__)
#define UNROLL() _Pragma("clang loop unroll(full)")
#else
#define UNROLL() _Pragma("GCC unroll 16")
#endif

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Compilers make of it what the processor has: each element rounds by itself.
 */
typedef double vector __attribute__((vector_size(WIDTH * sizeof(double))));
typedef vector stored __attribute__((aligned(8), may_alias));

/* Coefficients of the highest power first. */
static double polynomial(size_t n, const double *coefficients, double x)
{
    double sum = coefficients[0];

    for (size_t i = 1; i < n; i++)
        sum = sum * x + coefficients[i];
    return sum;
}

/* 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.172, to the last bit or two.
 * x in (0, 1]. */
static double logarithm(double x)
{
    static const double artanh[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17,
                                    1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                    1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
    int exponent;
    double m = frexp(x, &exponent);

    if (m < M_SQRT1_2) {
        m *= 2;
        exponent--;
    }
    double s = (m - 1) / (m + 1);
    return exponent * M_LN2 + 2 * s * polynomial(COUNT(artanh), artanh, s * s);
}

/* Cosine and sine of a number of turns, in [0, 1). */
static void circle(double turns, double *cosine, double *sine)
{
    static const double cosines[] = {1.0 / 20922789888000,
                                     -1.0 / 87178291200,
                                     1.0 / 479001600,
                                     -1.0 / 3628800,
                                     1.0 / 40320,
                                     -1.0 / 720,
                                     1.0 / 24,
                                     -1.0 / 2,
                                     1.0};
    static const double sines[] = {
        -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880,
        -1.0 / 5040,          1.0 / 120,        -1.0 / 6,        1.0};
    int quarter = (int)(4 * turns + 0.5);
    double x = (turns - 0.25 * quarter) * (2 * M_PI); /* |x| <= pi / 4 */
    double c = polynomial(COUNT(cosines), cosines, x * x);
    double s = x * polynomial(COUNT(sines), sines, x * x);

    *cosine = quarter % 2 ? s : c;
    *sine = quarter % 2 ? c : s;
    if (quarter % 4 == 1 || quarter % 4 == 2)
        *cosine = -*cosine;
    if (quarter % 4 >= 2)
        *sine = -*sine;
}

void tg_gauss(size_t n, const uint64_t *bits, double *z)
{
    for (size_t i = 0; i < n; i += 2) {
        double u = ((double)(bits[i] >> 11) + 1) * 0x1p-53; /* (0, 1] */
        double turns = (double)(bits[i + 1] >> 11) * 0x1p-53;
        double radius = sqrt(-2 * logarithm(u)), c, s;

        circle(turns, &c, &s);
        z[i] = radius * c;
        if (i + 1 < n)
            z[i + 1] = radius * s;
    }
}

size_t tg_gauss_stride(size_t values)
{
    return (values + TG_GAUSS_LINE - 1) / TG_GAUSS_LINE * TG_GAUSS_LINE;
}

/* The sum of a vector, in a fixed order.  (A macro: vectors are not handed to
 * functions alike on all processors.) */
#define SUM(v)                                                                 \
    ((((v)[0] + (v)[1]) + ((v)[2] + (v)[3])) +                                 \
     (((v)[4] + (v)[5]) + ((v)[6] + (v)[7])))

TG_CLONES static double dot(size_t stride, const double *a, const double *b)
{
    vector sums[CHAINS] = {{0}};

    for (size_t i = 0; i < stride; i += TG_GAUSS_LINE) {
        const stored *x = (const stored *)(a + i);
        const stored *y = (const stored *)(b + i);

        UNROLL()
        for (size_t c = 0; c < CHAINS; c++)
            sums[c] += x[c] * y[c];
    }
    sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    return SUM(sums[0]);
}

double tg_gauss_length(size_t stride, const double *a)
{
    return sqrt(dot(stride, a, a));
}

/* The products of a group and as many other directions. */
TG_CLONES static void dots(size_t stride, const double *q,
                           const double *const a[GROUP],
                           double products[GROUP][GROUP])
{
    vector sums[GROUP][GROUP] = {{{0}}};

    for (size_t i = 0; i < stride; i += WIDTH) {
        vector x[GROUP];

        UNROLL()
        for (size_t j = 0; j < GROUP; j++)
            x[j] = *(const stored *)(q + j * stride + i);
        UNROLL()
        for (size_t k = 0; k < GROUP; k++) {
            vector y = *(const stored *)(a[k] + i);

            UNROLL()
            for (size_t j = 0; j < GROUP; j++)
                sums[k][j] += x[j] * y;
        }
    }
    UNROLL()
    for (size_t k = 0; k < GROUP; k++) {
        UNROLL()
        for (size_t j = 0; j < GROUP; j++)
            products[k][j] = SUM(sums[k][j]);
    }
}

/* Subtract the parts along a group from a few directions. */
TG_CLONES static void subtract(size_t stride, const double *q,
                               double products[GROUP][GROUP], size_t count,
                               double *a)
{
    for (size_t i = 0; i < stride; i += WIDTH) {
        vector x[GROUP];

        UNROLL()
        for (size_t j = 0; j < GROUP; j++)
            x[j] = *(const stored *)(q + j * stride + i);
        for (size_t k = 0; k < count; k++) {
            stored *to = (stored *)(a + k * stride + i);
            vector y = *to;

            UNROLL()
            for (size_t j = 0; j < GROUP; j++)
                y -= products[k][j] * x[j];
            *to = y;
        }
    }
}

/* Project directions on a group. */
static void project_group(size_t stride, const double *q, size_t count,
                          double *a)
{
    for (size_t k = 0; k < count; k += GROUP, a += GROUP * stride) {
        size_t few = count - k < GROUP ? count - k : GROUP;
        double products[GROUP][GROUP];
        const double *pointers[GROUP];

        for (size_t c = 0; c < GROUP; c++)
            pointers[c] = a + (c < few ? c : few - 1) * stride;
        dots(stride, q, pointers, products);
        subtract(stride, q, products, few, a);
    }
}

/* Project direction i on those of its group before it, and make it long 1. */
static void finish(size_t stride, size_t i, double *q)
{
    double *a = q + i * stride, length;

    for (size_t j = i / GROUP * GROUP; j < i; j++) {
        double product = dot(stride, q + j * stride, a);

        for (size_t v = 0; v < stride; v++)
            a[v] -= product * q[j * stride + v];
    }
    length = tg_gauss_length(stride, a);
    for (size_t v = 0; v < stride; v++)
        a[v] /= length;
}

/* Directions [from, to), none of the next block's. */
static void orthogonalise_block(size_t stride, size_t from, size_t to,
                                double *q)
{
    for (size_t j = 0; j + GROUP <= from; j += GROUP)
        project_group(stride, q + j * stride, to - from, q + from * stride);
    for (size_t i = from; i < to; i++) {
        finish(stride, i, q);
        if ((i + 1) % GROUP == 0)
            project_group(stride, q + (i + 1 - GROUP) * stride, to - i - 1,
                          q + (i + 1) * stride);
    }
}

void tg_gauss_orthogonalise(size_t stride, size_t done, size_t count, double *q)
{
    for (size_t end = done + count, to; done < end; done = to) {
        to = done / BLOCK * BLOCK + BLOCK;
        to = to < end ? to : end;
        orthogonalise_block(stride, done, to, q);
    }
}
