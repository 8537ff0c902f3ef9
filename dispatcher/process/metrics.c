/*
 * The writing side of the metrics.
 */
#include "metrics.h"

#include "memory.h"
#include "metrics_block.h"
#include "metrics_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One thread alone writes, so no locked instruction is needed. */
static void add(_Atomic uint64_t *figure, uint64_t n)
{
    uint64_t value = atomic_load_explicit(figure, memory_order_relaxed);

    atomic_store_explicit(figure, value + n, memory_order_relaxed);
}

/* Released one by one: who sees one of them sees that `assignment` is odd. */
static void set_row(struct partition_metrics *row, int64_t partition)
{
    atomic_store_explicit(&row->partition, partition, memory_order_release);
    atomic_store_explicit(&row->committed, -1, memory_order_release);
    atomic_store_explicit(&row->in_hand_offset, -1, memory_order_release);
    atomic_store_explicit(&row->in_hand_ms, -1, memory_order_release);
    atomic_store_explicit(&row->begin, -1, memory_order_release);
    atomic_store_explicit(&row->stable_end, -1, memory_order_release);
    atomic_store_explicit(&row->high_end, -1, memory_order_release);
    atomic_store_explicit(&row->seen, -1, memory_order_release);
    atomic_store_explicit(&row->oldest_offset, -1, memory_order_release);
    atomic_store_explicit(&row->oldest_ms, -1, memory_order_release);
}

struct metrics *metrics_new(unsigned workers)
{
    struct metrics *m = memory_new(sizeof *m + workers * sizeof m->blocks[0]);

    m->workers = workers;
    pthread_mutex_init(&m->rates.mutex, NULL);
    pthread_mutex_init(&m->calendars.mutex, NULL);
    for (unsigned i = 0; i < workers; i++)
        for (size_t j = 0; j <= METRIC_PARTITIONS; j++)
            set_row(&m->blocks[i].partitions[j], -1);
    return m;
}

void metrics_free(struct metrics **m)
{
    if (*m == NULL)
        return;
    for (unsigned i = 0; i < (*m)->workers; i++)
        free((*m)->blocks[i].timestamps);
    pthread_mutex_destroy(&(*m)->rates.mutex);
    pthread_mutex_destroy(&(*m)->calendars.mutex);
    free(*m);
    *m = NULL;
}

struct worker_metrics *metrics_worker(struct metrics *m, unsigned worker)
{
    assert(worker < m->workers);
    return &m->blocks[worker];
}

/* ----------------------------------------------------------- transactions */

void metrics_count_now(struct worker_metrics *w, enum metric_counter counter,
                       unsigned label)
{
    metrics_add_now(w, counter, label, 1);
}

void metrics_add_now(struct worker_metrics *w, enum metric_counter counter,
                     unsigned label, uint64_t n)
{
    assert(counter < METRIC_COUNTERS && label < METRIC_LABELS);
    add(&w->counters[counter][label], n);
}

void metrics_count(struct worker_metrics *w, enum metric_counter counter,
                   unsigned label)
{
    assert(counter < METRIC_COUNTERS && label < METRIC_LABELS);
    w->pending[counter][label]++;
}

void metrics_record(struct worker_metrics *w, int64_t timestamp_ms)
{
    w->n_records++;
    if (timestamp_ms <= 0)
        return;
    if (w->n_timestamps == w->capacity) {
        w->capacity = w->capacity != 0 ? 2 * w->capacity : 1024;
        w->timestamps =
            memory_grow(w->timestamps, w->capacity, sizeof *w->timestamps);
    }
    w->timestamps[w->n_timestamps++] = timestamp_ms;
}

void metrics_observe(struct worker_metrics *w, enum metric_histogram histogram,
                     int64_t value)
{
    const struct metric_buckets *buckets = metric_buckets(histogram);
    struct histogram_block *block = &w->histograms[histogram];
    size_t i = 0;

    while (i < buckets->n && value > buckets->bounds[i])
        i++;
    add(&block->counts[i], 1);
    add(&block->sum, (uint64_t)value);
}

static void forget_transaction(struct worker_metrics *w)
{
    memset(w->pending, 0, sizeof w->pending);
    w->n_timestamps = 0;
    w->n_records = 0;
}

static void publish_pending(struct worker_metrics *w)
{
    for (size_t counter = 0; counter < METRIC_COUNTERS; counter++)
        for (size_t label = 0; label < METRIC_LABELS; label++)
            if (w->pending[counter][label] != 0)
                add(&w->counters[counter][label], w->pending[counter][label]);
}

void metrics_committed(struct worker_metrics *w, int64_t now_ms,
                       int64_t duration_us)
{
    publish_pending(w);
    for (size_t i = 0; i < w->n_timestamps; i++) {
        /* A producer's clock may be ahead of ours. */
        int64_t age_ms = now_ms - w->timestamps[i];
        metrics_observe(w, METRIC_LATENCY_SECONDS,
                        age_ms > 0 ? age_ms * 1000 : 0);
    }
    metrics_observe(w, METRIC_TRANSACTION_SECONDS,
                    duration_us > 0 ? duration_us : 0);
    metrics_observe(w, METRIC_TRANSACTION_RECORDS, (int64_t)w->n_records);
    metrics_count_now(w, METRIC_COMMITS, 0);
    forget_transaction(w);
}

void metrics_aborted(struct worker_metrics *w, enum metric_abort reason)
{
    metrics_count_now(w, METRIC_ABORTS, reason);
    forget_transaction(w);
}

void metrics_gauge(struct worker_metrics *w, enum metric_gauge gauge,
                   int64_t value)
{
    assert(gauge < METRIC_GAUGES);
    metrics_store(&w->gauges[gauge], value);
}

/* ------------------------------------------------------------- partitions */

/* Once before rows change their owner, once after. */
static void turn_assignment(struct worker_metrics *w)
{
    uint32_t n = atomic_load_explicit(&w->assignment, memory_order_relaxed);

    atomic_store_explicit(&w->assignment, n + 1, memory_order_release);
}

/* The last row of the array is never read: it takes what does not fit. */
static struct partition_metrics *find_free_row(struct worker_metrics *w)
{
    size_t i = 0;

    while (i < METRIC_PARTITIONS &&
           atomic_load_explicit(&w->partitions[i].partition,
                                memory_order_relaxed) != -1)
        i++;
    return &w->partitions[i];
}

struct partition_metrics *metrics_partition_add(struct worker_metrics *w,
                                                int32_t partition)
{
    struct partition_metrics *row = find_free_row(w);

    turn_assignment(w);
    set_row(row, partition);
    turn_assignment(w);
    return row;
}

void metrics_partitions_clear(struct worker_metrics *w)
{
    turn_assignment(w);
    for (size_t i = 0; i < METRIC_PARTITIONS; i++)
        set_row(&w->partitions[i], -1);
    turn_assignment(w);
}

/* -------------------------------------------------------------- catalogue */

void metrics_catalogue_load(struct metrics *m, enum metric_load result)
{
    assert(result < METRIC_LOAD_COUNT);
    add(&m->catalogue.loads[result], 1);
}

void metrics_catalogue_live(struct metrics *m, const char *version,
                            int64_t number, size_t routes, int64_t now_ms)
{
    shared_text_set(&m->catalogue.version, version);
    metrics_store(&m->catalogue.number, number);
    metrics_store(&m->catalogue.routes, (int64_t)routes);
    metrics_store(&m->catalogue.loaded_ms, now_ms);
}

void metrics_catalogue_current(struct metrics *m, int64_t now_ms)
{
    metrics_store(&m->catalogue.confirmed_ms, now_ms);
}
