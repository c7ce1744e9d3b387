/* What a fit is made of: its data, its graph, its options. */
#include "section_list.h"

#include <math.h>
#include <stdlib.h>

#include "error.h"
#include "terminal.h"
#include "text.h"

void tg_section_notes(FILE *out, const char *label,
                      const struct tg_dataset *data, int color)
{
    for (int i = 0; data && i < data->nnotes; i++) {
        tg_terminal_label(out, color, label);
        tg_text_sentence(out, data->notes[i]);
    }
}

void tg_section_notes_json(struct tg_json *json, const char *key,
                           const struct tg_dataset *data)
{
    tg_json_names(json, key, data ? data->nnotes : 0,
                  data ? data->notes : NULL);
}

void tg_section_data_line(FILE *out, const struct tg_dataset *data, int classes,
                          const char *counts, int color)
{
    char shape[64], size[48];
    int room;

    if (!data->width)
        snprintf(size, sizeof size, "%zu values", data->features);
    else if (data->channels == 1)
        snprintf(size, sizeof size, "%dx%d", data->width, data->height);
    else
        snprintf(size, sizeof size, "%dx%dx%d", data->width, data->height,
                 data->channels);
    snprintf(shape, sizeof shape, "%s, %d classes", size, classes);
    room = TG_TEXT_WIDTH - TG_TEXT_LABEL - tg_text_columns(counts) -
           tg_text_columns(shape) - 4;
    tg_terminal_label(out, color, "Data");
    if (room < 10) {
        tg_text_path(out, data->spec, TG_TEXT_WIDTH - TG_TEXT_LABEL);
        fprintf(out, "\n%*s%s\n%*s%s\n", TG_TEXT_LABEL, "", counts,
                TG_TEXT_LABEL, "", shape);
    } else {
        tg_text_path(out, data->spec, room);
        fprintf(out, ": %s, %s\n", counts, shape);
    }
    tg_section_notes(out, "Note", data, color);
}

/* What samples are mapped to, if they are, and how that went. */
static int print_features(FILE *out, const struct tg_result *fit, int color)
{
    const struct tg_features *features;
    double values;

    if (!fit->learnt)
        return TG_OK;
    features = &fit->learnt->features;
    values =
        (double)fit->features *
        (double)(fit->n_train * (features->common.copies + 1) + fit->n_test);
    tg_section_features(out, "Features", fit->learnt, color);
    if (fit->saturated > 0) {
        tg_terminal_label(out, color, "");
        fprintf(out,
                "%s values, %s of a million, were above the 8 bits' scale\n",
                tg_text_count((int64_t)fit->saturated).text,
                tg_text_real(1e6 * fit->saturated / values, 2).text);
    }
    if (features->common.copies) {
        tg_terminal_label(out, color, "");
        fprintf(out, "with %zu warped cop%s of each training picture\n",
                features->common.copies,
                features->common.copies == 1 ? "y" : "ies");
    }
    return TG_OK;
}

void tg_section_solver(const struct tg_result *fit, char *text, size_t size)
{
    size_t n = fit->dual ? fit->n_train : fit->features;

    if (fit->cg) {
        snprintf(text, size, "%s, %s features, %.0f %s%s to %.1e",
                 fit->descent ? "block coordinate descent"
                              : "conjugate gradients",
                 tg_text_count((int64_t)n).text, fit->steps,
                 fit->descent ? "round" : "step", fit->steps == 1 ? "" : "s",
                 fit->residual);
        return;
    }
    snprintf(text, size, "%s, %s %s, in %s precision",
             fit->dual ? "dual" : "primal", tg_text_count((int64_t)n).text,
             fit->dual ? "samples" : "features",
             fit->precision == sizeof(float) ? "single" : "double");
}

static int print_fit(FILE *out, const void *result, int color)
{
    const struct tg_result *fit = result;
    char counts[96], solver[96], test[48] = "";

    if (fit->n_test)
        snprintf(test, sizeof test, " + %s test",
                 tg_text_count((int64_t)fit->n_test).text);
    snprintf(counts, sizeof counts, "%s train%s samples",
             tg_text_count((int64_t)fit->n_train).text, test);
    tg_section_data_line(out, fit->train, fit->classes, counts, color);
    if (fit->tested != fit->train)
        tg_section_notes(out, "Test note", fit->tested, color);
    tg_section_run_line(out, &fit->run, color);
    TG_TRY(print_features(out, fit, color));
    tg_terminal_label(out, color, "Graph");
    fprintf(out, "%zu tiles, %zu lanes, blocks of %zu features\n", fit->tiles,
            fit->lanes, fit->block);
    tg_terminal_label(out, color, "Solver");
    tg_section_solver(fit, solver, sizeof solver);
    fprintf(out, "%s\n", solver);
    return TG_OK;
}

/* The map, as --features takes it; null: samples' own values. */
static int put_features(struct tg_json *json, const struct tg_result *fit)
{
    char *text = NULL;

    if (fit->learnt)
        TG_TRY(tg_learnt_text(fit->learnt, &text));
    tg_json_text(json, "feature_map", text);
    tg_section_features_json(json, fit->learnt);
    tg_json_bool(json, "mirror",
                 fit->learnt && fit->learnt->features.common.mirror);
    tg_json_text(json, "feature_precision",
                 !fit->learnt                          ? NULL
                 : fit->learnt->features.common.single ? "float"
                                                       : "int8");
    tg_json_count(json, "saturated", (size_t)fit->saturated);
    tg_json_count(json, "augment",
                  fit->learnt ? fit->learnt->features.common.copies : 0);
    free(text);
    return TG_OK;
}

static int put_json(struct tg_json *json, const void *result)
{
    const struct tg_result *fit = result;

    tg_json_count(json, "n_train", fit->n_train);
    tg_json_count(json, "n_test", fit->n_test);
    tg_json_count(json, "features", fit->features);
    tg_json_integer(json, "classes", fit->classes);
    tg_json_names(json, "class_names", fit->classes, fit->class_names);
    tg_section_notes_json(json, "notes", fit->train);
    tg_section_notes_json(json, "test_notes",
                          fit->tested == fit->train ? NULL : fit->tested);
    tg_json_count(json, "tiles", fit->tiles);
    tg_json_count(json, "block", fit->block);
    tg_json_count(json, "lanes", fit->lanes);
    tg_json_text(json, "solver",
                 fit->descent ? "block"
                 : fit->cg    ? "cg"
                 : fit->dual  ? "dual"
                              : "primal");
    tg_json_real(json, "solver_steps", fit->cg ? fit->steps : NAN);
    tg_json_real(json, "solver_residual", fit->cg ? fit->residual : NAN);
    tg_json_count(json, "folds", fit->folds);
    tg_json_count(json, "validated", fit->folds ? fit->validated : 0);
    tg_json_count(json, "seed", fit->seed);
    tg_json_text(json, "select", fit->by_error ? "mse" : "accuracy");
    tg_json_real(json, "lambda", fit->lambda);
    tg_json_real(json, "lambda_unit", fit->lambda_unit);
    tg_json_bool(json, "standardize", fit->standardize);
    return put_features(json, fit);
}

const struct tg_section tg_section_fit = {
    .text = print_fit,
    .json = put_json,
};
