/*
 * From a journal to lists: unpack, sort, find causes.
 */
#include "story.h"

#include "memory.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE(NAME) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME
#define ASSIGNMENT(NAME) DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_##NAME

struct story *story_new(struct audit *a)
{
    struct story *s = memory_new(sizeof(*s));

    s->audit = a;
    return s;
}

void story_free(struct story **s)
{
    if (!*s)
        return;
    free((*s)->events);
    free((*s)->inputs);
    free((*s)->by_cause);
    state_deinit(&(*s)->state);
    free(*s);
    *s = NULL;
}

/* --------------------------------------------------------------- reading */

static void add_event(struct story *s, const struct entry *e)
{
    if (s->n_events == s->events_size) {
        s->events_size = s->events_size ? s->events_size * 2 : 64;
        s->events = memory_grow(s->events, s->events_size, sizeof(*s->events));
    }
    s->events[s->n_events++] =
        (struct story_event){.e = *e, .input = STORY_NO_INPUT};
}

static void add_input(struct story *s, const struct entry *e)
{
    if (s->n_inputs == s->inputs_size) {
        s->inputs_size = s->inputs_size ? s->inputs_size * 2 : 64;
        s->inputs = memory_grow(s->inputs, s->inputs_size, sizeof(*s->inputs));
        s->by_cause =
            memory_grow(s->by_cause, s->inputs_size, sizeof(*s->by_cause));
    }
    s->inputs[s->n_inputs++] = (struct story_input){.e = *e};
}

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_places(const struct entry *a, const struct entry *b)
{
    int order = compare(a->partition, b->partition);

    return order ? order : compare(a->offset, b->offset);
}

static int compare_events(const void *one, const void *two)
{
    const struct story_event *a = one, *b = two;
    int order = compare(a->e.number, b->e.number);

    if (order == 0)
        order = compare(a->e.topic, b->e.topic);
    return order ? order : compare_places(&a->e, &b->e);
}

static int compare_inputs(const void *one, const void *two)
{
    const struct story_input *a = one, *b = two;

    return compare_places(&a->e, &b->e);
}

static int compare_causes(const void *one, const void *two, void *context)
{
    const struct story_input *inputs = context;
    const uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;

    if (inputs[a].e.cause != inputs[b].e.cause)
        return inputs[a].e.cause < inputs[b].e.cause ? -1 : 1;
    return compare(a, b);
}

/* ---------------------------------------------------------------- causes */

size_t story_inputs(const struct story *s, uint64_t cause, size_t *first)
{
    size_t low = 0, high = s->n_inputs, n = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->inputs[s->by_cause[middle]].e.cause < cause)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low + n < s->n_inputs &&
           s->inputs[s->by_cause[low + n]].e.cause == cause)
        n++;
    return n;
}

size_t story_live(const struct story *s, uint64_t cause)
{
    size_t first, live = 0;
    size_t n = story_inputs(s, cause, &first);

    for (size_t i = first; i < first + n; i++)
        live += !(s->inputs[s->by_cause[i]].e.flags & ENTRY_DEAD);
    return live;
}

/* The first input of this cause that is, or is not, a dead letter; else any of
 * them. */
static int32_t find_input(const struct story *s, uint64_t cause, bool dead)
{
    size_t first;
    size_t n = story_inputs(s, cause, &first);

    for (size_t i = first; i < first + n; i++) {
        uint32_t input = s->by_cause[i];

        if (((s->inputs[input].e.flags & ENTRY_DEAD) != 0) == dead)
            return (int32_t)input;
    }
    return n > 0 ? (int32_t)s->by_cause[first] : STORY_NO_INPUT;
}

int story_cause_kind(const struct story *s, const struct story_event *event)
{
    return event->input == STORY_NO_INPUT ? -1 : s->inputs[event->input].e.kind;
}

static bool is_refused(const struct story_event *event)
{
    return event->e.topic == AUDIT_ASSIGNMENTS &&
           event->e.kind == ASSIGNMENT(REFUSED);
}

/* Inputs of other kinds close nothing: time does that, and names the last input
 * that there was. */
static bool ends(int kind)
{
    return kind == ENTRY_INPUT(CALLBACK) || kind == ENTRY_INPUT(MERGED) ||
           kind == ENTRY_INPUT(CANCELLED);
}

