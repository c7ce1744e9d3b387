/* What the command info says of a data set or a model. */
#ifndef TG_RIDGE_SECTION_INFO_H
#define TG_RIDGE_SECTION_INFO_H

#include "dataset.h"
#include "learnt.h"
#include "model.h"
#include "report.h"
#include "ridge_model.h"

/* A data set, with samples per class when labelled. */
struct tg_info_data {
    const struct tg_dataset *train;
    const struct tg_dataset *test; /* its test part, or NULL */
};
extern const struct tg_report tg_info_data_report; /* text */

struct tg_info_model {
    const char *path;
    const struct tg_model *model;
    const struct tg_ridge_model *ridge; /* a view of it */
    const struct tg_learnt *learnt;     /* its features; NULL: values */
};
extern const struct tg_report tg_info_model_report; /* text */

#endif
