#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char message[TG_MESSAGE];
static _Thread_local char *own; /* of this thread, see tg_error_capture */

/* Names and contents of files get into messages: what would steer a terminal,
 * or begin another line, becomes '?'. */
static void disarm(unsigned char *text)
{
    for (; *text; text++) {
        if (*text == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0)
            *text++ = '?'; /* U+0080 to U+009F, in two bytes */
        else if (*text >= ' ' && *text != 0x7f)
            continue;
        *text = '?';
    }
}

/* A message that a long name makes too long: without its middle, since its end
 * says what to do. */
static void shorten(char *to, const char *format, va_list args)
{
    const size_t half = TG_MESSAGE / 2;
    char *whole = NULL;
    int length = vasprintf(&whole, format, args);

    if (length < 0)
        return;
    memcpy(to + half - 3, "...", 3);
    memcpy(to + half, whole + (size_t)length - half + 1, half);
    free(whole);
}

int tg_fail(int code, const char *format, ...)
{
    char *to = own ? own : message;
    va_list args;
    int length;

    pthread_mutex_lock(&lock);
    if (!to[0]) {
        va_start(args, format);
        length = vsnprintf(to, TG_MESSAGE, format, args);
        va_end(args);
        if (length >= TG_MESSAGE) {
            va_start(args, format);
            shorten(to, format, args);
            va_end(args);
        }
        disarm((unsigned char *)to);
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
