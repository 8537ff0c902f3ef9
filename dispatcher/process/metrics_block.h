/*
 * The memory behind the metrics, for the files that write and read it.
 *
 * A worker's block has two halves: what others read (atomic, written by the
 * worker alone, so that an addition is a load and a store) and what belongs to
 * the open transaction, which nobody else sees.
 */
#ifndef DISPATCHER_METRICS_BLOCK_H
#define DISPATCHER_METRICS_BLOCK_H

#include "metrics.h"
#include "metrics_read.h"
#include "shared_text.h"

#include <pthread.h>
#include <stdatomic.h>

struct histogram_block {
    _Atomic uint64_t counts[METRIC_BUCKETS + 1];
    _Atomic uint64_t sum;
};

struct worker_metrics {
    /* Read by scrapes. */
    _Atomic uint64_t counters[METRIC_COUNTERS][METRIC_LABELS];
    struct histogram_block histograms[METRIC_HISTOGRAMS];
    _Atomic int64_t gauges[METRIC_GAUGES];
    struct partition_metrics partitions[METRIC_PARTITIONS + 1]; /* see add */
    /* Odd while rows change their owner: a scrape then reads again. */
    _Atomic uint32_t assignment;

    /* The open transaction. */
    uint32_t pending[METRIC_COUNTERS][METRIC_LABELS];
    int64_t *timestamps; /* of its records */
    size_t n_timestamps;
    size_t capacity;
    uint64_t n_records;
};

/* A look back of 15 minutes in steps of 5 seconds. */
enum { RATE_STEP_MS = 5000, RATE_SAMPLES = 181 };

struct rate_sample {
    int64_t at_ms;
    uint64_t totals[METRICS_RATES];
};

/* Between the thread that ticks and the one that shows; no worker. */
struct rate_history {
    pthread_mutex_t mutex;
    uint64_t n; /* samples ever taken */
    struct rate_sample samples[RATE_SAMPLES];
    struct rate_sample now;
};

/* Between the catalogue's thread and the one that shows; no worker. */
struct calendar_rows {
    pthread_mutex_t mutex;
    size_t n;
    struct metric_calendar items[METRIC_CALENDARS];
};

struct metrics {
    unsigned workers;
    struct {
        struct shared_text version;
        _Atomic int64_t number;
        _Atomic int64_t routes;
        _Atomic int64_t loaded_ms;
        _Atomic int64_t confirmed_ms;
        _Atomic uint64_t loads[METRIC_LOAD_COUNT];
    } catalogue;
    _Atomic int64_t lag_measured_ms; /* 0: never */
    struct calendar_rows calendars;
    struct rate_history rates;
    struct worker_metrics blocks[];
};

#endif
