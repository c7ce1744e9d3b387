/* The command `fit`: the method is ridge. */
#include "fit_options.h"
#include "job.h"
#include "ridge_method.h"
#include "table.h"

static int run(struct tg_runtime *runtime, const struct tg_options *options)
{
    return tg_job_run(runtime, tg_ridge_method.fit,
                      (const struct tg_graph_options *)options, NULL);
}

const struct tg_command tg_fit_command = {
    .name = "fit",
    .help = "train, choose lambda, test, and save a model",
    .operands = "[--data SPEC]",
    .text = TG_SPEC_HELP,
    .sets = tg_fit_sets,
    .size = sizeof(struct tg_fit_options),
    .check = tg_fit_check,
    .graph = true,
    .run = run,
};
