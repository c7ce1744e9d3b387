#include "normal.h"

#include <assert.h>

#include "blas.h"
#include "error.h"
#include "task.h"

enum {
    CHUNK = TG_CENTRING_CHUNK,
    STRIP = 256 /* samples that are used at once */
};

/* ---- Normal ------------------------------------------------------------ */

size_t tg_normal_scratch(size_t columns)
{
    return STRIP * (CHUNK + columns);
}

struct normal_args {
    size_t from, to;
};

/* T = Z^T P, then Q += Z T. Shapes: P, Q d x c; T n x c. */
static void normal_strip(const struct tg_centring *x, size_t c, const double *p,
                         double *z, double *t, double *q)
{
    int n = (int)x->n, d = (int)x->d, columns = (int)c;

    for (size_t f = 0; f < x->d; f += CHUNK) {
        int rows = (int)tg_centring_chunk(x, f);

        tg_centring_make(x, f, (size_t)rows, sizeof(double), z);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, n, columns, rows,
                    1, z, rows, p + f, d, f ? 1 : 0, t, n);
    }
    for (size_t f = 0; f < x->d; f += CHUNK) {
        int rows = (int)tg_centring_chunk(x, f);

        tg_centring_make(x, f, (size_t)rows, sizeof(double), z);
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows, columns, n,
                    1, z, rows, t, n, 1, q + f, d);
    }
}

/* Samples from s on. */
static struct tg_centring strip_of(const struct tg_centring *x, size_t s)
{
    struct tg_centring strip = *x;

    strip.n = x->n - s < STRIP ? x->n - s : STRIP;
    strip.x = (const char *)x->x + s * x->ld * x->element;
    return strip;
}

/* Of columns [first, last), strip by strip. */
static void normal_columns(const struct tg_centring *x, size_t first,
                           size_t last, const double *p, double *z, double *q)
{
    for (size_t s = 0; s < x->n && first < last; s += STRIP) {
        struct tg_centring strip = strip_of(x, s);

        normal_strip(&strip, last - first, p + first * x->d, z,
                     z + CHUNK * strip.n, q + first * x->d);
    }
}

TG_STAGE(normal, 0x2171b5, "solve");

static int normal(void *buffers[], const void *arguments)
{
    const struct normal_args *args = arguments;
    struct tg_centring x = tg_centring_of(buffers[0], buffers[1]);
    const double *p = TG_PTR(double, buffers[2]);
    double *z = TG_PTR(double, buffers[3]), *q = TG_PTR(double, buffers[4]);

    normal_columns(&x, 0, args->from, p, z, q);
    normal_columns(&x, args->to, TG_COLS(buffers[2]), p, z, q);
    tg_tally_note(&tg_stage_normal,
                  4 * x.n * x.d *
                      (args->from + TG_COLS(buffers[2]) - args->to));
    return TG_OK;
}

TG_CODELET(normal, .stage = &tg_stage_normal,
           .args = sizeof(struct normal_args),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_normal_insert(size_t from, size_t to, struct tg_tile x,
                     struct tg_tile scale, struct tg_tile p,
                     struct tg_tile scratch, struct tg_tile q)
{
    const struct normal_args args = {from, to};

    assert(tg_tile_rows(x) == tg_tile_rows(p) &&
           tg_tile_rows(p) == tg_tile_rows(q));
    assert(tg_tile_cols(p) == tg_tile_cols(q));
    assert(from <= to && to <= tg_tile_cols(p));
    return TG_INSERT(&normal_codelet, TG_PRIORITY_GRAM, &args, x, scale, p,
                     scratch, q);
}

/* ---- Diagonals --------------------------------------------------------- */

static int diagonals(void *buffers[], const void *arguments)
{
    struct tg_centring x = tg_centring_of(buffers[0], buffers[1]);
    double *z = TG_PTR(double, buffers[2]), *h = TG_PTR(double, buffers[3]);

    (void)arguments;
    for (size_t s = 0; s < x.n; s += STRIP) {
        struct tg_centring strip = strip_of(&x, s);

        for (size_t f = 0; f < x.d; f += CHUNK) {
            int rows = (int)tg_centring_chunk(&strip, f);

            tg_centring_make(&strip, f, (size_t)rows, sizeof(double), z);
            cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, rows,
                        (int)strip.n, 1, z, rows, 1, h + f * CHUNK, CHUNK);
        }
    }
    tg_tally_note(&tg_stage_normal, x.n * x.d * CHUNK);
    return TG_OK;
}

