/*
 * What happens to clocks, and its DeadlineEvents.
 */
#include "deadlines.h"

#include "calendar.h"
#include "parts.h"

bool deadline_is_open(const Dispatch__V1__TicketClock *clock)
{
    return clock->state == CLOCK_RUNNING || clock->state == CLOCK_PAUSED;
}

Dispatch__V1__TicketClock *
deadline_of_part(const Dispatch__V1__TicketPart *part, enum clock_kind kind)
{
    for (size_t i = 0; i < part->n_clocks; i++) {
        if (part->clocks[i]->kind == output_clock(kind) &&
            deadline_is_open(part->clocks[i]))
            return part->clocks[i];
    }
    return NULL;
}

Dispatch__V1__TicketClock *deadline_find(const struct life *l,
                                         Dispatch__V1__TicketPart *part,
                                         enum clock_kind kind,
                                         Dispatch__V1__TicketPart **owner)
{
    for (; part; part = part_above(l, part)) {
        Dispatch__V1__TicketClock *clock = deadline_of_part(part, kind);

        if (!clock)
            continue;
        if (owner)
            *owner = part;
        return clock;
    }
    return NULL;
}

void deadline_set(struct life *l, const Dispatch__V1__TicketPart *part,
                  const Dispatch__V1__TicketClock *clock, int kind)
{
    struct untold **place = &l->untold;

    for (const struct untold *u = l->untold; u; u = u->next) {
        if (u->clock == clock)
            return; /* It is told as it is in the end. */
    }
    /* A part's first response comes before its resolution. */
    while (*place &&
           ((*place)->part != part || (*place)->clock->kind < clock->kind))
        place = &(*place)->next;
    struct untold *item = life_alloc(l, sizeof(*item));
    if (!item)
        return;
    *item = (struct untold){
        .next = *place, .part = part, .clock = clock, .kind = kind};
    *place = item;
}

void deadlines_tell(struct life *l, const Dispatch__V1__TicketPart *part)
{
    struct untold **place = &l->untold;

    while (*place) {
        const struct untold *item = *place;

        if (part && item->part != part) {
            place = &(*place)->next;
            continue;
        }
        *place = item->next;
        if (!deadline_is_open(item->clock))
            continue;
        const struct deadline_note note = {
            .explanation = deadline_explain(l, item->clock)};
        deadline_tell(l, item->part, item->clock, item->kind, &note);
    }
}

void deadline_tell(struct life *l, const Dispatch__V1__TicketPart *part,
                   const Dispatch__V1__TicketClock *clock, int kind,
                   const struct deadline_note *note)
{
    const Dispatch__V1__Policy *policy = policy_of(l, clock->policy_number);
    Dispatch__V1__DeadlineEvent msg = DISPATCH__V1__DEADLINE_EVENT__INIT;

    msg.kind = (Dispatch__V1__DeadlineKind)kind;
    msg.clock = clock->kind;
    msg.department_id = part->department_id;
    if (policy)
        msg.policy_id = policy->id;
    msg.calendar_id = clock->calendar_id;
    msg.due_at = clock->due_at;
    msg.warn_at = clock->n_warn_ats > 0 ? clock->warn_ats[0] : 0;
    msg.started_at = clock->started_at;
    msg.paused_ms = clock->paused_ms;
    msg.provisional = clock->provisional;
    if (note) {
        msg.level = note->level;
        msg.late_ms = note->late_ms;
        if (note->escalate_to)
            msg.escalate_to = output_text(note->escalate_to);
        if (note->explanation)
            msg.explanation = output_text(note->explanation);
    }
    output_deadline(&l->out, &msg);
}

/* Forgets ended clocks of the kind: their events are out. */
static void drop_ended(Dispatch__V1__TicketPart *part, enum clock_kind kind)
{
    size_t kept = 0;

    for (size_t i = 0; i < part->n_clocks; i++) {
        Dispatch__V1__TicketClock *clock = part->clocks[i];

        if (clock->kind != output_clock(kind) || deadline_is_open(clock))
            part->clocks[kept++] = clock;
    }
    part->n_clocks = kept;
}

