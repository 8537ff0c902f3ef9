/*
 * Reading partitions' tickets back from the state topic (invariant 5).
 *
 *   (a) stable committed offset   rewind_partitions: no transaction that
 *                                 could still change the state is open
 *   (b) high watermark            comes with every fetch after that
 *   (c) state up to there         worker_restore, worker_restore_end
 *   (d) tickets from (a)          worker_fetch, if (a) still stands
 */
#include "worker_state.h"

#include "clock.h"
#include "consumer.h"
#include "health.h"
#include "loader.h"
#include "log.h"
#include "tickets.h"

#include <stdio.h>
#include <time.h>

enum {
    TELL_US = 5 * 1000000, /* between two lines about progress */
    TRY_US = 1000000,      /* between two looks behind a transaction */
    MOVED_PAUSE_MS = 100,  /* before offsets that moved are asked for again */
    SETTLE_US = 10 * 1000, /* so often what is read is waited for */
    NUDGE_US = 20 * 1000,
    NUDGE_BELOW = 50000, /* records; half of what stops the fetching */
};

static void stop(struct worker *w, int32_t partition, const char *what)
{
    char why[STATE_WHY_SIZE + 64];

    snprintf(why, sizeof why, "partition %d: %s", (int)partition, what);
    worker_end(w, "state_refused", why);
}

static void refuse_record(struct worker *w, const struct loader_refusal *r)
{
    char what[160];

    snprintf(what, sizeof what, "record %lld of the state is %s",
             (long long)r->offset,
             r->status == STATUS_FATAL
                 ? "of a newer format; see \"A newer format\" in docs/kafka.md"
                 : "no ticket's; see \"A state that is not ours\" in "
                   "docs/kafka.md");
    stop(w, r->partition, what);
}

/* ---------------------------------------------------------------- loading */

void worker_restore(struct worker *w, struct record *rec)
{
    uint64_t n = 0;

    if (!w->loader)
        w->loader = loader_new(&w->partitions);
    w->loading = true;
    do {
        loader_add(w->loader, rec);
        n++;
    } while (consumer_take(w->consumer, rec));
    metrics_add_now(w->metrics, METRIC_RESTORED, 0, n);
}

bool worker_restore_goes_on(struct worker *w)
{
    return w->loading && !clock_is_over(w->settled_us, SETTLE_US);
}

void worker_restore_settle(struct worker *w)
{
    struct loader_refusal refusal;

    if (!w->loading)
        return;
    w->loading = false;
    if (!loader_settle(w->loader, &refusal) && w->phase != PHASE_END)
        refuse_record(w, &refusal);
    w->settled_us = clock_steady_us();
}

/* ------------------------------------------------------ the end of a state */

/* The state is complete: does it belong to the offset? */
static bool judge(struct worker *w, struct owned *o)
{
    const struct state_findings found = {
        .partition = o->partition,
        .partitions = w->options.tickets_partitions,
        .offset = o->committed,
        .stamp = o->stamp,
        .head = o->head,
        .n_tickets = tickets_count(o->tickets, TICKET_STATUS_ANY),
    };
    char why[STATE_WHY_SIZE];
    struct log_text text;

    switch (state_judge(&found, why)) {
    case STATUS_OK:
        return true;
    case STATUS_REJECT:
        log_warn("offset_without_stamp", "partition=%d offset=%lld reason=%s",
                 (int)o->partition, (long long)o->committed,
                 log_value(&text, why));
        return true;
    default:
        stop(w, o->partition, why);
        return false;
    }
}

/* A broker that has just taken over a group may give offsets while it still
 * reads them: old ones, or none (Kafka 4.1.1, after one was killed). What it
 * says of a partition counts if it says so still when the state is read. */
static bool offset_stands(struct worker *w, const struct owned *o)
{
    const struct timespec pause = {.tv_nsec = MOVED_PAUSE_MS * 1000000L};
    struct partition_offset now = {.topic = CONSUMER_TICKETS,
                                   .partition = o->partition,
                                   .offset = o->committed};

    if (worker_committed(w, &now, 1) == STATUS_OK &&
        now.offset == o->committed && stamp_equal(&now.stamp, &o->stamp))
        return true;
    log_info("offset_moved", "partition=%d offset=%lld", (int)o->partition,
             (long long)now.offset);
    nanosleep(&pause, NULL);
    return false;
}

