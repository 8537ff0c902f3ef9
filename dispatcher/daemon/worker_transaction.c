/*
 * A worker's transactions: begun, committed, given up.
 */
#include "worker_state.h"

#include "catalogue_watch.h"
#include "clock.h"
#include "consumer.h"
#include "log.h"

#include <time.h>

enum {
    /* A process that is fenced so often in such a time has a twin. */
    FENCED_MAX = 3,
    FENCED_WINDOW_US = 120 * 1000000,
    DISTRUST_US = 600 * 1000000,
    ABORTS_FREE = 3, /* in a row, without a pause */
    ABORT_PAUSE_MS = 10,
    ABORT_PAUSE_MAX_MS = 500,
};

void worker_end(struct worker *w, const char *event, const char *why)
{
    struct log_text text;

    log_error(event, "worker=%d reason=%s", w->index, log_value(&text, why));
    atomic_store(&w->failed, true);
    w->phase = PHASE_END;
}

void worker_forget_transaction(struct worker *w)
{
    if (w->catalogue)
        catalogue_watch_release(w->options.catalogue, w->catalogue);
    w->catalogue = NULL;
    w->in_transaction = false;
}

/* An end is final. */
static void go_to(struct worker *w, enum phase phase)
{
    if (w->phase != PHASE_END)
        w->phase = phase;
}

void worker_renew(struct worker *w)
{
    metrics_count_now(w->metrics, METRIC_PRODUCERS, 0);
    producer_free(&w->producer);
    go_to(w, PHASE_RENEW);
}

bool worker_has_twin(struct worker *w)
{
    int64_t now_us = clock_steady_us();

    if (now_us - w->fenced_since_us > FENCED_WINDOW_US) {
        w->fenced_since_us = now_us;
        w->n_fenced = 0;
    }
    return ++w->n_fenced > FENCED_MAX;
}

/* Fenced once: an outage longer than the transaction's timeout does that to
 * the only instance, too. Of two with one static membership the group itself
 * fences one, and only that one ends; the other is fenced a few times until
 * then. */
void worker_fenced(struct worker *w)
{
    if (!w->options.cfg->membership_static && worker_has_twin(w)) {
        worker_end(
            w, "fenced",
            "another process uses this instance.id: give each replica one of "
            "its own");
        return;
    }
    worker_renew(w);
}

/* What the broker has accepted from others it accepts from us. It may be a
 * little old, which nobody minds as much as no record at all. */
static int64_t latest_timestamp(const struct worker *w)
{
    int64_t latest_ms = 0;

    for (size_t i = 0; i < w->partitions.n; i++)
        if (w->partitions.items[i].latest_ms > latest_ms)
            latest_ms = w->partitions.items[i].latest_ms;
    return latest_ms;
}

static bool clock_is_distrusted(const struct worker *w)
{
    return clock_steady_us() < w->distrusted_until_us;
}

static void distrust_clock(struct worker *w)
{
    if (!clock_is_distrusted(w))
        log_warn("clock_refused",
                 "worker=%d reason=\"the broker refuses our timestamps: this "
                 "machine's clock is far ahead of its own\" "
                 "timestamps=\"the latest that was read\"",
                 w->index);
    w->distrusted_until_us = clock_steady_us() + DISTRUST_US;
}

/* What fails again and again is not tried without a pause. */
static void pause_after_abort(struct worker *w)
{
    int ms = w->n_aborts < ABORTS_FREE ? 0 : ABORT_PAUSE_MS * w->n_aborts;
    struct timespec pause = {0};

    w->n_aborts++;
    if (ms > ABORT_PAUSE_MAX_MS)
        ms = ABORT_PAUSE_MAX_MS;
    pause.tv_nsec = ms * 1000000L;
    nanosleep(&pause, NULL);
}

static void stop_fetching(struct worker *w)
{
    if (consumer_fetch(w->consumer, NULL, 0) != STATUS_OK)
        log_warn("hold_failed", "worker=%d", w->index);
}

/* The open transaction cannot be committed: undo it and go back. `why` is
 * what the metrics call it. */
