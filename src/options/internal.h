/* What the files of the command line share; only this folder includes it.
 *
 * options.c  runs argp, which finds the command, then reads its options
 * rules.c    a command's rules by number and by name; tables for argp
 * kinds.c    how values are read and compared
 * help.c     --help, and what is wrong with an option
 */
#ifndef TG_OPTIONS_INTERNAL_H
#define TG_OPTIONS_INTERNAL_H

#include <argp.h>

#include "options.h"

enum { SHOWN = TG_OPTION_SHOWN };

/* What every command takes, and is served at once; ended as rules are. */
extern const struct tg_option tg_option_served[];

/* The number of a command's rules. */
size_t tg_option_count(const struct tg_command *command);

/* The rule of a name; *i is its number. NULL: the command has none. */
const struct tg_option *tg_option_find(const struct tg_command *command,
                                       const char *name, size_t *i,
                                       size_t *offset);

/* Rows for argp, all with a key of their own, to be freed: the options of all
 * commands; of one, under headlines; those of the default command that are
 * used often, under one.
 * Value: NULL when out of memory. */
struct argp_option *tg_option_rows_all(const struct tg_program *program);
struct argp_option *tg_option_rows_of(const struct tg_command *command);
struct argp_option *tg_option_rows_often(const struct tg_program *program);
void tg_option_rows_free(struct argp_option *rows);

/* Print what the option that is served asks for, of a command or, where that is
 * NULL, of the program. Errors: TG_EIO, TG_EMEMORY. */
int tg_option_serve(const struct tg_option *option,
                    const struct tg_program *program,
                    const struct tg_command *command, const char *versions);

/* Find what argp could not parse, and say so.  Always returns TG_EUSAGE. */
int tg_option_explain(const struct argp_option *rows, int argc,
                      char *const *argv);

#endif
