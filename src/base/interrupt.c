#include "interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "output.h"

enum { PATIENCE = 20 }; /* seconds for libraries to end */

static bool speaks;
static volatile sig_atomic_t settled = -1; /* the status to end with */
static char children[64];                  /* the kernel's list of them */

/* Whatever helper still runs: its result is of no use any more. */
static void end_children(void)
{
    char text[512];
    int file = open(children, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? 0 : read(file, text, sizeof text);
    pid_t child = 0;

    for (ssize_t i = 0; i < n; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            child = 10 * child + (text[i] - '0');
        } else if (child) {
            kill(child, SIGTERM);
            child = 0;
        }
    }
    if (file >= 0)
        close(file);
}

/* What OpenMPI's ranks of one node talk through: all that are mapped here, with
 * the C library's functions that a signal handler may use. */
static void unlink_segments(void)
{
    static char text[1 << 15];
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    size_t held = 0;
    ssize_t n;

    while (file >= 0 &&
           (n = read(file, text + held, sizeof text - 1 - held)) > 0) {
        char *line = text, *next;

        text[held + (size_t)n] = '\0';
        for (; (next = strchr(line, '\n')); line = next + 1) {
            *next = '\0';
            char *path = strchr(line, '/');
            if (path && strstr(path, "/vader_segment."))
                unlink(path);
        }
        held = strlen(line);
        memmove(text, line, held);
    }
    if (file >= 0)
        close(file);
}

void tg_interrupt_clean(void)
{
    tg_output_abandon();
    end_children();
    unlink_segments();
}

_Noreturn void tg_interrupt_end(int status)
{
    tg_interrupt_clean();
    _exit(status);
}

static void say(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written; /* nobody is left to be told */
}

static void handle(int signal)
{
    if (settled >= 0)
        tg_interrupt_end(settled);
    if (speaks && signal == SIGINT)
        say("starpu_ridge: interrupted\n");
    if (speaks && signal == SIGTERM)
        say("starpu_ridge: terminated\n");
    tg_interrupt_end(128 + signal);
}

void tg_interrupt_prepare(bool speak, bool launched)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

    speaks = speak;
    snprintf(children, sizeof children, "/proc/%d/task/%d/children",
             (int)getpid(), (int)getpid());
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signal(signals[i], handle) == SIG_IGN)
            signal(signals[i], SIG_IGN);
    if (launched)
        prctl(PR_SET_PDEATHSIG, SIGTERM);
}

void tg_interrupt_settle(int status)
{
    static const int crashes[] = {SIGSEGV, SIGBUS,  SIGFPE,
                                  SIGILL,  SIGABRT, SIGALRM};

    settled = status;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        signal(crashes[i], handle);
    alarm(PATIENCE);
}
