/*
 * What the metrics say now, summed over the workers. For the threads that
 * show them; nothing here makes a worker wait.
 */
#ifndef DISPATCHER_METRICS_READ_H
#define DISPATCHER_METRICS_READ_H

#include "metrics.h"

#include <stdbool.h>

struct metrics_histogram {
    uint64_t counts[METRIC_BUCKETS + 1]; /* each bucket alone; last: beyond */
    uint64_t count;
    double sum; /* in the unit of the name */
};

/* One owned partition; figures that are not known yet are -1. */
struct metrics_partition {
    int32_t partition;
    unsigned worker;
    int64_t committed;
    int64_t lag_records;
    double lag_seconds;
    int64_t held_back;
};

struct metrics_catalogue {
    char version[256]; /* "": none yet */
    int64_t number;
    int64_t routes;
    int64_t loaded_ms;    /* 0: never */
    int64_t confirmed_ms; /* 0: never */
    uint64_t loads[METRIC_LOAD_COUNT];
};

struct metrics_reading {
    uint64_t counters[METRIC_COUNTERS][METRIC_LABELS];
    struct metrics_histogram histograms[METRIC_HISTOGRAMS];
    int64_t gauges[METRIC_GAUGES];
    struct metrics_partition *partitions; /* by number */
    size_t n_partitions;
    /* Over all owned partitions: sum, largest, sum. Not the truth while one
     * that was just assigned is not measured yet. */
    bool lag_known;
    int64_t lag_records;
    double lag_seconds;
    int64_t held_back;
    int64_t lag_measured_ms; /* when all of it was true; 0: never yet */
    struct metrics_catalogue catalogue;
};

/* Reads everything; `now_ms` is UTC. Never NULL. Free with
 * metrics_reading_free. */
struct metrics_reading *metrics_read(const struct metrics *m, int64_t now_ms);
void metrics_reading_free(struct metrics_reading **r);

/* The calendars that were set last. Returns how many. */
size_t metrics_calendars(struct metrics *m,
                         struct metric_calendar items[METRIC_CALENDARS]);

/* Events a second over the last 1, 5 and 15 minutes, or over the time since
 * the start if that is shorter. */
enum { METRICS_WINDOWS = 3 };
enum metrics_rate {
    METRICS_RATE_TICKETS,
    METRICS_RATE_ASSIGNMENTS,
    METRICS_RATE_DEADLINES,
    METRICS_RATE_DEAD_LETTERS,
    METRICS_RATE_TRANSACTIONS,
    METRICS_RATES
};
struct metrics_rates {
    double per_second[METRICS_RATES][METRICS_WINDOWS];
};
void metrics_rates(struct metrics *m, struct metrics_rates *out);

#endif