void worker_give_up(struct worker *w, enum txn cause, enum metric_abort why)
{
    struct log_text text;

    if (cause != TXN_LEAVE && cause != TXN_OK)
        log_warn("transaction_aborted", "worker=%d records=%d reason=%s",
                 w->index, w->n_records,
                 log_value(&text, producer_error(w->producer)));
    if (cause == TXN_FENCED)
        why = METRIC_ABORT_FENCED;
    if (cause == TXN_RENEW)
        why = METRIC_ABORT_FATAL;
    metrics_aborted(w->metrics, why);
    if (producer_clock_refused(w->producer))
        distrust_clock(w);
    worker_forget_transaction(w);
    stop_fetching(w);
    go_to(w, PHASE_REWIND);
    if (cause == TXN_OK || cause == TXN_ABORT)
        cause = producer_abort(w->producer);
    if (cause == TXN_RENEW)
        worker_renew(w);
    if (cause == TXN_FENCED)
        worker_fenced(w);
    if (cause == TXN_STOP)
        worker_end(w, "producer_failed", producer_error(w->producer));
    if (cause == TXN_LEAVE)
        w->phase = PHASE_END;
    else
        pause_after_abort(w);
}

void worker_rewind(struct worker *w)
{
    if (w->in_transaction)
        worker_commit(w);
    if (w->phase != PHASE_RUN)
        return;
    stop_fetching(w);
    w->phase = PHASE_REWIND;
}

bool worker_begin(struct worker *w)
{
    enum txn result;

    if (w->in_transaction)
        return true;
    result = producer_begin(w->producer);
    w->in_transaction = true;
    w->begun_us = clock_steady_us();
    w->n_records = 0;
    w->n_steps = 0;
    producer_set_time(w->producer,
                      clock_is_distrusted(w) ? latest_timestamp(w) : 0);
    if (result == TXN_OK) {
        w->catalogue = catalogue_watch_take(w->options.catalogue);
        return true;
    }
    worker_give_up(w, result, METRIC_ABORT_PRODUCE);
    return false;
}

/* The first state record of each memory, and now and then another one. */
static enum txn send_heads(struct worker *w)
{
    struct partitions *p = &w->partitions;
    enum txn result = TXN_OK;

    for (size_t i = 0; result == TXN_OK && i < p->n; i++) {
        struct owned *o = &p->items[i];
        uint8_t bytes[STATE_HEAD_SIZE];
        struct ticket_record record;

        if (!o->pending.lineage || !partition_needs_head(o))
            continue;
        o->pending_head = (struct state_head){
            .there = true,
            .format_version = TICKET_FORMAT_VERSION,
            .partitions = (uint32_t)w->options.tickets_partitions,
            .lineage = o->pending.lineage,
            .latest_ms = o->pending.latest_ms,
        };
        record = state_head_record(&o->pending_head, bytes);
        result = producer_send_state(w->producer, o->partition, &record);
    }
    return result;
}

void worker_commit(struct worker *w)
{
    size_t n = partitions_moved(&w->partitions);
    int64_t committed_us;
    enum txn result;

    if (!consumer_group(w->consumer)) { /* never without fencing */
        worker_give_up(w, TXN_ABORT, METRIC_ABORT_REBALANCE);
        return;
    }
    result = send_heads(w);
    if (result != TXN_OK) {
        worker_give_up(w, result, METRIC_ABORT_PRODUCE);
        return;
    }
    result = producer_commit(w->producer, w->partitions.offsets, n,
                             consumer_group(w->consumer));
    if (result != TXN_OK) {
        worker_give_up(w, result, METRIC_ABORT_COMMIT);
        return;
    }
    w->n_aborts = 0;
    committed_us = clock_steady_us();
    partitions_commit(&w->partitions);
    metrics_committed(w->metrics, clock_wall_ms(), committed_us - w->begun_us);
    worker_forget_transaction(w);
}

bool worker_commit_due(const struct worker *w)
{
    const struct settings *cfg = w->options.cfg;

    return w->n_steps >= cfg->commit_max_records ||
           clock_is_over(w->begun_us, (int64_t)cfg->commit_interval_ms * 1000);
}
