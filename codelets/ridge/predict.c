#include "predict.h"

#include <assert.h>
#include <string.h>

#include "blas.h"
#include "error.h"
#include "task.h"

enum { STRIP = 128 }; /* samples converted to double at a time */

size_t tg_predict_scratch(size_t d, size_t columns)
{
    return STRIP * (d + columns);
}

TG_CLONES static void to_double(size_t count, size_t element, const void *from,
                                double *to)
{
    const uint8_t *bytes = from;
    const float *floats = from;

    if (element == 1)
        for (size_t i = 0; i < count; i++)
            to[i] = bytes[i];
    else
        for (size_t i = 0; i < count; i++)
            to[i] = (double)floats[i];
}

/* S = V^T X + b for a strip of samples. Shapes: x d x n, s columns x n. */
static void scores(size_t d, size_t columns, size_t n, const double *x,
                   const double *v, size_t ldv, double *s)
{
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            s[c + i * columns] = v[d + c * ldv];
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)columns, (int)n,
                (int)d, 1, v, (int)ldv, x, (int)d, 1, s, (int)columns);
}

static size_t largest(size_t k, const double *s)
{
    size_t best = 0;

    for (size_t c = 1; c < k; c++)
        if (s[c] > s[best])
            best = c;
    return best;
}

/* A tile's samples under some models, strip by strip. */
struct strips {
    const void *raw;
    size_t d, n, element;
    const double *v;
    size_t columns, ldv;
    double *scratch;
    size_t first, strip; /* now */
};

static struct strips begin(void *raw, void *v, void *scratch)
{
    return (struct strips){.raw = TG_PTR(void, raw),
                           .d = TG_ROWS(raw),
                           .n = TG_COLS(raw),
                           .element = TG_ELEMENT(raw),
                           .v = TG_PTR(double, v),
                           .columns = TG_COLS(v),
                           .ldv = TG_LD(v),
                           .scratch = TG_PTR(double, scratch)};
}

/* The scores of the next strip, columns x strip; NULL: there is none. */
static const double *next(struct strips *s)
{
    double *x = s->scratch, *to = x + STRIP * s->d;

    s->first += s->strip;
    s->strip = s->n - s->first < STRIP ? s->n - s->first : STRIP;
    if (!s->strip)
        return NULL;
    to_double(s->strip * s->d, s->element,
              (const char *)s->raw + s->first * s->d * s->element, x);
    scores(s->d, s->columns, s->strip, x, s->v, s->ldv, to);
    return to;
}

/* |s - y|^2 of a sample. */
static double squared_error(size_t k, size_t label, const double *s)
{
    double sum = 0;

    for (size_t c = 0; c < k; c++) {
        double off = s[c] - (c == label ? 1 : -1);

        sum += off * off;
    }
    return sum;
}

static int hits(void *buffers[], const void *arguments)
{
    struct strips s = begin(buffers[0], buffers[2], buffers[3]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    double *right = TG_PTR(double, buffers[4]);
    size_t m = TG_ROWS(buffers[4]), k = s.columns / m;
    double *error = TG_COLS(buffers[4]) > 1 ? right + m : NULL;

    (void)arguments;
    for (const double *score; (score = next(&s));)
        for (size_t i = 0; i < s.strip; i++)
            for (size_t l = 0; l < m; l++) {
                const double *own = score + l * k + i * s.columns;

                right[l] += largest(k, own) == labels[s.first + i];
                if (error)
                    error[l] += squared_error(k, labels[s.first + i], own);
            }
    return TG_OK;
}

TG_STAGE(predict, 0xe7298a, "predict");
TG_CODELET(hits, .stage = &tg_stage_predict,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_hits_insert(struct tg_tile raw, struct tg_tile labels, struct tg_tile v,
                   struct tg_tile scratch, struct tg_tile right)
{
    assert(tg_tile_rows(raw) + 1 == tg_tile_rows(v));
    assert(tg_tile_cols(v) % tg_tile_rows(right) == 0);
    return TG_INSERT(&hits_codelet, TG_PRIORITY_PREDICT, TG_NONE, raw, labels,
                     v, scratch, right);
}

static int predict(void *buffers[], const void *arguments)
{
    struct strips s = begin(buffers[0], buffers[2], buffers[3]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    double *confusion = TG_PTR(double, buffers[4]);
    size_t k = s.columns;

    (void)arguments;
    for (const double *score; (score = next(&s));)
        for (size_t i = 0; i < s.strip; i++)
            confusion[labels[s.first + i] + k * largest(k, score + i * k)]++;
    return TG_OK;
}

TG_CODELET(predict, .stage = &tg_stage_predict,
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_predict_insert(struct tg_tile raw, struct tg_tile labels,
                      struct tg_tile v, struct tg_tile scratch,
                      struct tg_tile confusion)
{
    assert(tg_tile_rows(raw) + 1 == tg_tile_rows(v));
    assert(tg_tile_cols(v) == tg_tile_cols(confusion));
    return TG_INSERT(&predict_codelet, TG_PRIORITY_PREDICT, TG_NONE, raw,
                     labels, v, scratch, confusion);
}

static int classify(void *buffers[], const void *arguments)
{
    struct strips s = begin(buffers[0], buffers[1], buffers[2]);
    double *result = TG_PTR(double, buffers[3]);
    size_t k = s.columns;

    (void)arguments;
    for (const double *score; (score = next(&s));) {
        for (size_t i = 0; i < s.strip; i++) {
            double *column = result + (s.first + i) * (k + 1);

            memcpy(column, score + i * k, k * sizeof *column);
            column[k] = (double)largest(k, column);
        }
    }
    return TG_OK;
}

TG_STAGE(classify, 0xb15928, "predict");
TG_CODELET(classify, .stage = &tg_stage_classify,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W));

int tg_classify_insert(struct tg_tile raw, struct tg_tile v,
                       struct tg_tile scratch, struct tg_tile result)
{
    assert(tg_tile_cols(raw) == tg_tile_cols(result));
    assert(tg_tile_cols(v) + 1 == tg_tile_rows(result));
    return TG_INSERT(&classify_codelet, TG_PRIORITY_GRAM, TG_NONE, raw, v,
                     scratch, result);
}

struct store_args {
    struct tg_sink sink;
    size_t first;
};

static int store(void *buffers[], const void *arguments)
{
    const struct store_args *args = arguments;

    return args->sink.write(args->sink.context, args->first,
                            TG_COLS(buffers[0]), TG_ROWS(buffers[0]) - 1,
                            TG_PTR(double, buffers[0]),
                            TG_PTR(uint16_t, buffers[1]));
}

TG_STAGE(store, 0x737373, "predict");
TG_CODELET(store, .stage = &tg_stage_store, .args = sizeof(struct store_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_RW));

int tg_store_insert(const struct tg_sink *sink, size_t first,
                    struct tg_tile result, struct tg_tile labels,
                    struct tg_tile order)
{
    struct store_args args = {*sink, first};

    return TG_INSERT(&store_codelet, TG_PRIORITY_DECIDE, &args, result, labels,
                     order);
}
