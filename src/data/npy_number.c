#include "npy_number.h"

#include <math.h>
#include <string.h>

/* A number has the same sign and fraction in binary32, and 112 more as its
 * exponent, but for what is next to zero, and for what is none.
 * Source: IEEE 754-2008, binary16. */
static double from_half(uint16_t bits)
{
    const uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    const uint32_t sign = (uint32_t)(bits >> 15) << 31;
    const uint32_t word =
        sign | fraction << 13 | (exponent + (exponent == 31 ? 224 : 112)) << 23;
    float value;

    memcpy(&value, &word, sizeof value);
    return exponent ? value : copysign(fraction * 0x1p-24, value);
}

static double from_bool(uint8_t byte)
{
    return byte != 0;
}

static uint8_t turn8(uint8_t bits)
{
    return bits;
}

/* name, type of the value, type of as many bits, how their bytes are turned,
 * how the value becomes a double */
#define NUMBERS(X)                                                             \
    X(b1, uint8_t, uint8_t, turn8, from_bool)                                  \
    X(i1, int8_t, uint8_t, turn8, (double))                                    \
    X(i2, int16_t, uint16_t, __builtin_bswap16, (double))                      \
    X(i4, int32_t, uint32_t, __builtin_bswap32, (double))                      \
    X(i8, int64_t, uint64_t, __builtin_bswap64, (double))                      \
    X(u1, uint8_t, uint8_t, turn8, (double))                                   \
    X(u2, uint16_t, uint16_t, __builtin_bswap16, (double))                     \
    X(u4, uint32_t, uint32_t, __builtin_bswap32, (double))                     \
    X(u8, uint64_t, uint64_t, __builtin_bswap64, (double))                     \
    X(f2, uint16_t, uint16_t, __builtin_bswap16, from_half)                    \
    X(f4, float, uint32_t, __builtin_bswap32, (double))                        \
    X(f8, double, uint64_t, __builtin_bswap64, (double))

#define X(name, type, bits, turn, convert)                                     \
    static void read_##name(const unsigned char *raw, size_t step, bool big,   \
                            size_t n, double *values)                          \
    {                                                                          \
        for (size_t i = 0; i < n; i++, raw += step) {                          \
            bits word;                                                         \
            type value;                                                        \
                                                                               \
            memcpy(&word, raw, sizeof word);                                   \
            word = big ? turn(word) : word;                                    \
            memcpy(&value, &word, sizeof value);                               \
            values[i] = convert(value);                                        \
        }                                                                      \
    }
NUMBERS(X)
#undef X

static const struct tg_npy_number numbers[] = {
    {'b', 1, true, read_b1},  {'i', 1, true, read_i1},
    {'i', 2, true, read_i2},  {'i', 4, false, read_i4},
    {'i', 8, false, read_i8}, {'u', 1, true, read_u1},
    {'u', 2, true, read_u2},  {'u', 4, false, read_u4},
    {'u', 8, false, read_u8}, {'f', 2, true, read_f2},
    {'f', 4, true, read_f4},  {'f', 8, false, read_f8},
};

const struct tg_npy_number *tg_npy_number_find(char kind, uint64_t item)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].kind == kind && numbers[i].item == item)
            return &numbers[i];
    return NULL;
}
