/*
 * Who holds the ticket: a table of what each kind of assignment needs and
 * does.
 */
#include "replay.h"

#include "memory.h"

#include <dispatch/v1/dispatch.pb-c.h>

#define KIND(NAME) DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_##NAME
#define ROLE_LEAD DISPATCH__V1__ROLE__ROLE_LEAD
#define ROLE_SUPERVISOR DISPATCH__V1__ROLE__ROLE_SUPERVISOR

static const struct {
    bool to_holder; /* the department must hold the ticket, in this role */
    bool gives;     /* it holds it now, in this role */
    bool after_end; /* may come when the ticket has ended */
} rules[] = {
    [KIND(ASSIGNED)] = {.gives = true},
    [KIND(REASSIGNED)] = {.gives = true},
    [KIND(FORWARDED)] = {.gives = true},
    [KIND(WITHDRAWN)] = {.to_holder = true},
    [KIND(DISPUTED)] = {.gives = true},
    [KIND(UPDATED)] = {.to_holder = true, .gives = true},
    [KIND(URGED)] = {.to_holder = true, .gives = true},
    [KIND(REFUSED)] = {.after_end = true},
    [KIND(REOPENED)] = {.to_holder = true, .gives = true, .after_end = true},
    [KIND(CLOSED)] = {.to_holder = true, .gives = true},
};

struct replay_holder *replay_holder(const struct replay *r, uint32_t department)
{
    for (size_t i = 0; i < r->n_holders; i++) {
        if (r->holders[i].department == department)
            return &r->holders[i];
    }
    return NULL;
}

static struct replay_holder *add_holder(struct replay *r, uint32_t department)
{
    r->holders = memory_grow(r->holders, r->n_holders + 1, sizeof(*r->holders));
    r->holders[r->n_holders] = (struct replay_holder){.department = department};
    return &r->holders[r->n_holders++];
}

static void remove_holder(struct replay *r, struct replay_holder *holder)
{
    *holder = r->holders[--r->n_holders];
}

/* -------------------------------------------------------------- returns */

static const struct replay_return *find_return(const struct replay *r,
                                               uint32_t department)
{
    for (size_t i = 0; i < r->n_returns; i++) {
        if (r->returns[i].department == department)
            return &r->returns[i];
    }
    return NULL;
}

static void add_return(struct replay *r, const struct entry *told)
{
    if (find_return(r, told->other))
        return;
    r->returns = memory_grow(r->returns, r->n_returns + 1, sizeof(*r->returns));
    r->returns[r->n_returns++] =
        (struct replay_return){.department = told->other, .told = told};
}

/* The first event of the step with this flag; NULL: none has it. */
static const struct entry *flagged(const struct replay *r, uint8_t flag)
{
    for (size_t i = r->first; i < r->until; i++) {
        const struct story_event *event = &r->story->events[i];

        if (event->e.topic == AUDIT_ASSIGNMENTS && !event->twice &&
            event->e.flags & flag)
            return &event->e;
    }
    return NULL;
}

static bool comes_from(const struct replay *r, int kind)
{
    for (size_t i = r->first; i < r->until; i++) {
        if (story_cause_kind(r->story, &r->story->events[i]) == kind)
            return true;
    }
    return false;
}

void replay_returns(struct replay *r)
{
    const struct entry *told = flagged(r, ENTRY_RETURNED);

    /* Who is in the wrong area may correct it; else it is a reclassification,
     * which forgets who returned the ticket, also who only left and was not
     * named until now. */
    if (flagged(r, ENTRY_CHANGED) && !comes_from(r, ENTRY_INPUT(RETURNED)))
        r->n_returns = 0;
    else if (told)
        add_return(r, told);
}

/* Whether it was the dispatcher that chose the department: when another one
 * returned the ticket, or it was matched again. */
static bool is_own_choice(const struct replay *r,
                          const struct story_event *event)
{
    int cause = story_cause_kind(r->story, event);

    return cause == ENTRY_INPUT(RETURNED) || cause == ENTRY_INPUT(RECLASSIFIED);
}

/* A forwarder gets back what it forwarded, also if it had returned it. */
static void check_returned(struct replay *r, const struct story_event *event,
                           const struct replay_holder *holder)
{
    const struct replay_return *returned = find_return(r, event->e.department);

    if (event->e.kind != KIND(REASSIGNED) || !returned || !r->known ||
        event->e.detail == ROLE_SUPERVISOR ||
        holder->role_before == ROLE_SUPERVISOR || !is_own_choice(r, event))
        return;
    story_find(r->story, AUDIT_RETURNED_TO, returned->told, &event->e,
               "REASSIGNED to %s, which returned the ticket before.",
               story_department(r->story, event->e.department));
}

/* ---------------------------------------------------------------- events */

