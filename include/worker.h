/*
 * A worker: one member of the group, one transactional producer, the
 * partitions that the group gives it, their tickets and timers.
 *
 *   RENEW ──> REWIND ──> RUN ──> (stopped)
 *     ^          ^         │
 *     │          └─ abort ─┤   the committed stamps tell which memory is
 *     └── fatal error ─────┘   current: it goes on, the rest is restored
 *
 * All that can go wrong leads back to RENEW or REWIND; nothing else is needed
 * to recover, and a rebalance takes the same way. While RUN, a partition's
 * state is read until it is complete, then its tickets are.
 */
#ifndef DISPATCHER_WORKER_H
#define DISPATCHER_WORKER_H

#include "settings.h"
#include "status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct catalogue_watch;
struct health;
struct metrics;
struct watchdog;
struct worker;

/* What the process shares with its workers. All borrowed. */
struct worker_options {
    const struct settings *cfg;
    size_t max_message_size;    /* fits every output topic */
    int32_t tickets_partitions; /* of the topic of tickets */
    struct catalogue_watch *catalogue;
    struct health *health;
    struct metrics *metrics;
    struct watchdog *watchdog;
    const atomic_bool *stopping;
};

/* Starts the thread of worker `index` (from 0). */
struct worker *worker_start(const struct worker_options *options, int index);

/* True once the thread has ended; *failed tells whether by itself. */
bool worker_ended(struct worker *w, bool *failed);

/* Waits for the thread, frees, sets *w to NULL. */
void worker_join(struct worker **w);

#endif
