/* Values of a block in single or double precision, by the size of an element,
 * and of moments. */
#ifndef TG_RIDGE_VALUE_H
#define TG_RIDGE_VALUE_H

#include <stddef.h>

static inline double tg_value_get(const void *block, size_t element, size_t at)
{
    return element == sizeof(float) ? (double)((const float *)block)[at]
                                    : ((const double *)block)[at];
}

static inline void tg_value_put(void *block, size_t element, size_t at,
                                double value)
{
    if (element == sizeof(float))
        ((float *)block)[at] = (float)value;
    else
        ((double *)block)[at] = value;
}

/* Sum of row r over the classes of M, whose last row holds counts. */
static inline double tg_value_row_sum(size_t k, const double *m, size_t ldm,
                                      size_t r)
{
    double sum = 0;

    for (size_t c = 0; c < k; c++)
        sum += m[r + c * ldm];
    return sum;
}

#endif