static void check_end(struct replay *r, const struct entry *e)
{
    if (!r->ended || rules[e->kind].after_end || r->step == r->ended_step)
        return;
    story_find(r->story, AUDIT_AFTER_END, r->end_event, e,
               "%s to %s after the ticket's end.", story_kind_name(e),
               story_department(r->story, e->department));
}

/* What an event takes for granted. */
static void check_holder(struct replay *r, const struct entry *e,
                         const struct replay_holder *holder)
{
    if (!r->known || !rules[e->kind].to_holder)
        return;
    if (!holder)
        story_find(r->story, AUDIT_NOT_HOLDER, e, NULL,
                   "%s to %s, which does not hold the ticket.",
                   story_kind_name(e),
                   story_department(r->story, e->department));
    else if (rules[e->kind].gives && holder->role != e->detail)
        story_find(r->story, AUDIT_NOT_HOLDER, e, NULL,
                   "%s to %s as %s, which has the role %s.", story_kind_name(e),
                   story_department(r->story, e->department),
                   story_role_name(e->detail), story_role_name(holder->role));
}

/* Only in the first step, and to each department once. */
static void check_first(struct replay *r, const struct entry *e,
                        const struct replay_holder *holder)
{
    if (e->kind != KIND(ASSIGNED))
        return;
    if (r->known && (holder || (r->dispatched && r->step > 1)))
        story_find(r->story, AUDIT_ASSIGNED_AGAIN, e, NULL,
                   "ASSIGNED to %s, but the ticket was dispatched before.",
                   story_department(r->story, e->department));
    r->dispatched = true;
}

static void end(struct replay *r, const struct story_event *event)
{
    bool cancelled =
        event->e.flags & ENTRY_CANCELLED ||
        story_cause_kind(r->story, event) == ENTRY_INPUT(CANCELLED);

    r->ended = true;
    r->ended_step = r->step;
    r->end_event = &event->e;
    r->end = AUDIT_END_CLOSED;
    if (event->e.flags & ENTRY_MERGED)
        r->end = AUDIT_END_MERGED;
    else if (cancelled)
        r->end = AUDIT_END_CANCELLED;
}

static void reopen(struct replay *r)
{
    r->ended = false;
    r->end = AUDIT_END_OPEN;
    r->reply = false;
    for (size_t i = 0; i < r->n_holders; i++) {
        r->holders[i].closed = false;
        r->holders[i].resolved = false;
    }
}

void replay_assignment(struct replay *r, const struct story_event *event)
{
    const struct entry *e = &event->e;
    struct replay_holder *holder = replay_holder(r, e->department);

    check_end(r, e);
    check_holder(r, e, holder);
    check_first(r, e, holder);
    if (e->kind == KIND(WITHDRAWN) && holder)
        remove_holder(r, holder);
    if (e->kind == KIND(REOPENED))
        reopen(r);
    if (e->kind == KIND(CLOSED))
        end(r, event);
    /* A desk that is only asked has no role. */
    if (!rules[e->kind].gives || e->detail == 0)
        return;
    if (!holder)
        holder = add_holder(r, e->department);
    holder->role = e->detail;
    holder->closed |= e->kind == KIND(CLOSED);
    if (e->kind != KIND(UPDATED) && e->kind != KIND(URGED) &&
        e->kind != KIND(CLOSED))
        holder->resolved = false;
    check_returned(r, event, holder);
}

/* -------------------------------------------------------------- the step */

static bool step_assigns(const struct replay *r)
{
    for (size_t i = r->first; i < r->until; i++) {
        const struct entry *e = &r->story->events[i].e;

        if (e->topic == AUDIT_ASSIGNMENTS && e->kind != KIND(REFUSED))
            return true;
    }
    return false;
}

static void check_leads(struct replay *r)
{
    size_t leads = 0;

    for (size_t i = 0; i < r->n_holders; i++)
        leads += r->holders[i].role == ROLE_LEAD;
    /* Once, and not again after each step. */
    if (leads != 1 && leads != r->n_leads)
        story_find(r->story, AUDIT_LEADS, &r->story->events[r->until - 1].e,
                   NULL, "After event %u %zu departments lead the ticket.",
                   (unsigned)r->story->events[r->until - 1].e.number, leads);
    r->n_leads = leads;
}

void replay_check_holders(struct replay *r)
{
    if (r->known && replay_step_is_whole(r) && step_assigns(r)) {
        check_leads(r);
        for (size_t i = 0; r->ended_step == r->step && i < r->n_holders; i++) {
            if (!r->holders[i].closed)
                story_find(
                    r->story, AUDIT_NOT_CLOSED, r->end_event, NULL,
                    "The ticket has ended, but %s was not told.",
                    story_department(r->story, r->holders[i].department));
        }
    }
    for (size_t i = 0; i < r->n_holders; i++)
        r->holders[i].role_before = r->holders[i].role;
}
