#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { SERVED = -1 }; /* an option was found that is served: parse no further */

/* What one call of tg_options_parse knows. */
struct parse {
    const struct tg_program *program;
    const struct argp_option *rows;   /* the options of all commands */
    const struct tg_option *served;   /* that of --help, or NULL */
    const struct tg_command *command; /* once an operand has named it */
    char *operand;                    /* the second, or NULL */
    struct tg_options *options;       /* of the command */
    bool *given;                      /* of each of its rules: on the line */
};

/* ---- The command ------------------------------------------------------ */

static int refuse_operand(const struct tg_command *command, const char *word)
{
    return tg_fail(TG_EUSAGE, "'%.*s' is one operand too many: %s %s", SHOWN,
                   word, command->name, command->operands);
}

static int refuse_command(const struct parse *parse, const char *word)
{
    const struct tg_command *const *commands = parse->program->commands;
    char *names = NULL;
    size_t size;
    FILE *file = open_memstream(&names, &size);

    if (!file)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    for (size_t c = 0; commands[c]; c++)
        fprintf(file, "%s%s",
                !c                ? ""
                : commands[c + 1] ? ", "
                                  : " or ",
                commands[c]->name);
    if (fclose(file)) {
        free(names);
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    }
    tg_fail(TG_EUSAGE, "'%.*s' is not a command: %s; without one it is %s %s",
            SHOWN, word, names, commands[0]->name, commands[0]->operands);
    free(names);
    return TG_EUSAGE;
}

static int take_operand(struct parse *parse, char *word)
{
    const struct tg_command *const *commands = parse->program->commands;

    if (parse->operand)
        return refuse_operand(parse->command, word);
    if (parse->command) {
        parse->operand = word;
        return 0;
    }
    for (size_t c = 0; commands[c]; c++)
        if (!strcmp(word, commands[c]->name)) {
            parse->command = commands[c];
            return 0;
        }
    return refuse_command(parse, word);
}

static const struct argp_option *row_of(const struct parse *parse, int key)
{
    const struct argp_option *row = parse->rows;

    while (row->name && row->key != key)
        row++;
    return row->name ? row : NULL;
}

/* First, the command is found, and whether help is wanted. */
static error_t find_command(int key, char *arg, struct argp_state *state)
{
    struct parse *parse = state->input;
    const struct argp_option *row = row_of(parse, key);
    const struct tg_option *served = tg_option_served;

    if (key == ARGP_KEY_ARG)
        return take_operand(parse, arg);
    if (!row)
        return ARGP_ERR_UNKNOWN;
    while (served->kind && strcmp(served->name, row->name))
        served++;
    if (!served->kind)
        return 0;
    parse->served = served;
    return SERVED;
}

/* ---- Its options ------------------------------------------------------ */

static void *field_at(const struct parse *parse, size_t offset)
{
    return (char *)parse->options + offset;
}

/* Then, its options are read; one that would be ignored is a mistake of the
 * user's. */
static error_t read_option(int key, char *arg, struct argp_state *state)
{
    const struct parse *parse = state->input;
    const struct argp_option *row = row_of(parse, key);
    const struct tg_option *rule;
    size_t i, offset;

    if (key == ARGP_KEY_ARG)
        return 0;
    if (!row)
        return ARGP_ERR_UNKNOWN;
    rule = tg_option_find(parse->command, row->name, &i, &offset);
    if (!rule)
        return tg_fail(TG_EUSAGE, "--%s has no meaning for '%s'; see --help",
                       row->name, parse->command->name);
    parse->given[i] = true;
    return rule->kind->read(rule, arg, field_at(parse, offset));
}

static int read_operand(const struct parse *parse)
{
    const struct tg_option *rule;
    size_t i, offset;

    if (!parse->operand)
        return 0;
    rule = tg_option_find(parse->command, NULL, &i, &offset);
    if (!rule)
        return refuse_operand(parse->command, parse->operand);
    return rule->kind->read(rule, parse->operand, field_at(parse, offset));
}

static int read_presets(const struct parse *parse)
{
    const struct tg_option *rule;
    size_t offset;

    for (size_t i = 0; (rule = tg_option_at(parse->command, i, &offset)); i++)
        if (rule->preset)
            TG_TRY(
                rule->kind->read(rule, rule->preset, field_at(parse, offset)));
    return 0;
}

static int check_pairs(const struct parse *parse)
{
    const struct tg_option *rule;
    size_t offset, other;

    for (size_t i = 0; (rule = tg_option_at(parse->command, i, &offset)); i++)
        if (parse->given[i] && rule->excludes &&
            tg_option_find(parse->command, rule->excludes, &other, &offset) &&
            parse->given[other])
            return tg_fail(TG_EUSAGE, "--%s and --%s exclude each other",
                           rule->name, rule->excludes);
    return 0;
}

/* ---- argp ------------------------------------------------------------- */

/* Without a word or an exit: on a copy of argv, in the order given. */
static int run(int argc, char **argv, argp_parser_t parser, struct parse *parse)
{
    const struct argp argp = {parse->rows, parser, NULL, NULL,
                              NULL,        NULL,   NULL};
    char **copy;
    int error;

    if (argc < 1 || !argv[0])
        return 0;
    copy = calloc((size_t)argc + 1, sizeof *copy);
    if (!copy)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    memcpy(copy, argv, (size_t)argc * sizeof *copy);
    error =
        argp_parse(&argp, argc, copy, ARGP_SILENT | ARGP_IN_ORDER, NULL, parse);
    free(copy);
    if (error == ENOMEM)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    if (error == EINVAL)
        return tg_option_explain(parse->rows, argc, argv);
    return error;
}

static int read_all(int argc, char **argv, struct parse *parse)
{
    const struct tg_command *command = parse->command;

    parse->given = calloc(tg_option_count(command) + 1, sizeof *parse->given);
    parse->options = parse->given ? calloc(1, command->size) : NULL;
    if (!parse->options)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    *parse->options = (struct tg_options){command, argc, argv};
    TG_TRY(read_presets(parse));
    TG_TRY(run(argc, argv, read_option, parse));
    TG_TRY(check_pairs(parse));
    TG_TRY(read_operand(parse));
    return command->check ? command->check(parse->options) : 0;
}

int tg_options_parse(const struct tg_program *program, int argc, char **argv,
                     const char *versions, bool speak,
                     struct tg_options **options)
{
    struct argp_option *rows = tg_option_rows_all(program);
    struct parse parse = {.program = program, .rows = rows};
    int error;

    *options = NULL;
    if (!rows)
        return tg_fail(TG_EMEMORY, "command line: out of memory");
    error = run(argc, argv, find_command, &parse);
    if (error == SERVED) {
        error = speak ? tg_option_serve(parse.served, program, parse.command,
                                        versions)
                      : 0;
    } else if (!error) {
        if (!parse.command)
            parse.command = program->commands[0];
        error = read_all(argc, argv, &parse);
        if (!error)
            *options = parse.options;
        else
            tg_options_free(parse.options);
    }
    free(parse.given);
    tg_option_rows_free(rows);
    return error;
}

void tg_options_free(struct tg_options *options)
{
    const struct tg_option *rule;
    size_t offset;

    if (!options)
        return;
    for (size_t i = 0; (rule = tg_option_at(options->command, i, &offset)); i++)
        if (rule->kind->free)
            rule->kind->free((char *)options + offset);
    free(options);
}
