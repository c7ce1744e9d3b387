#include "report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "output.h"
#include "text.h"

/* jansson's constructors return NULL when memory is short, and its setters
 * then fail: `add` notes it, and write_object reports it once. */
struct object {
    json_t *json;
    bool failed;
};

static void add(struct object *object, const char *key, json_t *value)
{
    if (json_object_set_new(object->json, key, value))
        object->failed = true;
}

static void add_count(struct object *object, const char *key, size_t n)
{
    add(object, key, json_integer((json_int_t)n));
}

/* NaN and infinity, which JSON does not know, become null. */
static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *value)
{
    json_t *json;
    char *clean;

    if (!value)
        return json_null();
    clean = tg_text_clean(value);
    json = json_string(clean);
    free(clean);
    return json;
}

/* Append to a list, which becomes NULL where that fails. */
static void append(json_t **list, json_t *item)
{
    if (json_array_append_new(*list, item)) {
        json_decref(*list);
        *list = NULL;
    }
}

static json_t *name_list(int k, char *const *names)
{
    json_t *list = json_array();

    for (int i = 0; i < k; i++)
        append(&list, text(names[i]));
    return list;
}

static json_t *count_list(int k, const int64_t *counts, int step)
{
    json_t *list = json_array();

    for (int i = 0; i < k; i++)
        append(&list, json_integer(counts[i * step]));
    return list;
}

/* Rows of truth from columns of predictions. */
static json_t *matrix(int k, const int64_t *confusion)
{
    json_t *rows;

    if (!confusion)
        return json_null();
    rows = json_array();
    for (int i = 0; i < k; i++)
        append(&rows, count_list(k, confusion + i, k));
    return rows;
}

static json_t *cv_list(const struct tg_result *result)
{
    json_t *list = json_array();

    for (size_t i = 0; i < result->nlambdas; i++) {
        const struct tg_cv_row *row = &result->cv[i];
        json_t *item =
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:i}", "lambda",
                      real(row->lambda), "accuracy", real(row->accuracy),
                      "accuracy_se", real(row->accuracy_se), "mse",
                      real(row->mse), "mse_se", real(row->mse_se),
                      "failed_folds", row->failed);

        append(&list, item);
    }
    return list;
}

static json_t *seconds(const double phases[TG_PHASES], double total)
{
    json_t *json = json_object();

    for (int i = 0; i < TG_PHASES; i++)
        json_object_set_new(json, tg_phase_names[i], real(phases[i]));
    json_object_set_new(json, "total", real(total));
    return json;
}

static json_t *worker_list(const struct tg_worker *worker, int n)
{
    json_t *list = json_array();

    for (int i = 0; worker && i < n; i++)
        append(&list,
               json_pack("{s:i, s:i, s:o, s:o, s:o}", "rank", worker[i].rank,
                         "worker", worker[i].worker, "busy",
                         real(worker[i].busy), "idle", real(worker[i].idle),
                         "overhead", real(worker[i].overhead)));
    return list;
}

static void add_platform(struct object *object,
                         const struct tg_platform *platform,
                         const struct tg_worker *worker)
{
    add_count(object, "ranks", (size_t)platform->ranks);
    add_count(object, "workers", (size_t)platform->workers);
    add(object, "worker_seconds", worker_list(worker, platform->workers));
    add(object, "scheduler", text(platform->scheduler));
    add(object, "versions",
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "starpu_ridge",
                  STARPU_RIDGE_VERSION, "starpu", text(platform->starpu), "mpi",
                  text(platform->mpi), "blas", text(platform->blas),
                  "gram_kernel", text(platform->kernel)));
}

/* One key a line: as easy for people to look at as for programs. */
static void print_object(FILE *file, json_t *object)
{
    const char *key, *separator = "{\n";
    json_t *value;

    json_object_foreach(object, key, value)
    {
        fprintf(file, "%s  \"%s\": ", separator, key);
        json_dumpf(value, file, JSON_COMPACT | JSON_ENCODE_ANY);
        separator = ",\n";
    }
    fputs("\n}\n", file);
}

/* Write the object to `path`, and free it. */
static int write_object(const char *path, struct object *object)
{
    struct tg_output output = {0};
    int error;

    if (object->failed)
        error = tg_fail(TG_EMEMORY, "%s: out of memory", path);
    else
        error = tg_output_open(&output, path);
    if (!error) {
        print_object(output.file, object->json);
        error = tg_output_commit(&output);
    }
    tg_output_discard(&output);
    json_decref(object->json);
    return error;
}

int tg_report_fit_json(const char *path, const struct tg_result *result)
{
    struct object object = {.json = json_object()};
    int k = result->classes;
    const int64_t *train = result->train_confusion;
    const int64_t *test = result->test_confusion;
    bool by_mse = result->by_error;

    add_count(&object, "n_train", result->n_train);
    add_count(&object, "n_test", result->n_test);
    add_count(&object, "features", result->features);
    add_count(&object, "classes", (size_t)k);
    add(&object, "class_names", name_list(k, result->class_names));
    add_count(&object, "tiles", result->tiles);
    add_count(&object, "block", result->block);
    add_count(&object, "lanes", result->lanes);
    add_count(&object, "folds", result->folds);
    add_count(&object, "seed", result->seed);
    add(&object, "select", json_string(by_mse ? "mse" : "accuracy"));
    add(&object, "lambda", real(result->lambda));
    add(&object, "cv", cv_list(result));
    add(&object, "train_accuracy", real(tg_report_accuracy(k, train)));
    add(&object, "test_accuracy", real(tg_report_accuracy(k, test)));
    add(&object, "confusion", matrix(k, test ? test : train));
    add(&object, "train_confusion", matrix(k, train));
    add(&object, "seconds", seconds(result->seconds, result->total));
    add(&object, "gram_gflops", real(result->gram_gflops));
    add_platform(&object, &result->platform, result->worker);
    add_count(&object, "uncalibrated_tasks", result->uncalibrated);
    add(&object, "command", text(result->command));
    add(&object, "data", text(result->train->spec));
    add(&object, "model", text(result->model));
    return write_object(path, &object);
}

int tg_report_predict_json(const char *path, const struct tg_prediction *p)
{
    struct object object = {.json = json_object()};
    int k = p->classes;

    add_count(&object, "n", p->count);
    add_count(&object, "classes", (size_t)k);
    add(&object, "class_names", name_list(k, p->class_names));
    add(&object, "predicted", count_list(k, p->predicted, 1));
    add(&object, "accuracy", real(tg_report_accuracy(k, p->confusion)));
    add(&object, "confusion", matrix(k, p->confusion));
    add(&object, "seconds", seconds(p->seconds, p->total));
    add_platform(&object, &p->platform, p->worker);
    add(&object, "data", text(p->data->spec));
    add(&object, "model", text(p->model));
    add(&object, "output", text(p->output));
    return write_object(path, &object);
}
