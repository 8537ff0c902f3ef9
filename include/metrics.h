/*
 * What the service counts. All names, types, labels and help texts stand in
 * one table (process/metrics_table.c), which /metrics and docs/metrics.md
 * are checked against.
 *
 * Each worker writes a block of its own, without locks; a scrape reads the
 * blocks and sums. What belongs to a transaction is held until its end:
 * counted when it is committed, forgotten when it is aborted.
 */
#ifndef DISPATCHER_METRICS_H
#define DISPATCHER_METRICS_H

#include "status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters. The label is the number of an enum of the module named here. */
enum metric_counter {
    METRIC_TICKETS,      /* Dispatch__V1__TicketEvent__KindCase */
    METRIC_ASSIGNMENTS,  /* Dispatch__V1__AssignmentKind */
    METRIC_DEADLINES,    /* Dispatch__V1__DeadlineKind */
    METRIC_DEAD_LETTERS, /* enum reject_code */
    METRIC_COMMITS,      /* no label: 0 */
    METRIC_ABORTS,       /* enum metric_abort */
    METRIC_REBALANCES,   /* enum metric_rebalance */
    METRIC_PRODUCERS,    /* no label: producers made anew after a fatal error */
    METRIC_REPEATS,      /* no label: events that had been here */
    METRIC_RESTORED,     /* no label: records read from the state topic */
    METRIC_COUNTERS
};

/* X(ENUMERATOR, "label"): why a transaction was aborted. */
#define METRIC_ABORTS_X(X)                                                     \
    X(PRODUCE, "produce")                                                      \
    X(OFFSETS, "send_offsets")                                                 \
    X(COMMIT, "commit")                                                        \
    X(FENCED, "fenced")                                                        \
    X(FATAL, "fatal")                                                          \
    X(REBALANCE, "rebalance")                                                  \
    X(SHUTDOWN, "shutdown")

enum metric_abort {
#define METRIC_ABORT_ENUMERATOR(id, label) METRIC_ABORT_##id,
    METRIC_ABORTS_X(METRIC_ABORT_ENUMERATOR)
#undef METRIC_ABORT_ENUMERATOR
        METRIC_ABORT_COUNT
};

enum metric_rebalance {
    METRIC_REBALANCE_ASSIGNED,
    METRIC_REBALANCE_REVOKED,
    METRIC_REBALANCE_LOST,
    METRIC_REBALANCE_COUNT
};

enum metric_histogram {
    METRIC_TRANSACTION_SECONDS,
    METRIC_TRANSACTION_RECORDS,
    METRIC_LATENCY_SECONDS, /* record timestamp to commit */
    METRIC_TIMER_SECONDS,   /* due time to decision */
    METRIC_HISTOGRAMS
};

/* Gauges of one worker, summed by the scrape. */
enum metric_gauge {
    METRIC_PRODUCER_QUEUE, /* messages waiting in the producer */
    METRIC_CONSUMER_QUEUE, /* messages fetched and not yet taken */
    METRIC_TICKETS_OPEN,   /* remembered tickets by status, in this order */
    METRIC_TICKETS_RESOLVED,
    METRIC_TICKETS_CLOSED,
    METRIC_TICKETS_MERGED,
    METRIC_TICKETS_CANCELLED,
    METRIC_STATE_BYTES, /* that they take in memory */
    METRIC_RESTORING,   /* partitions */
    /* When the next timer is due, UTC milliseconds; 0: none. A scrape has for
     * how long it is overdue, also while the worker hangs. */
    METRIC_TIMER_DUE_MS,
    METRIC_GAUGES
};
enum { METRIC_STATUSES = METRIC_TICKETS_CANCELLED - METRIC_TICKETS_OPEN + 1 };

/* How loading a catalogue went. */
enum metric_load {
    METRIC_LOAD_ACCEPTED,
    METRIC_LOAD_REFUSED, /* inconsistent: the last good one stays */
    METRIC_LOAD_FAILED,  /* Redis did not give it */
    METRIC_LOAD_COUNT
};

enum {
    METRIC_LABELS = 32,      /* a label's number is below this */
    METRIC_BUCKETS = 20,     /* of a histogram, without +Inf */
    METRIC_PARTITIONS = 1024 /* of one worker; further ones are not shown */
};

/* One owned partition, from which a scrape derives lag. -1: not known. The
 * worker stores, with metrics_store, what it alone knows; the rest comes from
 * the thread that measures lag (metrics_lag.h). */
