/*
 * What the files of a worker share: its state and the steps between them.
 */
#ifndef DISPATCHER_WORKER_STATE_H
#define DISPATCHER_WORKER_STATE_H

#include "clock_guard.h"
#include "metrics.h"
#include "partitions.h"
#include "producer.h"
#include "ticket.h"
#include "worker.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct catalogue;
struct consumer;
struct loader;
struct outputs;
struct ticket_step;
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
    int64_t *state_ends; /* see producer_options */
    bool assigned;       /* the partitions are ours; else their memory alone */
    struct worker_metrics *metrics;
    struct watchdog_slot *watchdog;
    struct arena *arena;
    bool reading; /* tickets are applied: there is a catalogue */

    /* The open transaction. */
    bool in_transaction;
    int64_t begun_us;
    int n_records;                     /* input records */
    int n_steps;                       /* these, and what time alone did */
    const struct catalogue *catalogue; /* one snapshot a transaction */

    int n_aborts; /* in a row */

    /* Time. */
    struct clock_guard guard;
    int64_t distrusted_until_us; /* the broker refused our clock's time */
    int64_t next_due_ms;         /* of all ready partitions; INT64_MAX: none */
    int64_t timed_us;            /* when timers were last looked at */
    int64_t asked_us;            /* when the partitions' ends were asked for */
    int64_t looked_us; /* when clocks were last compared with calendars */
    int64_t shown_us;  /* when the gauges were set */

    size_t n_restoring;    /* partitions */
    struct loader *loader; /* NULL: nothing was restored yet */
    bool loading;          /* it is not settled */
    int64_t nudged_us;
    int64_t settled_us;       /* when the loader was waited for */
    int64_t restore_told_us;  /* when progress was last told */
    int64_t restore_tried_us; /* when an open transaction was looked behind */
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

/* Another process had our identity once more: true when that was so often in
 * a short time that one must be assumed. */
bool worker_has_twin(struct worker *w);

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

/* As consumer_committed, for as long as a worker waits for that. */
MUST_CHECK enum status
worker_committed(struct worker *w, struct partition_offset *items, size_t n);

/* Fetches what the partitions need: of those that are ready, tickets; of those
 * that are not, their state. */
void worker_fetch(struct worker *w);

/* Decides about one record inside a transaction, which it may open. */
void worker_process(struct worker *w, const struct record *rec);

/* Without a catalogue a record is only seen: the timers of its ticket wait for
 * it, all others do not. */
void worker_see(struct worker *w, const struct record *rec);

/* Nothing waits in the input. */
void worker_idle(struct worker *w);

/* An empty list of outputs in the worker's arena, which is emptied. */
void worker_outputs(struct worker *w, struct outputs *out);

/* What a step depends on beside record and state. */
struct ticket_context worker_context(const struct worker *w,
                                     const struct owned *o,
                                     int64_t timestamp_ms);

/* Sends a step's outputs and its state record; `rec` NULL: time caused it. */
enum txn worker_send(struct worker *w, struct owned *o,
                     const struct outputs *out, const struct ticket_step *step,
                     const struct record *rec);

/* A ticket's state cannot be read: ends the worker. */
void worker_corrupt(struct worker *w, const struct owned *o);

/* Takes over a record of the state topic, and those that were fetched along
 * with it. Another thread loads them until worker_restore_settle, which comes
 * before all that looks at a partition that is being restored. */
void worker_restore(struct worker *w, struct record *rec);

/* True while there is so much to load that all else can wait for a moment. */
bool worker_restore_goes_on(struct worker *w);
void worker_restore_settle(struct worker *w);

/* The end of a partition's state was reached. */
void worker_restore_end(struct worker *w, const struct record *end);

/* Now and then while partitions are being restored: progress, and another try
 * where a transaction holds records back. */
void worker_restore_turn(struct worker *w);

/* Says whether all partitions are restored. */
void worker_show_state(struct worker *w);

/* What is due is done; clocks follow calendars that changed. */
void worker_time(struct worker *w);

/* How long the loop may wait for a record, in milliseconds. */
int worker_patience_ms(const struct worker *w, int longest_ms);

#endif
