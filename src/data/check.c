#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum {
    CHUNK = 1 << 20,   /* bytes that are read at once, where that is possible */
    BUFFERS = 1 << 28, /* bytes of all threads' samples, where several fit */
    MAX_THREADS = 64,
};

bool tg_check_is_bad(int error)
{
    return error == TG_EDATA || error == TG_EIO || error == TG_ENOINPUT;
}

/* ---- Looking ---------------------------------------------------------- */

/* What the threads share. */
struct crew {
    struct tg_check *check;
    struct tg_bad_list *list;
    size_t chunk; /* rows that are taken at once */
    size_t next;
    int error; /* that ends the look */
    pthread_mutex_t lock;
};

/* Take the next rows, in ascending order: once a thread is told that it is
 * enough, all rows before those that are taken are being looked at. */
static size_t take(struct crew *crew, size_t *first)
{
    const struct tg_check *check = crew->check;
    size_t n;

    pthread_mutex_lock(&crew->lock);
    n = check->last - crew->next;
    if (crew->error || (check->limit && crew->list->count >= check->limit))
        n = 0;
    n = n < crew->chunk ? n : crew->chunk;
    *first = crew->next;
    crew->next += n;
    pthread_mutex_unlock(&crew->lock);
    return n;
}

static void add(struct crew *crew, size_t row, int error, const char *why)
{
    struct tg_bad_list *list = crew->list;
    struct tg_bad *bad;
    char *copy = NULL;

    pthread_mutex_lock(&crew->lock);
    if (tg_check_is_bad(error)) {
        bad = reallocarray(list->bad, list->count + 1, sizeof *bad);
        list->bad = bad ? bad : list->bad;
        copy = bad ? strdup(why) : NULL;
        if (copy)
            list->bad[list->count++] = (struct tg_bad){row, error, copy};
        else
            error = TG_EMEMORY;
    }
    if (!tg_check_is_bad(error) && !crew->error)
        crew->error = error;
    pthread_mutex_unlock(&crew->lock);
}

/* Many rows at once, and each by itself only where one of them is bad. */
static void look_at(struct crew *crew, size_t first, size_t n, size_t *rows,
                    void *samples)
{
    const struct tg_dataset *dataset = crew->check->dataset;

    for (size_t i = 0; i < n; i++)
        rows[i] = first + i;
    if (n > 1 && !tg_dataset_load(dataset, NULL, rows, n, samples))
        return;
    for (size_t i = 0; i < n; i++) {
        int error;

        tg_error_clear();
        error = tg_dataset_load(dataset, NULL, rows + i, 1, samples);
        if (error)
            add(crew, rows[i], error, tg_error_message(error));
    }
}

static void *work(void *context)
{
    struct crew *crew = context;
    const struct tg_dataset *dataset = crew->check->dataset;
    char why[TG_MESSAGE];
    size_t first, n;
    size_t *rows = malloc(crew->chunk * sizeof *rows);
    void *samples =
        malloc(crew->chunk * dataset->features * tg_type_size(dataset->type));

    tg_error_capture(why);
    if (!rows || !samples)
        add(crew, 0, TG_EMEMORY, "");
    while ((n = take(crew, &first)) > 0) {
        look_at(crew, first, n, rows, samples);
        atomic_fetch_add(&crew->check->done, n);
    }
    tg_error_capture(NULL);
    free(rows);
    free(samples);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const struct tg_bad *x = a, *y = b;

    return (x->row > y->row) - (x->row < y->row);
}

static void cut(struct tg_bad_list *list, size_t limit)
{
    if (list->count)
        qsort(list->bad, list->count, sizeof *list->bad, compare);
    while (limit && list->count > limit)
        free(list->bad[--list->count].why);
}

static size_t count_cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) ? 1 : (size_t)CPU_COUNT(&set);
}

int tg_check_run(struct tg_check *check, struct tg_bad_list *list)
{
    const struct tg_dataset *dataset = check->dataset;
    const size_t bytes = dataset->features * tg_type_size(dataset->type) + 1;
    const size_t rows = check->last - check->first;
    struct crew crew = {.check = check, .list = list, .next = check->first};
    pthread_t thread[MAX_THREADS];
    size_t n = check->threads ? check->threads : count_cores(), started = 0;

    *list = (struct tg_bad_list){0};
    crew.chunk = dataset->file || bytes > CHUNK ? 1 : CHUNK / bytes;
    n = n < MAX_THREADS ? n : MAX_THREADS;
    n = n < rows / crew.chunk + 1 ? n : rows / crew.chunk + 1;
    while (n > 1 && n * crew.chunk * bytes > BUFFERS)
        n--;
    pthread_mutex_init(&crew.lock, NULL);
    while (started + 1 < n &&
           !pthread_create(&thread[started], NULL, work, &crew))
        started++;
    work(&crew); /* this one, too: a system that gives no threads is slow */
    while (started > 0)
        pthread_join(thread[--started], NULL);
    pthread_mutex_destroy(&crew.lock);
    cut(list, check->limit);
    if (crew.error)
        return tg_fail(crew.error, "%s: out of memory while it was checked",
                       dataset->spec);
    return TG_OK;
}

void tg_bad_free(struct tg_bad_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->bad[i].why);
    free(list->bad);
    *list = (struct tg_bad_list){0};
}

/* ---- Saying ----------------------------------------------------------- */

int tg_bad_reason(const struct tg_bad *bad)
{
    const char *remedy = NULL;

    for (const char *c = bad->why; (c = strstr(c, "; ")); c++)
        remedy = c;
    return (int)(remedy ? remedy - bad->why : (long)strlen(bad->why));
}

int tg_bad_fail(const struct tg_dataset *dataset,
                const struct tg_bad_list *list)
{
    const size_t shown =
        list->count < TG_BAD_SHOWN ? list->count : (size_t)TG_BAD_SHOWN;
    const int error = list->bad[0].error;
    char *text = NULL;
    size_t size;
    FILE *out;

    if (list->count == 1)
        return tg_fail(error, "%s, or leave it out with --skip-bad",
                       list->bad[0].why);
    out = open_memstream(&text, &size);
    if (!out)
        return tg_fail(TG_EMEMORY, "%s: out of memory", dataset->spec);
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "%.*s; ", tg_bad_reason(&list->bad[i]), list->bad[i].why);
    if (list->count > shown)
        fprintf(out, "and more; ");
    if (fclose(out) == 0)
        tg_fail(error,
                "%sremove or mend them, or leave them out with --skip-bad; "
                "'starpu_ridge info --check %s' lists all",
                text, dataset->spec);
    free(text);
    return error;
}

/* ---- What has failed -------------------------------------------------- */

static atomic_bool failed;

int tg_check_read(int error)
{
    if (tg_check_is_bad(error))
        failed = true;
    return error;
}

bool tg_check_failed(void)
{
    return failed;
}
