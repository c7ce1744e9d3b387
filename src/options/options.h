/* The command line: argp, run on rules that are handed in.
 *
 * A program has commands, a command has rules, a rule is one option.  What each
 * of them is called and does lies with the commands; nothing here knows any.
 */
#ifndef TG_OPTIONS_H
#define TG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts.h"

struct tg_option;
struct tg_runtime;

/* How the value of an option is read into its field, and compared. */
struct tg_option_kind {
    /* Errors: TG_EUSAGE, naming option, value and remedy; TG_EMEMORY. */
    int (*read)(const struct tg_option *option, const char *text, void *field);

    /* Note what ranks must have alike; NULL: no rule of the kind is `same`. */
    void (*note)(struct tg_facts *facts, const char *name, const void *field);

    void (*free)(void *field); /* NULL: nothing to free */
};

/* The kinds that all programs need; the field of each, and what text is:
 * flag      bool; takes no value
 * constant  int, becomes `min`; takes no value
 * size      size_t, from min to max
 * number    uint64_t, from min to max
 * fraction  double, above 0 and below 1
 * duration  double, seconds from min to max; 30s, 5m, 1h
 * text      const char *, not empty; not copied; ranks compare whether given
 * letters   the same; ranks compare the letters
 * word      int, min + i for the i-th of the words in `arg`, "a|b" */
extern const struct tg_option_kind tg_option_flag, tg_option_constant,
    tg_option_size, tg_option_number, tg_option_fraction, tg_option_duration,
    tg_option_text, tg_option_letters, tg_option_word;

/* One option, or the operand. */
struct tg_option {
    const char *name;  /* --name; NULL: the command's operand */
    char letter;       /* of the short form, or 0 */
    const char *arg;   /* what --help calls the value; NULL: takes none */
    const char *help;  /* what it does; of an operand, NULL */
    const char *group; /* the headline of --help that it is under, "Data:" */
    const struct tg_option_kind *kind; /* NULL: the end of a table */
    size_t offset;                     /* of its field in a struct */
    uint64_t min, max;                 /* as the kind says */
    const char *preset;   /* read before the line, and in --help; or NULL */
    const char *excludes; /* another option, or NULL */
    bool same;            /* all ranks must have it alike */
    bool often;           /* in the program's own --help, too */
};

/* A table of rules, ended by one without a kind, and where the struct that its
 * offsets count in begins within the command's; a list ends with {0}. */
struct tg_option_set {
    const struct tg_option *rules;
    size_t offset;
};

struct tg_options;

/* A command: a line in the program's table. */
struct tg_command {
    const char *name;
    const char *help;     /* what it does, in some words */
    const char *operands; /* of the line of usage: "OUT --n N" */
    const char *text;     /* of its own --help, below the options; or NULL */
    const struct tg_option_set *sets;
    size_t size; /* of its options struct, which begins with tg_options */

    /* What options say together, after each by itself; or NULL. */
    int (*check)(struct tg_options *options);

    bool graph; /* it runs on all ranks, as a graph; else on rank 0 alone */
    int (*run)(struct tg_runtime *runtime, const struct tg_options *options);
};

struct tg_program {
    const char *name, *version;
    const char *text;  /* what it is, at the head of --help */
    const char *notes; /* at its foot */
    const struct tg_command *const *commands; /* to NULL; the first is the
                                                 default */
};

/* What the options struct of every command begins with. */
struct tg_options {
    const struct tg_command *command;
    int argc;    /* the command line, */
    char **argv; /* as given */
};

/* Parse the command line.  Strings are not copied: argv must outlive options,
 * and is left as it is.
 * `versions`: text that --version prints below the program's own, or NULL.
 * `speak` is false on every rank but 0: nothing is printed there, so that a
 * job's help and messages appear once.  Errors are never printed here.
 * Value: *options, the command's struct, to be freed with tg_options_free; NULL
 * after an error, and when --help, --version or --usage was served: exit with
 * 0. Errors: TG_EUSAGE, with a message that names option, value and remedy;
 * TG_EMEMORY; TG_EIO (help cannot be written). */
int tg_options_parse(const struct tg_program *program, int argc, char **argv,
                     const char *versions, bool speak,
                     struct tg_options **options);

/* Free; NULL is allowed. */
void tg_options_free(struct tg_options *options);

/* The i-th rule of a command, and at which offset of its options struct the
 * field lies; NULL beyond the last. */
const struct tg_option *tg_option_at(const struct tg_command *command, size_t i,
                                     size_t *offset);

/* Note what all ranks must have alike of their options. */
void tg_options_note(const struct tg_options *options, struct tg_facts *facts);

/* For kinds of one's own: decimal digits up to `max`, and a finite decimal
 * number >= 0; *end is where they stop.
 * Errors (errno's): EINVAL, not a number; ERANGE, too large. */
int tg_option_scan_count(const char *text, uint64_t max, uint64_t *value,
                         const char **end);
int tg_option_scan_real(const char *text, double *value, const char **end);

/* Characters of a value that a message shows. */
enum { TG_OPTION_SHOWN = 80 };

#endif
