#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "combine.h"
#include "error.h"
#include "model.h"
#include "origin.h"
#include "output.h"
#include "picture.h"
#include "predict_options.h"
#include "progress.h"
#include "result.h"
#include "ridge.h"
#include "task.h"

/* What a prediction holds; all zero is empty. */
struct predict {
    const struct tg_predict_options *options;
    struct tg_runtime *runtime;
    struct tg_model model;
    struct tg_dataset *data;
    double *origin;        /* of float64 data, or NULL */
    struct tg_input input; /* the data from there, as tasks read them */
    struct tg_split split;
    struct tg_plan plan;
    double *v;             /* (d+1) x k, in units of stored values */
    struct tg_output file; /* the CSV, on rank 0 */
    int64_t *confusion;    /* k x k */
    int64_t *predicted;    /* k */
    struct tg_worker *workers;
};

/* ---- Input ------------------------------------------------------------ */

static const char *shape_text(const struct tg_model *model, char *text,
                              size_t size)
{
    if (!model->width)
        return "no pictures";
    snprintf(text, size, "%dx%dx%d", model->width, model->height,
             model->channels);
    return text;
}

static int check_fit(const struct predict *p)
{
    const struct tg_model *model = &p->model;
    const struct tg_dataset *data = p->data;
    char shape[40];

    if (data->features != model->features || data->type != model->type)
        return tg_fail(TG_EDATA,
                       "%s: samples have %zu %s values, and %s was trained on "
                       "%zu %s ones (%s); give data of that kind, or another "
                       "model",
                       data->spec, data->features,
                       data->type == TG_U8 ? "8-bit" : "float",
                       p->options->model, model->features,
                       model->type == TG_U8 ? "8-bit" : "float",
                       shape_text(model, shape, sizeof shape));
    if (!tg_dataset_has_shape(data, model->width, model->height,
                              model->channels))
        return tg_fail(TG_EDATA,
                       "%s: samples are %dx%dx%d, and %s was trained on %s; "
                       "give data of that shape, or another model",
                       data->spec, data->width, data->height, data->channels,
                       p->options->model,
                       shape_text(model, shape, sizeof shape));
    if (!data->labels && p->options->confusion)
        return tg_fail(TG_EDATA,
                       "%s: has no labels, so there are no confusions to draw; "
                       "leave --confusion out, or give --labels FILE.npy",
                       data->spec);
    if (!data->labels)
        return TG_OK;
    return tg_dataset_match(p->data, model->classes, model->class_names);
}

static int open_data(struct predict *p)
{
    const struct tg_predict_options *options = p->options;
    struct tg_dataset_options reading = options->reading;
    bool train = options->part == TG_PART_TRAIN;
    bool test = options->part == TG_PART_TEST;

    TG_TRY(tg_model_load(options->model, &p->model));
    /* Pictures are read as those that the model was trained on. */
    reading.implied = true;
    reading.width = p->model.width;
    reading.height = p->model.height;
    reading.gray = p->model.gray;
    reading.binary = p->model.binary;
    reading.threshold = p->model.threshold;
    if (!train)
        TG_TRY(tg_dataset_open(options->data, TG_TEST, &reading, &p->data));
    if (!p->data && test)
        return tg_fail(TG_EUSAGE, "%s has no test part; leave --part out",
                       options->data);
    if (!p->data)
        TG_TRY(tg_dataset_open(options->data, TG_TRAIN, &reading, &p->data));
    return check_fit(p);
}

/* The model in units of stored values, and from the data's own origin: any will
 * do that keeps precision as float64 is rounded; the scores are the same. */
static void fill_weights(struct predict *p)
{
    const struct tg_model *model = &p->model;
    size_t d = model->features, k = (size_t)model->classes;

    for (size_t c = 0; c < k; c++) {
        double *v = p->v + c * (d + 1);

        v[d] = model->intercept[c];
        for (size_t f = 0; f < d; f++) {
            v[f] = model->weights[f + c * d] * model->scale;
            if (p->origin)
                v[d] += v[f] * p->origin[f];
        }
    }
}