TG_CODELET(diagonals, .stage = &tg_stage_normal,
           TG_MODES(STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW));

int tg_diagonals_insert(struct tg_tile x, struct tg_tile scale,
                        struct tg_tile scratch, struct tg_tile h)
{
    assert(tg_tile_rows(h) == CHUNK && tg_tile_cols(h) == tg_tile_rows(x));
    return TG_INSERT(&diagonals_codelet, TG_PRIORITY_GRAM, TG_NONE, x, scale,
                     scratch, h);
}

/* ---- Descend ----------------------------------------------------------- */

/* A strip of samples, of columns [first, last). Shapes: t from its samples on,
 * in columns of n. */
static void descend_strip(const struct tg_descend *visit,
                          const struct tg_centring *x, size_t first,
                          size_t last, const double *delta, double *z,
                          double *t, int n, double *q)
{
    int columns = (int)(last - first), samples = (int)x->n, rows;

    if (first >= last)
        return;
    if (visit->before < x->d) {
        rows = (int)tg_centring_chunk(x, visit->before);
        tg_centring_make(x, visit->before, (size_t)rows, sizeof(double), z);
        cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, samples, columns,
                    rows, 1, z, rows, delta + first * CHUNK, CHUNK, 1,
                    t + first * (size_t)n, n);
    }
    rows = (int)tg_centring_chunk(x, visit->first);
    tg_centring_make(x, visit->first, (size_t)rows, sizeof(double), z);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, rows, columns,
                samples, 1, z, rows, t + first * (size_t)n, n, 1,
                q + first * CHUNK, CHUNK);
}

static int descend(void *buffers[], const void *arguments)
{
    const struct tg_descend *visit = arguments;
    struct tg_centring x = tg_centring_of(buffers[0], buffers[1]);
    const double *delta = TG_PTR(double, buffers[2]);
    double *z = TG_PTR(double, buffers[3]), *t = TG_PTR(double, buffers[4]);
    double *q = TG_PTR(double, buffers[5]);
    size_t columns = TG_COLS(buffers[5]);

    for (size_t s = 0; s < x.n; s += STRIP) {
        struct tg_centring strip = strip_of(&x, s);

        descend_strip(visit, &strip, 0, visit->from, delta, z, t + s, (int)x.n,
                      q);
        descend_strip(visit, &strip, visit->to, columns, delta, z, t + s,
                      (int)x.n, q);
    }
    tg_tally_note(&tg_stage_normal, (visit->before < x.d ? 4 : 2) * x.n *
                                        CHUNK *
                                        (visit->from + columns - visit->to));
    return TG_OK;
}

TG_CODELET(descend, .stage = &tg_stage_normal,
           .args = sizeof(struct tg_descend),
           TG_MODES(STARPU_R, STARPU_R, STARPU_R, STARPU_SCRATCH, STARPU_RW,
                    STARPU_RW));

int tg_descend_insert(const struct tg_descend *visit, struct tg_tile x,
                      struct tg_tile scale, struct tg_tile delta,
                      struct tg_tile scratch, struct tg_tile t,
                      struct tg_tile q)
{
    assert(tg_tile_rows(delta) == CHUNK && tg_tile_rows(q) == CHUNK);
    assert(tg_tile_rows(t) == tg_tile_cols(x));
    assert(visit->from <= visit->to && visit->to <= tg_tile_cols(q));
    return TG_INSERT(&descend_codelet, TG_PRIORITY_GRAM, visit, x, scale, delta,
                     scratch, t, q);
}
