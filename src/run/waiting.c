#include "waiting.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <starpu_scheduler.h>

#include "clock.h"
#include "sleep.h"

/* How long a worker spins before it sleeps, s, and how long it sleeps at the
 * most, ns: tasks may come by other ways than a push. */
#define SPIN 100e-6
enum { DOZE = 1000000, SECOND = 1000000000 };

static struct starpu_sched_policy policy;
static struct starpu_task *(*policy_pop)(unsigned context);
static int (*policy_push)(struct starpu_task *task);
static double spin;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pushed = PTHREAD_COND_INITIALIZER;
static atomic_uint pushes;
static atomic_int sleepers;

void tg_waiting_prepare(bool crowded)
{
    spin = crowded ? 0 : SPIN;
    tg_sleep_prepare(crowded);
}

/* Sleep until there was a push since `before` of them, or a while. */
static void sleep_until_push(unsigned before)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += DOZE;
    until.tv_sec += until.tv_nsec / SECOND;
    until.tv_nsec %= SECOND;
    pthread_mutex_lock(&lock);
    atomic_fetch_add(&sleepers, 1);
    if (atomic_load(&pushes) == before)
        pthread_cond_clockwait(&pushed, &lock, CLOCK_MONOTONIC, &until);
    atomic_fetch_sub(&sleepers, 1);
    pthread_mutex_unlock(&lock);
}

/* Idle since `since`, 0 while there are tasks. */
static struct starpu_task *pop(unsigned context)
{
    static _Thread_local double since;
    const unsigned before = atomic_load(&pushes);
    struct starpu_task *task = policy_pop ? policy_pop(context) : NULL;
    const double now = task ? 0 : tg_clock_now();

    if (task || since == 0) {
        since = now;
    } else if (now - since >= spin) {
        /* others may look for work in its queue, or hand it some */
        starpu_worker_relax_on();
        sleep_until_push(before);
        starpu_worker_relax_off();
    }
    return task;
}

static int push(struct starpu_task *task)
{
    const int status = policy_push(task);

    atomic_fetch_add(&pushes, 1);
    if (atomic_load(&sleepers)) {
        pthread_mutex_lock(&lock);
        pthread_cond_broadcast(&pushed);
        pthread_mutex_unlock(&lock);
    }
    return status;
}

struct starpu_sched_policy *tg_waiting_policy(const char *name)
{
    struct starpu_sched_policy **known = starpu_sched_get_predefined_policies();

    while (*known && strcmp((*known)->policy_name, name) != 0)
        known++;
    if (!*known)
        return NULL;
    policy = **known;
    policy_pop = policy.pop_task;
    policy_push = policy.push_task;
    policy.pop_task = pop;
    policy.push_task = push;
    return &policy;
}