static int make_plan(struct predict *p)
{
    const struct tg_predict_options *options = p->options;
    size_t d = p->model.features, k = (size_t)p->model.classes;
    size_t tiles = options->graph.tiles;

    p->plan = (struct tg_plan){
        .features = d,
        .classes = k,
        .element = tg_type_size(p->data->type),
        .scale = p->model.scale,
        .folds = 1,
        .lambdas = 1,
    };
    if (p->data->rounded)
        TG_TRY(tg_origin_find(p->data, &p->origin));
    p->input = (struct tg_input){p->data, p->origin};
    TG_TRY(tg_plan_init(&p->plan, p->data->count, &tiles, options->graph.block,
                        options->graph.lanes, 0, p->runtime->rank,
                        p->runtime->ranks));
    TG_TRY(tg_split_init(&p->split, p->data->count, NULL, NULL, 1, tiles, 0));
    p->v = calloc((d + 1) * k, sizeof *p->v);
    p->confusion = calloc(k * k, sizeof *p->confusion);
    p->predicted = calloc(k, sizeof *p->predicted);
    if (!p->v || !p->confusion || !p->predicted)
        return tg_fail(TG_EMEMORY, "out of memory for the model");
    fill_weights(p);
    if (p->runtime->rank != 0)
        return TG_OK;
    TG_TRY(tg_output_check(options->json));
    TG_TRY(tg_output_check(options->confusion));
    return options->output ? tg_output_open(&p->file, options->output) : TG_OK;
}

/* ---- CSV -------------------------------------------------------------- */

