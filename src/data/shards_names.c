#include "shards_names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

/* ---- Names ------------------------------------------------------------ */

/* What files are called: head, anything, tail. */
struct pattern {
    const char *head, *tail;
};
static const struct pattern shard = {"feat-", ".npy"};

/* Labels of a shard have its name between head and tail, those of all shards
 * have nothing there. */
static const struct pattern kinds[TG_SHARDS_KINDS] = {
    {"feat-", ".labels.npy"},
    {"label-", ".npy"},
    {"labels-", ".npy"},
    {"labels", ".npy"},
};

/* Bytes between head and tail; negative: the name is another. */
static long match(const struct pattern *pattern, const char *name)
{
    const size_t head = strlen(pattern->head), tail = strlen(pattern->tail);
    const size_t length = strlen(name);

    if (length < head + tail || strncmp(name, pattern->head, head) != 0 ||
        strcmp(name + length - tail, pattern->tail) != 0)
        return -1;
    return (long)(length - head - tail);
}

int tg_shards_kind(const char *name)
{
    int kind = 0;

    while (kind < TG_SHARDS_KINDS &&
           (kind < TG_SHARDS_EACH ? match(&kinds[kind], name) < 0
                                  : match(&kinds[kind], name) != 0))
        kind++;
    return kind;
}

bool tg_shards_is_name(const char *name)
{
    return match(&shard, name) >= 0 && tg_shards_kind(name) == TG_SHARDS_KINDS;
}

/* The name of another pattern with the same between head and tail, to be freed;
 * NULL: out of memory. */
static char *rename_to(const struct pattern *to, const struct pattern *from,
                       const char *name)
{
    return tg_text_format("%s%.*s%s", to->head, (int)match(from, name),
                          name + strlen(from->head), to->tail);
}

char *tg_shards_labels_of(int kind, const char *name)
{
    return rename_to(&kinds[kind], &shard, name);
}

char *tg_shards_shard_of(int kind, const char *labels)
{
    return rename_to(&shard, &kinds[kind], labels);
}

/* ---- Numbers ---------------------------------------------------------- */

/* Bytes of the digits that a text starts with. */
static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Which of two numbers is larger, of any length. */
static int compare_numbers(const char *a, size_t n, const char *b, size_t m)
{
    for (; n > 1 && *a == '0'; n--)
        a++;
    for (; m > 1 && *b == '0'; m--)
        b++;
    if (n != m)
        return n < m ? -1 : 1;
    return strncmp(a, b, n);
}

/* Numbers in the order of their values, all else in that of bytes. */
static int compare(const void *first, const void *second)
{
    const char *x = *(char *const *)first, *y = *(char *const *)second;
    const char *a = x, *b = y;

    while (*a && *b) {
        const size_t n = digits(a), m = digits(b);
        const int sign = n && m ? compare_numbers(a, n, b, m)
                                : (unsigned char)*a - (unsigned char)*b;

        if (sign)
            return sign;
        a += n && m ? n : 1;
        b += n && m ? m : 1;
    }
    return *a || *b ? (*a ? 1 : -1) : strcmp(x, y);
}

void tg_shards_sort(struct tg_names *list)
{
    if (list->count)
        qsort(list->names, list->count, sizeof *list->names, compare);
}

bool tg_shards_has(const struct tg_names *list, const char *name)
{
    return list->count && bsearch(&name, list->names, list->count,
                                  sizeof *list->names, compare);
}

/* Two names that differ in one number alone, where it begins, and what it is
 * in each. */
struct step {
    size_t at;
    uint64_t from, to;
};

/* False where names differ in more, or in something else. */
static bool find_step(const char *first, const char *second, struct step *step)
{
    const char *a = first, *b = second;
    bool found = false;

    while (*a || *b) {
        const size_t n = digits(a), m = digits(b);

        if (!n || !m) {
            if (*a++ != *b++)
                return false;
            continue;
        }
        if (n != m || strncmp(a, b, n) != 0) {
            if (found || n > 18 || m > 18)
                return false;
            found = true;
            *step = (struct step){(size_t)(a - first), strtoull(a, NULL, 10),
                                  strtoull(b, NULL, 10)};
        }
        a += n;
        b += m;
    }
    return found;
}

static int fail_gap(const char *folder, const char *from, const char *to,
                    const struct step *step, uint64_t missing)
{
    if (step->from == step->to)
        return tg_fail(TG_EDATA,
                       "%s: %s and %s have the same number; remove the one "
                       "that is too many, or rename it",
                       folder, from, to);
    return tg_fail(TG_EDATA,
                   "%s: %s is followed by %s, and number %llu is missing; add "
                   "what is missing, or number the shards without a gap",
                   folder, from, to, (unsigned long long)missing);
}

/* Names such as feat-00003-of-00016.npy say how many there are. */
static int check_total(const char *folder, const struct tg_names *shards)
{
    static const char word[] = "-of-";
    const char *name = shards->names[0], *of = strstr(name, word);
    unsigned long long total;

    if (!of || !isdigit((unsigned char)of[-1]) ||
        !isdigit((unsigned char)of[sizeof word - 1]))
        return 0;
    total = strtoull(of + sizeof word - 1, NULL, 10);
    return total == shards->count
               ? 0
               : tg_fail(TG_EDATA,
                         "%s: by its name %s is one of %llu shards, and %zu "
                         "are there; add those that are missing, or rename "
                         "them",
                         folder, name, total, shards->count);
}

/* Do names differ in one number alone, the same in all? */
static bool are_numbered(const struct tg_names *shards)
{
    struct step step, first = {0};

    for (size_t i = 0; i + 1 < shards->count; i++) {
        if (!find_step(shards->names[i], shards->names[i + 1], &step))
            return false;
        first = i ? first : step;
        if (step.at != first.at)
            return false;
    }
    return true;
}

int tg_shards_check_numbers(const char *folder, const struct tg_names *shards,
                            const size_t *counts)
{
    const bool numbered = are_numbered(shards);
    bool by_one = true, by_samples = true;

    TG_TRY(check_total(folder, shards));
    for (size_t i = 0; numbered && i + 1 < shards->count; i++) {
        const char *from = shards->names[i], *to = shards->names[i + 1];
        const size_t most = by_one ? 1 : counts[i];
        struct step step;

        find_step(from, to, &step);
        by_one &= step.to - step.from == 1;
        by_samples &= step.to - step.from == counts[i];
        if (!by_one && !by_samples)
            return fail_gap(folder, from, to, &step, step.from + most);
    }
    return 0;
}
