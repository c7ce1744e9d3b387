/* Where StarPU keeps what it measures, of buses and of tasks.  It ends the
 * process where it cannot write, though only --calibrate's measurements are of
 * any use later. */
#ifndef TG_SAMPLING_H
#define TG_SAMPLING_H

/* Before StarPU starts: see that it has a folder to write to, that of
 * XDG_CACHE_HOME, STARPU_HOME or HOME, as it would take; or one for this run.
 * Errors: TG_EUNAVAILABLE: none can be written, or not the one that the user
 * asked for, by STARPU_HOME or to keep measurements in it. */
int tg_sampling_prepare(void);

/* Remove a folder that was for this run: once StarPU has started, which is when
 * it needs it, and once it has stopped, before which some schedulers write. */
void tg_sampling_clean(void);

#endif
