/*
 * Inputs and what they led to, as far as that can be said without knowing the
 * rules: each event has a cause, in their order, and no input was applied
 * twice.
 */
#include "judge.h"

#include "memory.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdlib.h>

#define REFUSED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED

static bool is_refused(const struct entry *e)
{
    return e->topic == AUDIT_ASSIGNMENTS && e->kind == REFUSED;
}

/* The only live input under the cause; NULL: there are more, or none. */
static const struct story_input *only_input(const struct story *s,
                                            const struct story_event *event)
{
    if (!event->direct || event->twice || event->input == STORY_NO_INPUT ||
        story_live(s, event->e.cause) != 1)
        return NULL;
    return &s->inputs[event->input];
}

static void judge_order(struct story *s)
{
    const struct story_input *before = NULL;
    const struct entry *its_event = NULL;

    if (!s->inputs_known)
        return; /* A repeat may stand for what is not there any more. */
    for (size_t i = 0; i < s->n_events; i++) {
        const struct entry *e = &s->events[i].e;
        const struct story_input *input = only_input(s, &s->events[i]);

        if (!input)
            continue;
        if (before && before->e.partition == input->e.partition &&
            before->e.offset > input->e.offset)
            story_find(s, AUDIT_CAUSE_ORDER, its_event, e,
                       "Input %d@%lld led to event %u, the earlier %d@%lld "
                       "to event %u.",
                       (int)before->e.partition, (long long)before->e.offset,
                       (unsigned)its_event->number, (int)input->e.partition,
                       (long long)input->e.offset, (unsigned)e->number);
        before = input;
        its_event = e;
    }
}

static void judge_known(struct story *s)
{
    if (!s->inputs_whole)
        return;
    for (size_t i = 0; i < s->n_events; i++) {
        const struct story_event *event = &s->events[i];

        if (event->input == STORY_NO_INPUT && !event->twice)
            story_find(s, AUDIT_CAUSE_UNKNOWN, &event->e, NULL,
                       "The cause of event %u (%s to %s) is no input of the "
                       "ticket.",
                       (unsigned)event->e.number, story_kind_name(&event->e),
                       story_department(s, event->e.department));
    }
}

/* ----------------------------------------------------------------- twice */

/* What one input can lead to only once: of one cause, kind, department. */
static int compare_effects(const void *one, const void *two)
{
    const struct entry *a = &(*(const struct story_event *const *)one)->e;
    const struct entry *b = &(*(const struct story_event *const *)two)->e;

    if (a->cause != b->cause)
        return a->cause < b->cause ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->department != b->department && !is_refused(a))
        return a->department < b->department ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static bool same_effect(const struct entry *a, const struct entry *b)
{
    return a->cause == b->cause && a->kind == b->kind &&
           (a->department == b->department || is_refused(a));
}

/* How many inputs under the cause are dead letters that REFUSED answers. */
static size_t count_refused(const struct story *s, uint64_t cause)
{
    size_t first, refused = 0;
    size_t n = story_inputs(s, cause, &first);

    for (size_t i = first; i < first + n; i++) {
        const struct entry *e = &s->inputs[s->by_cause[i]].e;

        refused += (e->flags & ENTRY_DEAD) && e->code == REJECT_WRONG_STATE;
    }
    return refused;
}

/* Whether all inputs under the cause and their dead letters would have been
 * seen. */
static bool shows_letters(const struct story *s, uint64_t cause)
{
    const struct known *known = s->audit->known;
    size_t first;

    if (!s->inputs_whole || story_inputs(s, cause, &first) == 0)
        return false;
    return known_shows(known, AUDIT_DEAD_LETTERS,
                       known_partition(known, AUDIT_DEAD_LETTERS, s->id),
                       story_place_of(&s->inputs[s->by_cause[first]]));
}

/* `n` events have the effect of `last`, `before` is the one before it. */
static void judge_effects(struct story *s, const struct story_event *before,
                          const struct story_event *last, size_t n)
{
    size_t allowed = story_live(s, last->e.cause);

    if (is_refused(&last->e)) {
        if (shows_letters(s, last->e.cause) &&
            n > count_refused(s, last->e.cause))
            story_find(s, AUDIT_REFUSED_UNFOUNDED, &last->e, NULL,
                       "REFUSED to %s, but its input is no dead letter "
                       "wrong_state, or was answered before.",
                       story_department(s, last->e.department));
        return;
    }
    if (allowed > 0 && n > allowed)
        story_find(s, AUDIT_ANSWERED_TWICE, &before->e, &last->e,
                   "%s to %s for one and the same input, as event %u and "
                   "as event %u.",
                   story_kind_name(&last->e),
                   story_department(s, last->e.department),
                   (unsigned)before->e.number, (unsigned)last->e.number);
}

/* The dead letter of a refusal that is in flight may not be read. */
static bool counts(const struct story *s, size_t i)
{
    const struct story_event *event = &s->events[i];
    bool refused = is_refused(&event->e) && i < s->n_settled;

    return event->e.topic == AUDIT_ASSIGNMENTS && !event->twice &&
           (event->direct || refused);
}

static void judge_twice(struct story *s)
{
    const struct story_event **list =
        memory_new_array(s->n_events, sizeof(*list));
    size_t n = 0, run = 0;

    for (size_t i = 0; i < s->n_events; i++) {
        if (counts(s, i))
            list[n++] = &s->events[i];
    }
    if (n > 0)
        qsort(list, n, sizeof(*list), compare_effects);
    for (size_t i = 0; i < n; i++) {
        run++;
        if (i + 1 < n && same_effect(&list[i]->e, &list[i + 1]->e))
            continue;
        judge_effects(s, list[run > 1 ? i - 1 : i], list[i], run);
        run = 0;
    }
    free(list);
}

/* ------------------------------------------------------------ dead letters */

/* Dead letters whose event id also led to events, with no other input of that
 * id to explain them. */
static void judge_letters(struct story *s)
{
    if (!s->inputs_known)
        return;
    for (size_t i = 0; i < s->n_events; i++) {
        const struct story_event *event = &s->events[i];

        if (!event->direct || event->twice || event->input == STORY_NO_INPUT ||
            story_live(s, event->e.cause) > 0 ||
            (i > 0 && event[-1].e.cause == event->e.cause))
            continue;
        const struct entry *input = &s->inputs[event->input].e;
        const struct entry letter = {.topic = AUDIT_DEAD_LETTERS,
                                     .partition = input->letter_partition,
                                     .offset = input->letter_offset};
        story_find(s, AUDIT_LETTER_ANSWERED, &letter, &event->e,
                   "Input %d@%lld (%s) is a dead letter %s and led to event "
                   "%u.",
                   (int)input->partition, (long long)input->offset,
                   story_kind_name(input),
                   reject_name((enum reject_code)input->code),
                   (unsigned)event->e.number);
    }
}

/* Inputs of which something is there. */
static void mark_answered(struct story *s)
{
    for (size_t i = 0; i < s->n_events; i++) {
        const struct story_event *event = &s->events[i];
        size_t first;

        if (!event->direct)
            continue;
        size_t n = story_inputs(s, event->e.cause, &first);
        for (size_t j = first; j < first + n; j++) {
            struct story_input *input = &s->inputs[s->by_cause[j]];

            input->answered = !(input->e.flags & ENTRY_DEAD);
        }
    }
}

void judge_causes(struct story *s)
{
    mark_answered(s);
    judge_known(s);
    judge_order(s);
    judge_twice(s);
    judge_letters(s);
}
