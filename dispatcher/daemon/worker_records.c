/*
 * A worker's records: each one's outputs, or its dead letter, in the open
 * transaction.
 */
#include "worker_state.h"

#include "apply.h"
#include "arena.h"
#include "clock.h"
#include "consumer.h"
#include "log.h"
#include "output.h"

#include <assert.h>
#include <stdio.h>

enum { IDLE_OFFSETS_US = 1000 * 1000 }; /* idle for so long: skip controls */

static void count(struct worker *w, const struct outputs *out)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->items[i].topic == OUTPUT_ASSIGNMENTS)
            metrics_count(w->metrics, METRIC_ASSIGNMENTS,
                          (unsigned)out->items[i].kind);
        else if (out->items[i].topic == OUTPUT_DEADLINES)
            metrics_count(w->metrics, METRIC_DEADLINES,
                          (unsigned)out->items[i].kind);
}

void worker_outputs(struct worker *w, struct outputs *out)
{
    arena_reset(w->arena);
    outputs_init(out, w->arena, producer_max_value(w->producer));
    out->language = w->options.cfg->events_explanation;
}

struct ticket_context worker_context(const struct worker *w,
                                     const struct owned *o,
                                     int64_t timestamp_ms)
{
    return (struct ticket_context){
        .catalogue = w->catalogue,
        .timestamp_ms = timestamp_ms,
        .now_ms = o->latest_ms,
        .retention_ms = w->options.cfg->state_closed_retention_ms,
    };
}

enum txn worker_send(struct worker *w, struct owned *o,
                     const struct outputs *out, const struct ticket_step *step,
                     const struct record *rec)
{
    enum txn result = TXN_OK;

    for (size_t i = 0; result == TXN_OK && i < out->n; i++)
        result = producer_send(w->producer, &out->items[i], rec);
    if (result == TXN_OK && step->record.key) {
        o->touched = true;
        result = producer_send_state(w->producer, o->partition, &step->record);
    }
    count(w, out);
    w->n_steps++;
    return result;
}

void worker_corrupt(struct worker *w, const struct owned *o)
{
    char why[128];

    snprintf(why, sizeof why,
             "partition %d of the state holds a ticket that cannot be read; "
             "see \"A state that is not ours\" in docs/kafka.md",
             (int)o->partition);
    worker_end(w, "state_unreadable", why);
}

static enum txn send_dead_letter(struct worker *w, const struct record *rec,
                                 const struct reject *why)
{
    metrics_count(w->metrics, METRIC_DEAD_LETTERS, (unsigned)why->code);
    log_debug("dead_letter", "partition=%d offset=%lld code=%s",
              (int)rec->partition, (long long)rec->offset,
              reject_name(why->code));
    return producer_send_dead_letter(w->producer, rec, why);
}

/* A producer whose clock is far ahead must not make all that comes after it
 * too old. */
static void note_time(struct owned *o, const struct record *rec)
{
    int64_t now_ms = clock_wall_ms();
    int64_t at_ms = rec->timestamp_ms < now_ms ? rec->timestamp_ms : now_ms;

    frontier_record(&o->frontier, rec->timestamp_ms, now_ms);
    if (at_ms > o->latest_ms)
        o->latest_ms = at_ms;
}

/* Decides about one record and queues what follows from it. */
static enum txn decide(struct worker *w, struct owned *o,
                       const struct record *rec)
{
    struct outputs out;
    struct applied applied;
    struct ticket_context ctx;
    enum txn result;
    const struct decode_input in = {.key = rec->key,
                                    .key_size = rec->key_size,
                                    .value = rec->value,
                                    .value_size = rec->value_size,
                                    .max_size =
                                        w->options.cfg->input_max_bytes};

    note_time(o, rec);
    ctx = worker_context(w, o, rec->timestamp_ms);
    worker_outputs(w, &out);
    if (apply_record(o->tickets, &ctx, &in, &out, &applied) != STATUS_OK) {
        worker_corrupt(w, o);
        return TXN_LEAVE;
    }
    result = worker_send(w, o, &out, &applied.step, rec);
    if (result == TXN_OK && applied.step.code != REJECT_NONE)
        return send_dead_letter(w, rec, &applied.reject);
    if (applied.step.repeat)
        metrics_count(w->metrics, METRIC_REPEATS, 0);
    else
        metrics_count(w->metrics, METRIC_TICKETS, (unsigned)applied.kind);
    return result;
}

void worker_process(struct worker *w, const struct record *rec)
{
    struct owned *o = partitions_find(&w->partitions, rec->partition);
    enum txn result;

    if (!o || !o->ready || !worker_begin(w))
        return;
    assert(w->catalogue);
    result = decide(w, o, rec);
    if (result != TXN_OK) {
        worker_give_up(w, result, METRIC_ABORT_PRODUCE);
        return;
    }
    if (o->next == o->committed)
        metrics_in_hand(o->metrics, rec->offset, rec->timestamp_ms);
    o->next = rec->offset + 1;
    w->n_records++;
    metrics_record(w->metrics, rec->timestamp_ms);
}

void worker_see(struct worker *w, const struct record *rec)
{
    struct owned *o = partitions_find(&w->partitions, rec->partition);

    if (!o || !o->ready)
        return;
    frontier_record(&o->frontier, rec->timestamp_ms, clock_wall_ms());
    if (rec->key && rec->key_size > 0)
        tickets_hold(o->tickets, rec->key, rec->key_size);
}

/* Behind the last record there may be control records of upstream
 * transactions: the position behind them is committed, or they look like
 * lag. True when that moved anything. */
static bool skip_control_records(struct worker *w)
{
    struct partitions *p = &w->partitions;
    bool moved = false;

    for (size_t i = 0; i < p->n; i++)
        p->offsets[i] = (struct partition_offset){
            .partition = p->items[i].partition, .offset = p->items[i].next};
    consumer_positions(w->consumer, p->offsets, p->n);
    for (size_t i = 0; i < p->n; i++) {
        if (p->offsets[i].offset <= p->items[i].next)
            continue;
        moved = true;
        p->items[i].next = p->offsets[i].offset;
    }
    return moved;
}

void worker_idle(struct worker *w)
{
    int64_t now_us = clock_steady_us();

    if (w->in_transaction || now_us - w->idle_since_us > IDLE_OFFSETS_US) {
        /* What was only seen must come again. */
        bool moved = w->reading && skip_control_records(w);

        if (w->in_transaction || (moved && worker_begin(w)))
            worker_commit(w);
        w->idle_since_us = now_us;
    }
    if (w->producer)
        producer_poll(w->producer);
}
