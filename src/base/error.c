#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char message[TG_MESSAGE];
static _Thread_local char *own; /* of this thread, see tg_error_capture */

/* ASCII that neither steers a terminal nor begins another line. */
static void disarm(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f)
            *text = '?';
}

/* Names and contents of files get into messages: they are made UTF-8 that can
 * be read.  One that a long name makes too long loses its middle, since its end
 * says what to do. */
static void keep(char *to, const char *text)
{
    const size_t length = strlen(text), half = TG_MESSAGE / 2;
    const char *end = text + length - half + 1;

    if (length < TG_MESSAGE) {
        memcpy(to, text, length + 1);
        return;
    }
    for (; (*end & 0xc0) == 0x80; end++) /* not within a character */
        ;
    for (size_t i = 0, step; *text; text += step, i += step) {
        bool good;

        step = tg_text_step(text, &good);
        if (i + step > half - 3)
            break;
        memcpy(to + i, text, step);
        to[i + step] = '\0';
    }
    strcat(strcat(to, "..."), end);
}

int tg_fail(int code, const char *format, ...)
{
    char *whole = NULL, *clean = NULL, *to = own ? own : message;
    va_list args;

    pthread_mutex_lock(&lock);
    if (!to[0]) {
        va_start(args, format);
        if (vasprintf(&whole, format, args) < 0)
            whole = NULL;
        va_end(args);
        clean = whole ? tg_text_escape(whole, TG_ESCAPE_CONTROLS) : NULL;
        if (clean) {
            keep(to, clean);
        } else { /* no memory */
            va_start(args, format);
            vsnprintf(to, TG_MESSAGE, format, args);
            va_end(args);
            disarm(to);
        }
        free(clean);
        free(whole);
    }
    pthread_mutex_unlock(&lock);
    return code;
}

int tg_fail_open(const char *path)
{
    return tg_fail(TG_ENOINPUT,
                   "%s: cannot open: %s; check the name and your permission to "
                   "read it",
                   path, strerror(errno));
}

const char *tg_error_message(int code)
{
    if (own ? own[0] : message[0])
        return own ? own : message;
    switch (code) {
#define X(name, value, text)                                                   \
    case TG_##name:                                                            \
        return text;
        TG_ERROR_MAP(X)
#undef X
    }
    return "unknown error";
}

void tg_error_clear(void)
{
    pthread_mutex_lock(&lock);
    (own ? own : message)[0] = '\0';
    pthread_mutex_unlock(&lock);
}

void tg_error_capture(char *text)
{
    own = text;
    if (text)
        text[0] = '\0';
}
