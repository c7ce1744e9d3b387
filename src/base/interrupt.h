/* What ends the program before its time, and what it must not leave behind.
 *
 * OpenMPI's daemon cleans up after a rank that dies; a rank cleans up after the
 * daemon, whose death it is told of by the kernel.
 */
#ifndef TG_INTERRUPT_H
#define TG_INTERRUPT_H

#include <stdbool.h>

/* From here on SIGINT, SIGTERM, SIGHUP and SIGPIPE end this process cleanly,
 * with exit status 128 + signal, unless it was started with them ignored (as
 * nohup does).  `speak`: says which, on standard error.  `launched`: so does
 * the death of the process that started this one. */
void tg_interrupt_prepare(bool speak, bool launched);

/* The end is near, with this status, its message said and the outputs in place:
 * nothing changes them any more, be it a launcher's signal, sent since another
 * rank ended first, or a library that crashes as it ends, or does not end
 * within 20 s. */
void tg_interrupt_settle(int status);

/* What must not be left behind, ahead of the end: temporary files, helper
 * programs, and the names of shared memory that all its users have opened. */
void tg_interrupt_clean(void);

/* End this process at once with a status, from any thread or signal handler:
 * temporary files, helper programs and shared memory go with it. */
_Noreturn void tg_interrupt_end(int status);

#endif
