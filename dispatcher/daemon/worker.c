/*
 * The loop of a worker: its phases, rebalances, thread.
 */
#include "worker_state.h"

#include "arena.h"
#include "catalogue_watch.h"
#include "clock.h"
#include "consumer.h"
#include "health.h"
#include "kafka_conf.h"
#include "loader.h"
#include "log.h"
#include "memory.h"
#include "tickets.h"
#include "watchdog.h"

#include <stdlib.h>
#include <time.h>

enum {
    POLL_MS = 100, /* how long an idle worker waits for a record */
    COMMITTED_MS = 2000,
    RENEW_PAUSE_MS = 200, /* before the next try to make a producer */
    /* One record may need that much: up to 144 events with the whole ticket
     * in each. */
    ARENA_MAX = 96 << 20,
};

static void take_record(struct worker *w, struct record *rec)
{
    if (rec->topic == CONSUMER_STATE)
        worker_restore(w, rec);
    else if (w->reading)
        worker_process(w, rec);
    else
        worker_see(w, rec);
}

static void join(struct worker *w);

/* Our membership is another's, and it may be we who have it: a broker that hung
 * for longer than the session answers two tries to join, and the client knows
 * of one; where a process is shown another steady clock, too, the client joins
 * anew although the session was not over. Again and again: a twin. */
static void lose_membership(struct worker *w)
{
    if (worker_has_twin(w)) {
        worker_end(w, "consumer_failed", consumer_error(w->consumer));
        return;
    }
    log_warn("joining_anew",
             "worker=%d reason=\"our membership was given away\"", w->index);
    if (w->in_transaction)
        worker_give_up(w, TXN_OK, METRIC_ABORT_REBALANCE);
    consumer_close(&w->consumer);
    w->assigned = false;
    if (w->phase == PHASE_RUN)
        w->phase = PHASE_REWIND;
    if (w->phase != PHASE_END)
        join(w);
}

/* A partition is fetched no more. Where it is the state, what was to be read
 * next may be gone, with all before it. */
static void fetch_anew(struct worker *w, const struct record *rec)
{
    struct owned *o = partitions_find(&w->partitions, rec->partition);

    if (o && rec->topic == CONSUMER_STATE)
        partitions_restore_anew(o);
    worker_rewind(w);
}

/* Waits for one event and handles it; records only count while running. False:
 * there was none. */
static bool poll_once(struct worker *w, int timeout_ms)
{
    struct record rec;
    enum consumer_event event;

    watchdog_enter(w->watchdog, "consume");
    event = consumer_poll(w->consumer, timeout_ms, &rec);
    watchdog_leave(w->watchdog);
    if (event != CONSUMER_RECORD)
        worker_restore_settle(w);
    if (event == CONSUMER_FENCED)
        lose_membership(w);
    if (event == CONSUMER_FATAL)
        worker_end(w, "consumer_failed", consumer_error(w->consumer));
    if (event == CONSUMER_STUCK && w->phase == PHASE_RUN)
        fetch_anew(w, &rec);
    if (event == CONSUMER_NOTHING && w->phase == PHASE_RUN)
        worker_idle(w);
    if (event == CONSUMER_END && w->phase == PHASE_RUN)
        worker_restore_end(w, &rec);
    if (event == CONSUMER_RECORD && w->phase == PHASE_RUN)
        take_record(w, &rec);
    if (event == CONSUMER_RECORD)
        consumer_done(&rec);
    return event != CONSUMER_NOTHING;
}

static bool has_catalogue(struct worker *w)
{
    const struct catalogue *cat = catalogue_watch_take(w->options.catalogue);

    if (cat)
        catalogue_watch_release(w->options.catalogue, cat);
    return cat;
}

void worker_fetch(struct worker *w)
{
    struct partitions *p = &w->partitions;

    for (size_t i = 0; i < p->n; i++) {
        struct owned *o = &p->items[i];

        o->fetching = o->ready;
        p->offsets[i] = (struct partition_offset){
            .topic = o->ready ? CONSUMER_TICKETS : CONSUMER_STATE,
            .partition = o->partition,
            .offset = o->ready ? o->next : o->restored};
    }
    if (consumer_fetch(w->consumer, p->offsets, p->n) != STATUS_OK)
        w->phase = PHASE_REWIND;
    worker_show_state(w);
}

