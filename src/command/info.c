#include "command.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "synth.h"
#include "error.h"
#include "model.h"
#include "section_info.h"

/* A model by its name, or by its first bytes: a length, and a JSON object. */
static bool is_model(const char *path)
{
    const char *suffix = strrchr(path, '.');
    unsigned char start[9] = {0};
    struct stat info;
    FILE *file;

    if (suffix && strcmp(suffix, ".safetensors") == 0)
        return true;
    if (stat(path, &info) || !S_ISREG(info.st_mode))
        return false;
    file = fopen(path, "re");
    if (file && fread(start, 1, sizeof start, file) != sizeof start)
        start[8] = 0;
    if (file)
        fclose(file);
    return start[8] == '{' && !start[7] && !start[6] && !start[5];
}

static int info_dataset(const struct tg_options *options)
{
    struct tg_dataset *train = NULL, *test = NULL;
    int err =
        tg_dataset_open(options->output, TG_TRAIN, &options->reading, &train);

    if (!err)
        err =
            tg_dataset_open(options->output, TG_TEST, &options->reading, &test);
    if (!err)
        err = tg_report_text(stdout, &tg_info_data_report,
                             &(struct tg_info_data){train, test}, 0);
    tg_dataset_close(train);
    tg_dataset_close(test);
    return err;
}

int tg_command_info(const struct tg_options *options)
{
    struct tg_model model;
    int err;

    if (!is_model(options->output))
        return info_dataset(options);
    TG_TRY(tg_model_load(options->output, &model));
    err = tg_report_text(stdout, &tg_info_model_report,
                         &(struct tg_info_model){options->output, &model}, 0);
    tg_model_free(&model);
    return err;
}

int tg_command_synth(const struct tg_options *options)
{
    TG_TRY(tg_synth_write(options->output, options->count, options->seed));
    if (options->verbosity > TG_QUIET)
        printf("%s: %zu training and %zu test samples, as IDX files\n",
               options->output, options->count,
               tg_synth_test_count(options->count));
    return TG_OK;
}
