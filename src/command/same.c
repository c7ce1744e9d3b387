/* What all ranks must have alike is compared before anything is computed: a
 * graph of which ranks declare different parts never ends.  And what can be
 * made alike. */
#include "command.h"

#include <string.h>

#include "error.h"
#include "kernels.h"

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

int tg_command_portable(const struct tg_options *options, char **argv)
{
    if (!options->command->graph ||
        !((const struct tg_graph_options *)options)->portable)
        return TG_OK;
    return tg_kernels_fix(argv);
}
