/* --warp: how far copies of training pictures may be from their originals. */
#ifndef TG_WARP_OPTION_H
#define TG_WARP_OPTION_H

#include "options.h"

/* Field: struct tg_warp_amounts.  Text: NAME=AMOUNT or mirror, or a list of them
 * with commas; what it doesn't name stays. */
extern const struct tg_option_kind tg_option_warp;

#endif