/* There is a catalogue: what was only seen is read again, and applied. */
static void begin_reading(struct worker *w)
{
    w->reading = true;
    for (size_t i = 0; i < w->partitions.n; i++) {
        struct owned *o = &w->partitions.items[i];

        if (o->ready)
            tickets_release(o->tickets);
    }
}

/* New tickets wait for the first catalogue; timers do not. */
static void run(struct worker *w)
{
    if (!w->reading && !w->in_transaction && has_catalogue(w)) {
        worker_rewind(w);
        return;
    }
    poll_once(w, worker_patience_ms(w, POLL_MS));
    if (!worker_restore_goes_on(w)) {
        worker_restore_settle(w);
        if (w->phase == PHASE_RUN)
            worker_restore_turn(w);
        if (w->phase == PHASE_RUN)
            worker_time(w);
    }
    if (w->phase == PHASE_RUN && w->in_transaction && worker_commit_due(w))
        worker_commit(w);
}

enum status worker_committed(struct worker *w, struct partition_offset *items,
                             size_t n)
{
    enum status status;

    watchdog_enter(w->watchdog, "committed");
    status = consumer_committed(w->consumer, items, n, COMMITTED_MS);
    watchdog_leave(w->watchdog);
    return status;
}

/* From where does each partition go on, and whose memory is current? Asked
 * after everything that makes the memory doubtful; fetching begins with the
 * answer. */
static void rewind_partitions(struct worker *w)
{
    struct partitions *p = &w->partitions;
    struct partition_offset *offsets;
    enum status status;
    size_t n_kept;

    poll_once(w, w->assigned ? 0 : POLL_MS);
    if (!w->assigned || w->phase != PHASE_REWIND)
        return;
    offsets = partitions_committed(p);
    status = worker_committed(w, offsets, p->n);
    if (status != STATUS_OK) {
        log_info("kafka_waits", "call=committed worker=%d", w->index);
        health_set(w->options.health, (unsigned)w->index, HEALTH_STATE, false,
                   "waits to hear where the partitions go on: a transaction "
                   "of a former owner may be open");
        poll_once(w, POLL_MS);
        return;
    }
    n_kept = partitions_rewound(p);
    w->idle_since_us = clock_steady_us();
    w->restore_told_us = w->restore_tried_us = w->idle_since_us;
    w->phase = PHASE_RUN;
    log_info("fetching", "worker=%d partitions=%zu kept=%zu", w->index, p->n,
             n_kept);
    w->reading = false;
    if (has_catalogue(w))
        begin_reading(w);
    worker_fetch(w);
}

static void make_producer(struct worker *w)
{
    const struct producer_options options = {
        .cfg = w->options.cfg,
        .worker = w->index,
        .max_message_size = w->options.max_message_size,
        .state_ends = w->state_ends,
        .n_state_ends = (size_t)w->options.tickets_partitions,
        .watchdog = w->watchdog,
        .stopping = w->options.stopping,
    };
    const struct timespec pause = {.tv_nsec = RENEW_PAUSE_MS * 1000000L};
    char why[KAFKA_WHY_SIZE];
    struct log_text text;
    enum txn result;

    w->producer = producer_new(&options, why);
    if (!w->producer) {
        worker_end(w, "producer_failed", why);
        return;
    }
    result = producer_init(w->producer);
    if (result == TXN_OK) {
        log_info("producer_ready", "worker=%d", w->index);
        w->phase = PHASE_REWIND;
    } else if (result == TXN_STOP) {
        worker_end(w, "producer_failed", producer_error(w->producer));
    } else if (result == TXN_LEAVE) {
        w->phase = PHASE_END;
    } else if (result == TXN_FENCED) {
        worker_fenced(w);
    } else {
        log_warn("producer_renewed", "worker=%d reason=%s", w->index,
                 log_value(&text, producer_error(w->producer)));
        nanosleep(&pause, NULL);
        worker_renew(w);
    }
}

/* ----------------------------------------------------------------- rebalances
 */

static void on_assigned(void *opaque, const int32_t *ids, size_t n)
{
    struct worker *w = opaque;

    worker_restore_settle(w);
    metrics_count_now(w->metrics, METRIC_REBALANCES, METRIC_REBALANCE_ASSIGNED);
    metrics_partitions_clear(w->metrics);
    partitions_set(&w->partitions, ids, n);
    w->assigned = n > 0;
    for (size_t i = 0; i < n; i++)
        w->partitions.items[i].metrics =
            metrics_partition_add(w->metrics, w->partitions.items[i].partition);
    health_set(w->options.health, (unsigned)w->index, HEALTH_GROUP, true,
               "%zu partitions", n);
    if (n == 0) {
        health_set(w->options.health, (unsigned)w->index, HEALTH_STATE, true,
                   "no partitions");
        health_set(w->options.health, (unsigned)w->index, HEALTH_TIMERS, true,
                   "no partitions");
    }
    log_info("assigned", "worker=%d partitions=%zu", w->index, n);
    if (w->phase == PHASE_RUN)
        w->phase = PHASE_REWIND;
}

