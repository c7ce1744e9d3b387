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
static char message[1024];

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
static void keep(const char *text)
{
    const size_t length = strlen(text), half = sizeof message / 2;
    const char *end = text + length - half + 1;

    if (length < sizeof message) {
        memcpy(message, text, length + 1);
        return;
    }
    for (; (*end & 0xc0) == 0x80; end++) /* not within a character */
        ;
    for (size_t i = 0, step; *text; text += step, i += step) {
        bool good;

        step = tg_text_step(text, &good);
        if (i + step > half - 3)
            break;
        memcpy(message + i, text, step);
        message[i + step] = '\0';
    }
    strcat(strcat(message, "..."), end);
}

int tg_fail(int code, const char *format, ...)
{
    char *whole = NULL, *clean = NULL;
    va_list args;

    pthread_mutex_lock(&lock);
    if (!message[0]) {
        va_start(args, format);
        if (vasprintf(&whole, format, args) < 0)
            whole = NULL;
        va_end(args);
        clean = whole ? tg_text_escape(whole, TG_ESCAPE_CONTROLS) : NULL;
        if (clean) {
            keep(clean);
        } else { /* no memory */
            va_start(args, format);
            vsnprintf(message, sizeof message, format, args);
            va_end(args);
            disarm(message);
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
