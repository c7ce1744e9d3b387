/* Sleeps between polls; private to this folder. */
#ifndef TG_SLEEP_H
#define TG_SLEEP_H

#include <stdbool.h>

/* Before the first. See tg_waiting_prepare. */
void tg_sleep_prepare(bool crowded);

#endif
