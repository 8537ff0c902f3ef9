/*
 * What time does: timers that are due, clocks whose calendar changed.
 *
 * A timer fires when the clock has passed it and its partition was read so far
 * (frontier.h). Where that is not known the broker is asked for the end of the
 * partition, which takes a round trip.
 */
#include "worker_state.h"

#include "calendar.h"
#include "catalogue.h"
#include "catalogue_watch.h"
#include "clock.h"
#include "consumer.h"
#include "health.h"
#include "log.h"
#include "output.h"
#include "tickets.h"
#include "watchdog.h"

#include <xxhash.h>

enum {
    ASK_MS = 1000,             /* the broker's time for one answer */
    ASK_PAUSE_US = 5 * 1000,   /* between two questions */
    LOOK_PAUSE_US = 20 * 1000, /* between two looks at calendars ... */
    LOOK_US = 2 * 1000,        /* ... and how long one may take */
    LOOK_TICKETS = 64,
    SHOW_US = 250 * 1000,
    TURN_US = 1000, /* a record costs no look at the timers */
    LATE_MS = 1000, /* a timer that waits longer makes us not ready */
};

/* -------------------------------------------------------------- the clock */

static void tell_held(struct worker *w)
{
    health_set(w->options.health, (unsigned)w->index, HEALTH_TIMERS, false,
               "the clock has jumped forward: timers are held for a minute");
}

/* Whether timers may be obeyed now. */
static bool clock_is_good(struct worker *w)
{
    int64_t jump_ms;

    switch (clock_guard_look(&w->guard, clock_wall_ms(), clock_kernel_ms(),
                             &jump_ms)) {
    case CLOCK_JUMPED:
        log_warn("clock_jumped",
                 "worker=%d by_ms=%lld timers=\"held for a minute\"", w->index,
                 (long long)jump_ms);
        tell_held(w);
        break;
    case CLOCK_BACK:
        log_warn("clock_jumped", "worker=%d by_ms=%lld", w->index,
                 (long long)jump_ms);
        consumer_wake(w->consumer);
        break;
    case CLOCK_OBEYED:
        log_warn("clock_obeyed", "worker=%d by_ms=%lld", w->index,
                 (long long)jump_ms);
        break;
    case CLOCK_AS_BEFORE:
        break;
    }
    return !w->guard.held;
}

/* -------------------------------------------------------------- frontiers */

/* Where reading has come to the end that was asked for. */
static void settle_frontiers(struct worker *w)
{
    struct partitions *p = &w->partitions;
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        if (frontier_is_waiting(&p->items[i].frontier))
            p->offsets[n++] = (struct partition_offset){
                .partition = p->items[i].partition, .offset = p->items[i].next};
    if (n == 0)
        return;
    consumer_positions(w->consumer, p->offsets, n);
    for (size_t i = 0; i < n; i++)
        frontier_position(
            &partitions_find(p, p->offsets[i].partition)->frontier,
            p->offsets[i].offset);
}

static bool is_blocked(const struct owned *o, int64_t due_ms)
{
    return due_ms > o->frontier.read_ms;
}

/* Asks where the partitions end whose timers wait for it. */
static void ask_for_ends(struct worker *w, int64_t now_ms)
{
    struct partitions *p = &w->partitions;
    enum status status;
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct owned *o = &p->items[i];
        int64_t due_ms = o->ready ? tickets_next_due(o->tickets) : INT64_MAX;

        if (due_ms <= now_ms && is_blocked(o, due_ms) &&
            !frontier_is_waiting(&o->frontier))
            p->offsets[n++] =
                (struct partition_offset){.partition = o->partition};
    }
    if (n == 0)
        return;
    w->asked_us = clock_steady_us();
    watchdog_enter(w->watchdog, "ends");
    status = producer_ends(w->producer, p->offsets, n, ASK_MS);
    watchdog_leave(w->watchdog);
    for (size_t i = 0; status == STATUS_OK && i < n; i++)
        frontier_end(&partitions_find(p, p->offsets[i].partition)->frontier,
                     now_ms, p->offsets[i].offset);
}

/* ----------------------------------------------------------------- timers */

/* The partition whose timer is due first and may fire; NULL: none. *blocked
 * is set when one waits to be read. */
static struct owned *first_due(struct worker *w, int64_t now_ms, bool *blocked)
{
    struct owned *first = NULL;
    int64_t first_ms = now_ms;

