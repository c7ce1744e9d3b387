/* JSON, written as it comes: memory does not grow with it.  The keys of the
 * whole stand on lines of their own, which is as easy for people to look at as
 * for programs. */
#ifndef TG_REPORT_JSON_H
#define TG_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where writing is; all zero but for the file is its beginning. */
struct tg_json {
    FILE *file;
    int depth;   /* of objects and lists that are open */
    bool behind; /* something is before what comes next */
    bool failed; /* memory was short: what was written is of no use */
};

/* Begin an object '{' or a list '['; end it by '}' or ']'.  Here and below, a
 * key is plain ASCII, and NULL in lists. */
void tg_json_open(struct tg_json *json, const char *key, char bracket);
void tg_json_close(struct tg_json *json, char bracket);

void tg_json_null(struct tg_json *json, const char *key);
void tg_json_integer(struct tg_json *json, const char *key, int64_t value);
void tg_json_count(struct tg_json *json, const char *key, size_t value);

void tg_json_bool(struct tg_json *json, const char *key, bool value);

/* NaN and infinity, which JSON does not know, become null. */
void tg_json_real(struct tg_json *json, const char *key, double value);

/* Bytes that are no UTF-8 become '?'; NULL becomes null. */
void tg_json_text(struct tg_json *json, const char *key, const char *value);

/* A list of names. */
void tg_json_names(struct tg_json *json, const char *key, int n,
                   char *const *names);

#endif
