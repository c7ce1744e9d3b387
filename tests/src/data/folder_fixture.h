/* What the tests of folders of pictures share. */
#ifndef TG_FOLDER_FIXTURE_H
#define TG_FOLDER_FIXTURE_H

#include "picture_fixture.h"

static uint8_t noise[1 << 16];

/* A 7 x 5 colour PNG of noise that starts at an offset. */
static inline void write_png(const char *name, int offset)
{
    fixture_png(name, 7, 5, PNG_COLOR_TYPE_RGB, 8, 0, noise + offset);
}

static inline void assert_file(const struct tg_dataset *dataset, size_t row,
                               const char *name)
{
    char *file = dataset->file(dataset, row);

    assert_string_equal(file, fixture_path(name));
    free(file);
}

/* The data set has a note of this text, or which has it. */
static inline void assert_note(const struct tg_dataset *dataset,
                               const char *says)
{
    for (int i = 0; i < dataset->nnotes; i++)
        if (strstr(dataset->notes[i], says))
            return;
    for (int i = 0; i < dataset->nnotes; i++)
        print_error("note: %s\n", dataset->notes[i]);
    fail_msg("no note says '%s'", says);
}

#endif