enum { METRIC_OFFSET_NONE = -2 };
struct partition_metrics {
    _Atomic int64_t partition;
    /* The worker's. `committed` is the offset at which a restart would go on,
     * METRIC_OFFSET_NONE when nothing was ever committed; the measuring thread
     * stores it as long as the worker has not. */
    _Atomic int64_t committed;
    _Atomic int64_t in_hand_offset; /* first record of the transaction that is
                                       open, or was last: metrics_in_hand */
    _Atomic int64_t in_hand_ms;     /* its timestamp */
    /* Measured. */
    _Atomic int64_t begin;         /* known if nothing was ever committed */
    _Atomic int64_t stable_end;    /* last stable offset */
    _Atomic int64_t high_end;      /* high watermark */
    _Atomic int64_t seen;          /* `committed` at the last measurement */
    _Atomic int64_t oldest_offset; /* where the group went on when oldest_ms
                                      was measured */
    _Atomic int64_t oldest_ms;     /* timestamp of the first record from there
                                      on; 0: there was none */
};

struct metrics;
struct worker_metrics;

/* Never NULL: out of memory ends the process. */
struct metrics *metrics_new(unsigned workers);
void metrics_free(struct metrics **m);

/* The block of one worker; what follows is for that worker's thread alone. */
struct worker_metrics *metrics_worker(struct metrics *m, unsigned worker);

/* Counts at once: things that are not part of a transaction. */
void metrics_count_now(struct worker_metrics *w, enum metric_counter counter,
                       unsigned label);

/* The same `n` times. */
void metrics_add_now(struct worker_metrics *w, enum metric_counter counter,
                     unsigned label, uint64_t n);

/* Counts when the open transaction is committed. */
void metrics_count(struct worker_metrics *w, enum metric_counter counter,
                   unsigned label);

/* One more input record in the open transaction; its Kafka timestamp (0 or
 * less: it has none) gives the latency at commit. */
void metrics_record(struct worker_metrics *w, int64_t timestamp_ms);

/* Adds to a histogram at once. */
void metrics_observe(struct worker_metrics *w, enum metric_histogram histogram,
                     int64_t value);

/* The open transaction ended. `duration_us` runs from its begin. */
void metrics_committed(struct worker_metrics *w, int64_t now_ms,
                       int64_t duration_us);
void metrics_aborted(struct worker_metrics *w, enum metric_abort reason);

void metrics_gauge(struct worker_metrics *w, enum metric_gauge gauge,
                   int64_t value);

/* The worker owns a partition from now on: its row, in which nothing is known
 * yet (-1 each), valid until all are cleared. Never NULL; beyond
 * METRIC_PARTITIONS a row that nobody sees. */
struct partition_metrics *metrics_partition_add(struct worker_metrics *w,
                                                int32_t partition);

/* All partitions were taken away: they are missing from the next scrape. */
void metrics_partitions_clear(struct worker_metrics *w);

/* A figure of a partition's row; never waits. */
static inline void metrics_store(_Atomic int64_t *figure, int64_t value)
{
    atomic_store_explicit(figure, value, memory_order_relaxed);
}

/* The worker takes the first record of a partition into a transaction. */
static inline void metrics_in_hand(struct partition_metrics *row,
                                   int64_t offset, int64_t timestamp_ms)
{
    metrics_store(&row->in_hand_ms, timestamp_ms);
    atomic_store_explicit(&row->in_hand_offset, offset, memory_order_release);
}

/* For the catalogue's thread. `version` as in events: "42+1f3a9c07". */
void metrics_catalogue_load(struct metrics *m, enum metric_load result);
void metrics_catalogue_live(struct metrics *m, const char *version,
                            int64_t number, size_t routes, int64_t now_ms);

/* A calendar whose announced days end; ids are as long as the catalogue lets
 * them be. */
enum { METRIC_CALENDARS = 64, METRIC_CALENDAR_ID_SIZE = 513 };
struct metric_calendar {
    int64_t runs_out_ms;
    char id[METRIC_CALENDAR_ID_SIZE];
};

/* Those of the live catalogue, at most METRIC_CALENDARS. */
void metrics_calendars_set(struct metrics *m,
                           const struct metric_calendar *items, size_t n);

/* Redis confirmed just now that the live catalogue is the current one. */
void metrics_catalogue_current(struct metrics *m, int64_t now_ms);

/* Takes a sample for the rates over 1, 5 and 15 minutes. Call it about once a
 * second, always from the same thread. */
void metrics_tick(struct metrics *m, int64_t now_ms);

#endif
