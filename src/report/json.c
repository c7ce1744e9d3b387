#include "json.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "text.h"

/* What stands before a value: the comma, and its key. */
static void lead(struct tg_json *json, const char *key)
{
    if (json->behind)
        putc(',', json->file);
    if (json->depth == 1)
        fputs("\n  ", json->file);
    if (key)
        fprintf(json->file, json->depth == 1 ? "\"%s\": " : "\"%s\":", key);
    json->behind = true;
}

void tg_json_open(struct tg_json *json, const char *key, char bracket)
{
    lead(json, key);
    putc(bracket, json->file);
    json->depth++;
    json->behind = false;
}

void tg_json_close(struct tg_json *json, char bracket)
{
    if (--json->depth == 0)
        fprintf(json->file, "\n%c\n", bracket);
    else
        putc(bracket, json->file);
    json->behind = true;
}

void tg_json_null(struct tg_json *json, const char *key)
{
    lead(json, key);
    fputs("null", json->file);
}

void tg_json_bool(struct tg_json *json, const char *key, bool value)
{
    lead(json, key);
    fputs(value ? "true" : "false", json->file);
}

void tg_json_integer(struct tg_json *json, const char *key, int64_t value)
{
    lead(json, key);
    fprintf(json->file, "%" PRId64, value);
}

void tg_json_count(struct tg_json *json, const char *key, size_t value)
{
    tg_json_integer(json, key, (int64_t)value);
}

/* jansson knows how to write text and real numbers.  Its constructors return
 * NULL when memory is short. */
static void put_value(struct tg_json *json, const char *key, json_t *value)
{
    lead(json, key);
    if (!value || json_dumpf(value, json->file, JSON_COMPACT | JSON_ENCODE_ANY))
        json->failed |= !ferror(json->file);
    json_decref(value);
}

void tg_json_real(struct tg_json *json, const char *key, double value)
{
    if (isfinite(value))
        put_value(json, key, json_real(value));
    else
        tg_json_null(json, key);
}

void tg_json_text(struct tg_json *json, const char *key, const char *value)
{
    char *clean;

    if (!value) {
        tg_json_null(json, key);
        return;
    }
    clean = tg_text_escape(value, TG_ESCAPE_CONTROLS);
    put_value(json, key, json_string(clean));
    free(clean);
}

void tg_json_names(struct tg_json *json, const char *key, int n,
                   char *const *names)
{
    tg_json_open(json, key, '[');
    for (int i = 0; i < n; i++)
        tg_json_text(json, NULL, names[i]);
    tg_json_close(json, ']');
}
