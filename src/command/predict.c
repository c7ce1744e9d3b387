/* The command `predict`, whatever method made the model. */
#include "predict_options.h"

#include "error.h"
#include "job.h"
#include "methods.h"
#include "table.h"

#define FIELD(name) offsetof(struct tg_predict_options, name)

static const struct tg_option rules[] = {
    {.name = "model",
     .arg = "FILE",
     .help = "The model, a file that fit wrote",
     .group = "Data:",
     .kind = &tg_option_input,
     .offset = FIELD(model)},
    {.name = "data",
     .arg = "SPEC",
     .help = "Samples to predict; pictures, resized and made gray as those of "
             "the training, may be of no known class: in FOLDER itself, or one",
     .group = "Data:",
     .kind = &tg_option_spec,
     .offset = FIELD(data)},
    {.name = "part",
     .arg = "train|test",
     .help = "Which part of a data set with two (default: test)",
     .group = "Data:",
     .kind = &tg_option_word,
     .offset = FIELD(part),
     .min = TG_PART_TRAIN},
    {.name = "invert",
     .help = "Invert the brightness of pictures, where they are dark on light, "
             "say, and the model's training data light on dark",
     .group = "Data:",
     .kind = &tg_option_flag,
     .offset = FIELD(invert),
     .same = true},
    {.name = "output",
     .arg = "FILE.csv",
     .help = "Write one line a sample, with its file where it is a picture; "
             "csv:FILE says the kind (default: csv)",
     .group = "Results:",
     .kind = &tg_option_rows,
     .offset = FIELD(output)},
    {.name = "scores",
     .help = "Write the score of each class in these lines, too (default: no)",
     .group = "Results:",
     .kind = &tg_option_flag,
     .offset = FIELD(scores),
     .same = true},
    {.name = "json",
     .arg = "FILE",
     .help = "Write all results as JSON (- for standard output)",
     .group = "Results:",
     .kind = &tg_option_output,
     .offset = FIELD(json)},
    {.name = "confusion",
     .arg = "FILE.png",
     .help = "Draw the confusion matrix",
     .group = "Results:",
     .kind = &tg_option_drawing,
     .offset = FIELD(confusion)},
    {0},
};

static const struct tg_option_set sets[] = {
    {rules, 0},
    {tg_label_rules, FIELD(reading)},
    {tg_graph_rules, FIELD(graph)},
    {tg_common_rules, FIELD(graph.common)},
    {0},
};

static int check(struct tg_options *line)
{
    const struct tg_predict_options *options =
        (struct tg_predict_options *)line;

    if (!options->model || !options->data)
        return tg_fail(TG_EUSAGE,
                       "predict needs --model FILE and --data SPEC; --%s is "
                       "missing",
                       options->model ? "data" : "model");
    return tg_files_check(line);
}

static int run(struct tg_runtime *runtime, const struct tg_options *line)
{
    const struct tg_predict_options *options =
        (const struct tg_predict_options *)line;
    const struct tg_method *method;
    struct tg_model model;
    int err = tg_model_load(options->model, &model);

    if (!err)
        err = tg_method_of(&model, &method);
    err = tg_runtime_agree(runtime, err);
    if (!err)
        err = tg_job_run(runtime, method->predict, &options->graph, &model);
    tg_model_free(&model);
    return err;
}

const struct tg_command tg_predict_command = {
    .name = "predict",
    .help = "classify samples with a saved model",
    .operands = "--model FILE --data SPEC",
    .text = TG_SPEC_HELP,
    .sets = sets,
    .size = sizeof(struct tg_predict_options),
    .check = check,
    .graph = true,
    .run = run,
};