static void put_text(FILE *file, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

static int put_file(FILE *file, const struct tg_dataset *data, size_t row)
{
    char *path = data->file(data, row);

    if (!path)
        return TG_EMEMORY;
    put_text(file, path);
    putc(',', file);
    free(path);
    return TG_OK;
}

static void put_header(const struct predict *p)
{
    FILE *file = p->file.file;

    fputs(p->data->file ? "sample,file,predicted" : "sample,predicted", file);
    if (p->data->labels)
        fputs(",truth", file);
    for (int c = 0; p->options->scores && c < p->model.classes; c++) {
        putc(',', file);
        put_text(file, p->model.class_names[c]);
    }
    putc('\n', file);
}

/* A tile's results: counted, and written where a CSV is wanted. */
static int write_tile(void *context, size_t first, size_t n, size_t k,
                      const double *result, const uint16_t *labels)
{
    struct predict *p = context;
    char *const *names = p->model.class_names;
    FILE *file = p->file.file;

    for (size_t i = 0; i < n; i++) {
        const double *column = result + i * (k + 1);
        size_t class = (size_t)column[k];

        p->predicted[class]++;
        if (p->data->labels)
            p->confusion[labels[i] + k * class]++;
        if (!file)
            continue;
        fprintf(file, "%zu,", first + i);
        if (p->data->file)
            TG_TRY(put_file(file, p->data, first + i));
        put_text(file, names[class]);
        if (p->data->labels) {
            putc(',', file);
            put_text(file, names[labels[i]]);
        }
        for (size_t c = 0; p->options->scores && c < k; c++)
            fprintf(file, ",%.17g", column[c]);
        putc('\n', file);
    }
    if (file && ferror(file))
        return tg_fail(TG_EIO, "%s: writing failed; is the disk full?",
                       p->options->output);
    return TG_OK;
}

/* ---- Graph ------------------------------------------------------------ */

static void ask(void *context, double seconds, struct tg_progress_state *state)
{
    const struct predict *p = context;
    struct tg_tally tally;

    tg_tally_read(&tally);
    state->done = (double)tally.tasks[tg_stage_store.index];
    state->total = (double)p->split.tiles;
    snprintf(state->what, sizeof state->what, "predict");
    state->rate = state->done / state->total * (double)p->data->count / seconds;
    state->unit = "samples";
}

static int run_graph(struct predict *p)
{
    size_t d = p->plan.features, k = p->plan.classes;
    struct tg_reader reader = tg_command_reader(&p->input);
    const struct tg_sink sink = {write_tile, p};
    struct tg_rows rows;
    struct tg_tiles v;
    int err = tg_rows_init(&rows, &p->split, &reader, d, p->plan.element, false,
                           &p->plan.placement);

    if (!err)
        err = tg_tiles_init(&v, d + 1, k, d + 1, k, sizeof(double),
                            &p->plan.placement, tg_owner_first, 0);
    if (!err && p->runtime->rank == 0)
        tg_tiles_write(&v, p->v);
    if (!err && p->file.file)
        put_header(p);
    tg_progress_start(tg_command_progress(p->runtime, &p->options->graph), ask,
                      p);
    if (!err)
        err = tg_graph_classify(&p->plan, &rows, &v, &sink);
    if (!err)
        tg_runtime_wait();
    tg_progress_stop();
    if (err)
        tg_runtime_fail(p->runtime, err);
    if (!err)
        tg_tiles_release(&v);
    tg_rows_free(&rows);
    return err ? err : tg_task_error();
}

/* ---- Results (rank 0) ------------------------------------------------- */

static int finish(struct predict *p, struct tg_prediction *result)
{
    const struct tg_predict_options *options = p->options;
    int color;
    FILE *tables = tg_command_tables(&options->graph, &color);

    if (p->file.file)
        TG_TRY(tg_output_commit(&p->file));
    result->data = p->data;
    result->model = options->model;
    result->output = options->output;
    result->json = options->json;
    result->trace = options->graph.trace;
    result->confusion_picture = options->confusion;
    result->count = p->data->count;
    result->classes = p->model.classes;
    result->class_names = p->model.class_names;
    result->confusion = p->data->labels ? p->confusion : NULL;
    result->predicted = p->predicted;
    result->run.total = tg_runtime_seconds(p->runtime);
    if (options->json)
        TG_TRY(tg_report_json(options->json, &tg_ridge_predict_report, result));
    if (options->confusion)
        TG_TRY(tg_picture_confusion(options->confusion, p->model.classes,
                                    p->model.class_names, p->confusion));
    if (tables)
        TG_TRY(tg_report_text(tables, &tg_ridge_predict_report, result, color));
    return TG_OK;
}

static int predict_on_ranks(struct predict *p)
{
    struct tg_runtime *runtime = p->runtime;
    struct tg_time times[TG_PHASES];
    struct tg_prediction result = {
        .run = {.times = times, .ntimes = TG_PHASES},
    };

    TG_TRY(tg_runtime_agree(runtime, open_data(p)));
    TG_TRY(tg_command_same_data(runtime, "data", p->data, NULL, &p->model));
    TG_TRY(tg_runtime_agree(runtime, make_plan(p)));
    TG_TRY(tg_command_start(runtime, &p->options->graph));
    tg_command_tally(&p->options->graph);
    TG_TRY(tg_runtime_agree(runtime, run_graph(p)));
    TG_TRY(tg_runtime_agree(runtime,
                            tg_command_workers(runtime, &p->options->graph,
                                               &p->workers)));
    tg_command_seconds(runtime, &p->options->graph, times);
    tg_command_platform(runtime, &result.run.platform);
    result.run.worker = p->workers;
    TG_TRY(tg_command_stop(runtime, &p->options->graph));
    return tg_runtime_agree(runtime,
                            runtime->rank == 0 ? finish(p, &result) : TG_OK);
}

int tg_command_predict(struct tg_runtime *runtime,
                       const struct tg_options *options)
{
    struct predict p = {.options = (const void *)options, .runtime = runtime};
    int err = predict_on_ranks(&p);

    tg_runtime_stop_starpu(runtime); /* before what its tasks may still use */
    tg_output_discard(&p.file);
    tg_plan_free(&p.plan);
    tg_split_free(&p.split);
    tg_dataset_close(p.data);
    tg_model_free(&p.model);
    free(p.origin);
    free(p.v);
    free(p.confusion);
    free(p.predicted);
    free(p.workers);
    return err;
}
