/* What the tests of writers share: text printed, and a file. */
#ifndef TG_REPORT_FIXTURE_H
#define TG_REPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/test_report.XXXXXX";

/* The text that a function printed, to be freed. */
#define PRINTED(text, call)                                                    \
    do {                                                                       \
        size_t printed_size_;                                                  \
        FILE *out = open_memstream(&(text), &printed_size_);                   \
        call;                                                                  \
        fclose(out);                                                           \
    } while (0)

/* What is in the file, to be freed. */
static inline char *slurp(void)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;

    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

static inline int make_file(void **state)
{
    int file = mkstemp(path);

    (void)state;
    return file < 0 ? -1 : close(file);
}

static inline int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

#endif
