/* What ends all ranks when one of them cannot go on where the others may wait
 * for it: in a graph, in which they wait for tiles that it would have sent, or
 * for tasks that need them.
 *
 * Every rank has a thread that listens, through a communicator of its own.  A
 * rank that fails tells rank 0, which says why, in one line, and tells the
 * others; when all have cleaned up after themselves, all end, by the same exit
 * status, rank 0 having spoken before a launcher may end it.  Whoever hears
 * nothing for 2 s ends by itself.  Where MPI lets but one thread call at a
 * time, nobody listens: a rank that fails speaks and ends, and the launcher
 * ends the others.
 */
#ifndef TG_WATCH_H
#define TG_WATCH_H

/* Once MPI runs: who this rank is. Collective. */
void tg_watch_prepare(int rank, int ranks);

/* Listen, and stop it, while StarPU runs; a rank alone has nobody to hear.
 * Errors: TG_EMEMORY. */
int tg_watch_start(void);
void tg_watch_stop(void);

/* Before MPI ends. Collective. */
void tg_watch_end(void);

/* Main thread: this rank has failed, with the message recorded in error.h.  Of
 * ranks that fail at the same time the lowest speaks for all. */
_Noreturn void tg_watch_fail(int code);

#endif