static Dispatch__V1__TicketClock *
add_clock(struct life *l, Dispatch__V1__TicketPart *part, enum clock_kind kind)
{
    drop_ended(part, kind);
    Dispatch__V1__TicketClock *clock = life_alloc(l, sizeof(*clock));
    Dispatch__V1__TicketClock **grown =
        life_grow(l, part->clocks, part->n_clocks, sizeof(*part->clocks));
    if (!clock || !grown)
        return NULL;
    dispatch__v1__ticket_clock__init(clock);
    clock->kind = output_clock(kind);
    clock->state = CLOCK_RUNNING;
    size_t i = part->n_clocks++;
    for (; i > 0 && grown[i - 1]->kind > clock->kind; i--)
        grown[i] = grown[i - 1];
    grown[i] = clock;
    part->clocks = grown;
    return clock;
}

static void set_terms(struct life *l, const Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock,
                      const struct deadline_terms *terms)
{
    const Dispatch__V1__Policy *policy = policy_of(l, terms->policy_number);
    const struct calendar *cal =
        policy_calendar(l, policy, part->department_id);
    char limit[DURATION_TEXT_SIZE];

    clock->policy_number = terms->policy_number;
    clock->calendar_id = life_text(l, calendar_id(cal), "");
    clock->limit = life_text(l, duration_format(terms->limit, limit), "");
    clock->started_at = terms->started_at;
    clock->counted_from_at = terms->counted_from_at;
    clock->paused_ms = terms->paused_ms;
    clock->has_left = false;
    clock->left_ms = 0;
    clock->used_ms = 0;
    clock->n_extensions = 0;
    clock->extended_until_at = 0;
    clock->caused_by = output_text(l->out.caused_by);
    deadline_compute(l, part, clock);
}

void deadline_start(struct life *l, Dispatch__V1__TicketPart *part,
                    enum clock_kind kind, const struct deadline_terms *terms)
{
    Dispatch__V1__TicketClock *clock = add_clock(l, part, kind);

    if (!clock)
        return;
    set_terms(l, part, clock, terms);
    deadline_set(l, part, clock, DEADLINE_SCHEDULED);
}

void deadline_restart(struct life *l, Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock,
                      const struct deadline_terms *terms)
{
    const Dispatch__V1__TicketClock before = *clock;

    set_terms(l, part, clock, terms);
    if (clock->due_at != before.due_at ||
        clock->policy_number != before.policy_number) {
        deadline_set(l, part, clock, DEADLINE_RESCHEDULED);
        return;
    }
    /* What is due, and only late, stays due. */
    clock->warn_ats = before.warn_ats;
    clock->n_warn_ats = before.n_warn_ats;
}

struct deadline_terms deadline_round_terms(const struct life *l,
                                           uint32_t policy_number,
                                           enum clock_kind kind,
                                           enum urgency urgency)
{
    const Dispatch__V1__Policy *policy = policy_of(l, policy_number);
    const Dispatch__V1__TicketState *state = l->state;
    struct deadline_terms terms = {
        .policy_number = policy_number,
        .limit = policy_limit(policy, urgency, kind),
        .started_at = l->at,
        .counted_from_at = l->at,
    };

    if (kind != CLOCK_RESOLUTION)
        return terms;
    if (policy && state->round > 1 && policy->reopen_resolution[0])
        terms.limit = duration_of(policy->reopen_resolution);
    terms.started_at = state->round_started_at;
    terms.counted_from_at = state->round_started_at + state->paused_ms;
    terms.paused_ms = state->paused_ms;
    return terms;
}

void deadlines_begin(struct life *l, Dispatch__V1__TicketPart *part)
{
    for (enum clock_kind kind = 0; kind < CLOCKS; kind++) {
        const struct deadline_terms terms =
            deadline_round_terms(l, part->policy_number, kind, life_urgency(l));

        if (terms.limit.unit != DURATION_NONE &&
            !deadline_of_part(part, kind) && part_awaits_clock(l, part, kind))
            deadline_start(l, part, kind, &terms);
    }
}

/* What the end of a clock is made of. */
static void copy_figures(Dispatch__V1__TicketClock *to,
                         const Dispatch__V1__TicketClock *from)
{
    to->policy_number = from->policy_number;
    to->calendar_id = from->calendar_id;
    to->limit = from->limit;
    to->started_at = from->started_at;
    to->counted_from_at = from->counted_from_at;
    to->has_left = from->has_left;
    to->left_ms = from->left_ms;
    to->used_ms = from->used_ms;
    to->extensions = from->extensions;
    to->n_extensions = from->n_extensions;
    to->extended_until_at = from->extended_until_at;
    to->extensions_used = from->extensions_used;
    to->paused_ms = from->paused_ms;
    to->due_at = from->due_at;
    to->provisional = from->provisional;
    to->calendar_fingerprint = from->calendar_fingerprint;
}

