/*
 * Tickets decided under two catalogues.
 */
#include "ticket_replay.h"

#include "dispatch.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void ticket_replay_clear(struct ticket_replay *r)
{
    for (size_t i = 0; i < r->n; i++)
        free(r->items[i].ticket_id);
    r->n = 0;
}

void ticket_replay_deinit(struct ticket_replay *r)
{
    ticket_replay_clear(r);
    free(r->items);
    r->items = NULL;
    r->capacity = 0;
}

/* The part of the department with this id, or NULL. */
static const struct dispatch_part *find_part(const struct dispatch_plan *plan,
                                             const char *department_id)
{
    for (size_t i = 0; i < plan->n_parts; i++) {
        if (strcmp(plan->parts[i].department->id, department_id) == 0)
            return &plan->parts[i];
    }
    return NULL;
}

static bool same_clocks(const struct dispatch_part *a,
                        const struct dispatch_part *b)
{
    for (int i = 0; i < CLOCKS; i++) {
        if (a->clocks[i].exists != b->clocks[i].exists ||
            (a->clocks[i].exists && a->clocks[i].due_at != b->clocks[i].due_at))
            return false;
    }
    return true;
}

/* The lead is part 0 of both and was compared already. */
static void compare_parts(const struct dispatch_plan *before,
                          const struct dispatch_plan *after,
                          struct replayed *out)
{
    out->co = before->n_parts != after->n_parts;
    for (size_t i = 1; i < before->n_parts; i++) {
        const struct dispatch_part *a = &before->parts[i];
        const struct dispatch_part *b = find_part(after, a->department->id);

        out->co |= b == NULL || b == after->parts;
    }
    if (out->co)
        return;
    for (size_t i = 0; i < before->n_parts; i++) {
        const struct dispatch_part *a = &before->parts[i];

        out->deadline |= !same_clocks(a, find_part(after, a->department->id));
    }
}

static void compare(const struct dispatch_plan *before,
                    const struct dispatch_plan *after, struct replayed *out)
{
    out->from = out->to = out->from_rule = out->to_rule = "";
    if (before->n_parts > 0) {
        out->from = before->parts[0].department->id;
        out->from_rule = before->parts[0].rule;
    }
    if (after->n_parts > 0) {
        out->to = after->parts[0].department->id;
        out->to_rule = after->parts[0].rule;
    }
    out->elsewhere = strcmp(out->from, out->to) != 0;
    if (!out->elsewhere)
        compare_parts(before, after, out);
}

/* Nobody takes it: a plan without parts. */
static void decide(const struct catalogue *cat,
                   const Dispatch__V1__TicketEvent *event,
                   const struct dispatch_terms *terms,
                   struct dispatch_plan *plan)
{
    if (dispatch_ticket(cat, event->created, terms, plan, NULL) != REJECT_NONE)
        plan->n_parts = 0;
}

void ticket_replay_add(struct ticket_replay *r,
                       const Dispatch__V1__TicketEvent *event,
                       int64_t timestamp_ms)
{
    const struct dispatch_terms terms =
        dispatch_terms_created(event, timestamp_ms);
    struct dispatch_plan *plans = memory_new_array(2, sizeof *plans);
    struct replayed item = {.timestamp_ms = timestamp_ms};

    decide(r->before, event, &terms, &plans[0]);
    decide(r->after, event, &terms, &plans[1]);
    compare(&plans[0], &plans[1], &item);
    free(plans);
    /* All else lies in the catalogues, which outlive the event. */
    if (item.elsewhere || item.co || item.deadline)
        item.ticket_id = memory_copy_text(event->ticket_id);
    if (r->n == r->capacity) {
        r->capacity = r->capacity == 0 ? 1024 : 2 * r->capacity;
        r->items = memory_grow(r->items, r->capacity, sizeof *r->items);
    }
    r->items[r->n++] = item;
}

static int by_time(const void *left, const void *right)
{
    const struct replayed *a = left, *b = right;

    return (a->timestamp_ms > b->timestamp_ms) -
           (a->timestamp_ms < b->timestamp_ms);
}

void ticket_replay_keep(struct ticket_replay *r, size_t n)
{
    size_t dropped = r->n > n ? r->n - n : 0;

    if (r->n > 0)
        qsort(r->items, r->n, sizeof *r->items, by_time);
    for (size_t i = 0; i < dropped; i++)
        free(r->items[i].ticket_id);
    r->n -= dropped;
    if (dropped > 0)
        memmove(r->items, r->items + dropped, r->n * sizeof *r->items);
}

static int by_departments(const void *left, const void *right)
{
    const struct replay_move *a = left, *b = right;
    int order = strcmp(a->from, b->from);

    return order != 0 ? order : strcmp(a->to, b->to);
}

static int by_frequency(const void *left, const void *right)
{
    const struct replay_move *a = left, *b = right;

    if (a->tickets != b->tickets)
        return a->tickets > b->tickets ? -1 : 1;
    return by_departments(left, right);
}

struct replay_move *ticket_replay_moves(const struct ticket_replay *r,
                                        size_t *n)
{
    struct replay_move *moves = memory_new_array(r->n, sizeof *moves);
    size_t all = 0, used = 0;

    for (size_t i = 0; i < r->n; i++) {
        if (r->items[i].elsewhere)
            moves[all++] = (struct replay_move){
                .from = r->items[i].from, .to = r->items[i].to, .tickets = 1};
    }
    qsort(moves, all, sizeof *moves, by_departments);
    for (size_t i = 0; i < all; i++) {
        if (used > 0 && by_departments(&moves[used - 1], &moves[i]) == 0)
            moves[used - 1].tickets++;
        else
            moves[used++] = moves[i];
    }
    qsort(moves, used, sizeof *moves, by_frequency);
    *n = used;
    return moves;
}
