/* Which kernels OpenBLAS computes with. They round differently, so the last
 * bits of a model are those of a kind of processors. */
#ifndef TG_KERNELS_H
#define TG_KERNELS_H

#include <stddef.h>

/* First of all: keep OpenBLAS to one thread a worker, and tell it of processors
 * that it is too old to know.  It looks at its environment as it is loaded:
 * the process may be replaced by itself, with the same arguments. */
void tg_kernels_choose(char **argv);

/* Before MPI starts: the kernels that all processors of this architecture have
 * that are worth it (x86-64: AVX2 and FMA), for the same bytes on all of them.
 * The process may be replaced by itself. Errors: TG_EUNAVAILABLE. */
int tg_kernels_fix(char **argv);

/* Do all ranks compute with the same?  Where not, `text` gets a line that says
 * so, else nothing. Collective; outside tasks only. */
void tg_kernels_compare(char *text, size_t size);

#endif