void deadline_take(struct life *l, Dispatch__V1__TicketPart *part,
                   Dispatch__V1__TicketClock *own,
                   const Dispatch__V1__TicketClock *from)
{
    bool is_new = own == NULL;

    if (own && own->due_at <= from->due_at)
        return;
    if (!own)
        own = add_clock(l, part, CLOCK_RESOLUTION);
    if (!own)
        return;
    copy_figures(own, from);
    own->caused_by = output_text(l->out.caused_by);
    deadline_plan(l, part, own);
    deadline_set(l, part, own,
                 is_new ? DEADLINE_SCHEDULED : DEADLINE_RESCHEDULED);
}

/* Nothing of the clock is to come; what of a pause has been counts. */
static void stop_clock(const struct life *l, Dispatch__V1__TicketClock *clock)
{
    const Dispatch__V1__TicketPause *pause = l->state->pause;

    if (clock->state == CLOCK_PAUSED && pause && l->at > pause->since_at)
        clock->paused_ms += l->at - pause->since_at;
    clock->n_warn_ats = 0;
    clock->n_escalations = 0;
}

static void end_clock(struct life *l, const Dispatch__V1__TicketPart *part,
                      Dispatch__V1__TicketClock *clock)
{
    bool late = clock->state == CLOCK_RUNNING && l->at > clock->due_at;
    bool reported_late = !late && clock->breached_at != 0;
    const struct deadline_note note = {
        .late_ms = late ? l->at - clock->due_at : 0,
        .explanation = reported_late ? "late report" : NULL,
    };

    stop_clock(l, clock);
    clock->state = CLOCK_MET;
    clock->met_at = l->at;
    deadline_tell(l, part, clock, DEADLINE_MET, &note);
}

void deadline_meet(struct life *l, Dispatch__V1__TicketPart *part,
                   enum clock_kind kind)
{
    for (; part; part = part_above(l, part)) {
        Dispatch__V1__TicketClock *clock = deadline_of_part(part, kind);

        if (clock)
            end_clock(l, part, clock);
    }
}

void deadline_cancel(struct life *l, Dispatch__V1__TicketPart *part,
                     enum clock_kind kind)
{
    Dispatch__V1__TicketClock *clock = deadline_of_part(part, kind);

    if (!clock)
        return;
    stop_clock(l, clock);
    clock->state = CLOCK_CANCELLED;
    deadline_tell(l, part, clock, DEADLINE_CANCELLED, NULL);
}

void deadlines_cancel(struct life *l, Dispatch__V1__TicketPart *part)
{
    for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
        deadline_cancel(l, part, kind);
}

/* The limit of the ticket's urgency, from now on. */
static struct deadline_terms hurry_terms(const struct life *l,
                                         const Dispatch__V1__TicketPart *part,
                                         const Dispatch__V1__TicketClock *clock,
                                         enum clock_kind kind)
{
    uint32_t number = clock ? clock->policy_number : part->policy_number;
    struct deadline_terms terms = {
        .policy_number = number,
        .limit = policy_limit(policy_of(l, number), life_urgency(l), kind),
        .started_at = l->at,
        .counted_from_at = l->at,
        .paused_ms = kind == CLOCK_RESOLUTION ? l->state->paused_ms : 0,
    };

    if (clock) {
        terms.started_at = clock->started_at;
        terms.paused_ms = clock->paused_ms;
    }
    return terms;
}

/* A clock that the policy has only for the higher urgency begins now. */
static void hurry_part(struct life *l, Dispatch__V1__TicketPart *part,
                       enum clock_kind kind)
{
    Dispatch__V1__TicketClock *clock = deadline_of_part(part, kind);
    const struct deadline_terms terms = hurry_terms(l, part, clock, kind);

    if (terms.limit.unit == DURATION_NONE)
        return;
    if (clock && deadline_end_under(l, part, &terms) < clock->due_at)
        deadline_restart(l, part, clock, &terms);
    if (!clock && part_awaits_clock(l, part, kind))
        deadline_start(l, part, kind, &terms);
}

void deadlines_hurry(struct life *l)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        for (enum clock_kind kind = 0; kind < CLOCKS; kind++)
            hurry_part(l, l->state->parts[i], kind);
    }
}