    w->next_due_ms = INT64_MAX;
    for (size_t i = 0; i < w->partitions.n; i++) {
        struct owned *o = &w->partitions.items[i];
        int64_t due_ms = o->ready ? tickets_next_due(o->tickets) : INT64_MAX;

        if (due_ms < w->next_due_ms)
            w->next_due_ms = due_ms;
        if (due_ms > now_ms)
            continue;
        if (is_blocked(o, due_ms)) {
            *blocked = true;
        } else if (due_ms <= first_ms) {
            first = o;
            first_ms = due_ms;
        }
    }
    return first;
}

/* False: the transaction was given up. */
static bool fire(struct worker *w, struct owned *o, int64_t now_ms)
{
    int64_t due_ms = tickets_next_due(o->tickets);
    struct ticket_context ctx;
    struct ticket_step step;
    struct outputs out;
    enum txn result;

    if (!worker_begin(w))
        return false;
    ctx = worker_context(w, o, -1);
    worker_outputs(w, &out);
    if (tickets_fire(o->tickets, &ctx, due_ms, &out, &step) != STATUS_OK) {
        worker_corrupt(w, o);
        return false;
    }
    if (step.code != REJECT_NONE)
        log_error("timer_failed", "partition=%d code=%s", (int)o->partition,
                  reject_name(step.code));
    metrics_observe(w->metrics, METRIC_TIMER_SECONDS, (now_ms - due_ms) * 1000);
    result = worker_send(w, o, &out, &step, NULL);
    if (result != TXN_OK)
        worker_give_up(w, result, METRIC_ABORT_PRODUCE);
    return result == TXN_OK;
}

/* In order of due time; true when one waits to be read. */
static bool fire_all(struct worker *w)
{
    bool blocked = false;

    for (;;) {
        int64_t now_ms = clock_wall_ms();
        struct owned *o = first_due(w, now_ms, &blocked);

        if (!o || !fire(w, o, now_ms) || worker_commit_due(w))
            return blocked && w->phase == PHASE_RUN;
    }
}

static void do_timers(struct worker *w)
{
    settle_frontiers(w);
    if (!fire_all(w) || !clock_is_over(w->asked_us, ASK_PAUSE_US))
        return;
    ask_for_ends(w, clock_wall_ms());
    settle_frontiers(w);
    fire_all(w);
}

/* -------------------------------------------------------------- calendars */

/* All calendars of a catalogue as one number, never 0. */
static uint64_t calendars_of(const struct catalogue *cat)
{
    uint64_t hash = 1;

    for (size_t i = 0; i < catalogue_calendars_count(cat); i++) {
        uint64_t one = calendar_fingerprint(catalogue_calendar_at(cat, i));

        hash = XXH64(&one, sizeof one, hash);
    }
    return hash ? hash : 1;
}

static struct owned *first_to_look_at(struct worker *w, uint64_t calendars)
{
    for (size_t i = 0; i < w->partitions.n; i++) {
        struct owned *o = &w->partitions.items[i];

        if (o->ready && o->calendars.done != calendars)
            return o;
    }
    return NULL;
}

static bool calendars_changed(struct worker *w)
{
    const struct catalogue *cat = catalogue_watch_take(w->options.catalogue);
    bool changed = cat && first_to_look_at(w, calendars_of(cat));

    if (cat)
        catalogue_watch_release(w->options.catalogue, cat);
    return changed;
}

/* Looks at some tickets of a partition. False: the transaction was given up. */
static bool look_at(struct worker *w, struct owned *o, uint64_t calendars)
{
    struct calendar_look *look = &o->calendars;
    struct ticket_context ctx = worker_context(w, o, clock_wall_ms());
    struct ticket_step step;
    struct outputs out;
    enum txn result;

    if (look->present != calendars)
        *look =
            (struct calendar_look){.done = look->done, .present = calendars};
    worker_outputs(w, &out);
    if (tickets_recalendar(o->tickets, &ctx, &look->cursor, LOOK_TICKETS, &out,
                           &step) != STATUS_OK) {
        worker_corrupt(w, o);
        return false;
    }
    if (step.code != REJECT_NONE)
        log_error("calendar_failed", "partition=%d code=%s", (int)o->partition,
                  reject_name(step.code));
    result = worker_send(w, o, &out, &step, NULL);
    if (result != TXN_OK) {
        worker_give_up(w, result, METRIC_ABORT_PRODUCE);
        return false;
    }
    if (look->cursor == TICKETS_END && !o->touched)
        look->done = calendars;
    return true;
}

