/* What the pictures of a folder look like; private to this folder. */
#ifndef TG_FOLDER_LOOKS_H
#define TG_FOLDER_LOOKS_H

#include "dataset.h"
#include "folder_walk.h"

/* Look at some pictures of a data set, evenly spread, the same at all times,
 * and note what their user should know: that sizes differ, where the options
 * choose none; that some come out blank as they are trained on.  Those that
 * can't be read are passed over here.
 * Errors: TG_EMEMORY. */
int tg_folder_look(struct tg_dataset *dataset,
                   const struct tg_dataset_options *options);

/* Set the size of a data set to that of its first picture; where bad ones are
 * tolerated, to that of the first that is good, or to any, where none is.
 * Errors: as tg_image_size. */
int tg_folder_first_size(struct tg_dataset *dataset, bool tolerant);

/* Say that a folder has nothing that can be read, and what it has.
 * Errors: TG_EDATA, TG_EMEMORY. */
int tg_folder_fail_nothing(const char *root, const struct tg_file_kinds *kinds);

/* Note the pictures and other files that have been left out.
 * Errors: TG_EMEMORY. */
int tg_folder_note_left_out(struct tg_dataset *dataset,
                            const struct tg_content *content);

#endif
