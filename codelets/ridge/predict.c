#include "predict.h"

#include <assert.h>
#include <string.h>

#include "blas.h"
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

static void predict(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_PREDICT))
        return;
    size_t d = TG_ROWS(buffers[0]), n = TG_COLS(buffers[0]);
    size_t columns = TG_COLS(buffers[2]), k = TG_ROWS(buffers[4]);
    size_t element = TG_ELEMENT(buffers[0]);
    const char *raw = TG_PTR(char, buffers[0]);
    const uint16_t *labels = TG_PTR(uint16_t, buffers[1]);
    double *x = TG_PTR(double, buffers[3]), *s = x + STRIP * d;
    double *confusion = TG_PTR(double, buffers[4]);

    for (size_t first = 0; first < n; first += STRIP) {
        size_t strip = n - first < STRIP ? n - first : STRIP;

        to_double(strip * d, element, raw + first * d * element, x);
        scores(d, columns, strip, x, TG_PTR(double, buffers[2]),
               TG_LD(buffers[2]), s);
        for (size_t i = 0; i < strip; i++)
            for (size_t l = 0; l < columns; l += k)
                confusion[labels[first + i] +
                          k * (l + largest(k, s + l + i * columns))]++;
    }
    tg_task_end(&timer);
}

TG_CODELET(PREDICT, predict, 5, STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH,
           STARPU_RW);

int tg_predict_insert(starpu_data_handle_t raw, starpu_data_handle_t labels,
                      starpu_data_handle_t v, starpu_data_handle_t scratch,
                      starpu_data_handle_t confusion)
{
    int none = 0;

    assert(TG_HANDLE_ROWS(raw) + 1 == TG_HANDLE_ROWS(v));
    assert(TG_HANDLE_COLS(v) == TG_HANDLE_COLS(confusion));
    return TG_INSERT(&predict_codelet, TG_PRIORITY_PREDICT, &none, STARPU_R,
                     raw, STARPU_R, labels, STARPU_R, v, STARPU_SCRATCH,
                     scratch, STARPU_RW, confusion);
}

static void classify(void *buffers[], void *arguments)
{
    struct tg_timer timer;

    (void)arguments;
    if (!tg_task_begin(&timer, TG_STAGE_CLASSIFY))
        return;
    size_t d = TG_ROWS(buffers[0]), n = TG_COLS(buffers[0]);
    size_t k = TG_COLS(buffers[1]), element = TG_ELEMENT(buffers[0]);
    const char *raw = TG_PTR(char, buffers[0]);
    double *x = TG_PTR(double, buffers[2]), *s = x + STRIP * d;
    double *result = TG_PTR(double, buffers[3]);

    for (size_t first = 0; first < n; first += STRIP) {
        size_t strip = n - first < STRIP ? n - first : STRIP;

        to_double(strip * d, element, raw + first * d * element, x);
        scores(d, k, strip, x, TG_PTR(double, buffers[1]), TG_LD(buffers[1]),
               s);
        for (size_t i = 0; i < strip; i++) {
            double *column = result + (first + i) * (k + 1);

            memcpy(column, s + i * k, k * sizeof *column);
            column[k] = (double)largest(k, column);
        }
    }
    tg_task_end(&timer);
}

TG_CODELET(CLASSIFY, classify, 4, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_W);

int tg_classify_insert(starpu_data_handle_t raw, starpu_data_handle_t v,
                       starpu_data_handle_t scratch,
                       starpu_data_handle_t result)
{
    int none = 0;

    assert(TG_HANDLE_COLS(raw) == TG_HANDLE_COLS(result));
    assert(TG_HANDLE_COLS(v) + 1 == TG_HANDLE_ROWS(result));
    return TG_INSERT(&classify_codelet, TG_PRIORITY_GRAM, &none, STARPU_R, raw,
                     STARPU_R, v, STARPU_SCRATCH, scratch, STARPU_W, result);
}

struct store_args {
    struct tg_sink sink;
    size_t first;
};

static void store(void *buffers[], void *arguments)
{
    struct tg_timer timer;
    struct store_args args;

    if (!tg_task_begin(&timer, TG_STAGE_STORE))
        return;
    starpu_codelet_unpack_args(arguments, &args);
    int err = args.sink.write(args.sink.context, args.first,
                              TG_COLS(buffers[0]), (int)TG_ROWS(buffers[0]) - 1,
                              TG_PTR(double, buffers[0]),
                              TG_PTR(uint16_t, buffers[1]));
    if (err)
        tg_task_fail(err);
    tg_task_end(&timer);
}

TG_CODELET(STORE, store, 3, STARPU_R, STARPU_R, STARPU_RW);

int tg_store_insert(const struct tg_sink *sink, size_t first,
                    starpu_data_handle_t result, starpu_data_handle_t labels,
                    starpu_data_handle_t order)
{
    struct store_args args = {*sink, first};

    return TG_INSERT(&store_codelet, TG_PRIORITY_DECIDE, &args, STARPU_R,
                     result, STARPU_R, labels, STARPU_RW, order);
}
