/*
 * From step to step, with the inputs in their places between them.
 */
#include "replay.h"

#include "judge.h"

#include <stdlib.h>

void replay_deinit(struct replay *r)
{
    free(r->holders);
    free(r->clocks);
    free(r->returns);
    *r = (struct replay){0};
}

/* Nothing is known any more but what was dispatched once. */
static void forget(struct replay *r)
{
    r->known = false;
    r->n_holders = 0;
    r->n_clocks = 0;
    r->n_returns = 0;
    r->n_leads = 1;
    r->ended = false;
}

static void begin(struct replay *r, struct story *s)
{
    r->story = s;
    r->known = s->whole;
    r->n_holders = 0;
    r->n_clocks = 0;
    r->n_returns = 0;
    r->n_leads = 1;
    r->dispatched = false;
    r->ended = false;
    r->ended_step = 0;
    r->end = AUDIT_END_OPEN;
    r->end_event = NULL;
    r->plan = false;
    r->reply = false;
    r->step = 0;
    r->until = 0;
    r->next_input = 0;
}

bool replay_is_open(const struct replay *r)
{
    return !r->ended && (r->known || r->n_holders > 0);
}

bool replay_step_is_whole(const struct replay *r)
{
    const struct story *s = r->story;

    if (r->until == s->n_events)
        return !s->cut_off;
    return !s->events[r->until].gap;
}

/* The end of the step that begins with event `first`. */
static size_t step_end(const struct story *s, size_t first)
{
    size_t i = first + 1;

    while (i < s->n_settled && !s->events[i].gap &&
           (s->events[i].twice ||
            story_same_step(&s->events[first], &s->events[i])))
        i++;
    return i;
}

/* The input that the step comes from; NULL: time, or it is not known. */
static const struct story_input *step_input(const struct replay *r)
{
    const struct story *s = r->story;

    for (size_t i = r->first; i < r->until; i++) {
        const struct story_event *event = &s->events[i];

        if (event->direct && !event->twice && event->input != STORY_NO_INPUT)
            return &s->inputs[event->input];
    }
    return NULL;
}

/* Inputs up to this one have been read. (Those of a further partition, where
 * somebody gave the topic more of them, are left to the end.) */
static void judge_inputs_to(struct replay *r, const struct story_input *to)
{
    struct story *s = r->story;

    for (; r->next_input < s->n_inputs; r->next_input++) {
        struct story_input *input = &s->inputs[r->next_input];

        if (input->e.partition != to->e.partition ||
            input->e.offset > to->e.offset)
            return;
        judge_input(s, r, input);
    }
}

static void apply_step(struct replay *r)
{
    const struct story *s = r->story;

    for (size_t i = r->first; i < r->until; i++) {
        const struct story_event *event = &s->events[i];

        if (event->twice)
            continue;
        if (event->e.topic == AUDIT_ASSIGNMENTS)
            replay_assignment(r, event);
        else
            replay_deadline(r, event);
    }
}

static void run_step(struct replay *r)
{
    const struct story_input *input = step_input(r);

    if (r->story->events[r->first].gap)
        forget(r);
    if (input)
        judge_inputs_to(r, input);
    replay_due(r);
    replay_returns(r);
    apply_step(r);
    replay_check_holders(r);
    replay_check_clocks(r);
}

void replay_run(struct replay *r, struct story *s)
{
    begin(r, s);
    while (r->until < s->n_settled) {
        r->step++;
        r->first = r->until;
        r->until = step_end(s, r->first);
        run_step(r);
    }
    while (r->next_input < s->n_inputs)
        judge_input(s, r, &s->inputs[r->next_input++]);
}
