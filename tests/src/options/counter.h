/* A program to test the engine of the command line on, and its calls. */
#ifndef TG_COUNTER_H
#define TG_COUNTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "options.h"

/* A program of two commands, the first with more options than a word has bits.
 */
enum { NUMBERS = 90 };

struct count_options {
    struct tg_options line;
    size_t number[NUMBERS];
    bool loud;
    int mood;
    const char *what;
};

struct rest_options {
    struct tg_options line;
    double part;
    uint64_t seed;
    char *copy;
};

static char names[NUMBERS][16];
static struct tg_option numbers[NUMBERS + 1];
static int frees;

static const struct tg_option moods[] = {
    {.arg = "WHAT",
     .kind = &tg_option_text,
     .offset = offsetof(struct count_options, what)},
    {.name = "loud",
     .letter = 'l',
     .help = "Speak up",
     .group = "Tone:",
     .kind = &tg_option_flag,
     .offset = offsetof(struct count_options, loud),
     .often = true},
    {.name = "mood",
     .arg = "glad|sad|so-so",
     .help = "How one feels",
     .group = "Tone:",
     .kind = &tg_option_word,
     .offset = offsetof(struct count_options, mood),
     .min = 7,
     .preset = "sad",
     .same = true},
    {.name = "angry",
     .help = "Be angry",
     .group = "Tone:",
     .kind = &tg_option_constant,
     .offset = offsetof(struct count_options, mood),
     .min = 70,
     .excludes = "mood"},
    {0},
};

static int read_copy(const struct tg_option *option, const char *text,
                     void *field)
{
    char **copy = field;

    (void)option;
    free(*copy);
    *copy = strdup(text);
    return *copy ? 0 : TG_EMEMORY;
}

static void free_copy(void *field)
{
    frees++;
    free(*(char **)field);
}

static const struct tg_option_kind copy = {read_copy, NULL, free_copy};

static const struct tg_option rest[] = {
    {.name = "part",
     .arg = "P",
     .help = "A part",
     .group = "Rest:",
     .kind = &tg_option_fraction,
     .offset = offsetof(struct rest_options, part),
     .same = true},
    {.name = "seed",
     .arg = "S",
     .help = "A seed",
     .group = "Rest:",
     .kind = &tg_option_number,
     .offset = offsetof(struct rest_options, seed),
     .max = 99,
     .preset = "3",
     .same = true},
    {.name = "copy",
     .arg = "TEXT",
     .help = "A text",
     .group = "Rest:",
     .kind = &copy,
     .offset = offsetof(struct rest_options, copy),
     .preset = "first"},
    {0},
};

static const struct tg_option_set count_sets[] = {
    {moods, 0}, {numbers, offsetof(struct count_options, number)}, {0}};
static const struct tg_option_set rest_sets[] = {{rest, 0}, {0}};

static int check_rest(struct tg_options *line)
{
    const struct rest_options *options = (struct rest_options *)line;

    return options->seed == 13 ? tg_fail(TG_EUSAGE, "unlucky") : 0;
}

static const struct tg_command count = {
    .name = "count",
    .help = "count things",
    .operands = "[WHAT]",
    .sets = count_sets,
    .size = sizeof(struct count_options),
};

static const struct tg_command take_rest = {
    .name = "rest",
    .help = "take a rest",
    .operands = "[--part P]",
    .text = "Rest well.\n",
    .sets = rest_sets,
    .size = sizeof(struct rest_options),
    .check = check_rest,
};

static const struct tg_command *const commands[] = {&count, &take_rest, NULL};

static const struct tg_program program = {"counter", "9.8", "It counts.",
                                          "Count on it.\n", commands};

/* ---- Calls ------------------------------------------------------------ */

enum { WORDS = 2 * NUMBERS + 8 };

/* Parse a line, whose words lie in `words`; '~' stands for an empty one. */
static int parse(char words[4096], const char *line, bool speak,
                 struct tg_options **options)
{
    char *argv[WORDS] = {"counter"};
    int argc = 1;

    tg_error_clear();
    snprintf(words, 4096, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") ? word : "";
    return tg_options_parse(&program, argc, argv, "Libc 7", speak, options);
}

static int make_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < NUMBERS; i++) {
        snprintf(names[i], sizeof names[i], "number%02d", i % 100);
        numbers[i] = (struct tg_option){
            .name = names[i],
            .arg = "N",
            .help = "A number",
            .group = i % 2 ? "Odd:" : "Even:",
            .kind = &tg_option_size,
            .offset = (size_t)i * sizeof(size_t),
            .min = 1,
            .max = 1000,
            .excludes = i == NUMBERS - 1 ? "number01" : NULL,
        };
    }
    return 0;
}

#endif
