/* The table of commands, and the help of all. */
#ifndef TG_TABLE_H
#define TG_TABLE_H

#include "options.h"

extern const struct tg_program tg_program;

#endif
