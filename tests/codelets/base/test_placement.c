#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "error.h"
#include "placement.h"

enum { RANKS = 40 };

/* A job's Gram: features, block, lanes. */
struct job {
    size_t d, block, lanes;
};

static struct tg_placement place(const struct job *job, int rank, int ranks)
{
    struct tg_placement p;

    assert_int_equal(tg_placement_init(&p, tg_distribution(0), rank, ranks,
                                       job->lanes, 5, 5, 100, job->d, job->block),
                     TG_OK);
    assert_int_equal(p.rank, rank);
    return p;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x < y) - (x > y);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* What the busiest of so many ranks has at the least, however whole pairs are
 * divided: the mean; of the (q - 1) R + 1 largest, one rank has q, which are no
 * less than the q smallest of these; and in whole units of any pair's size, the
 * mean rounded up.
 * Shapes: work[n], descending. */
static double least(size_t n, const double *work, size_t ranks)
{
    double all = 0, most = 0;

    for (size_t p = 0; p < n; p++)
        all += work[p];
    most = all / (double)ranks;
    for (size_t q = 1; (q - 1) * ranks < n; q++) {
        double sum = 0;

        for (size_t p = 0; p < q; p++)
            sum += work[(q - 1) * ranks - p];
        most = larger(most, sum);
    }
    for (size_t u = 0; u < n; u++) {
        size_t units = 0;

        if (u > 0 && work[u] == work[u - 1])
            continue;
        for (size_t p = 0; p < n; p++)
            units += (size_t)(work[p] / work[u]);
        most = larger(most, (double)((units + ranks - 1) / ranks) * work[u]);
    }
    return most;
}

enum { SIZES = 4 }; /* of pairs: on and off the diagonal, ragged or not */

/* Pairs by size: how many there are of each. */
struct sizes {
    int n, count[SIZES];
    double work[SIZES]; /* descending */
    double room;        /* of a rank */
    int *needed;        /* ranks, by what is left: a mixed-radix index; 0: ? */
};

static size_t place_of(const struct sizes *s, const int left[SIZES])
{
    size_t at = 0;

    for (int k = 0; k < s->n; k++)
        at = at * (size_t)(s->count[k] + 1) + (size_t)left[k];
    return at;
}

static int ranks_for(struct sizes *s, int left[SIZES]);

/* Fill a rank up with sizes from k on, in every way; the least ranks for all.
 */
static int fill(struct sizes *s, int left[SIZES], int k, double room)
{
    int best = INT_MAX, most = 0;

    if (k == s->n)
        return 1 + ranks_for(s, left);
    while (most < left[k] && s->work[k] * (most + 1) <= room)
        most++;
    for (int take = most; take >= 0; take--) {
        left[k] -= take;
        int ranks = fill(s, left, k + 1, room - take * s->work[k]);
        left[k] += take;
        best = ranks < best ? ranks : best;
        if (k + 1 == s->n) /* room for more of the smallest is of no use */
            break;
    }
    return best;
}

/* The least ranks of `room` that hold what is left; one has a largest pair. */
static int ranks_for(struct sizes *s, int left[SIZES])
{
    size_t at = place_of(s, left);
    int k = 0;

    while (k < s->n && !left[k])
        k++;
    if (k == s->n)
        return 0;
    if (!s->needed[at]) {
        left[k]--;
        s->needed[at] = fill(s, left, k, s->room - s->work[k]);
        left[k]++;
    }
    return s->needed[at];
}

/* Could so many ranks do with `room` each? By trying all there is. */
static bool can_do(size_t n, const double *work, int ranks, double room)
{
    struct sizes s = {.room = room};
    size_t states = 1;
    int left[SIZES];

    for (size_t p = 0; p < n; p++) {
        if (p == 0 || work[p] != work[p - 1])
            s.work[s.n++] = work[p];
        assert_in_range(s.n, 1, SIZES);
        s.count[s.n - 1]++;
    }
    for (int k = 0; k < s.n; k++) {
        states *= (size_t)(s.count[k] + 1);
        left[k] = s.count[k];
    }
    s.needed = calloc(states, sizeof *s.needed);
    assert_non_null(s.needed);
    bool can = s.work[0] <= room && ranks_for(&s, left) <= ranks;
    free(s.needed);
    return can;
}

/* The busiest rank has at most 5 % more than it must; none is idle while
 * another has two pairs. */
static void check_balance(const struct job *job, int ranks)
{
    struct tg_placement p = place(job, 0, ranks);
    size_t n = job->lanes * p.blocks * (p.blocks + 1) / 2, at = 0;
    double *work = calloc(n, sizeof *work);
    double *load = calloc((size_t)ranks, sizeof *load), busiest = 0;
    size_t *pairs = calloc((size_t)ranks, sizeof *pairs), fewest = n, most = 0;

    for (size_t l = 0; l < job->lanes; l++) {
        for (size_t j = 0; j < p.blocks; j++) {
            for (size_t i = j; i < p.blocks; i++) {
                int owner = tg_owner_lane(&p, l, i, j);

                assert_in_range(owner, 0, ranks - 1);
                work[at] = tg_placement_work(job->d, job->block, i, j);
                load[owner] += work[at++];
                pairs[owner]++;
            }
        }
    }
    qsort(work, n, sizeof *work, descending);
    for (int r = 0; r < ranks; r++) {
        busiest = larger(busiest, load[r]);
        fewest = pairs[r] < fewest ? pairs[r] : fewest;
        most = pairs[r] > most ? pairs[r] : most;
    }
    if (busiest > 1.05 * least(n, work, (size_t)ranks) &&
        can_do(n, work, ranks, busiest / 1.05))
        fail_msg("d = %zu, %zu lanes, %d ranks: the busiest has %.3f of what "
                 "it must",
                 job->d, job->lanes, ranks,
                 busiest / least(n, work, (size_t)ranks));
    assert_true(fewest > 0 || most < 2);
    free(work);
    free(load);
    free(pairs);
    tg_placement_free(&p);
}

