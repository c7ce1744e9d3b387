#include "error.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char message[1024];

int tg_fail(int code, const char *format, ...)
{
    va_list args;

    pthread_mutex_lock(&lock);
    if (!message[0]) {
        va_start(args, format);
        vsnprintf(message, sizeof message, format, args);
        va_end(args);
    }
    pthread_mutex_unlock(&lock);
    return code;
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
