/* Ridge classification as a method. */
#ifndef TG_RIDGE_METHOD_H
#define TG_RIDGE_METHOD_H

#include "method.h"

extern const struct tg_method tg_ridge_method;
extern const struct tg_steps tg_ridge_fit_steps, tg_ridge_predict_steps;
extern const char *const tg_ridge_phases[]; /* to NULL */

#endif