/* A little of the time, so that the stream goes on. A look that moved clocks is
 * over when they are committed. */
static void follow_calendars(struct worker *w)
{
    int64_t begun_us = clock_steady_us();
    uint64_t calendars;
    struct owned *o;

    w->looked_us = begun_us;
    if (!calendars_changed(w) || !worker_begin(w) || !w->catalogue)
        return;
    calendars = calendars_of(w->catalogue);
    for (o = first_to_look_at(w, calendars); o;
         o = first_to_look_at(w, calendars)) {
        bool waits = o->calendars.present == calendars &&
                     o->calendars.cursor == TICKETS_END;

        if (waits || !look_at(w, o, calendars) || worker_commit_due(w) ||
            clock_is_over(begun_us, LOOK_US))
            return;
    }
}

/* -------------------------------------------------------------------- shown */

static void show_tickets(struct worker *w)
{
    static const Dispatch__V1__TicketStatus statuses[METRIC_STATUSES] = {
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN,
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_RESOLVED,
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CLOSED,
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_MERGED,
        DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CANCELLED,
    };
    const struct partitions *p = &w->partitions;
    int64_t bytes = 0;

    for (size_t s = 0; s < METRIC_STATUSES; s++) {
        int64_t n = 0;

        for (size_t i = 0; i < p->n; i++)
            if (p->items[i].tickets)
                n += (int64_t)tickets_count(p->items[i].tickets, statuses[s]);
        metrics_gauge(w->metrics, METRIC_TICKETS_OPEN + (int)s, n);
    }
    for (size_t i = 0; i < p->n; i++)
        if (p->items[i].tickets)
            bytes += (int64_t)tickets_memory(p->items[i].tickets);
    metrics_gauge(w->metrics, METRIC_STATE_BYTES, bytes);
}

static void show_timers(struct worker *w, int64_t now_ms)
{
    struct health *h = w->options.health;
    unsigned index = (unsigned)w->index;
    bool blocked = false;
    int64_t late_ms;

    first_due(w, now_ms, &blocked);
    late_ms = w->next_due_ms < now_ms ? now_ms - w->next_due_ms : 0;
    if (w->guard.held)
        tell_held(w);
    else if (late_ms < LATE_MS)
        health_set(h, index, HEALTH_TIMERS, true, "%s", "");
    else if (blocked)
        health_set(h, index, HEALTH_TIMERS, false,
                   "timers wait until tickets before them are read");
    else
        health_set(h, index, HEALTH_TIMERS, false,
                   "timers that became due earlier are being fired");
}

static void show(struct worker *w)
{
    if (!clock_is_over(w->shown_us, SHOW_US))
        return;
    w->shown_us = clock_steady_us();
    metrics_gauge(w->metrics, METRIC_CONSUMER_QUEUE,
                  (int64_t)consumer_waiting(w->consumer));
    metrics_gauge(w->metrics, METRIC_PRODUCER_QUEUE,
                  (int64_t)producer_waiting(w->producer));
    show_tickets(w);
    show_timers(w, clock_wall_ms());
}

void worker_time(struct worker *w)
{
    bool good;

    if (!clock_is_over(w->timed_us, TURN_US))
        return;
    w->timed_us = clock_steady_us();
    good = clock_is_good(w);
    if (good)
        do_timers(w);
    if (good && w->phase == PHASE_RUN && w->reading &&
        clock_is_over(w->looked_us, LOOK_PAUSE_US))
        follow_calendars(w);
    if (w->phase != PHASE_RUN)
        return;
    metrics_gauge(w->metrics, METRIC_TIMER_DUE_MS, w->next_due_ms);
    show(w);
}

int worker_patience_ms(const struct worker *w, int longest_ms)
{
    int64_t wait_ms = w->next_due_ms - clock_wall_ms();

    if (w->in_transaction)
        return 0;
    if (w->guard.held || wait_ms >= longest_ms)
        return longest_ms;
    /* What is due and has not fired waits for the partition to be read. */
    return wait_ms > 0 ? (int)wait_ms : 1;
}
