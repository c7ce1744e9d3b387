/* What the pictures of a folder look like; private to this folder. */
#ifndef TG_FOLDER_LOOKS_H
#define TG_FOLDER_LOOKS_H

#include "dataset.h"

/* Look at some pictures of a data set, evenly spread, the same at all times,
 * and note what their user should know: that sizes differ, where `first` says
 * that all are brought to that of the first; that some come out blank on their
 * ground.  Those that can't be read are passed over here.
 * Errors: TG_EMEMORY. */
int tg_folder_look(struct tg_dataset *dataset, bool first,
                   const struct tg_ground *ground);

#endif
