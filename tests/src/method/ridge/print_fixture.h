/* What the tests of tables and JSON share: results, and what is printed. */
#ifndef TG_PRINT_FIXTURE_H
#define TG_PRINT_FIXTURE_H

#include "result_fixture.h"

#include <stdio.h>
#include <stdlib.h>

static char *names[3] = {"cat", "dog \"x\"", "\u00e9l\u00e9phant"};

static inline struct tg_dataset make_data(void)
{
    return result_data("pets", names);
}

static inline struct tg_result make_result(const struct tg_dataset *data)
{
    struct tg_result result = result_of(data);

    result.model = "out/pets.safetensors";
    return result;
}

static inline struct tg_prediction
make_prediction(const struct tg_dataset *data)
{
    static const int64_t predicted[3] = {1500, 500, 0};

    return (struct tg_prediction){
        .run =
            {
                .platform = fixture_platform,
                .worker = fixture_workers,
                .times = fixture_times,
                .ntimes = 6,
                .total = 3,
            },
        .data = data,
        .model = "m.safetensors",
        .output = "a.csv",
        .confusion_picture = "c.png",
        .count = 2000,
        .classes = 3,
        .class_names = names,
        .confusion = {.classes = 3, .names = names, .counts = fixture_test},
        .predicted = predicted,
    };
}

/* The text that a function printed, to be freed. */
#define PRINTED(text, call)                                                    \
    do {                                                                       \
        size_t printed_size_;                                                  \
        FILE *out = open_memstream(&(text), &printed_size_);                   \
        call;                                                                  \
        fclose(out);                                                           \
    } while (0)

static inline bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static inline void assert_has(const char *text, const char *part)
{
    if (!has(text, part))
        fail_msg("'%s' is missing in\n%s", part, text);
}

/* No line above 80 columns, no control character but colours. */
static inline void assert_fits(const char *text)
{
    int columns = 0;

    for (const char *c = text; *c; c++) {
        bool colour = *c == '\033';

        if (colour)
            c += strcspn(c, "m");
        else if (*c == '\n')
            columns = 0;
        else
            columns += (*c & 0xc0) != 0x80;
        if (columns > 80 || (!colour && *c != '\n' && *c > 0 && *c < 32))
            fail_msg("too wide, or a control character, at '%s' in\n%s", c,
                     text);
    }
}

#endif
