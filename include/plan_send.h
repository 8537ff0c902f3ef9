/*
 * Publishes a plan of events, waits for the answers, and tells both: to a
 * person, or as JSON lines.
 */
#ifndef DISPATCHER_PLAN_SEND_H
#define DISPATCHER_PLAN_SEND_H

#include "ctl_kafka.h"
#include "ctl_topics.h"

#include <stdbool.h>

struct event_plan;
struct local_time;

struct plan_terms {
    const char *command; /* for messages */
    const struct ctl_kafka *kafka;
    const struct ctl_topics *topics;
    const struct local_time *local;
    bool json;
    bool dry_run; /* only tell */
    bool brief;   /* for a person: only what did not go as usual */
    bool wait;
    long timeout_s;
};

/* Sends what the plan says is to be sent, one record each, in the plan's
 * order. Returns an exit code: CTL_FAILED when something was left out because
 * it would be refused, was not delivered, was refused or got no answer. */
int plan_send(const struct plan_terms *terms, struct event_plan *plan);

/* Tells the plan, and how it went. `failed`: records that were not
 * delivered. */
void plan_print(const struct plan_terms *terms, const struct event_plan *plan,
                unsigned long failed);

#endif
