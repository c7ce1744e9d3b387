#include <string.h>

#include "feature_map.h"

static const struct tg_feature_map *const maps[] = {
    &tg_map_pixels,
};

const struct tg_feature_map *tg_feature_map(const char *name)
{
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (strcmp(maps[i]->name, name) == 0)
            return maps[i];
    return NULL;
}
