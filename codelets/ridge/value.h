/* A value of a block in single or double precision, by the size of an element.
 */
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

#endif