/* What time alone can lead to is left out, and so is what it might have. */
static bool is_direct(const struct story *s, const struct story_event *event)
{
    const struct entry *e = &event->e;

    if (e->topic == AUDIT_ASSIGNMENTS)
        return e->kind == ASSIGNMENT(CLOSED) ? ends(story_cause_kind(s, event))
                                             : !is_refused(event);
    switch (e->kind) {
    case DEADLINE(WARNING):
    case DEADLINE(BREACHED):
    case DEADLINE(ESCALATED):
    case DEADLINE(CANCELLED):
        return false;
    case DEADLINE(RESUMED): /* "until" a time names the input that paused */
        return story_cause_kind(s, event) >= 0 &&
               story_cause_kind(s, event) != ENTRY_INPUT(PAUSED);
    case DEADLINE(RESCHEDULED):
        return !(e->flags & ENTRY_CALENDAR);
    default:
        return true;
    }
}

static void find_causes(struct story *s)
{
    for (size_t i = 0; i < s->n_events; i++) {
        struct story_event *event = &s->events[i];

        event->input = find_input(s, event->e.cause, is_refused(event));
        event->direct = is_direct(s, event);
    }
}

/* Whether the log of the ticket's inputs begins with its first record. */
static bool log_is_whole(const struct story *s)
{
    const struct known *known = s->audit->known;

    if (s->n_inputs == 0)
        return known_is_whole(known, AUDIT_TICKETS);
    return known_log(known, AUDIT_TICKETS, s->inputs[0].e.partition)->whole;
}

/* The first input that is no dead letter; STORY_NO_INPUT: there is none. */
static int32_t first_live(const struct story *s)
{
    for (size_t i = 0; i < s->n_inputs; i++) {
        if (!(s->inputs[i].e.flags & ENTRY_DEAD))
            return (int32_t)i;
    }
    return STORY_NO_INPUT;
}

/* From `created` on. A repeat may be taken for a `created` that is not there
 * any more; then inputs stand before it, or have gone with it. */
static bool inputs_go_back(const struct story *s)
{
    int32_t first = first_live(s);
    bool created = false;

    for (size_t i = 0; i < s->n_events; i++) {
        const struct story_event *event = &s->events[i];

        if (event->input == STORY_NO_INPUT)
            return false;
        created |= event->e.topic == AUDIT_ASSIGNMENTS &&
                   event->e.kind == ASSIGNMENT(ASSIGNED) &&
                   event->input == first;
    }
    return created;
}

void story_read(struct story *s, const struct ledger_ticket *t)
{
    struct journal_cursor cursor = {0};
    struct entry e;

    s->id = t->id;
    s->n_events = 0;
    s->n_inputs = 0;
    while (journal_next(&t->journal, &cursor, &e)) {
        if (e.topic == AUDIT_TICKETS)
            add_input(s, &e);
        else
            add_event(s, &e);
    }
    s->has_state = state_unpack(t, &s->state);
    if (s->n_events > 0)
        qsort(s->events, s->n_events, sizeof(*s->events), compare_events);
    if (s->n_inputs > 0)
        qsort(s->inputs, s->n_inputs, sizeof(*s->inputs), compare_inputs);
    for (uint32_t i = 0; i < s->n_inputs; i++)
        s->by_cause[i] = i;
    if (s->n_inputs > 0)
        qsort_r(s->by_cause, s->n_inputs, sizeof(*s->by_cause), compare_causes,
                s->inputs);
    find_causes(s);
    s->inputs_whole = log_is_whole(s);
    s->inputs_known = s->inputs_whole || inputs_go_back(s);
}

/* Steps of one event: that of an input that is refused, which may come again
 * and be refused again, and of a changed calendar. */
static bool is_alone(const struct story_event *event)
{
    return is_refused(event) || (event->e.topic == AUDIT_DEADLINES &&
                                 event->e.flags & ENTRY_CALENDAR);
}

bool story_same_step(const struct story_event *a, const struct story_event *b)
{
    return !is_alone(a) && !is_alone(b) && a->e.cause == b->e.cause &&
           a->e.at == b->e.at;
}

struct known_input story_place_of(const struct story_input *input)
{
    return (struct known_input){input->e.partition, input->e.offset};
}
