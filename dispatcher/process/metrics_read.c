/*
 * The reading side of the metrics: sums over the workers, lag from offsets.
 */
#include "metrics_read.h"

#include "memory.h"
#include "metrics_block.h"
#include "metrics_table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

static_assert(sizeof((struct metrics_catalogue *)0)->version ==
                  SHARED_TEXT_SIZE,
              "a version is a shared text");

static uint64_t get(const _Atomic uint64_t *figure)
{
    return atomic_load_explicit(figure, memory_order_relaxed);
}

static int64_t get_signed(const _Atomic int64_t *figure)
{
    return atomic_load_explicit(figure, memory_order_acquire);
}

/* Of a timer the worker tells when it is due: while it hangs it tells nothing
 * any more. */
static int64_t gauge_of(const struct worker_metrics *w, size_t gauge,
                        int64_t now_ms)
{
    int64_t value = get_signed(&w->gauges[gauge]);

    if (gauge != METRIC_TIMER_DUE_MS)
        return value;
    return value > 0 && value < now_ms ? now_ms - value : 0;
}

static void add_counters(struct metrics_reading *r,
                         const struct worker_metrics *w, int64_t now_ms)
{
    for (size_t counter = 0; counter < METRIC_COUNTERS; counter++)
        for (size_t label = 0; label < METRIC_LABELS; label++)
            r->counters[counter][label] += get(&w->counters[counter][label]);
    for (size_t gauge = 0; gauge < METRIC_GAUGES; gauge++)
        r->gauges[gauge] += gauge_of(w, gauge, now_ms);
}

static void add_histogram(struct metrics_histogram *sum,
                          const struct histogram_block *block,
                          const struct metric_buckets *buckets)
{
    for (size_t i = 0; i <= buckets->n; i++) {
        uint64_t n = get(&block->counts[i]);
        sum->counts[i] += n;
        sum->count += n;
    }
    sum->sum += (double)get(&block->sum) / (double)buckets->per_unit;
}

/* ------------------------------------------------------------- partitions */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The timestamp of the record with which the group goes on at `next`: the
 * worker has it in hand, or it was measured. In the moment between, when the
 * worker has moved on, that of the last record known before it. */
static int64_t oldest(const struct partition_metrics *row, int64_t next)
{
    int64_t in_hand_offset = get_signed(&row->in_hand_offset);
    int64_t in_hand_ms = get_signed(&row->in_hand_ms);
    int64_t oldest_offset = get_signed(&row->oldest_offset);
    int64_t oldest_ms = get_signed(&row->oldest_ms);

    if (in_hand_offset >= next)
        return in_hand_ms;
    return oldest_offset == next ? oldest_ms : later(in_hand_ms, oldest_ms);
}

static double age_seconds(int64_t oldest_ms, int64_t now_ms)
{
    if (oldest_ms < 0)
        return -1;
    if (oldest_ms == 0 || oldest_ms > now_ms)
        return 0;
    return (double)(now_ms - oldest_ms) / 1000;
}

/* Each figure before the one that is subtracted from it: the other way round,
 * what happens in between would look like lag, or held back. */
static void read_row(const struct partition_metrics *row, int64_t now_ms,
                     struct metrics_partition *out)
{
    int64_t high_end = get_signed(&row->high_end);
    int64_t stable_end = get_signed(&row->stable_end);
    int64_t next = get_signed(&row->committed);

    out->committed = next >= 0 ? next : -1;
    out->lag_records = -1;
    out->lag_seconds = -1;
    out->held_back = -1;
    if (stable_end >= 0 && high_end >= 0)
        out->held_back = high_end > stable_end ? high_end - stable_end : 0;
    if (next == METRIC_OFFSET_NONE)
        next = get_signed(&row->begin);
    if (stable_end < 0 || next < 0)
        return;
    out->lag_records = stable_end > next ? stable_end - next : 0;
    out->lag_seconds =
        out->lag_records > 0 ? age_seconds(oldest(row, next), now_ms) : 0;
}

/* Appends the rows of a worker; false when they changed their owner. */
static bool try_rows(struct metrics_reading *r, const struct metrics *m,
                     unsigned worker, int64_t now_ms)
{
    const struct worker_metrics *w = &m->blocks[worker];
    uint32_t before = atomic_load(&w->assignment);
    size_t n = r->n_partitions;

    for (size_t i = 0; i < METRIC_PARTITIONS; i++) {
        int64_t partition = get_signed(&w->partitions[i].partition);
        if (partition < 0)
            continue;
        struct metrics_partition *out = &r->partitions[n++];
        out->partition = (int32_t)partition;
        out->worker = worker;
        read_row(&w->partitions[i], now_ms, out);
    }
    if (before % 2 != 0 || before != atomic_load(&w->assignment))
        return false;
    r->n_partitions = n;
    return true;
}

/* In the midst of a rebalance a worker's partitions are left out. */
static void add_rows(struct metrics_reading *r, const struct metrics *m,
                     unsigned worker, int64_t now_ms)
{
    enum { TRIES = 100 };

    for (int i = 0; i < TRIES; i++)
        if (try_rows(r, m, worker, now_ms))
            return;
}

static int compare_partitions(const void *a, const void *b)
{
    const struct metrics_partition *left = a, *right = b;

    return (left->partition > right->partition) -
           (left->partition < right->partition);
}

static void sum_partitions(struct metrics_reading *r)
{
    r->lag_known = true;
    for (size_t i = 0; i < r->n_partitions; i++) {
        const struct metrics_partition *p = &r->partitions[i];
        if (p->lag_records < 0)
            r->lag_known = false;
        if (p->lag_records > 0)
            r->lag_records += p->lag_records;
        if (p->held_back > 0)
            r->held_back += p->held_back;
        if (p->lag_seconds > r->lag_seconds)
            r->lag_seconds = p->lag_seconds;
    }
}

static void read_catalogue(const struct metrics *m,
                           struct metrics_catalogue *out)
{
    shared_text_get(&m->catalogue.version, out->version);
    out->number = get_signed(&m->catalogue.number);
    out->routes = get_signed(&m->catalogue.routes);
    out->loaded_ms = get_signed(&m->catalogue.loaded_ms);
    out->confirmed_ms = get_signed(&m->catalogue.confirmed_ms);
    for (size_t i = 0; i < METRIC_LOAD_COUNT; i++)
        out->loads[i] = get(&m->catalogue.loads[i]);
}

struct metrics_reading *metrics_read(const struct metrics *m, int64_t now_ms)
{
    struct metrics_reading *r = memory_new(sizeof *r);

    r->partitions = memory_new_array((size_t)m->workers * METRIC_PARTITIONS,
                                     sizeof *r->partitions);
    for (unsigned i = 0; i < m->workers; i++) {
        add_counters(r, &m->blocks[i], now_ms);
        for (int j = 0; j < METRIC_HISTOGRAMS; j++)
            add_histogram(&r->histograms[j], &m->blocks[i].histograms[j],
                          metric_buckets(j));
        add_rows(r, m, i, now_ms);
    }
    qsort(r->partitions, r->n_partitions, sizeof *r->partitions,
          compare_partitions);
    sum_partitions(r);
    r->lag_measured_ms = get_signed(&m->lag_measured_ms);
    read_catalogue(m, &r->catalogue);
    return r;
}

void metrics_reading_free(struct metrics_reading **r)
{
    if (*r == NULL)
        return;
    free((*r)->partitions);
    free(*r);
    *r = NULL;
}
