/* The methods, by which models are known. */
#ifndef TG_METHODS_H
#define TG_METHODS_H

#include "method.h"

/* The method of a model. Errors: TG_EDATA, this version does not know it. */
int tg_method_of(const struct tg_model *model, const struct tg_method **method);

#endif
