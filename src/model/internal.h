/* Between the files of this room only. */
#ifndef TG_MODEL_INTERNAL_H
#define TG_MODEL_INTERNAL_H

#include "model.h"

/* The path, for messages. */
const char *tg_model_path(const struct tg_model *model);

/* Metadata `key` has a wrong value: records that, returns TG_EDATA. */
int tg_model_bad_value(const struct tg_model *model, const char *key,
                       const char *text);

/* Append a tensor that is there; it is the model's then.
 * Errors: TG_EMEMORY; the tensor is freed. */
int tg_model_take(struct tg_model *model, struct tg_tensor *tensor);

/* Is it what a file of version 1 can hold? */
bool tg_model_is_version1(const struct tg_model *model);

/* Method, features and pipeline of a model of a file of version 1, which has
 * its metadata and tensors. Errors: TG_EDATA, TG_EMEMORY. */
int tg_model_read_version1(struct tg_model *model);

/* The metadata that replaced them, as in the file; NULL: no memory. */
struct json_t *tg_model_describe_version1(const struct tg_model *model);

#endif
