/* The texts that .npy files hold, as labels; private to npy*.c. */
#ifndef TG_DATASET_NPY_TEXT_H
#define TG_DATASET_NPY_TEXT_H

#include <stddef.h>

/* The name of a class that is a text of UTF-32 characters, or of bytes, padded
 * by 0; to be freed; NULL: out of memory.
 * Shapes: key[width], bytes. */
char *tg_npy_unicode_name(const void *key, size_t width);
char *tg_npy_bytes_name(const void *key, size_t width);

/* In the order of their characters, as numpy sorts texts of UTF-32. */
int tg_npy_unicode_compare(const void *a, const void *b, size_t width);

#endif
