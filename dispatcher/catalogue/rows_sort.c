/*
 * Sorting rows: what comes from Redis is a thousand sorted pieces, and merging
 * them looks at each row once while its text is fresh in the cache.
 *
 *              winner
 *             /      \            a node holds the run that lost there; the
 *        loser        loser       winner's next row plays its way up again
 *        /   \        /   \
 *      run   run    run   run
 */
#include "rows_sort.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Runs shorter than this on average are not worth a merge. */
enum { RUN_MIN = 64 };

struct run {
    const struct table_row *next;
    const struct table_row *end;
};

struct merge {
    struct run *runs;
    size_t n;
    size_t *losers; /* nodes 1 to n - 1; the winner is in node 0 */
};

/* A node in which nobody has played yet. */
static const size_t nobody = SIZE_MAX;

static int compare_rows(const void *left, const void *right)
{
    const struct table_row *a = left, *b = right;
    int order = table_row_compare(a, b);

    if (order != 0)
        return order;
    return (a->line > b->line) - (a->line < b->line);
}

static bool ends_run(const struct table_row *row)
{
    return compare_rows(row, row + 1) > 0;
}

static size_t count_runs(const struct table_row *rows, size_t n)
{
    size_t runs = 1;

    for (size_t i = 1; i < n; i++)
        runs += ends_run(&rows[i - 1]);
    return runs;
}

static void find_runs(struct merge *m, const struct table_row *rows, size_t n)
{
    struct run *run = m->runs;

    run->next = rows;
    for (size_t i = 1; i < n; i++) {
        if (!ends_run(&rows[i - 1]))
            continue;
        run->end = &rows[i];
        run++;
        run->next = &rows[i];
    }
    run->end = &rows[n];
}

/* Whether the next row of run `a` comes before that of run `b`. Equal rows
 * keep their order. */
static bool wins(const struct merge *m, size_t a, size_t b)
{
    const struct run *left = &m->runs[a], *right = &m->runs[b];
    int order;

    if (left->next == left->end || right->next == right->end)
        return left->next != left->end;
    order = compare_rows(left->next, right->next);
    return order < 0 || (order == 0 && a < b);
}

/* A run with a new next row plays from its leaf to the top. */
static void play(struct merge *m, size_t run)
{
    size_t winner = run;

    for (size_t node = (run + m->n) / 2; node > 0; node /= 2) {
        size_t other = m->losers[node];

        if (winner == nobody)
            break;
        if (other == nobody || wins(m, other, winner)) {
            m->losers[node] = winner;
            winner = other;
        }
    }
    m->losers[0] = winner;
}

static void merge_init(struct merge *m, const struct table_row *rows, size_t n,
                       size_t n_runs)
{
    m->n = n_runs;
    m->runs = memory_new_array(n_runs, sizeof *m->runs);
    m->losers = memory_new_array(n_runs, sizeof *m->losers);
    find_runs(m, rows, n);
    for (size_t i = 0; i < n_runs; i++)
        m->losers[i] = nobody;
    for (size_t i = 0; i < n_runs; i++)
        play(m, i);
}

static void merge_deinit(struct merge *m)
{
    free(m->runs);
    free(m->losers);
}

static void merge_rows(struct table_row *rows, size_t n, size_t n_runs)
{
    struct table_row *sorted = memory_grow(NULL, n, sizeof *sorted);
    struct merge m;

    merge_init(&m, rows, n, n_runs);
    for (size_t i = 0; i < n; i++) {
        struct run *run = &m.runs[m.losers[0]];

        sorted[i] = *run->next++;
        if (run->end - run->next > 1)
            __builtin_prefetch(run->next[1].field);
        play(&m, m.losers[0]);
    }
    memcpy(rows, sorted, n * sizeof *rows);
    merge_deinit(&m);
    free(sorted);
}

bool rows_sort(struct table_row *rows, size_t n)
{
    size_t n_runs = n == 0 ? 1 : count_runs(rows, n);

    if (n_runs == 1)
        return false;
    if (n / n_runs < RUN_MIN)
        qsort(rows, n, sizeof *rows, compare_rows);
    else
        merge_rows(rows, n, n_runs);
    return true;
}
