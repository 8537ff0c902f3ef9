/*
 * The judgements about one ticket, in this order: the first sets how far the
 * others go.
 */
#ifndef DISPATCHER_AUDIT_JUDGE_H
#define DISPATCHER_AUDIT_JUDGE_H

#include "story.h"

struct replay;

/* The numbers of its events: gaps, repeats, order. Sets what story.h says. */
void judge_numbers(struct story *s);

/* Whether each event has a cause, and no input too many effects. */
void judge_causes(struct story *s);

/* One input, when all that earlier inputs led to has been replayed. */
void judge_input(struct story *s, struct replay *r, struct story_input *input);

/* The state, against what the events lead to. */
void judge_state(struct story *s, const struct replay *r);

/* How the ticket ends, and whether a resolved one has plan and reply. */
void judge_end(struct story *s, const struct replay *r);

#endif
