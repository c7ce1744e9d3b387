/* What the tests of reports share: a small fit's result. */
#ifndef TG_RESULT_FIXTURE_H
#define TG_RESULT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "result.h"

/* [truth + 3 * predicted]: class 2 is never predicted, and never true in the
 * test samples. */
static int64_t fixture_train[9] = {40, 10, 2, 0, 30, 18, 0, 0, 0};
static int64_t fixture_test[9] = {1200, 300, 0, 100, 400, 0, 0, 0, 0};
static struct tg_cv_row fixture_cv[3] = {
    {0, NAN, NAN, NAN, NAN, 2},
    {10, 0.8125, 0.0125, 0.25, 0.0625, 0},
    {1000, 0.75, 0.03125, 0.5, 0.125, 0},
};

/* Busy for 0.5, 0.8, 0.25 and 0.25 of their time; 0.45 of all of it. */
static const struct tg_worker fixture_workers[4] = {
    {0, 0, 2, 1, 1},
    {0, 1, 3.2, 0.5, 0.3},
    {1, 0, 1, 2.5, 0.5},
    {1, 1, 1, 2, 1},
};

static const struct tg_time fixture_times[6] = {
    {"load", 0.25},   {"gram", 0.5}, {"reduce", 0.125},
    {"factorize", 1}, {"solve", 2},  {"predict", 4},
};

static const struct tg_platform fixture_platform = {2,          4,
                                                    2,          "lws",
                                                    "1.4.7",    "Open MPI 4",
                                                    "OpenBLAS", "vnni"};

/* Pictures of 4 x 5 colours in three classes. */
static inline struct tg_dataset result_data(const char *spec, char **names)
{
    return (struct tg_dataset){.spec = (char *)spec,
                               .format = "pictures",
                               .count = 100,
                               .width = 4,
                               .height = 5,
                               .channels = 3,
                               .features = 60,
                               .classes = 3,
                               .class_names = names};
}

static inline struct tg_result result_of(const struct tg_dataset *data)
{
    return (struct tg_result){
        .run =
            {
                .platform = fixture_platform,
                .worker = fixture_workers,
                .times = fixture_times,
                .ntimes = 6,
                .total = 8,
                .command = "mpirun -np 2 starpu_ridge --data 'my <pets>'",
            },
        .train = data,
        .n_train = 100,
        .n_test = 2000,
        .features = data->features,
        .classes = data->classes,
        .class_names = data->class_names,
        .tiles = 6,
        .block = 32,
        .lanes = 3,
        .folds = 4,
        .validated = 4,
        .seed = 7,
        .by_error = true,
        .lambda = 10,
        .nlambdas = 3,
        .cv = fixture_cv,
        .train_confusion = fixture_train,
        .test_confusion = fixture_test,
        .gram_gflops = 123.5,
    };
}

#endif
