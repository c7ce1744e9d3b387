#include "table.h"

static const struct tg_command *const commands[] = {
    &tg_fit_command,
    &tg_predict_command,
    &tg_info_command,
    &tg_synth_command,
    NULL,
};

const struct tg_program tg_program = {
    .name = "starpu_ridge",
    .version = STARPU_RIDGE_VERSION,
    .text = "Exact ridge classification of images as a StarPU task graph.",
    .notes = "SPEC: a FOLDER of IDX, CIFAR, pictures or .npy shards; FILE.npy; "
             "synth[:N].\n"
             "'starpu_ridge COMMAND --help' has all options of a command.\n"
             "\n"
             "Examples:\n"
             "  mpirun starpu_ridge --tiles 64\n"
             "  mpirun starpu_ridge --features auto --budget 30s --data mnist\n"
             "  starpu_ridge --data photos --image 40x60 --gray --holdout 0.2\n"
             "  starpu_ridge predict --model m.safetensors --data new --output "
             "a.csv\n"
             "  starpu_ridge info m.safetensors\n"
             "  starpu_ridge synth digits --n 10000\n",
    .commands = commands,
};
