/* Procedural pictures of digits: any number of labelled samples, no download.
 *
 * Sample i of a seed is made of (seed, i) alone, with integer arithmetic, so
 * it has the same bytes on every machine, whoever makes it, in any order.
 */
#ifndef TG_DATASET_SYNTH_H
#define TG_DATASET_SYNTH_H

#include <stddef.h>
#include <stdint.h>

enum { TG_SYNTH_SIDE = 28, TG_SYNTH_CLASSES = 10, TG_SYNTH_COUNT = 60000 };

/* How many further samples, n, n + 1, ..., are the test part of n. */
size_t tg_synth_test_count(size_t n);

/* The digit, 0 to 9, that sample `index` shows. */
int tg_synth_label(uint64_t seed, size_t index);

/* Write n training samples (train-*) and their test part (t10k-*) as IDX
 * files, all four or none; the folder is made where it is missing.
 * Errors: TG_EUSAGE (n is 0 or too large), TG_ECANTCREAT, TG_EIO,
 * TG_EMEMORY. */
int tg_synth_write(const char *folder, size_t n, uint64_t seed);

#endif
