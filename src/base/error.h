/* Error codes, the one message that explains a failure, and forwarding.
 *
 * Every function that can fail returns an int: 0 is success, any other value
 * is a `enum tg_error`, which is also the program's exit status (sysexits.h).
 * The first failure of a process keeps its message; later ones, which are
 * mostly its consequences, do not overwrite it.  Thread-safe: tasks fail too.
 */
#ifndef TG_ERROR_H
#define TG_ERROR_H

#include <sysexits.h>

/* name, exit status, what it means (printed by --help) */
#define TG_ERROR_MAP(X)                                                        \
    X(OK, 0, "success")                                                        \
    X(EUSAGE, EX_USAGE, "wrong command line")                                  \
    X(EDATA, EX_DATAERR, "input is malformed, or unfit for what was asked")    \
    X(ENOINPUT, EX_NOINPUT, "an input file is missing or unreadable")          \
    X(EUNAVAILABLE, EX_UNAVAILABLE, "StarPU or MPI could not start")           \
    X(ESOFTWARE, EX_SOFTWARE, "internal error; please report it")              \
    X(EMEMORY, EX_OSERR, "out of memory, or another system limit")             \
    X(ECANTCREAT, EX_CANTCREAT, "an output file cannot be created")            \
    X(EIO, EX_IOERR, "reading or writing a file failed")

enum tg_error {
#define X(name, value, text) TG_##name = (value),
    TG_ERROR_MAP(X)
#undef X
};

enum { TG_MESSAGE = 4096 }; /* bytes of a message, at most */

/* Record why something failed and return `code`, so that a caller can write
 * `return tg_fail(TG_EDATA, "%s: ...", path)`.
 * The message names the file, the value and the remedy, without a final
 * newline or the program's name; control characters become '?'. */
int tg_fail(int code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Record that an input could not be opened, as errno says; returns
 * TG_ENOINPUT. */
int tg_fail_open(const char *path);

/* The recorded message, or the code's own text where there is none. */
const char *tg_error_message(int code);

/* Forget the recorded failure (tests; a caller that recovers). */
void tg_error_clear(void);

/* Record this thread's failures in text[TG_MESSAGE], which becomes "", and no
 * longer for the process: for who expects several. NULL: no more. */
void tg_error_capture(char *text);

/* Leave the function with the error of an expression that failed. */
#define TG_TRY(expression)                                                     \
    do {                                                                       \
        int tg_try_error_ = (expression);                                      \
        if (tg_try_error_)                                                     \
            return tg_try_error_;                                              \
    } while (0)

#endif
