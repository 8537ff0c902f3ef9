/*
 * The ticket's clocks: each event against the table and the times that were
 * told before.
 */
#include "replay.h"

#include "memory.h"

#include <dispatch/v1/dispatch.pb-c.h>

#define KIND(NAME) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME
#define ASSIGNED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED
#define REFUSED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED

enum {
    FIRST_RESPONSE = DISPATCH__V1__CLOCK__CLOCK_FIRST_RESPONSE,
    RESOLUTION = DISPATCH__V1__CLOCK__CLOCK_RESOLUTION,
    MAX_LEVELS = 64,
};

static struct replay_clock *find_clock(const struct replay *r,
                                       uint32_t department, int clock)
{
    for (size_t i = 0; i < r->n_clocks; i++) {
        if (r->clocks[i].department == department &&
            r->clocks[i].clock == clock)
            return &r->clocks[i];
    }
    return NULL;
}

struct replay_clock *replay_open_clock(const struct replay *r,
                                       uint32_t department, int clock)
{
    struct replay_clock *c = find_clock(r, department, clock);

    return c && clock_is_open(c->state) ? c : NULL;
}

static struct replay_clock *add_clock(struct replay *r, const struct entry *e)
{
    r->clocks = memory_grow(r->clocks, r->n_clocks + 1, sizeof(*r->clocks));
    r->clocks[r->n_clocks] = (struct replay_clock){
        .department = e->department,
        .clock = e->detail,
        .state = r->known ? CLOCK_IDLE : CLOCK_UNKNOWN,
    };
    return &r->clocks[r->n_clocks++];
}

/* ---------------------------------------------------------- what was due */

/* What the step tells, time led to or a report did. An event that was refused
 * leaves what is due to the timers, and so does a changed calendar. */
static const struct entry *step_time(const struct replay *r)
{
    const struct entry *e = &r->story->events[r->first].e;

    if (e->topic == AUDIT_ASSIGNMENTS && e->kind == REFUSED)
        return NULL;
    if (e->topic == AUDIT_DEADLINES && e->flags & ENTRY_CALENDAR)
        return NULL;
    return e;
}

/* Then its own time is judged. */
static bool is_about(const struct entry *e, const struct replay_clock *c,
                     int kind)
{
    return e->topic == AUDIT_DEADLINES && e->kind == kind &&
           e->department == c->department && e->detail == c->clock;
}

static void check_breach(struct replay *r, struct replay_clock *c,
                         const struct entry *now)
{
    if (c->state != CLOCK_RUNS || c->due_at >= now->at ||
        is_about(now, c, KIND(BREACHED)))
        return;
    story_find(r->story, AUDIT_BREACH_MISSING, &c->last->e, now,
               "%s of %s was due at %s and not breached before %s at %s.",
               story_clock_name(c->clock),
               story_department(r->story, c->department),
               story_time(c->due_at).text, story_kind_name(now),
               story_time(now->at).text);
    c->state = CLOCK_BREACHED;
}

/* Other calendars may change, and move a warning without moving the end: that
 * is told to nobody. */
static void check_warning(struct replay *r, struct replay_clock *c,
                          const struct entry *now)
{
    if (!clock_is_open(c->state) || clock_is_paused(c->state) ||
        c->state == CLOCK_OPEN || c->warn_at == 0 || c->warn_at >= now->at ||
        !c->always || is_about(now, c, KIND(WARNING)))
        return;
    story_find(r->story, AUDIT_WARNING_MISSING, &c->last->e, now,
               "%s of %s was to warn at %s and did not before %s at %s.",
               story_clock_name(c->clock),
               story_department(r->story, c->department),
               story_time(c->warn_at).text, story_kind_name(now),
               story_time(now->at).text);
    c->warn_at = 0;
}

void replay_due(struct replay *r)
{
    const struct entry *now = step_time(r);

    for (size_t i = 0; now && i < r->n_clocks; i++) {
        check_breach(r, &r->clocks[i], now);
        check_warning(r, &r->clocks[i], now);
    }
}

/* ------------------------------------------------------- times of events */

/* What was told of a clock before this event is known. */
static bool is_told(const struct replay_clock *c)
{
    return c->last && clock_is_open(c->state);
}

static void check_breached(struct replay *r, const struct replay_clock *c,
                           const struct entry *e)
{
    if (e->at != e->due_at || (is_told(c) && e->due_at != c->due_at))
        story_find(r->story, AUDIT_BREACH_TIME, is_told(c) ? &c->last->e : e,
                   is_told(c) ? e : NULL,
                   "BREACHED at %s, but the clock is due at %s.",
                   story_time(e->at).text,
                   story_time(is_told(c) ? c->due_at : e->due_at).text);
}

static void check_warned(struct replay *r, const struct replay_clock *c,
                         const struct entry *e)
{
    if (is_told(c) && c->always && e->at != c->warn_at)
        story_find(r->story, AUDIT_WARNING_TIME, &c->last->e, e,
                   "WARNING at %s, but it was announced for %s.",
                   story_time(e->at).text, story_time(c->warn_at).text);
    else if (e->at >= e->due_at)
        story_find(r->story, AUDIT_WARNING_TIME, e, NULL,
                   "WARNING at %s, when the clock is due at %s.",
                   story_time(e->at).text, story_time(e->due_at).text);
}

static void check_escalated(struct replay *r, struct replay_clock *c,
                            const struct entry *e)
{
    uint64_t level = e->other < MAX_LEVELS ? (uint64_t)1 << e->other : 0;

    if (e->at < (is_told(c) ? c->due_at : e->due_at))
        story_find(r->story, AUDIT_ESCALATION, is_told(c) ? &c->last->e : e,
                   is_told(c) ? e : NULL,
                   "ESCALATED at %s, before the clock is due.",
                   story_time(e->at).text);
    else if (c->levels & level)
        story_find(r->story, AUDIT_ESCALATION, &c->last->e, e,
                   "Level %u has escalated before.", (unsigned)e->other);
    c->levels |= level;
}

