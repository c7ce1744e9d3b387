/* Tile registers of x86-64 processors (AMX): for kernels with such a variant. */
#ifndef TG_AMX_H
#define TG_AMX_H

#include <stdbool.h>

/* Can this process use AMX' 8-bit products? The kernel grants a process the
 * tiles on request, which the first call makes. */
bool tg_amx_works(void);

#endif
