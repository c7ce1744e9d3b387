/* The steps of a prediction. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "brightness.h"
#include "confusion_tally.h"
#include "dataset_facts.h"
#include "error.h"
#include "origin.h"
#include "picture.h"
#include "predict_options.h"
#include "reader.h"
#include "reading.h"
#include "result.h"
#include "ridge.h"
#include "ridge_method.h"
#include "ridge_model.h"
#include "sink.h"
#include "units.h"

/* What a prediction holds; all zero is empty. */
struct predict {
    struct tg_job job;           /* first */
    struct tg_ridge_model ridge; /* what its model is to ridge */
    struct tg_learnt learnt;     /* features of ridge.mapped */
    struct tg_dataset *data;
    struct tg_dataset_options reading; /* how it is opened */
    struct tg_origin *origin;          /* of float64 data, or NULL */
    struct tg_input input; /* the data from there, as tasks read them */
    struct tg_split split;
    struct tg_plan plan;
    double *values;           /* (d+1) x k, in units of stored values */
    struct tg_sink_file rows; /* where results go, on rank 0; or none */
    struct tg_confusion_tally confusion; /* with labels, on rank 0 */
    int64_t *predicted;                  /* k */
    struct tg_rows in;                   /* the graph's */
    struct tg_tiles v;
    struct tg_prediction result;
};

static const struct tg_predict_options *options_of(const struct predict *p)
{
    return (const struct tg_predict_options *)p->job.options;
}

/* ---- Input ------------------------------------------------------------ */

static const char *shape_text(const struct tg_model *model, char *text,
                              size_t size)
{
    if (!model->width)
        return " (no pictures)";
    snprintf(text, size, " (%dx%dx%d)", model->width, model->height,
             model->channels);
    return text;
}

static int check_fit(const struct predict *p)
{
    const struct tg_model *model = p->job.model;
    const struct tg_dataset *data = p->data;
    char shape[40], other[PATH_MAX + 32];

    snprintf(other, sizeof other, "%s was trained on", options_of(p)->model);
    TG_TRY(tg_dataset_check_values(data, other, model->features, model->type,
                                   shape_text(model, shape, sizeof shape)));
    TG_TRY(tg_dataset_check_shape(p->data, other, model->width, model->height,
                                  model->channels));
    if (!data->labels && options_of(p)->confusion)
        return tg_fail(TG_EDATA,
                       "%s: has no labels, so there are no confusions to draw; "
                       "leave --confusion out, or give --labels FILE.npy",
                       data->spec);
    if (!data->labels)
        return TG_OK;
    return tg_dataset_match(p->data, model->classes, model->class_names);
}

/* Pictures are read as those that the model was trained on. */
static void set_reading(struct predict *p)
{
    const struct tg_predict_options *options = options_of(p);
    const struct tg_model *model = p->job.model;
    const struct tg_dataset_options like = {
        .gray = model->gray,
        .binary = model->binary,
        .threshold = model->threshold,
        .ground = model->ground,
        .layout = options->reading.layout,
        .known = model->class_names,
        .nknown = (size_t)model->classes,
        .tolerant = options->graph.skip_bad,
    };

    p->reading = tg_reading_like(&like, model->width, model->height,
                                 model->channels, options->invert);
    p->reading.labels = options->reading.labels;
}

static int open_data(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    const struct tg_predict_options *options = options_of(p);
    const struct tg_model *model = job->model;
    bool train = options->part == TG_PART_TRAIN;
    bool test = options->part == TG_PART_TEST;

    TG_TRY(tg_ridge_model_view(p->job.model, &p->ridge));
    if (p->ridge.mapped)
        TG_TRY(tg_learnt_load(p->job.model, p->ridge.features, &p->learnt));
    set_reading(p);
    if (!train)
        TG_TRY(tg_dataset_open(options->data, TG_TEST, &p->reading, &p->data));
    if (!p->data && test)
        return tg_fail(TG_EUSAGE, "%s has no test part; leave --part out",
                       options->data);
    if (!p->data)
        TG_TRY(tg_dataset_open(options->data, TG_TRAIN, &p->reading, &p->data));
    TG_TRY(tg_reading_apply(&p->data, &p->reading, model->channels,
                            model->binary, options->invert));
    return check_fit(p);
}

static size_t inputs(struct tg_job *job,
                     struct tg_job_input inputs[TG_INPUTS_MAX])
{
    struct predict *p = (struct predict *)job;
    const struct tg_predict_options *options = options_of(p);
    bool train = options->part == TG_PART_TRAIN;

