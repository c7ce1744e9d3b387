/* A trained model: named tensors, metadata and a pipeline, in one safetensors
 * file, the same bytes for the same model.  Knows no method: what tensors and
 * metadata mean is the method's, which checks them (as ridge_model.h does).
 *
 * File, version 2: tensors of any names, row-major as safetensors demands (a
 * column-major d x k is a [k, d]); metadata, all of them texts: format
 * "starpu_ridge", version "2", classes (JSON list of names), those of the
 * method, n_train, method, features, pipeline (JSON list of the steps between a
 * sample and the method, each an object with its name and its numbers), and
 * what samples are.  No time stamp.
 * Version 1, as 0.1.0 wrote it, has the metadata scale in place of method,
 * features and pipeline: the method is ridge, of samples times scale.  What it
 * can hold is still written so, for those who read it.
 * Source: https://huggingface.co/docs/safetensors (format section).
 */
#ifndef TG_MODEL_H
#define TG_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataset.h"
#include "facts.h"
#include "tensor.h"

struct json_t; /* jansson's */

struct tg_model {
    char *path;                  /* the file; NULL: none as yet */
    char *method;                /* what comes after the pipeline */
    int classes;                 /* k; 0: it does not classify */
    char **class_names;          /* [classes] */
    size_t n_train;              /* samples it was trained on, which have */
    size_t features;             /* ... so many values */
    enum tg_type type;           /* ... of this type */
    int width, height, channels; /* 0 for plain vectors */
    bool gray, binary;           /* how pictures were read */
    double threshold;
    struct tg_ground ground; /* written where it is not white */
    struct json_t *pipeline; /* steps; see tg_model_add_step */
    struct json_t *metadata; /* the method's; see tg_model_set_real */
    struct tg_tensor *tensors;
    size_t ntensors;
};

/* A number of a step of the pipeline. */
struct tg_number {
    const char *name; /* not "name" */
    double value;
};

/* A model without steps, metadata and tensors; texts are copied.
 * Errors: TG_EMEMORY; nothing to free then. */
int tg_model_init(struct tg_model *model, const char *method, int classes,
                  char *const *class_names);

/* Append a step with its numbers, which are finite. Its tensors, if it has any,
 * are called by its place and what they are, as "1.filters".
 * Errors: TG_EMEMORY. */
int tg_model_add_step(struct tg_model *model, const char *name, size_t n,
                      const struct tg_number numbers[]);

/* The name of a step; NULL after the last. */
const char *tg_model_step(const struct tg_model *model, size_t step);

/* A number of a step, which is to be between low and high.
 * Errors: TG_EDATA. */
int tg_model_step_number(const struct tg_model *model, size_t step,
                         const char *name, double low, double high,
                         double *value);

/* Append a tensor of zeros under a new name. Others' data stay where they are.
 * Errors: TG_EMEMORY. */
int tg_model_add(struct tg_model *model, const char *name, enum tg_dtype type,
                 int rank, const size_t shape[]);

/* The tensor of a name; NULL: none. */
const struct tg_tensor *tg_model_find(const struct tg_model *model,
                                      const char *name);

/* The tensor of a name, which must be of this type and rank, not empty, and
 * without NaN and infinity.
 * Errors: TG_EDATA. */
int tg_model_need(const struct tg_model *model, const char *name,
                  enum tg_dtype type, int rank,
                  const struct tg_tensor **tensor);

/* Set metadata of the method; `key` is none of those that the file has for all
 * methods.
 * Errors: TG_EMEMORY. */
int tg_model_set_text(struct tg_model *model, const char *key,
                      const char *text);
int tg_model_set_real(struct tg_model *model, const char *key, double value);

/* Is there such metadata? */
bool tg_model_has(const struct tg_model *model, const char *key);

/* Metadata: a text; one of n words; an integer up to max; a number from low to
 * high.
 * Errors: TG_EDATA: missing, or another value. */
int tg_model_get_text(const struct tg_model *model, const char *key,
                      const char **text);
int tg_model_get_choice(const struct tg_model *model, const char *key,
                        const char *const words[], int n, int *choice);
int tg_model_get_count(const struct tg_model *model, const char *key,
                       uint64_t max, uint64_t *value);
int tg_model_get_real(const struct tg_model *model, const char *key, double low,
                      double high, double *value);

/* Write to a temporary name beside `path`, then rename.
 * Errors: TG_ECANTCREAT, TG_EIO, TG_EDATA (texts that are not UTF-8). */
int tg_model_save(const struct tg_model *model, const char *path);

/* Read a model file of any version and check all but what is the method's;
 * nothing to free on failure. Tensors of types that are not in tensor.h are
 * left out.
 * Errors: TG_ENOINPUT, TG_EIO, TG_EMEMORY, TG_EDATA (not safetensors, sizes
 * that lie, missing or wrong metadata). */
int tg_model_load(const char *path, struct tg_model *model);

void tg_model_free(struct tg_model *model);

/* Note what all ranks must have alike of a model that each has loaded: all that
 * it has learnt, in as many tensors as there are. */
void tg_model_note(const struct tg_model *model, struct tg_facts *facts);

#endif