/* The open transaction ends before the partitions go (invariant 3). */
static void on_revoked(void *opaque, bool lost)
{
    struct worker *w = opaque;

    worker_restore_settle(w);
    metrics_count_now(w->metrics, METRIC_REBALANCES,
                      lost ? METRIC_REBALANCE_LOST : METRIC_REBALANCE_REVOKED);
    if (w->in_transaction && lost)
        worker_give_up(w, TXN_OK, METRIC_ABORT_REBALANCE);
    else if (w->in_transaction)
        worker_commit(w);
    metrics_partitions_clear(w->metrics);
    metrics_gauge(w->metrics, METRIC_TIMER_DUE_MS, 0);
    w->assigned = false; /* their memory stays: they may come back */
    if (!atomic_load(w->options.stopping))
        health_set(w->options.health, (unsigned)w->index, HEALTH_GROUP, false,
                   "the group is rebalancing");
    log_info("revoked", "worker=%d lost=%s", w->index, lost ? "yes" : "no");
    if (w->phase == PHASE_RUN)
        w->phase = PHASE_REWIND;
}

static void join(struct worker *w)
{
    const struct consumer_handlers handlers = {
        .assigned = on_assigned, .revoked = on_revoked, .opaque = w};
    char why[KAFKA_WHY_SIZE];

    w->consumer = consumer_new(w->options.cfg, w->index, &handlers, why);
    if (!w->consumer)
        worker_end(w, "consumer_failed", why);
}

/* ------------------------------------------------------------------ the thread
 */

static void step(struct worker *w)
{
    if (w->phase != PHASE_RUN)
        worker_restore_settle(w);
    switch (w->phase) {
    case PHASE_RENEW:
        make_producer(w);
        break;
    case PHASE_REWIND:
        rewind_partitions(w);
        break;
    case PHASE_RUN:
        run(w);
        break;
    case PHASE_END:
        break;
    }
}

/* The first producer is made before the group is joined: init_transactions
 * ends what an earlier life of this identity left open. */
static void *loop(void *opaque)
{
    struct worker *w = opaque;

    while (w->phase == PHASE_RENEW && !atomic_load(w->options.stopping))
        make_producer(w);
    if (w->phase != PHASE_END && !atomic_load(w->options.stopping))
        join(w);
    while (w->phase != PHASE_END && !atomic_load(w->options.stopping))
        step(w);
    if (w->in_transaction && w->phase == PHASE_RUN)
        worker_commit(w);
    w->phase = PHASE_END;
    worker_restore_settle(w); /* the client waits for its messages */
    watchdog_enter(w->watchdog, "close");
    consumer_close(&w->consumer);
    producer_free(&w->producer);
    watchdog_leave(w->watchdog);
    watchdog_rest(w->watchdog);
    worker_forget_transaction(w);
    atomic_store(&w->ended, true);
    return NULL;
}

struct worker *worker_start(const struct worker_options *options, int index)
{
    struct worker *w = memory_new(sizeof *w);

    *w = (struct worker){
        .options = *options,
        .index = index,
        .metrics = metrics_worker(options->metrics, (unsigned)index),
        .watchdog = watchdog_slot(options->watchdog, (unsigned)index),
        .state_ends = memory_new_array((size_t)options->tickets_partitions,
                                       sizeof(int64_t)),
        .arena = arena_new(ARENA_MAX)};
    if (pthread_create(&w->thread, NULL, loop, w)) {
        log_error("thread_failed", "worker=%d", index);
        abort();
    }
    return w;
}

bool worker_ended(struct worker *w, bool *failed)
{
    *failed = atomic_load(&w->failed);
    return atomic_load(&w->ended);
}

void worker_join(struct worker **w)
{
    if (!*w)
        return;
    pthread_join((*w)->thread, NULL);
    loader_free(&(*w)->loader);
    partitions_deinit(&(*w)->partitions);
    arena_free(&(*w)->arena);
    free((*w)->state_ends);
    free(*w);
    *w = NULL;
}
