/* Memory that this process may still take, and what happens when it runs out.
 *
 * The limits: of the process (ulimit -v, ulimit -d), and of the node, whose
 * memory, or whose part that a cgroup leaves, the ranks there share equally.
 * Libraries meet a failed allocation with an abort, a crash or a wait without
 * end; so what they need is set aside before they start, and tiles must do with
 * the rest.
 */
#ifndef TG_MEMORY_H
#define TG_MEMORY_H

#include <stddef.h>

#include "needs.h"

/* Find the limits, and take precautions where the process has one; first of
 * all.  Errors: TG_EMEMORY, when MPI could not even start. */
int tg_memory_prepare(int local_ranks);

/* The ranks that share this node's memory, once they are known. */
void tg_memory_share(int local_ranks);

/* Can this process take so many bytes more?  `what` begins the message, as in
 * "photos: 60000 features". Errors: TG_EMEMORY. */
int tg_memory_check(double bytes, const char *what);

/* Bytes that this process may still take. */
double tg_memory_left(void);

/* All of these, in bytes. Shapes: needs[n], n > 0.  *largest: the largest. */
double tg_memory_sum(const struct tg_memory_need *needs, size_t n,
                     const struct tg_memory_need **largest);

/* Can this process take all of these together?  The message also names the
 * largest and its remedy; `what` begins it. Shapes: needs[n], n > 0.
 * Errors: TG_EMEMORY. */
int tg_memory_check_needs(const char *what, const struct tg_memory_need *needs,
                          size_t n);

/* Before StarPU starts: set aside what it and BLAS need with so many workers,
 * and watch over what tiles take.  A tile that finds no room ends the process
 * with TG_EMEMORY and a message. Errors: TG_EMEMORY. */
int tg_memory_guard(int rank, int workers);

/* What the user may do about it; the end of all such messages. */
extern const char tg_memory_remedy[];

#endif
