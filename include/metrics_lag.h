/*
 * What the thread that measures lag needs of the metrics: which partitions are
 * owned now, and a place for their figures.
 *
 * Workers give and lose partitions meanwhile; figures of one that is owned no
 * more, or anew, are dropped.
 */
#ifndef DISPATCHER_METRICS_LAG_H
#define DISPATCHER_METRICS_LAG_H

#include "metrics.h"

/* An owned partition as it was at one moment. */
struct metrics_owned {
    int32_t partition;
    int64_t committed;     /* -1 or METRIC_OFFSET_NONE as in the row */
    int64_t oldest_offset; /* of the last measured timestamp */
    bool moving; /* the worker has taken records since the last measurement, so
                    that it knows how old they are itself */
    /* Which row it was. */
    unsigned worker;
    uint32_t assignment;
    struct partition_metrics *row;
};

/* What was measured; -1: not known, keeps what the row has. */
struct metrics_measured {
    int64_t committed;
    int64_t begin;
    int64_t stable_end;
    int64_t high_end;
    int64_t oldest_offset;
    int64_t oldest_ms;
};

/* All owned partitions; *owned is to be freed with free(). */
size_t metrics_owned(struct metrics *m, struct metrics_owned **owned);

/* Stores figures, unless the partition has changed its owner since. */
void metrics_measured(struct metrics *m, const struct metrics_owned *owned,
                      const struct metrics_measured *figures);

/* All owned partitions were measured just now. */
void metrics_lag_current(struct metrics *m, int64_t now_ms);

#endif