    inputs[0] =
        (struct tg_job_input){&p->data, options->data,
                              train ? TG_TRAIN : TG_TEST, &p->reading, false};
    return 1;
}

static int note(struct tg_job *job, struct tg_facts *facts,
                const char **subject)
{
    struct predict *p = (struct predict *)job;

    *subject = p->data->spec;
    return tg_facts_dataset(facts, "data", p->data);
}

static int plan(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    const struct tg_graph_options *options = job->options;
    const struct tg_model *model = job->model;
    size_t tiles = options->tiles;

    p->plan = (struct tg_plan){
        .features = p->ridge.features,
        .classes = (size_t)model->classes,
        .element = p->ridge.mapped ? p->learnt.features.rows.element
                                   : tg_type_size(p->data->type),
        .mapped = p->ridge.mapped,
        .folds = 1,
        .lambdas = 1,
    };
    if (p->ridge.mapped) {
        p->plan.sample_bytes = p->data->features * tg_type_size(p->data->type);
        p->plan.map_bytes = tg_features_bytes(&p->learnt.features);
        p->plan.map_scratch = tg_features_scratch(&p->learnt.features);
    }
    /* The data's own origin: any will do that keeps precision as float64 is
     * rounded; the scores are the same. But a map's features would not be. */
    if (p->data->rounded && !p->ridge.mapped)
        TG_TRY(tg_origin_find(p->data, &p->origin));
    p->input = (struct tg_input){p->data, p->origin};
    TG_TRY(tg_plan_init(&p->plan, p->data->count, &tiles, options->block,
                        options->lanes, 0, job->rank, job->ranks));
    return tg_split_init(&p->split, p->data->count, NULL, NULL, 1, tiles, 0);
}

static size_t memory(struct tg_job *job, struct tg_memory_need *needs,
                     char *what, size_t size)
{
    struct predict *p = (struct predict *)job;
    const struct tg_extent extent = {
        .tile_rows = tg_split_max_rows(&p->split),
        .samples = p->data->count,
        .workers = job->workers,
        .learning = tg_features_learning(&p->learnt.features, 0, job->workers),
    };
    size_t n = tg_plan_predict_needs(&p->plan, &extent, needs);

    snprintf(what, size, "%s: predicting %zu features, %zu classes",
             p->data->spec, p->plan.features, p->plan.classes);
    if (p->data->labels && job->rank == 0)
        needs[n++] = (struct tg_memory_need){"confusions",
                                             tg_confusion_bytes(p->plan.classes,
                                                                p->data->count),
                                             "data without labels"};
    return n;
}

/* ---- Rows ------------------------------------------------------------- */

static int write_row(struct predict *p, size_t row, size_t class,
                     const double *scores, const uint16_t *label)
{
    char *const *names = p->job.model->class_names;
    char *file = p->data->file ? p->data->file(p->data, row) : NULL;
    const struct tg_row line = {
        .sample = p->data->places ? p->data->places[row] : row,
        .file = file,
        .predicted = names[class],
        .truth = p->data->labels ? names[*label] : NULL,
        .scores = scores,
    };
    int err =
        p->data->file && !file ? TG_EMEMORY : tg_sink_row(&p->rows, &line);

    free(file);
    return err;
}

/* A tile's results: counted, and written where rows are wanted. */
static int write_tile(void *context, size_t first, size_t n, size_t k,
                      const double *result, const uint16_t *labels)
{
    struct predict *p = context;

    for (size_t i = 0; i < n; i++) {
        const double *column = result + i * (k + 1);
        size_t class = (size_t)column[k];

        p->predicted[class]++;
        if (p->data->labels)
            tg_confusion_count(&p->confusion, labels[i], (uint16_t) class);
        if (p->rows.kind)
            TG_TRY(write_row(p, first + i, class, column, &labels[i]));
    }
    return TG_OK;
}

/* ---- Graph ------------------------------------------------------------ */