void worker_restore_end(struct worker *w, const struct record *end)
{
    struct owned *o = partitions_find(&w->partitions, end->partition);
    int64_t high_end;

    if (!o || o->ready || end->topic != CONSUMER_STATE)
        return;
    o->restored = end->offset;
    high_end = consumer_high_end(w->consumer, CONSUMER_STATE, o->partition);
    if (high_end == OFFSET_NONE || end->offset < high_end) {
        if (!o->restore_waits)
            log_info("state_waits",
                     "partition=%d reason=\"a transaction of a "
                     "former owner is open\"",
                     (int)o->partition);
        o->restore_waits = true;
        return;
    }
    if (!offset_stands(w, o)) {
        worker_rewind(w);
        return;
    }
    if (!judge(w, o))
        return;
    if (o->partition < w->options.tickets_partitions)
        w->state_ends[o->partition] = end->offset;
    partitions_ready(o);
    log_info("state_restored",
             "worker=%d partition=%d tickets=%zu records=%zu ms=%lld", w->index,
             (int)o->partition, tickets_count(o->tickets, TICKET_STATUS_ANY),
             o->n_restored,
             o->n_restored ? (long long)(clock_steady_us() - o->begun_us) / 1000
                           : 0LL);
    worker_show_state(w);
    if (w->n_restoring == 0)
        worker_fetch(w);
}

void worker_show_state(struct worker *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->partitions.n; i++)
        n += !w->partitions.items[i].ready;
    w->n_restoring = n;
    metrics_gauge(w->metrics, METRIC_RESTORING, (int64_t)n);
    if (n == 0)
        health_set(w->options.health, (unsigned)w->index, HEALTH_STATE, true,
                   "%s", "");
    else
        health_set(w->options.health, (unsigned)w->index, HEALTH_STATE, false,
                   "the state of partitions is being restored: the log and "
                   "dispatcher_restoring_partitions tell how far");
}

static void tell_progress(struct worker *w)
{
    for (size_t i = 0; i < w->partitions.n; i++) {
        const struct owned *o = &w->partitions.items[i];
        int64_t high_end;

        if (o->ready)
            continue;
        high_end = consumer_high_end(w->consumer, CONSUMER_STATE, o->partition);
        log_info("state_restoring",
                 "worker=%d partition=%d offset=%lld of=%lld tickets=%zu",
                 w->index, (int)o->partition, (long long)o->restored,
                 (long long)high_end,
                 tickets_count(o->tickets, TICKET_STATUS_ANY));
    }
}

/* Fetching begins anew for all partitions, so it is not done for each one as
 * soon as it is ready. Nor does the client library tell again of an end where
 * a transaction was open: it is made to look. */
static bool must_fetch(const struct worker *w)
{
    for (size_t i = 0; i < w->partitions.n; i++) {
        const struct owned *o = &w->partitions.items[i];

        if (o->restore_waits || (o->ready && !o->fetching))
            return true;
    }
    return false;
}

/* The state comes faster than it can be taken, until the client library's queue
 * is full. */
static void keep_fetching(struct worker *w)
{
    struct partitions *p = &w->partitions;
    size_t n = 0;

    if (!clock_is_over(w->nudged_us, NUDGE_US) ||
        consumer_waiting(w->consumer) > NUDGE_BELOW)
        return;
    w->nudged_us = clock_steady_us();
    for (size_t i = 0; i < p->n; i++)
        if (!p->items[i].ready)
            p->offsets[n++] = (struct partition_offset){
                .topic = CONSUMER_STATE, .partition = p->items[i].partition};
    consumer_nudge(w->consumer, p->offsets, n);
}

void worker_restore_turn(struct worker *w)
{
    if (w->n_restoring == 0)
        return;
    keep_fetching(w);
    if (clock_is_over(w->restore_tried_us, TRY_US)) {
        w->restore_tried_us = clock_steady_us();
        if (must_fetch(w))
            worker_fetch(w);
    }
    if (clock_is_over(w->restore_told_us, TELL_US)) {
        w->restore_told_us = clock_steady_us();
        tell_progress(w);
    }
}
