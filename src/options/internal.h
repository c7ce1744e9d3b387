/* What the files of the command line share; only this folder includes it.
 *
 * options.c  runs argp, then checks what the options say together
 * files.c    checks the files that they name against each other
 * rules.c    one rule an option: its commands and how its value is read
 * help.c     names and texts, --help, and what is wrong with an option
 */
#ifndef TG_OPTIONS_INTERNAL_H
#define TG_OPTIONS_INTERNAL_H

#include <argp.h>

#include "options.h"

/* Keys of options: a letter where there is a short form. */
enum {
    TG_KEY_HELP = 'h',
    TG_KEY_QUIET = 'q',
    TG_KEY_VERBOSE = 'v',
    TG_KEY_VERSION = 'V',
    TG_KEY_DATA = 256, /* beyond any character */
    TG_KEY_TEST,
    TG_KEY_HOLDOUT,
    TG_KEY_PART,
    TG_KEY_LABELS,
    TG_KEY_IMAGE,
    TG_KEY_GRAY,
    TG_KEY_THRESHOLD,
    TG_KEY_LAMBDA,
    TG_KEY_FOLDS,
    TG_KEY_SELECT,
    TG_KEY_SEED,
    TG_KEY_TILES,
    TG_KEY_BLOCK,
    TG_KEY_LANES,
    TG_KEY_CACHE,
    TG_KEY_MODEL,
    TG_KEY_JSON,
    TG_KEY_REPORT,
    TG_KEY_CONFUSION,
    TG_KEY_WEIGHTS,
    TG_KEY_OUTPUT,
    TG_KEY_SCORES,
    TG_KEY_TRACE,
    TG_KEY_CALIBRATE,
    TG_KEY_COUNT,
    TG_KEY_NO_PROGRESS,
    TG_KEY_USAGE
};

enum { TG_OPTION_SERVED = -1 }; /* help was printed: parse no further */

/* What one call of tg_options_parse knows. */
struct tg_option_parse {
    struct tg_options *options;
    const char *versions;
    bool speak;
    uint64_t seen;       /* the options given, bit i: rule i */
    bool command;        /* the first operand was there */
    const char *operand; /* the second, or NULL */
};

struct tg_option_rule {
    int key;
    unsigned commands; /* bit c: it has a meaning for command c */
    int (*set)(struct tg_option_parse *parse, const struct tg_option_rule *rule,
               const char *arg);
    size_t offset;     /* of the field of tg_options that `set` sets */
    uint64_t min, max; /* of a count */
};

extern const struct tg_option_rule tg_option_rules[];
extern const size_t tg_option_nrules;
extern const struct argp_option tg_option_table[];
extern const char *const tg_command_names[TG_SYNTH + 1];

/* The long name of an option's key. */
const char *tg_option_name(int key);

/* The default grid. Errors: TG_EMEMORY. */
int tg_option_lambdas(struct tg_options *options);

/* Two outputs in one file would lose one of them, and an output in the place of
 * an input the input. Errors: TG_EUSAGE. */
int tg_option_check_files(const struct tg_options *options);

/* Print what --help, --usage or --version asks for. Errors: TG_EIO. */
int tg_option_serve(int key, const char *versions);

/* Find what argp could not parse, and say so.  Always returns TG_EUSAGE. */
int tg_option_explain(int argc, char *const *argv);

#endif
