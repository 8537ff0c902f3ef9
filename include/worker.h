/*
 * A worker: one member of the group, one transactional producer, the
 * partitions that the group gives it.
 *
 *   RENEW ──> REWIND ──> RUN ──> (stopped)
 *     ^          ^         │
 *     │          └─ abort ─┤   what a transaction changed is undone, fetching
 *     └── fatal error ─────┘   goes on from the committed offsets
 *
 * All that can go wrong leads back to RENEW or REWIND; nothing else is needed
 * to recover, and a rebalance takes the same way.
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
    size_t max_message_size; /* fits every output topic */
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
