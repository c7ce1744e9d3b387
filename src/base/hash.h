/* The hash behind all random choices: counter-based, so that a choice is a pure
 * function of a seed and a place, never of the order of calls. */
#ifndef TG_HASH_H
#define TG_HASH_H

#include <stdint.h>

/* splitmix64.
 * Source: Steele, Lea, Flood, OOPSLA 2014, fig. 16. */
uint64_t tg_hash(uint64_t x);

#endif
