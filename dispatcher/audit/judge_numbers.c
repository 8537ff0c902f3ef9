/*
 * The numbers of a ticket's events.
 *
 * A missing one is lost if a later one is settled, unless it may lie before
 * the beginning of a log: that is, before the first event of this ticket that
 * the log has.
 */
#include "judge.h"

#include <stdio.h>

/* What the logs that the ticket's events are in allow to say. */
struct range {
    uint32_t hidden_below; /* numbers below it may lie before a log */
    uint32_t needed_up_to; /* numbers up to it were written and settled */
};

static const struct entry *first_in(const struct story *s,
                                    enum audit_topic topic)
{
    for (size_t i = 0; i < s->n_events; i++) {
        if (s->events[i].e.topic == topic)
            return &s->events[i].e;
    }
    return NULL;
}

/* Numbers below this one may lie before this topic's log. */
static uint32_t hidden_in(const struct story *s, enum audit_topic topic)
{
    const struct known *known = s->audit->known;
    const struct entry *first = first_in(s, topic);
    const struct audit_log *log = known_log(
        known, topic,
        first ? first->partition : known_partition(known, topic, s->id));

    if (log->held_back)
        return UINT32_MAX;
    if (log->whole)
        return 0;
    return first ? first->number : UINT32_MAX;
}

static bool is_settled(const struct story *s, const struct entry *e)
{
    return known_is_settled(s->audit->known, e->topic, e->partition, e->offset);
}

/* The state's sequence, if all events up to it must be there. */
static uint32_t settled_sequence(const struct story *s)
{
    return s->has_state && known_is_settled(s->audit->known, AUDIT_STATE,
                                            s->state.partition, s->state.offset)
               ? s->state.sequence
               : 0;
}

static struct range find_range(const struct story *s)
{
    uint32_t assignments = hidden_in(s, AUDIT_ASSIGNMENTS);
    uint32_t deadlines = hidden_in(s, AUDIT_DEADLINES);
    struct range range = {
        .hidden_below = assignments > deadlines ? assignments : deadlines,
        .needed_up_to = settled_sequence(s),
    };

    for (size_t i = s->n_events; i-- > 0;) {
        const struct entry *e = &s->events[i].e;

        if (is_settled(s, e)) {
            if (e->number > range.needed_up_to)
                range.needed_up_to = e->number;
            break;
        }
    }
    return range;
}

static void say_missing(struct story *s, uint32_t from, uint32_t to,
                        const struct entry *behind)
{
    const struct entry state = {
        .topic = AUDIT_STATE,
        .partition = s->state.partition,
        .offset = s->state.offset,
    };
    char events[64];

    if (from == to)
        snprintf(events, sizeof(events), "Event %u is", (unsigned)from);
    else
        snprintf(events, sizeof(events), "Events %u to %u are", (unsigned)from,
                 (unsigned)to);
    if (behind)
        story_find(s, AUDIT_EVENT_MISSING, behind, NULL,
                   "%s in neither topic, but event %u is there.", events,
                   (unsigned)behind->number);
    else
        story_find(s, AUDIT_EVENT_MISSING, &state, NULL,
                   "%s in neither topic, but the state counts %u events.",
                   events, (unsigned)s->state.sequence);
}

/* Numbers from `from` to `to` are not there; `behind` is (NULL: the end). */
static void judge_gap(struct story *s, const struct range *range, uint32_t from,
                      uint32_t to, const struct entry *behind)
{
    if (from < range->hidden_below)
        from = range->hidden_below;
    if (to > range->needed_up_to)
        to = range->needed_up_to;
    if (from <= to)
        say_missing(s, from, to, behind);
}

static void judge_twice(struct story *s, size_t i)
{
    struct story_event *event = &s->events[i];

    event->twice = true;
    story_find(s, AUDIT_EVENT_TWICE, &s->events[i - 1].e, &event->e,
               "Event %u is there again: %s, and %s.",
               (unsigned)event->e.number, story_kind_name(&s->events[i - 1].e),
               story_kind_name(&event->e));
}

static void judge_gaps(struct story *s, const struct range *range)
{
    uint32_t last = 0;

    for (size_t i = 0; i < s->n_events; i++) {
        struct story_event *event = &s->events[i];

        if (event->e.number == last) {
            judge_twice(s, i);
            continue;
        }
        if (event->e.number > last + 1) {
            event->gap = true;
            judge_gap(s, range, last + 1, event->e.number - 1, &event->e);
        }
        last = event->e.number;
    }
    s->cut_off = settled_sequence(s) > last;
    if (s->cut_off)
        judge_gap(s, range, last + 1, settled_sequence(s), NULL);
}

static void judge_order(struct story *s)
{
    const struct entry *last[AUDIT_TOPICS] = {NULL};

    for (size_t i = 0; i < s->n_events; i++) {
        const struct entry *e = &s->events[i].e;
        const struct entry *before = last[e->topic];

        if (s->events[i].twice)
            continue;
        if (before && before->partition == e->partition &&
            before->offset > e->offset)
            story_find(s, AUDIT_EVENT_ORDER, before, e,
                       "Event %u stands behind event %u.",
                       (unsigned)before->number, (unsigned)e->number);
        last[e->topic] = e;
    }
}

/* Events that are in flight may be there in part: but a step of which one is
 * settled is there as a whole. */
static void find_settled(struct story *s, const struct range *range)
{
    size_t n = 0;

    while (n < s->n_events) {
        const struct story_event *event = &s->events[n];

        if (event->e.number > range->needed_up_to &&
            (event->gap || n == 0 || !story_same_step(event - 1, event)))
            break;
        n++;
    }
    s->n_settled = n;
    s->last = n > 0 ? s->events[n - 1].e.number : 0;
}

void judge_numbers(struct story *s)
{
    const struct range range = find_range(s);

    judge_gaps(s, &range);
    judge_order(s);
    find_settled(s, &range);
    s->whole =
        s->n_events > 0 ? s->events[0].e.number == 1 : range.hidden_below == 0;
}
