/* What the tests of the command line share: a call of the parser, and what it
 * printed. */
#ifndef TG_CALL_FIXTURE_H
#define TG_CALL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "table.h"

#define WORDS 32

/* What a call printed on either stream, and what it returned. */
struct call {
    struct tg_options *options; /* NULL: refused, or served */
    int code;
    char text[16384];
};

/* Cut a line at its spaces; '~' stands for an empty word. */
static int split(char *line, char *argv[WORDS])
{
    int argc = 0;

    argv[argc++] = "starpu_ridge";
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") ? word : "";
    argv[argc] = NULL;
    return argc;
}

static void call(struct call *call, int argc, char **argv, bool speak)
{
    FILE *capture = tmpfile();
    int old[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    size_t length;

    tg_error_clear();
    fflush(stdout);
    dup2(fileno(capture), STDOUT_FILENO);
    dup2(fileno(capture), STDERR_FILENO);
    call->code =
        tg_options_parse(&tg_program, argc, argv, "StarPU 1.4.7\nMPI 3.1",
                         speak, &call->options);
    fflush(stdout);
    dup2(old[0], STDOUT_FILENO);
    dup2(old[1], STDERR_FILENO);
    close(old[0]);
    close(old[1]);
    rewind(capture);
    length = fread(call->text, 1, sizeof call->text - 1, capture);
    call->text[length] = '\0';
    fclose(capture);
}

#endif
