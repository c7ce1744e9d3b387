#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define STRING_(text) #text
#define STRING(macro) STRING_(macro)

/* ---- What is served --------------------------------------------------- */

static int print_version(const struct tg_program *program,
                         const struct tg_command *command, const char *versions)
{
    (void)command;
    printf("%s %s\n", program->name, program->version);
    if (!versions || !*versions)
        return 0;
    fputs(versions, stdout);
    if (versions[strlen(versions) - 1] != '\n')
        putchar('\n');
    return 0;
}

/* The lines of usage that argp puts the program's name before. */
static void put_operands(FILE *text, const struct tg_program *program,
                         const struct tg_command *command)
{
    const struct tg_command *first = program->commands[0];

    if (command && command != first)
        fprintf(text, "%s %s", command->name, command->operands);
    else
        fprintf(text, "[%s] %s", first->name, first->operands);
    for (size_t c = 1; !command && program->commands[c]; c++)
        fprintf(text, "\n%s %s", program->commands[c]->name,
                program->commands[c]->operands);
}

/* Above the options, and below them after the \v. */
static void put_text(FILE *text, const struct tg_program *program,
                     const struct tg_command *command)
{
    if (command) {
        fprintf(text, "%s: %s.\n\v%s%sExit status:\n", command->name,
                command->help, command->text ? command->text : "",
                command->text ? "\n" : "");
#define X(name, value, meaning) "  " STRING(value) "\t" meaning "\n"
        fputs(TG_ERROR_MAP(X), text);
#undef X
        return;
    }
    fprintf(text, "%s\n\n", program->text);
    for (size_t c = 0; program->commands[c]; c++)
        fprintf(text, "  %-8s %s%s\n", program->commands[c]->name,
                program->commands[c]->help, c ? "" : " (the default)");
    fprintf(text, "\v%s", program->notes);
}

/* Let argp print, of texts that are made for the occasion. */
static int print_rows(const struct tg_program *program,
                      const struct tg_command *command,
                      struct argp_option *rows, unsigned flags)
{
    char *operands = NULL, *text = NULL, *name = strdup(program->name);
    size_t operands_size, text_size;
    FILE *one = open_memstream(&operands, &operands_size);
    FILE *other = open_memstream(&text, &text_size);
    bool ok = rows && name && one && other;

    if (ok) {
        put_operands(one, program, command);
        put_text(other, program, command);
    }
    if (one)
        ok &= !fclose(one);
    if (other)
        ok &= !fclose(other);
    if (ok) {
        const struct argp argp = {rows, NULL, operands, text, NULL, NULL, NULL};

        argp_help(&argp, stdout, flags, name);
    }
    free(operands);
    free(text);
    free(name);
    tg_option_rows_free(rows);
    return ok ? 0 : tg_fail(TG_EMEMORY, "--help: out of memory");
}

static int print_help(const struct tg_program *program,
                      const struct tg_command *command, const char *versions)
{
    (void)versions;
    return print_rows(program, command,
                      command ? tg_option_rows_of(command)
                              : tg_option_rows_often(program),
                      ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC);
}

static int print_usage(const struct tg_program *program,
                       const struct tg_command *command, const char *versions)
{
    (void)versions;
    return print_rows(program, command,
                      command ? tg_option_rows_of(command)
                              : tg_option_rows_all(program),
                      ARGP_HELP_USAGE);
}

static int read_nothing(const struct tg_option *option, const char *text,
                        void *field)
{
    (void)option;
    (void)text;
    (void)field;
    return 0;
}

static const struct tg_option_kind nothing = {read_nothing, NULL, NULL};

const struct tg_option tg_option_served[] = {
    {.name = "help",
     .letter = 'h',
     .help = "Print help; after a command, all of its options",
     .kind = &nothing},
    {.name = "usage", .help = "Print all options in short", .kind = &nothing},
    {.name = "version",
     .letter = 'V',
     .help = "Print versions, those of libraries too",
     .kind = &nothing},
    {0},
};

int tg_option_serve(const struct tg_option *option,
                    const struct tg_program *program,
                    const struct tg_command *command, const char *versions)
{
    static int (*const print[])(const struct tg_program *,
                                const struct tg_command *,
                                const char *) = {print_help, print_usage,
                                                 print_version};

    TG_TRY(print[option - tg_option_served](program, command, versions));
    if (fflush(stdout) || ferror(stdout))
        return tg_fail(TG_EIO,
                       "standard output: cannot write: %s; free some space, "
                       "or choose another disk",
                       strerror(errno));
    return 0;
}

/* ---- What is wrong ---------------------------------------------------- */

/* The option that a word names, whole or by an unambiguous start. */
static const struct argp_option *find(const struct argp_option *rows,
                                      const char *word, size_t length,
                                      int *matches)
{
    const struct argp_option *found = NULL;

    *matches = 0;
    for (const struct argp_option *option = rows; option->name; option++) {
        if (strncmp(option->name, word, length))
            continue;
        found = option;
        ++*matches;
        if (!option->name[length]) {
            *matches = 1;
            break;
        }
    }
    return *matches == 1 ? found : NULL;
}

/* Errors in --word or --word=value; *skip is set when it takes the next. */
static int explain_long(const struct argp_option *rows, const char *arg,
                        bool last, bool *skip)
{
    size_t length = strcspn(arg + 2, "=");
    int matches, shown = length < SHOWN ? (int)length : SHOWN;
    const struct argp_option *option = find(rows, arg + 2, length, &matches);

    if (!option)
        return tg_fail(TG_EUSAGE,
                       matches ? "--%.*s is short for more than one "
                                 "option; see --help"
                               : "unknown option --%.*s; see --help",
                       shown, arg + 2);
    if (!option->arg && arg[2 + length])
        return tg_fail(TG_EUSAGE, "--%s takes no value", option->name);
    if (option->arg && !arg[2 + length] && last)
        return tg_fail(TG_EUSAGE, "--%s needs a value: --%s %s", option->name,
                       option->name, option->arg);
    *skip = option->arg && !arg[2 + length];
    return 0;
}

static int explain_short(const struct argp_option *rows, const char *arg)
{
    for (const char *c = arg + 1; *c; c++) {
        const struct argp_option *option = rows;

        while (option->name && option->key != *c)
            option++;
        if (!option->name)
            return tg_fail(TG_EUSAGE,
                           "unknown option -%c in '%.*s'; see "
                           "--help",
                           *c, SHOWN, arg);
    }
    return 0;
}

int tg_option_explain(const struct argp_option *rows, int argc,
                      char *const *argv)
{
    for (int i = 1; i < argc && argv[i] && strcmp(argv[i], "--"); i++) {
        bool skip = false;

        if (argv[i][0] != '-' || !argv[i][1])
            continue;
        if (argv[i][1] == '-')
            TG_TRY(explain_long(rows, argv[i], i + 1 == argc, &skip));
        else
            TG_TRY(explain_short(rows, argv[i]));
        i += skip;
    }
    return tg_fail(TG_EUSAGE, "wrong command line; see --help");
}
