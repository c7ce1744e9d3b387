/* The table of commands, and the help of all. */
#ifndef TG_TABLE_H
#define TG_TABLE_H

#include "options.h"

extern const struct tg_program tg_program;

extern const struct tg_command tg_fit_command, tg_predict_command,
    tg_info_command, tg_synth_command;

#endif