static int begin(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    const struct tg_predict_options *options = options_of(p);
    const struct tg_model *model = p->job.model;
    size_t d = p->plan.features, k = p->plan.classes;
    const struct tg_row_head head = {
        .files = p->data->file,
        .truth = p->data->labels,
        .nscores = options->scores ? k : 0,
        .classes = model->class_names,
    };

    p->values = calloc((d + 1) * k, sizeof *p->values);
    p->predicted = calloc(k, sizeof *p->predicted);
    if (!p->values || !p->predicted)
        return tg_fail(TG_EMEMORY, "out of memory for the model");
    if (p->data->labels)
        TG_TRY(tg_confusion_start(&p->confusion, k, p->data->count));
    tg_units_to_values(d, k, p->ridge.weights, p->ridge.intercept,
                       p->ridge.scale, p->origin, p->values);
    if (options->output)
        TG_TRY(tg_sink_open(&p->rows, options->output, &head));
    return TG_OK;
}

static int declare(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    size_t d = p->plan.features, k = p->plan.classes;
    struct tg_reader reader = tg_method_reader(&p->input);
    const struct tg_sink sink = {write_tile, p};

    if (p->ridge.mapped)
        TG_TRY(tg_features_begin(&p->learnt.features, NULL, p->learnt.block,
                                 &p->plan.placement));
    TG_TRY(tg_rows_init(&p->in, &p->split, &reader, p->data->features,
                        tg_type_size(p->data->type), 0,
                        p->ridge.mapped ? &p->learnt.features.rows : NULL,
                        &p->plan.placement));
    TG_TRY(tg_tiles_init_one(&p->v, d + 1, k, sizeof(double),
                             &p->plan.placement, tg_owner_first, 0));
    if (job->rank == 0)
        tg_tiles_write(&p->v, p->values);
    return tg_graph_classify(&p->plan, &p->in, &p->v, &sink);
}

static void progress(struct tg_job *job, double seconds,
                     struct tg_progress_state *state)
{
    const struct predict *p = (const struct predict *)job;
    struct tg_tally tally;

    tg_tally_read(&tally);
    state->done = (double)tally.tasks[tg_stage_store.index];
    state->total = (double)p->split.tiles;
    snprintf(state->what, sizeof state->what, "predict");
    state->rate = state->done / state->total * (double)p->data->count / seconds;
    state->unit = "samples";
}

static void release(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;

    tg_tiles_release(&p->v);
    tg_features_release(&p->learnt.features);
    tg_rows_free(&p->in);
}

/* ---- Results (rank 0) ------------------------------------------------- */

static int collect(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    const struct tg_predict_options *options = options_of(p);

    p->result = (struct tg_prediction){
        .data = p->data,
        .learnt = p->ridge.mapped ? &p->learnt : NULL,
        .model = options->model,
        .output = options->output,
        .json = options->json,
        .trace = options->graph.trace,
        .confusion_picture = options->confusion,
        .count = p->data->count,
        .classes = job->model->classes,
        .class_names = job->model->class_names,
        .predicted = p->predicted,
    };
    if (!p->ridge.mapped)
        TG_TRY(tg_ridge_note_brightness(p->data, p->plan.classes,
                                        p->ridge.weights, p->ridge.intercept,
                                        options->invert));
    if (!p->data->labels)
        return TG_OK;
    return tg_confusion_finish(&p->confusion, job->model->class_names,
                               &p->result.confusion);
}

static int save(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;

    return p->rows.kind ? tg_sink_commit(&p->rows) : TG_OK;
}

static int report(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;
    const struct tg_predict_options *options = options_of(p);

    p->result.run = job->run;
    if (options->json)
        TG_TRY(tg_report_json(options->json, &tg_ridge_predict_report,
                              &p->result));
    if (options->confusion)
        TG_TRY(tg_picture_confusion(options->confusion, &p->result.confusion));
    if (!job->tables)
        return TG_OK;
    return tg_report_text(job->tables, &tg_ridge_predict_report, &p->result,
                          job->color);
}

static void close_all(struct tg_job *job)
{
    struct predict *p = (struct predict *)job;

    tg_sink_discard(&p->rows);
    tg_learnt_free(&p->learnt);
    tg_plan_free(&p->plan);
    tg_split_free(&p->split);
    tg_dataset_close(p->data);
    tg_origin_free(p->origin);
    free(p->values);
    tg_confusion_free(&p->confusion);
    free(p->predicted);
}

const struct tg_steps tg_ridge_predict_steps = {
    .size = sizeof(struct predict),
    .phases = tg_ridge_phases,
    .open = open_data,
    .inputs = inputs,
    .note = note,
    .plan = plan,
    .memory = memory,
    .begin = begin,
    .declare = declare,
    .progress = progress,
    .collect = collect,
    .release = release,
    .save = save,
    .report = report,
    .close = close_all,
};
