/*
 * The dispatcher's answers to events that were published: the ticket's state
 * shows that an event was taken, a dead letter that it was refused; its
 * outputs name it as their cause.
 */
#ifndef DISPATCHER_EVENT_ANSWERS_H
#define DISPATCHER_EVENT_ANSWERS_H

#include "ctl_kafka.h"
#include "ctl_topics.h"
#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct event_answers;
struct event_plan;

/* Finds the places where the answers to what the plan will send are going to
 * be: to be called before it is sent. The plan is indexed and stays. NULL, and
 * said, when Kafka fails. */
MUST_CHECK struct event_answers *
event_answers_open(const struct ctl_kafka *options,
                   const struct ctl_topics *topics, struct event_plan *plan);
void event_answers_close(struct event_answers **a);

/* Waits until all have been answered, at most `timeout_ms`; writes the answers
 * into the plan. False: some are not. */
MUST_CHECK bool event_answers_wait(struct event_answers *a, int64_t timeout_ms);

#endif
