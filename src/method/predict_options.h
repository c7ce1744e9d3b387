/* The options of `predict`, whatever the method. */
#ifndef TG_PREDICT_OPTIONS_H
#define TG_PREDICT_OPTIONS_H

#include "shared_options.h"

/* Which part of a data set with two. */
enum tg_predict_part { TG_PART_TEST_IF_ANY, TG_PART_TRAIN, TG_PART_TEST };

struct tg_predict_options {
    struct tg_graph_options graph;
    const char *data; /* SPEC */
    enum tg_predict_part part;
    struct tg_dataset_options reading; /* its labels alone */
    const char *model;                 /* read */
    bool invert;                       /* the brightness of pictures */
    const char *output;                /* CSV */
    bool scores;                       /* in the CSV as well */
    const char *json;
    const char *confusion; /* PNG of the confusion matrix */
};

#endif
