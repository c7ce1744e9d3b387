/* Ridge's sections; private to section_*.c. */
#ifndef TG_RIDGE_SECTION_LIST_H
#define TG_RIDGE_SECTION_LIST_H

#include "result.h"

/* Of a fit. */
extern const struct tg_section tg_section_fit;        /* text, JSON: its data */
extern const struct tg_section tg_section_samples;    /* page */
extern const struct tg_section tg_section_trials;     /* text, JSON, page */
extern const struct tg_section tg_section_validation; /* text, JSON, page */
extern const struct tg_section tg_section_confusion;  /* text, JSON, page */
extern const struct tg_section tg_section_weights;    /* page */
extern const struct tg_section tg_section_mistakes;   /* page */
extern const struct tg_section tg_section_fit_times;  /* text, JSON, page */
extern const struct tg_section tg_section_gram;       /* text, JSON */
extern const struct tg_section tg_section_fit_run;    /* text, JSON, page */

/* Charts and numbers of the cross-validation. Errors: those of tg_plot. */
int tg_section_curves(FILE *page, const void *result);

/* The data set in a line, or where it is too short, in three. `counts` says
 * how many samples. */
void tg_section_data_line(FILE *out, const struct tg_dataset *data, int classes,
                          const char *counts, int color);

/* Terms of features behind a label, a line each, with what each found
 * (tg_learnt_found); as "feature_terms", a list of objects, empty of NULL. */
void tg_section_features(FILE *out, const char *label,
                         const struct tg_learnt *learnt, int color);
void tg_section_features_json(struct tg_json *json,
                              const struct tg_learnt *learnt);

/* "dual, 1,651 samples, in double precision". */
void tg_section_solver(const struct tg_result *fit, char *text, size_t size);

/* What was noted of a data set, a line or more a note, behind a label; as a
 * list of texts.  NULL has no notes. */
void tg_section_notes(FILE *out, const char *label,
                      const struct tg_dataset *data, int color);
void tg_section_notes_json(struct tg_json *json, const char *key,
                           const struct tg_dataset *data);

/* Memory for tg_section_sample, to be freed; false: not enough. */
bool tg_section_sample_room(const struct tg_dataset *data, void **sample,
                            uint8_t **planes);

/* Read a sample again and put it on the page, as `what` ("Sample of") its
 * class; `sample` and `planes` hold one.
 * Errors: those of reading samples, TG_EMEMORY. */
int tg_section_sample(FILE *page, const struct tg_dataset *data, size_t row,
                      const char *what, void *sample, uint8_t *planes);

enum { TG_CLASSES_SHOWN = 100 }; /* whose samples or weights are shown */

#endif
