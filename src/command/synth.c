/* The command `synth`: synthetic digits as files. */
#include "synth_options.h"

#include <stdio.h>

#include "error.h"
#include "table.h"
#include "synth.h"

#define FIELD(name) offsetof(struct tg_synth_options, name)

static const struct tg_option rules[] = {
    {.arg = "OUT", .kind = &tg_option_text, .offset = FIELD(folder)},
    {.name = "n",
     .arg = "N",
     .help = "Samples to train on; a sixth as many to test on are added",
     .group = "Data:",
     .kind = &tg_option_size,
     .offset = FIELD(count),
     .min = 1,
     .max = UINT32_MAX},
    {.name = "seed",
     .arg = "S",
     .help = "Seed of the digits",
     .group = "Data:",
     .kind = &tg_option_number,
     .offset = FIELD(seed),
     .max = INT64_MAX,
     .preset = "0",
     .same = true},
    {0},
};

static const struct tg_option_set sets[] = {
    {rules, 0},
    {tg_common_rules, FIELD(common)},
    {0},
};

static int check(struct tg_options *line)
{
    const struct tg_synth_options *options = (struct tg_synth_options *)line;

    if (!options->folder || !options->count)
        return tg_fail(TG_EUSAGE, "synth needs a folder and a number of "
                                  "samples: starpu_ridge synth OUT --n N");
    return TG_OK;
}

static int run(struct tg_runtime *runtime, const struct tg_options *line)
{
    const struct tg_synth_options *options =
        (const struct tg_synth_options *)line;

    (void)runtime;
    TG_TRY(tg_synth_write(options->folder, options->count, options->seed));
    if (options->common.verbosity > TG_QUIET)
        printf("%s: %zu training and %zu test samples, as IDX files\n",
               options->folder, options->count,
               tg_synth_test_count(options->count));
    return TG_OK;
}

const struct tg_command tg_synth_command = {
    .name = "synth",
    .help = "write synthetic digits as IDX files into the folder OUT",
    .operands = "OUT --n N",
    .sets = sets,
    .size = sizeof(struct tg_synth_options),
    .check = check,
    .run = run,
};
