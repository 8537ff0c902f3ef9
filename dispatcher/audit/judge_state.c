/*
 * The state of a ticket, against what its events tell.
 */
#include "judge.h"
#include "replay.h"

#include <dispatch/v1/state.pb-c.h>

#define STATUS(NAME) DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_##NAME

static const char *status_name(int status)
{
    static const char *const names[] = {
        [STATUS(UNSPECIFIED)] = "unspecified",
        [STATUS(OPEN)] = "open",
        [STATUS(RESOLVED)] = "resolved",
        [STATUS(CLOSED)] = "closed",
        [STATUS(MERGED)] = "merged",
        [STATUS(CANCELLED)] = "cancelled",
    };

    return status >= 0 && (size_t)status < sizeof(names) / sizeof(*names)
               ? names[status]
               : names[0];
}

static struct entry state_place(const struct story *s)
{
    return (struct entry){.topic = AUDIT_STATE,
                          .partition = s->state.partition,
                          .offset = s->state.offset};
}

/* The end that a status stands for; resolved is no end yet. */
static enum audit_end end_of(int status)
{
    switch (status) {
    case STATUS(OPEN):
    case STATUS(RESOLVED):
        return AUDIT_END_OPEN;
    case STATUS(CLOSED):
        return AUDIT_END_CLOSED;
    case STATUS(MERGED):
        return AUDIT_END_MERGED;
    case STATUS(CANCELLED):
        return AUDIT_END_CANCELLED;
    default:
        return AUDIT_END_UNKNOWN;
    }
}

static const char *end_name(enum audit_end end)
{
    switch (end) {
    case AUDIT_END_OPEN:
        return "open";
    case AUDIT_END_CLOSED:
        return "closed";
    case AUDIT_END_MERGED:
        return "merged";
    default:
        return "cancelled";
    }
}

/* ------------------------------------------------------------------ parts */

static const struct state_part *find_part(const struct state *state,
                                          uint32_t department)
{
    for (size_t i = 0; i < state->n_parts; i++) {
        if (state->parts[i].department == department)
            return &state->parts[i];
    }
    return NULL;
}

static void say_holder(struct story *s, uint32_t department, int in_state,
                       int in_events)
{
    const struct entry place = state_place(s);

    story_find(s, AUDIT_STATE_HOLDER, &place, NULL,
               "In the state %s is %s, by the events %s.",
               story_department(s, department),
               in_state < 0 ? "no holder" : story_role_name(in_state),
               in_events < 0 ? "no holder" : story_role_name(in_events));
}

static void judge_parts(struct story *s, const struct replay *r)
{
    const struct state *state = &s->state;

    for (size_t i = 0; i < state->n_parts; i++) {
        const struct state_part *part = &state->parts[i];
        const struct replay_holder *holder = replay_holder(r, part->department);

        if (!holder || holder->role != part->role)
            say_holder(s, part->department, part->role,
                       holder ? holder->role : -1);
    }
    for (size_t i = 0; i < r->n_holders; i++) {
        if (!find_part(state, r->holders[i].department))
            say_holder(s, r->holders[i].department, -1, r->holders[i].role);
    }
}

/* ----------------------------------------------------------------- clocks */

static const struct state_clock *find_clock(const struct state *state,
                                            const struct replay_clock *clock)
{
    for (size_t i = 0; i < state->n_clocks; i++) {
        if (state->clocks[i].department == clock->department &&
            state->clocks[i].clock == clock->clock)
            return &state->clocks[i];
    }
    return NULL;
}

/* A paused clock's end is not told until it resumes. */
static bool agrees(const struct state_clock *a, const struct replay_clock *b)
{
    return a->paused == clock_is_paused(b->state) &&
           a->breached == clock_is_breached(b->state) &&
           (a->paused || a->due_at == b->due_at);
}

