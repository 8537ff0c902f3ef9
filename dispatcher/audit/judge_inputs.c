/*
 * What became of an input: applied, refused, repeated, waiting, or it told
 * nobody because it concerned nobody else; anything else is lost.
 */
#include "judge.h"
#include "replay.h"

#include <dispatch/v1/dispatch.pb-c.h>

#define ASSIGNED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED
#define ROLE_LEAD DISPATCH__V1__ROLE__ROLE_LEAD

/* Whether whatever the input led to would have been seen. */
static bool shows_outputs(const struct story *s,
                          const struct story_input *input)
{
    const struct known *known = s->audit->known;
    const struct known_input place = story_place_of(input);

    for (enum audit_topic i = AUDIT_DEAD_LETTERS; i <= AUDIT_DEADLINES; i++) {
        if (!known_shows(known, i, known_partition(known, i, s->id), place))
            return false;
    }
    return true;
}

/* An earlier input of the same source under the same id was applied. */
static bool is_repeat(const struct story *s, const struct story_input *input)
{
    size_t first;
    size_t n = story_inputs(s, input->e.cause, &first);

    for (size_t i = first; i < first + n; i++) {
        const struct entry *e = &s->inputs[s->by_cause[i]].e;

        if (e->partition == input->e.partition && e->offset < input->e.offset &&
            e->source == input->e.source && !(e->flags & ENTRY_DEAD))
            return true;
    }
    return false;
}

/* A `created` after the one that the ticket was dispatched for. */
static bool is_created_again(const struct story *s,
                             const struct story_input *input)
{
    if (input->e.kind != ENTRY_INPUT(CREATED))
        return false;
    for (size_t i = 0; i < s->n_events; i++) {
        const struct story_event *event = &s->events[i];

        if (event->e.topic == AUDIT_ASSIGNMENTS && event->e.kind == ASSIGNED)
            return event->input == STORY_NO_INPUT ||
                   s->inputs[event->input].e.offset < input->e.offset;
    }
    return s->n_events > 0 && !s->whole;
}

/* Whether it may be a repeat of an input before the log of tickets. A ticket
 * that the state does not know is no repeat. */
static bool may_be_repeat(const struct story *s,
                          const struct story_input *input)
{
    bool is_new = input->e.kind == ENTRY_INPUT(CREATED) && s->n_events == 0 &&
                  !s->has_state && s->audit->figures.records[AUDIT_STATE] > 0;

    return !s->inputs_known && !is_new;
}

/* Whether an input of this kind tells each department but the one that acts,
 * and nothing else. */
static bool only_tells(uint8_t kind)
{
    switch (kind) {
    case ENTRY_INPUT(ACKNOWLEDGED):
    case ENTRY_INPUT(CONTACTED):
    case ENTRY_INPUT(RESOLVED):
    case ENTRY_INPUT(CALLBACK):
    case ENTRY_INPUT(RESUMED):
    case ENTRY_INPUT(RECLASSIFIED):
    case ENTRY_INPUT(UPDATED):
    case ENTRY_INPUT(URGED):
        return true;
    default:
        return false;
    }
}

static bool may_be_silent(const struct replay *r,
                          const struct story_input *input)
{
    if (!only_tells(input->e.kind))
        return false;
    /* A call-back on a closed ticket is noted. */
    if (input->e.kind == ENTRY_INPUT(CALLBACK) && r->ended)
        return true;
    return r->n_holders == 1 && r->holders[0].department == input->e.department;
}

/* What an applied input says of plan, reply and who has resolved. */
static void note(struct replay *r, const struct story_input *input)
{
    r->plan |= (input->e.flags & ENTRY_PLAN) != 0;
    r->reply |= (input->e.flags & ENTRY_REPLY) != 0;
    if (input->e.kind != ENTRY_INPUT(RESOLVED))
        return;
    for (size_t i = 0; i < r->n_holders; i++) {
        struct replay_holder *holder = &r->holders[i];
        bool acts = input->e.department == NAMES_EMPTY
                        ? holder->role == ROLE_LEAD
                        : holder->department == input->e.department;

        holder->resolved |= acts;
    }
}

static void say_lost(struct story *s, const struct story_input *input)
{
    s->audit->figures.lost++;
    story_find(s, AUDIT_INPUT_LOST, &input->e, NULL,
               "Input %d@%lld (%s) was read, but led to no event and no dead "
               "letter.",
               (int)input->e.partition, (long long)input->e.offset,
               story_kind_name(&input->e));
}

static void judge_unanswered(struct story *s, struct replay *r,
                             const struct story_input *input)
{
    struct audit_figures *figures = &s->audit->figures;

    if (!known_was_read(s->audit->known, story_place_of(input))) {
        figures->waiting++;
    } else if (is_repeat(s, input) || is_created_again(s, input)) {
        figures->repeats++;
    } else if (!shows_outputs(s, input) || may_be_repeat(s, input) ||
               (!r->known && only_tells(input->e.kind))) {
        figures->unknown++;
    } else if (may_be_silent(r, input)) {
        figures->silent++;
        note(r, input);
    } else {
        say_lost(s, input);
    }
}

/* Closed tickets may be forgotten, others not. */
static void judge_letter(struct story *s, const struct replay *r,
                         const struct story_input *input)
{
    bool forgotten = input->e.code == REJECT_UNKNOWN_TICKET ||
                     input->e.code == REJECT_TOO_OLD;

    s->audit->figures.refused++;
    if (!forgotten || !r->known || !r->dispatched || r->ended)
        return;
    story_find(s, AUDIT_TICKET_FORGOTTEN, &input->e, NULL,
               "Input %d@%lld (%s) is a dead letter %s, but the ticket was "
               "dispatched and has not ended.",
               (int)input->e.partition, (long long)input->e.offset,
               story_kind_name(&input->e),
               reject_name((enum reject_code)input->e.code));
}

void judge_input(struct story *s, struct replay *r, struct story_input *input)
{
    if (input->e.flags & ENTRY_DEAD) {
        judge_letter(s, r, input);
    } else if (input->answered && !is_repeat(s, input)) {
        s->audit->figures.applied++;
        note(r, input);
    } else {
        judge_unanswered(s, r, input);
    }
}