static void check_met(struct replay *r, const struct replay_clock *c,
                      const struct entry *e)
{
    bool is_late = !clock_is_paused(c->state) && e->at > e->due_at;
    int64_t late_ms = 0;

    /* Times of others: what cannot be said is no lateness that was meant. */
    if (is_late && __builtin_sub_overflow(e->at, e->due_at, &late_ms))
        late_ms = INT64_MAX;
    if (e->late_ms == late_ms || c->state == CLOCK_UNKNOWN ||
        c->state == CLOCK_OPEN)
        return;
    story_find(r->story, AUDIT_LATE, e, NULL,
               "MET at %s says %lld ms late, due at %s it is %lld.",
               story_time(e->at).text, (long long)e->late_ms,
               story_time(e->due_at).text, (long long)late_ms);
}

static void check_times(struct replay *r, struct replay_clock *c,
                        const struct entry *e)
{
    switch (e->kind) {
    case KIND(BREACHED):
        check_breached(r, c, e);
        break;
    case KIND(WARNING):
        check_warned(r, c, e);
        break;
    case KIND(ESCALATED):
        check_escalated(r, c, e);
        break;
    case KIND(MET):
        check_met(r, c, e);
        break;
    default:
        break;
    }
}

/* ---------------------------------------------------------------- events */

static void say_illegal(struct replay *r, const struct replay_clock *c,
                        const struct entry *e)
{
    bool twice = e->kind == KIND(BREACHED) && clock_is_breached(c->state);
    const struct entry *before = c->last ? &c->last->e : e;

    story_find(r->story, twice ? AUDIT_BREACH_TWICE : AUDIT_CLOCK_ORDER, before,
               c->last ? e : NULL, "%s of %s, whose %s clock %s.",
               story_kind_name(e), story_department(r->story, e->department),
               story_clock_name(e->detail), clock_state_name(c->state));
}

static void check_end(struct replay *r, const struct entry *e)
{
    if (!r->ended || r->step == r->ended_step)
        return;
    story_find(r->story, AUDIT_AFTER_END, r->end_event, e,
               "%s of %s after the ticket's end.", story_kind_name(e),
               story_department(r->story, e->department));
}

static void check_scheduled(struct replay *r, const struct entry *e)
{
    if (r->known && !replay_holder(r, e->department))
        story_find(r->story, AUDIT_CLOCK_HOLDER, e, NULL,
                   "%s is scheduled for %s, which does not hold the ticket.",
                   story_clock_name(e->detail),
                   story_department(r->story, e->department));
}

/* An order of supervision tells of a clock, or of none, and changes it not. */
static bool is_order(const struct entry *e)
{
    return e->kind == KIND(ESCALATED) && e->flags & ENTRY_SUPERVISED;
}

void replay_deadline(struct replay *r, const struct story_event *event)
{
    const struct entry *e = &event->e;
    struct replay_clock *c = find_clock(r, e->department, e->detail);
    bool legal;

    check_end(r, e);
    if (is_order(e))
        return;
    if (!c)
        c = add_clock(r, e);
    enum clock_state next = clock_after(c->state, e->kind, &legal);
    if (e->detail == DISPATCH__V1__CLOCK__CLOCK_UNSPECIFIED)
        legal = false;
    if (legal)
        check_times(r, c, e);
    else
        say_illegal(r, c, e);
    if (e->kind == KIND(SCHEDULED)) {
        check_scheduled(r, e);
        c->levels = 0;
    }
    c->state = next;
    c->due_at = e->due_at;
    c->warn_at = e->warn_at;
    c->always = (e->flags & ENTRY_ALWAYS) != 0;
    c->step = r->step;
    c->last = event;
}

/* -------------------------------------------------------------- the step */

/* Each clock that ASSIGNED promises was scheduled with it, and no other. */
static void check_promise(struct replay *r, const struct entry *e, int clock,
                          int64_t due_at)
{
    const struct replay_clock *c = replay_open_clock(r, e->department, clock);

    if ((c ? c->due_at : 0) == due_at)
        return;
    story_find(r->story, AUDIT_CLOCK_PROMISED, e, c ? &c->last->e : NULL,
               "ASSIGNED to %s says that %s is due at %s, scheduled is %s.",
               story_department(r->story, e->department),
               story_clock_name(clock),
               due_at ? story_time(due_at).text : "never",
               c ? story_time(c->due_at).text : "never");
}

static void check_left(struct replay *r)
{
    for (size_t i = 0; i < r->n_clocks; i++) {
        struct replay_clock *c = &r->clocks[i];

        if (!clock_is_open(c->state))
            continue;
        story_find(r->story, AUDIT_CLOCK_LEFT, r->end_event, &c->last->e,
                   "The ticket has ended, but the %s clock of %s %s.",
                   story_clock_name(c->clock),
                   story_department(r->story, c->department),
                   clock_state_name(c->state));
        c->state = CLOCK_IDLE;
    }
}

void replay_check_clocks(struct replay *r)
{
    const struct story *s = r->story;

    if (!replay_step_is_whole(r))
        return;
    for (size_t i = r->first; r->known && i < r->until; i++) {
        const struct entry *e = &s->events[i].e;

        if (e->topic != AUDIT_ASSIGNMENTS || e->kind != ASSIGNED ||
            s->events[i].twice)
            continue;
        check_promise(r, e, FIRST_RESPONSE, e->due_at);
        check_promise(r, e, RESOLUTION, e->warn_at);
    }
    if (r->ended && r->ended_step == r->step)
        check_left(r);
}
