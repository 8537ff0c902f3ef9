/*
 * What the files of a worker share: its state and the steps between them.
 */
#ifndef DISPATCHER_WORKER_STATE_H
#define DISPATCHER_WORKER_STATE_H

#include "metrics.h"
#include "partitions.h"
#include "producer.h"
#include "worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct catalogue;
struct consumer;
struct watchdog_slot;
struct worker_metrics;

enum phase {
    PHASE_RENEW,  /* a producer is needed */
    PHASE_REWIND, /* the partitions' offsets are needed */
    PHASE_RUN,
    PHASE_END,
};

struct worker {
    struct worker_options options;
    int index;
    pthread_t thread;
    atomic_bool ended;
    atomic_bool failed;

    enum phase phase;
    struct consumer *consumer;
    struct producer *producer;
    struct partitions partitions;
    struct worker_metrics *metrics;
    struct watchdog_slot *watchdog;
    struct arena *arena;

    /* The open transaction. */
    bool in_transaction;
    int64_t begun_us;
    int n_records;
    const struct catalogue *catalogue; /* one snapshot a transaction */

    int64_t idle_since_us;
    int n_fenced;
    int64_t fenced_since_us;
};

/* The worker cannot go on: logs `event` with the reason and ends it. */
void worker_end(struct worker *w, const char *event, const char *why);

/* The producer is done for; the next step makes a new one. */
void worker_renew(struct worker *w);

/* As renew, unless a twin must be assumed: then the worker ends. */
void worker_fenced(struct worker *w);

/* Opens a transaction unless one is open. False: given up already. */
bool worker_begin(struct worker *w);

/* Commits the open transaction, or gives it up. */
void worker_commit(struct worker *w);

/* Whether the open transaction is old or large enough. */
bool worker_commit_due(const struct worker *w);

/* The open transaction cannot be committed: undoes it and goes back. `why` is
 * what the metrics call it. */
void worker_give_up(struct worker *w, enum txn cause, enum metric_abort why);

/* Ends the open transaction and goes back: fetching begins anew from what is
 * committed. */
void worker_rewind(struct worker *w);

/* Lets go of the open transaction's snapshot. */
void worker_forget_transaction(struct worker *w);

/* Decides about one record inside a transaction, which it may open. */
void worker_process(struct worker *w, const struct record *rec);

/* Nothing waits in the input. */
void worker_idle(struct worker *w);

#endif
