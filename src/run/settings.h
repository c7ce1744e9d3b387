/* What StarPU takes from the environment and would end the process over, wait
 * for ever with, or quietly replace. */
#ifndef TG_SETTINGS_H
#define TG_SETTINGS_H

/* Check STARPU_NCPU, STARPU_SCHED, other numbers and lists of cores; before
 * StarPU starts.
 * Errors: TG_EUNAVAILABLE. */
int tg_settings_check(void);

#endif
