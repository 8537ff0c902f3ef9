/*
 * The measuring thread's side of the partitions' rows.
 *
 * It takes no lock. A row may change its owner at any moment, which the
 * worker's count of assignments shows: figures are stored, then the count is
 * looked at, and they are taken back when it has moved.
 */
#include "metrics_lag.h"

#include "memory.h"
#include "metrics_block.h"

static int64_t get(const _Atomic int64_t *figure)
{
    return atomic_load_explicit(figure, memory_order_acquire);
}

/* Appends the rows of a worker, unless it is in the midst of a rebalance. */
static size_t add_worker(struct metrics *m, unsigned worker,
                         struct metrics_owned *owned)
{
    struct worker_metrics *w = &m->blocks[worker];
    uint32_t assignment = atomic_load(&w->assignment);
    size_t n = 0;

    for (size_t i = 0; i < METRIC_PARTITIONS; i++) {
        struct partition_metrics *row = &w->partitions[i];
        int64_t partition = get(&row->partition);

        if (partition < 0)
            continue;
        int64_t in_hand = get(&row->in_hand_offset);
        owned[n++] = (struct metrics_owned){
            .partition = (int32_t)partition,
            .committed = get(&row->committed),
            .oldest_offset = get(&row->oldest_offset),
            .moving = in_hand >= 0 && in_hand >= get(&row->seen),
            .worker = worker,
            .assignment = assignment,
            .row = row,
        };
    }
    if (assignment % 2 != 0 || assignment != atomic_load(&w->assignment))
        return 0;
    return n;
}

size_t metrics_owned(struct metrics *m, struct metrics_owned **owned)
{
    size_t n = 0;

    *owned = memory_new_array((size_t)m->workers * METRIC_PARTITIONS,
                              sizeof **owned);
    for (unsigned i = 0; i < m->workers; i++)
        n += add_worker(m, i, *owned + n);
    return n;
}

/* -1 leaves the figure as it is. */
static void store(_Atomic int64_t *figure, int64_t value)
{
    if (value >= 0)
        atomic_store_explicit(figure, value, memory_order_release);
}

static void take_back(struct partition_metrics *row)
{
    atomic_store(&row->stable_end, -1);
    atomic_store(&row->high_end, -1);
    atomic_store(&row->begin, -1);
    atomic_store(&row->seen, -1);
    atomic_store(&row->oldest_offset, -1);
    atomic_store(&row->oldest_ms, -1);
}

void metrics_measured(struct metrics *m, const struct metrics_owned *owned,
                      const struct metrics_measured *figures)
{
    const struct worker_metrics *w = &m->blocks[owned->worker];
    struct partition_metrics *row = owned->row;
    int64_t unknown = -1;

    if (atomic_load(&w->assignment) != owned->assignment)
        return;
    /* What the worker knows by now is newer. */
    if (figures->committed != unknown)
        atomic_compare_exchange_strong(&row->committed, &unknown,
                                       figures->committed);
    store(&row->seen, owned->committed);
    store(&row->begin, figures->begin);
    /* In this order: who sees lag sees since when it waits; who sees a high
     * watermark sees the stable end that goes with it. */
    store(&row->oldest_ms, figures->oldest_ms);
    store(&row->oldest_offset, figures->oldest_offset);
    store(&row->stable_end, figures->stable_end);
    store(&row->high_end, figures->high_end);
    if (atomic_load(&w->assignment) != owned->assignment)
        take_back(row);
}

void metrics_lag_current(struct metrics *m, int64_t now_ms)
{
    metrics_store(&m->lag_measured_ms, now_ms);
}
