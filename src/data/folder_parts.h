/* Where in a folder the parts of a data set are, and the classes of pictures;
 * private to this folder. */
#ifndef TG_FOLDER_PARTS_H
#define TG_FOLDER_PARTS_H

#include "dataset.h"

enum tg_folder_part {
    TG_FOLDER_TRAIN,
    TG_FOLDER_TEST,
    TG_FOLDER_VALIDATION,
    TG_FOLDER_PARTS
};

/* Is a folder called as one of a part is, in any case: train, training, ...? */
bool tg_folder_is_part(const char *name, enum tg_folder_part part);

/* Find the folder whose sub-folders are the classes, or which holds the
 * pictures: that of the part, where there are folders train and test or val;
 * that which lies alone in another, as an archive leaves it.  What was found is
 * noted.
 * Value: *root, to be freed; NULL where there is no such part.
 * Errors: TG_ENOINPUT, TG_EDATA, TG_EIO, TG_EMEMORY. */
int tg_folder_find_root(struct tg_dataset *dataset, const char *path,
                        enum tg_part part, char **root);

#endif
