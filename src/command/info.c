/* The command `info`: what a model file or a data set is. */
#include "info_options.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bad.h"
#include "command.h"
#include "error.h"
#include "methods.h"
#include "section_info.h"
#include "table.h"
#include "text.h"

#define FIELD(name) offsetof(struct tg_info_options, name)

static const struct tg_option rules[] = {
    {.arg = "FILE|SPEC", .kind = &tg_option_text, .offset = FIELD(subject)},
    {.name = "check",
     .help = "Read every sample of a data set, and list those that cannot be "
             "read, with the reason (default: headers and labels only)",
     .group = "Data:",
     .kind = &tg_option_flag,
     .offset = FIELD(check)},
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

/* Read all samples; list the bad ones, and count them. */
static int check_samples(const struct tg_runtime *runtime,
                         const struct tg_info_options *options,
                         const struct tg_dataset *dataset, size_t *bad)
{
    struct tg_check check = {.dataset = dataset, .last = dataset->count};
    struct tg_bad_list list;
    int err =
        tg_bad_look(&check, tg_command_progress(runtime, &options->common),
                    &list);

    for (size_t i = 0; i < list.count && !err; i++) {
        printf("%s%.*s\n", *bad + i ? "" : "\n", tg_bad_reason(&list.bad[i]),
               list.bad[i].why);
    }
    *bad += list.count;
    tg_bad_free(&list);
    return err;
}

static int check_all(const struct tg_runtime *runtime,
                     const struct tg_info_options *options,
                     const struct tg_dataset *train,
                     const struct tg_dataset *test)
{
    const size_t count = train->count + (test ? test->count : 0);
    size_t bad = 0;

    TG_TRY(check_samples(runtime, options, train, &bad));
    if (test)
        TG_TRY(check_samples(runtime, options, test, &bad));
    printf("\n%-*s%s of %s samples are bad\n", TG_TEXT_LABEL, "Check",
           bad ? tg_text_count((int64_t)bad).text : "none",
           tg_text_count((int64_t)count).text);
    return bad ? tg_fail(TG_EDATA,
                         "%s: %zu of %zu samples are bad; remove or mend them, "
                         "or have fit and predict leave them out with "
                         "--skip-bad",
                         train->spec, bad, count)
               : TG_OK;
}

static int describe_dataset(const struct tg_runtime *runtime,
                            const struct tg_info_options *options)
{
    const char *spec = options->subject;
    struct tg_dataset_options reading = options->reading;
    struct tg_dataset *train = NULL, *test = NULL;
    int err;

    reading.tolerant = options->check;
    err = tg_dataset_open(spec, TG_TRAIN, &reading, &train);
    if (!err)
        err = tg_dataset_open(spec, TG_TEST, &reading, &test);
    if (!err)
        err = tg_report_text(stdout, &tg_info_data_report,
                             &(struct tg_info_data){train, test}, 0);
    if (!err && options->check)
        err = check_all(runtime, options, train, test);
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

    if (!is_model(options->subject))
        return describe_dataset(runtime, options);
    if (options->check)
        return tg_fail(TG_EUSAGE,
                       "%s: is a model, and --check is for data sets; leave it "
                       "out",
                       options->subject);
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
