#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BEYOND = 256 }; /* the first key that is no character's */

/* ---- By number and by name -------------------------------------------- */

const struct tg_option *tg_option_at(const struct tg_command *command, size_t i,
                                     size_t *offset)
{
    for (const struct tg_option_set *set = command->sets; set->rules; set++)
        for (const struct tg_option *rule = set->rules; rule->kind; rule++)
            if (i-- == 0) {
                *offset = set->offset + rule->offset;
                return rule;
            }
    return NULL;
}

size_t tg_option_count(const struct tg_command *command)
{
    size_t n = 0, offset;

    while (tg_option_at(command, n, &offset))
        n++;
    return n;
}

const struct tg_option *tg_option_find(const struct tg_command *command,
                                       const char *name, size_t *i,
                                       size_t *offset)
{
    const struct tg_option *rule;

    for (*i = 0; (rule = tg_option_at(command, *i, offset)); ++*i)
        if (name ? rule->name && !strcmp(rule->name, name) : !rule->name)
            return rule;
    return NULL;
}

void tg_options_note(const struct tg_options *options, struct tg_facts *facts)
{
    const struct tg_option *rule;
    char name[TG_FACT_NAME];
    size_t offset;

    for (size_t i = 0; (rule = tg_option_at(options->command, i, &offset)); i++)
        if (rule->same) {
            snprintf(name, sizeof name, "--%s", rule->name);
            rule->kind->note(facts, name, (const char *)options + offset);
        }
}

/* ---- Rows for argp ---------------------------------------------------- */

/* Rows that grow; NULL once there is no memory. */
struct rows {
    struct argp_option *row;
    size_t n;
};

/* One more, and an empty one as the end. */
static struct argp_option *grow(struct rows *rows)
{
    struct argp_option *row = reallocarray(rows->row, rows->n + 2, sizeof *row);

    if (!row) {
        tg_option_rows_free(rows->row);
        rows->row = NULL;
        rows->n = 0;
        return NULL;
    }
    rows->row = row;
    memset(row + rows->n, 0, 2 * sizeof *row);
    return row + rows->n++;
}

static bool add_text(struct rows *rows, char *text)
{
    struct argp_option *row = text ? grow(rows) : NULL;

    if (!row) {
        free(text);
        return false;
    }
    row->doc = text;
    return true;
}

static bool add_rule(struct rows *rows, const struct tg_option *rule)
{
    int key = rule->letter ? rule->letter : BEYOND + (int)rows->n;
    char *text = NULL;

    if (!rule->name)
        return true;
    if (rule->preset
            ? asprintf(&text, "%s (default: %s)", rule->help, rule->preset) < 0
            : !(text = strdup(rule->help)))
        return false;
    if (!add_text(rows, text))
        return false;
    rows->row[rows->n - 1].name = rule->name;
    rows->row[rows->n - 1].arg = rule->arg;
    rows->row[rows->n - 1].key = key;
    return true;
}

static bool add_served(struct rows *rows)
{
    bool ok = true;

    for (const struct tg_option *rule = tg_option_served; ok && rule->kind;
         rule++)
        ok = add_rule(rows, rule);
    return ok;
}

static struct argp_option *finish(struct rows *rows, bool ok)
{
    if (ok)
        return rows->row;
    tg_option_rows_free(rows->row);
    return NULL;
}

static bool has_row(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->n; i++)
        if (!strcmp(rows->row[i].name, name))
            return true;
    return false;
}

struct argp_option *tg_option_rows_all(const struct tg_program *program)
{
    struct rows rows = {0};
    const struct tg_option *rule;
    size_t offset;
    bool ok = add_served(&rows);

    for (size_t c = 0; ok && program->commands[c]; c++)
        for (size_t i = 0;
             ok && (rule = tg_option_at(program->commands[c], i, &offset)); i++)
            ok = !rule->name || has_row(&rows, rule->name) ||
                 add_rule(&rows, rule);
    return finish(&rows, ok);
}

/* The rules of a group, from the i-th on, the first one of it. */
static bool add_group(struct rows *rows, const struct tg_command *command,
                      size_t i, const char *group)
{
    const struct tg_option *rule;
    size_t offset;
    bool ok = add_text(rows, strdup(group));

    for (; ok && (rule = tg_option_at(command, i, &offset)); i++)
        if (rule->name && !strcmp(rule->group, group))
            ok = add_rule(rows, rule);
    return ok;
}

/* Is a rule of the same group before the i-th? */
static bool is_listed(const struct tg_command *command, size_t i,
                      const char *group)
{
    const struct tg_option *rule;
    size_t offset;

    for (size_t j = 0; j < i; j++) {
        rule = tg_option_at(command, j, &offset);
        if (rule->name && !strcmp(rule->group, group))
            return true;
    }
    return false;
}

struct argp_option *tg_option_rows_of(const struct tg_command *command)
{
    struct rows rows = {0};
    const struct tg_option *rule;
    size_t offset;
    bool ok = true;

    for (size_t i = 0; ok && (rule = tg_option_at(command, i, &offset)); i++)
        if (rule->name && !is_listed(command, i, rule->group))
            ok = add_group(&rows, command, i, rule->group);
    return finish(&rows, ok && add_served(&rows));
}

struct argp_option *tg_option_rows_often(const struct tg_program *program)
{
    struct rows rows = {0};
    const struct tg_option *rule;
    size_t offset;
    bool ok = add_text(&rows, strdup("Options used most:"));

    for (size_t i = 0;
         ok && (rule = tg_option_at(program->commands[0], i, &offset)); i++)
        if (rule->often)
            ok = add_rule(&rows, rule);
    return finish(&rows, ok && add_served(&rows));
}

void tg_option_rows_free(struct argp_option *rows)
{
    for (size_t i = 0; rows && (rows[i].name || rows[i].doc); i++)
        free((void *)(uintptr_t)rows[i].doc);
    free(rows);
}
