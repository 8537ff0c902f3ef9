/*
 * Every metric, once: name, type, labels, help. /metrics is written from this
 * table, and docs/metrics.md is tested against it.
 *
 * Names follow the conventions of Prometheus: base units, _total for counters,
 * process_* as the client libraries have them.
 */
#ifndef DISPATCHER_METRICS_TABLE_H
#define DISPATCHER_METRICS_TABLE_H

#include "metrics.h"

/* X(ENUMERATOR, "name", TYPE, "labels", "help") */
#define METRIC_FAMILIES(X)                                                     \
    X(TICKETS, "dispatcher_tickets_total", COUNTER, "kind",                    \
      "Ticket events that were applied, by kind.")                             \
    X(ASSIGNMENTS, "dispatcher_assignments_total", COUNTER, "kind",            \
      "Assignment events that were committed, by kind.")                       \
    X(DEADLINES, "dispatcher_deadlines_total", COUNTER, "kind",                \
      "Deadline events that were committed, by kind.")                         \
    X(DEAD_LETTERS, "dispatcher_dead_letters_total", COUNTER, "code",          \
      "Records that ended as dead letters, by error code.")                    \
    X(COMMITS, "dispatcher_transactions_committed_total", COUNTER, "",         \
      "Transactions that were committed.")                                     \
    X(ABORTS, "dispatcher_transactions_aborted_total", COUNTER, "reason",      \
      "Transactions that were aborted, by reason; their records are "          \
      "processed again.")                                                      \
    X(REBALANCES, "dispatcher_rebalances_total", COUNTER, "kind",              \
      "Times that partitions were assigned, revoked or lost.")                 \
    X(PRODUCERS, "dispatcher_producers_renewed_total", COUNTER, "",            \
      "Producers made anew after an error that ended the old one.")            \
    X(TRANSACTION_SECONDS, "dispatcher_transaction_duration_seconds",          \
      HISTOGRAM, "", "From begin to commit of a transaction.")                 \
    X(TRANSACTION_RECORDS, "dispatcher_transaction_records", HISTOGRAM, "",    \
      "Input records in a committed transaction.")                             \
    X(LATENCY, "dispatcher_latency_seconds", HISTOGRAM, "",                    \
      "From the Kafka timestamp of an input record to its commit.")            \
    X(TIMER_SECONDS, "dispatcher_timer_delay_seconds", HISTOGRAM, "",          \
      "From the due time of a timer (a warning, a breach, ...) to the "        \
      "decision.")                                                             \
    X(TIMER_OVERDUE, "dispatcher_timer_overdue_seconds", GAUGE, "",            \
      "For how long the oldest timer that is due has not fired.")              \
    X(REPEATS, "dispatcher_repeats_total", COUNTER, "",                        \
      "Ticket events that had been here before; they change nothing.")         \
    X(REMEMBERED, "dispatcher_remembered_tickets", GAUGE, "status",            \
      "Tickets in the state of the owned partitions, by status.")              \
    X(STATE_BYTES, "dispatcher_state_bytes", GAUGE, "",                        \
      "Memory that the state of the owned partitions takes.")                  \
    X(RESTORING, "dispatcher_restoring_partitions", GAUGE, "",                 \
      "Owned partitions whose state is still being read.")                     \
    X(RESTORED, "dispatcher_state_records_restored_total", COUNTER, "",        \
      "Records read from the state topic.")                                    \
    X(PRODUCER_QUEUE, "dispatcher_producer_queue_messages", GAUGE, "",         \
      "Messages that wait in the producers' queues.")                          \
    X(CONSUMER_QUEUE, "dispatcher_consumer_queue_messages", GAUGE, "",         \
      "Records that were fetched and not yet taken by a worker.")              \
    X(PARTITIONS, "dispatcher_owned_partitions", GAUGE, "",                    \
      "Partitions of the ticket topic that this replica owns.")                \
    X(LAG_RECORDS, "dispatcher_lag_records", GAUGE, "",                        \
      "Committed records of all owned partitions that are not dispatched "     \
      "yet.")                                                                  \
    X(LAG_SECONDS, "dispatcher_lag_seconds", GAUGE, "",                        \
      "Age of the oldest record in any owned partition that is not "           \
      "dispatched yet; 0 when there is none.")                                 \
    X(HELD_BACK, "dispatcher_held_back_records", GAUGE, "",                    \
      "Records of all owned partitions behind an open transaction of an "      \
      "upstream producer; nobody may read them yet.")                          \
    X(LAG_AGE, "dispatcher_lag_age_seconds", GAUGE, "",                        \
      "How long ago the broker last said where the owned partitions end: "     \
      "the lag is that old.")                                                  \
    X(PARTITION_LAG_RECORDS, "dispatcher_partition_lag_records", GAUGE,        \
      "topic,partition",                                                       \
      "Last stable offset less the committed offset of one owned "             \
      "partition.")                                                            \
    X(PARTITION_LAG_SECONDS, "dispatcher_partition_lag_seconds", GAUGE,        \
      "topic,partition",                                                       \
      "Age of the oldest record of one owned partition that is not "           \
      "dispatched yet; 0 when there is none.")                                 \
    X(PARTITION_HELD_BACK, "dispatcher_partition_held_back_records", GAUGE,    \
      "topic,partition",                                                       \
      "High watermark less the last stable offset of one owned partition.")    \
    X(PARTITION_COMMITTED, "dispatcher_partition_committed_offset", GAUGE,     \
      "topic,partition",                                                       \
      "Offset of one owned partition at which a restart would go on.")         \
    X(READY, "dispatcher_ready", GAUGE, "",                                    \
      "1 when all that is needed is there, as /readyz has it.")                \
    X(CONDITION, "dispatcher_condition", GAUGE, "what",                        \
      "1 when that condition of /readyz is as it should be.")                  \
    X(CALL_SECONDS, "dispatcher_call_seconds", GAUGE, "worker",                \
      "For how long the worker has been in its current call.")                 \
    X(CATALOGUE_LOADS, "dispatcher_catalogue_loads_total", COUNTER, "result",  \
      "Catalogues that were accepted, refused as inconsistent, or failed to "  \
      "load.")                                                                 \
    X(CATALOGUE_VERSION, "dispatcher_catalogue_version", GAUGE, "",            \
      "Version number of the catalogue in use.")                               \
    X(CATALOGUE_INFO, "dispatcher_catalogue_info", GAUGE, "version",           \
      "1, with the whole version of the catalogue in use as events carry "     \
      "it.")                                                                   \
    X(CATALOGUE_ROUTES, "dispatcher_catalogue_routes", GAUGE, "",              \
      "Routes in the catalogue in use.")                                       \
    X(CATALOGUE_LOADED, "dispatcher_catalogue_loaded_timestamp_seconds",       \
      GAUGE, "", "When the catalogue in use was loaded, in Unix time.")        \
    X(CATALOGUE_CONFIRMED, "dispatcher_catalogue_confirmed_timestamp_seconds", \
      GAUGE, "",                                                               \
      "When Redis last confirmed that the catalogue in use is the current "    \
      "one, in Unix time.")                                                    \
    X(CALENDAR_RUNS_OUT, "dispatcher_calendar_runs_out_timestamp_seconds",     \
      GAUGE, "calendar",                                                       \
      "When the announced days of a calendar of the catalogue in use end, in " \
      "Unix time; at most 64, those that end first.")                          \
    X(LOG_LINES, "dispatcher_log_lines_total", COUNTER, "level",               \
      "Lines written to the log, by level.")                                   \
    X(BUILD_INFO, "dispatcher_build_info", GAUGE, "version,librdkafka",        \
      "1, with the versions of the program and of librdkafka.")                \
    X(PROCESS_CPU, "process_cpu_seconds_total", COUNTER, "",                   \
      "Processor time of the process, user and system.")                       \
    X(PROCESS_RSS, "process_resident_memory_bytes", GAUGE, "",                 \
      "Resident memory of the process.")                                       \
    X(PROCESS_VSZ, "process_virtual_memory_bytes", GAUGE, "",                  \
      "Virtual memory of the process.")                                        \
    X(PROCESS_FDS, "process_open_fds", GAUGE, "", "Open file descriptors.")    \
    X(PROCESS_MAX_FDS, "process_max_fds", GAUGE, "",                           \
      "Most file descriptors that the process may open.")                      \
    X(PROCESS_START, "process_start_time_seconds", GAUGE, "",                  \
      "When the process was started, in Unix time.")

enum metric_id {
#define METRIC_ID(id, name, type, labels, help) METRIC_ID_##id,
    METRIC_FAMILIES(METRIC_ID)
#undef METRIC_ID
        METRIC_ID_COUNT
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metric_family {
    const char *name;
    enum metric_type type;
    const char *labels; /* separated by commas; "": none */
    const char *help;
};

const struct metric_family *metric_family(enum metric_id id);

/* "counter", ... */
const char *metric_type_name(enum metric_type type);

/* The text of a counter's label: "assigned". NULL when this number has no
 * meaning and so no series; "" for a counter without labels. */
const char *metric_label(enum metric_counter counter, unsigned label);

/* "accepted", ... */
const char *metric_load_name(enum metric_load result);

/* The buckets of a histogram, in the unit that it counts in: `per_unit` of
 * them make one of the unit in its name. */
struct metric_buckets {
    size_t n;
    int64_t per_unit;
    int64_t bounds[METRIC_BUCKETS];
};
const struct metric_buckets *metric_buckets(enum metric_histogram histogram);

#endif
