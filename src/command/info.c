/* The command `info`: what a model file or a data set is. */
#include "info_options.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "error.h"
#include "methods.h"
#include "section_info.h"
#include "table.h"

#define FIELD(name) offsetof(struct tg_info_options, name)

static const struct tg_option rules[] = {
    {.arg = "FILE|SPEC", .kind = &tg_option_text, .offset = FIELD(subject)},
    {0},
};

static const struct tg_option_set sets[] = {
    {rules, 0},
    {tg_label_rules, FIELD(reading)},
    {tg_picture_rules, FIELD(reading)},
    {tg_common_rules, FIELD(common)},
    {0},
};

static int check(struct tg_options *line)
{
    if (!((struct tg_info_options *)line)->subject)
        return tg_fail(TG_EUSAGE, "info needs a model file or a data set: "
                                  "starpu_ridge info FILE|SPEC");
    return TG_OK;
}

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

static int describe_dataset(const struct tg_info_options *options)
{
    const char *spec = options->subject;
    struct tg_dataset *train = NULL, *test = NULL;
    int err = tg_dataset_open(spec, TG_TRAIN, &options->reading, &train);

    if (!err)
        err = tg_dataset_open(spec, TG_TEST, &options->reading, &test);
    if (!err)
        err = tg_report_text(stdout, &tg_info_data_report,
                             &(struct tg_info_data){train, test}, 0);
    tg_dataset_close(train);
    tg_dataset_close(test);
    return err;
}

static int run(struct tg_runtime *runtime, const struct tg_options *line)
{
    const struct tg_info_options *options =
        (const struct tg_info_options *)line;
    const struct tg_method *method;
    struct tg_model model;
    int err;

    (void)runtime;
    if (!is_model(options->subject))
        return describe_dataset(options);
    TG_TRY(tg_model_load(options->subject, &model));
    err = tg_method_of(&model, &method);
    if (!err)
        err = method->describe(stdout, &model);
    tg_model_free(&model);
    return err;
}

const struct tg_command tg_info_command = {
    .name = "info",
    .help = "describe a model file or a data set",
    .operands = "FILE|SPEC",
    .text = TG_SPEC_HELP,
    .sets = sets,
    .size = sizeof(struct tg_info_options),
    .check = check,
    .run = run,
};
