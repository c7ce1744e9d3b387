/* Charts, drawn by gnuplot as a process of its own. */
#ifndef TG_PLOT_H
#define TG_PLOT_H

#include <stddef.h>

/* Is gnuplot there?  To be asked before long work whose charts it is to draw.
 * Errors: TG_EUNAVAILABLE, with the remedy. */
int tg_plot_check(void);

/* Run a gnuplot script; *svg, of *size bytes, is what it drew with `set
 * terminal svg`, to be freed.
 * Errors: TG_EUNAVAILABLE (gnuplot is missing, or refuses the script),
 * TG_EMEMORY. */
int tg_plot(const char *script, size_t length, char **svg, size_t *size);

#endif