/* The jobs whose ranks once waited for one another, and ragged blocks. */
static const struct job jobs[] = {
    {784, 400, 16}, {784, 400, 20},  {3072, 384, 2}, {3072, 384, 5},
    {4096, 384, 1}, {4096, 384, 5},  {1000, 336, 8}, {17, 16, 20},
    {784, 784, 50}, {16384, 400, 1}, {5, 5, 1},      {3072, 1024, 10},
};

static void test_balance(void **state)
{
    (void)state;
    for (size_t j = 0; j < sizeof jobs / sizeof *jobs; j++) {
        size_t blocks = (jobs[j].d + jobs[j].block - 1) / jobs[j].block;
        size_t pairs = jobs[j].lanes * blocks * (blocks + 1) / 2;

        /* All numbers of ranks, of very many pairs some. */
        for (size_t ranks = 1; ranks <= pairs; ranks += pairs > 400 ? 13 : 1)
            check_balance(&jobs[j], (int)ranks);
        check_balance(&jobs[j], (int)pairs + 3);
    }
}

/* A rank's share of a lane's work. */
static double share(const struct tg_placement *p, const struct job *job,
                    size_t lane, int rank)
{
    double sum = 0;

    for (size_t j = 0; j < p->blocks; j++)
        for (size_t i = j; i < p->blocks; i++)
            if (tg_owner_lane(p, lane, i, j) == rank)
                sum += tg_placement_work(job->d, job->block, i, j);
    return sum;
}

/* A row tile is where most of its lane's blocks are. */
static void test_row_tiles(void **state)
{
    (void)state;
    for (size_t j = 0; j < sizeof jobs / sizeof *jobs - 3; j++) {
        for (int ranks = 1; ranks <= RANKS; ranks++) {
            struct tg_placement p = place(&jobs[j], ranks - 1, ranks);

            for (size_t t = 0; t < 3 * jobs[j].lanes; t++) {
                size_t lane = t % jobs[j].lanes;
                int owner = tg_owner_row_tile(&p, t, 0, 0);
                double own = share(&p, &jobs[j], lane, owner);

                for (int r = 0; r < ranks; r++)
                    assert_true(share(&p, &jobs[j], lane, r) <= own);
            }
            tg_placement_free(&p);
        }
    }
}

/* What a distribution keeps together is together, and units are dealt out
 * evenly, to within one. */
static void check_units(const struct job *job, size_t number, int ranks)
{
    const struct tg_distribution *to = tg_distribution(number);
    struct tg_placement p;

    assert_int_equal(tg_placement_init(&p, to, 0, ranks, job->lanes, 5, 5, 100,
                                       job->d, job->block),
                     TG_OK);
    size_t units = to->units(&p), block = 0, used = 0;
    int *owner = calloc(units, sizeof *owner);
    size_t *count = calloc((size_t)ranks, sizeof *count);

    for (size_t j = 0; j < p.blocks; j++)
        for (size_t i = j; i < p.blocks; i++, block++)
            for (size_t l = 0; l < job->lanes; l++) {
                int rank = tg_owner_lane(&p, l, i, j);
                int *one = &owner[to->unit(&p, l, block)];

                assert_true(*one == 0 || *one == rank + 1);
                count[rank] += *one == 0;
                *one = rank + 1;
            }
    for (int r = 0; r < ranks; r++)
        used += count[r] > 0;
    assert_int_equal(used, units < (size_t)ranks ? units : (size_t)ranks);
    free(owner);
    free(count);
    tg_placement_free(&p);
}

static void test_distributions(void **state)
{
    size_t number = 0;

    (void)state;
    for (; tg_distribution(number); number++)
        for (size_t j = 0; j < sizeof jobs / sizeof *jobs - 3; j++)
            for (int ranks = 1; ranks <= RANKS; ranks++)
                check_units(&jobs[j], number, ranks);
    assert_int_equal(number, 3);
}

/* Factorizations are dealt out evenly, to within one, neighbours together. */
static void test_jobs_are_balanced(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        struct tg_placement p = place(&jobs[1], 0, ranks);
        int count[RANKS] = {0}, last = 0;

        for (size_t job = 0; job < 100; job++) {
            int owner = tg_owner_job(&p, job, 0, 0);

            assert_in_range(owner, last, ranks - 1);
            last = owner;
            count[owner]++;
        }
        for (int r = 0; r < ranks; r++)
            assert_in_range(count[r], 100 / ranks, 100 / ranks + 1);
        tg_placement_free(&p);
    }
}

/* All ranks take part in the final factorization. */
static void test_grid(void **state)
{
    (void)state;
    for (int ranks = 1; ranks <= RANKS; ranks++) {
        struct tg_placement p = place(&jobs[1], 0, ranks);
        bool used[RANKS] = {false};

        assert_int_equal(p.grid_rows * p.grid_cols, ranks);
        for (size_t i = 0; i < RANKS; i++)
            for (size_t j = 0; j <= i; j++)
                used[tg_owner_grid(&p, 0, i, j)] = true;
        for (int r = 0; r < ranks; r++)
            assert_true(used[r]);
        assert_int_equal(tg_owner_first(&p, 3, 2, 1), 0);
        assert_int_equal(tg_owner_rank(&p, (size_t)ranks - 1, 2, 1), ranks - 1);
        tg_placement_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_row_tiles),
        cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_jobs_are_balanced),
        cmocka_unit_test(test_grid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
