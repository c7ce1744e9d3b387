/* Names of classes, compared as people read them; private to this folder. */
#ifndef TG_CLASS_NAMES_H
#define TG_CLASS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Are two names the same but for case, spaces and forms of characters? */
bool tg_names_alike(const char *a, const char *b);

/* Of n names, the one that is most like `name`, and how it differs from it;
 * *how may be "", where that can be seen.  NULL: none is like it. */
const char *tg_name_nearest(const char *name, char *const *names, size_t n,
                            const char **how);

#endif
