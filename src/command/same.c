/* What all ranks must have alike is compared before anything is computed: a
 * graph of which ranks declare different parts never ends. */
#include "command.h"

#include <string.h>

#include "error.h"
#include "dataset_facts.h"

int tg_command_same_options(const struct tg_runtime *runtime,
                            const struct tg_options *options)
{
    const char *name = options->command->name;
    struct tg_facts facts = {0};

    tg_facts_bytes(&facts, "the command", name, strlen(name));
    tg_options_note(options, &facts);
    return tg_runtime_same(runtime, &facts, "the command line",
                           "start all ranks with the same options");
}

int tg_command_same_data(const struct tg_runtime *runtime, const char *part,
                         const struct tg_dataset *data,
                         const struct tg_dataset *test,
                         const struct tg_model *model)
{
    struct tg_facts facts = {0};
    int err;

    if (runtime->ranks == 1)
        return TG_OK;
    err = tg_facts_dataset(&facts, part, data);
    if (!err)
        err = tg_facts_dataset(&facts, "test", test);
    if (model) {
        size_t k = (size_t)model->classes;

        tg_facts_bytes(&facts, "the model's weights", model->weights,
                       model->features * k * sizeof *model->weights);
        tg_facts_bytes(&facts, "the model's intercept", model->intercept,
                       k * sizeof *model->intercept);
    }
    TG_TRY(tg_runtime_agree(runtime, err));
    return tg_runtime_same(runtime, &facts, data->spec,
                           "put the same files on every node");
}
