#include "error.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char message[1024];

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
static void shorten(const char *format, va_list args)
{
    const size_t half = sizeof message / 2;
    char *whole = NULL;
    int length = vasprintf(&whole, format, args);

    if (length < 0)
        return;
    memcpy(message + half - 3, "...", 3);
    memcpy(message + half, whole + (size_t)length - half + 1, half);
    free(whole);
}

int tg_fail(int code, const char *format, ...)
{
    va_list args;
    int length;

    pthread_mutex_lock(&lock);
    if (!message[0]) {
        va_start(args, format);
        length = vsnprintf(message, sizeof message, format, args);
        va_end(args);
        if (length >= (int)sizeof message) {
            va_start(args, format);
            shorten(format, args);
            va_end(args);
        }
        disarm((unsigned char *)message);
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
    if (message[0])
        return message;
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
    message[0] = '\0';
    pthread_mutex_unlock(&lock);
}