static void judge_clock(struct story *s, const struct replay *r,
                        const struct state_clock *clock)
{
    const struct replay_clock *other =
        replay_open_clock(r, clock->department, clock->clock);
    const struct entry place = state_place(s);

    if (other && agrees(clock, other))
        return;
    story_find(
        s, AUDIT_STATE_CLOCK, &place, other ? &other->last->e : NULL,
        "In the state the %s clock of %s is due at %s%s%s; by the "
        "events it %s%s%s.",
        story_clock_name(clock->clock), story_department(s, clock->department),
        story_time(clock->due_at).text, clock->paused ? ", paused" : "",
        clock->breached ? ", breached" : "",
        clock_state_name(other ? other->state : CLOCK_IDLE),
        other ? ", due at " : "", other ? story_time(other->due_at).text : "");
}

static void judge_clocks(struct story *s, const struct replay *r)
{
    const struct entry place = state_place(s);

    for (size_t i = 0; i < s->state.n_clocks; i++)
        judge_clock(s, r, &s->state.clocks[i]);
    for (size_t i = 0; i < r->n_clocks; i++) {
        const struct replay_clock *clock = &r->clocks[i];

        if (clock_is_open(clock->state) && !find_clock(&s->state, clock))
            story_find(s, AUDIT_STATE_CLOCK, &place, &clock->last->e,
                       "By the events the %s clock of %s %s, in the state "
                       "there is none.",
                       story_clock_name(clock->clock),
                       story_department(s, clock->department),
                       clock_state_name(clock->state));
    }
}

/* ----------------------------------------------------------------- ticket */

static void judge_missing(struct story *s, const struct replay *r)
{
    const struct known *known = s->audit->known;

    if (s->n_settled == 0 || !replay_is_open(r) || s->n_inputs == 0)
        return;
    /* It lies in the number of the inputs' partition. */
    int32_t partition = s->inputs[0].e.partition;
    if (partition >= s->audit->options.logs->topics[AUDIT_STATE].n ||
        known_log(known, AUDIT_STATE, partition)->held_back)
        return;
    story_find(s, AUDIT_STATE_MISSING, &s->events[s->n_settled - 1].e, NULL,
               "The ticket is open after event %u, but the state has it not.",
               (unsigned)s->last);
}

static void judge_status(struct story *s, const struct replay *r)
{
    enum audit_end end = r->ended ? r->end : AUDIT_END_OPEN;
    const struct entry place = state_place(s);

    if (end_of(s->state.status) == end)
        return;
    story_find(s, AUDIT_STATE_STATUS, &place,
               r->ended ? r->end_event : &s->events[s->n_settled - 1].e,
               "In the state the ticket is %s, by the events %s.",
               status_name(s->state.status), end_name(end));
}

static void judge_partition(struct story *s)
{
    const struct entry place = state_place(s);

    if (s->n_inputs > 0 && s->inputs[0].e.partition != s->state.partition)
        story_find(s, AUDIT_STATE_PARTITION, &place, &s->inputs[0].e,
                   "The state is in partition %d, the inputs are in %d.",
                   (int)s->state.partition, (int)s->inputs[0].e.partition);
}

void judge_state(struct story *s, const struct replay *r)
{
    const struct entry place = state_place(s);

    if (s->audit->figures.records[AUDIT_STATE] == 0)
        return; /* Nobody writes it. */
    if (!s->has_state) {
        judge_missing(s, r);
        return;
    }
    s->audit->figures.states++;
    judge_partition(s);
    if (s->n_settled > 0 && s->state.sequence < s->last &&
        !known_log(s->audit->known, AUDIT_STATE, s->state.partition)->held_back)
        story_find(s, AUDIT_STATE_NUMBER, &place,
                   &s->events[s->n_settled - 1].e,
                   "The state counts %u events, but event %u is there.",
                   (unsigned)s->state.sequence, (unsigned)s->last);
    if (s->n_settled == 0 || s->state.sequence != s->last)
        return;
    if (r->ended || replay_is_open(r))
        judge_status(s, r);
    if (!s->state.whole || !r->known)
        return;
    judge_parts(s, r);
    if (!r->ended)
        judge_clocks(s, r);
}
