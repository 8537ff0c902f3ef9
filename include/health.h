/*
 * What the service needs in order to work, and what is missing: the base of
 * /readyz, of the metrics' conditions and of one log line at each change.
 *
 * Any thread may set a condition; reading never makes a writer wait.
 */
#ifndef DISPATCHER_HEALTH_H
#define DISPATCHER_HEALTH_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

/* X(ENUMERATOR, "name", needed to be ready, one for each worker,
 *   "reason before the first news") */
#define HEALTH_CONDITIONS(X)                                                   \
    X(BROKER, "broker", true, false, "not connected to a broker yet")          \
    X(TOPICS, "topics", true, false, "topics not checked yet")                 \
    X(GROUP, "group", true, true, "not a member of the consumer group yet")    \
    X(STATE, "state", true, true, "no state restored yet")                     \
    X(TIMERS, "timers", true, true, "no timers yet")                           \
    X(CATALOGUE, "catalogue", true, false, "no catalogue loaded yet")          \
    X(REDIS, "redis", false, false, "not connected to Redis yet")

enum health_condition {
#define HEALTH_ENUMERATOR(id, name, needed, each, reason) HEALTH_##id,
    HEALTH_CONDITIONS(HEALTH_ENUMERATOR)
#undef HEALTH_ENUMERATOR
        HEALTH_COUNT
};

enum { HEALTH_REASON_SIZE = 256 };

struct health;

/* Everything is missing at first. What is one for each worker holds when it
 * holds for all of `workers`. Never NULL. */
struct health *health_new(unsigned workers);
void health_free(struct health **h);

/* Says how a condition is now; `worker` counts only for those that are one
 * for each worker. The reason is for an operator: what is missing, and what
 * to do; when `ok`, it may say what is there or be "". A change is logged
 * here and nowhere else. Setting what was set before costs a comparison, so
 * it may be called in every turn of a loop. */
void health_set(struct health *h, unsigned worker,
                enum health_condition condition, bool ok, const char *format,
                ...) PRINTF_LIKE(5, 6);

/* One condition, summed over the workers: the reason is that of the first
 * worker for which it does not hold. */
struct health_state {
    const char *name;
    bool needed;
    bool ok;
    int64_t since_ms; /* of ok or not ok; UTC milliseconds */
    char reason[HEALTH_REASON_SIZE];
};
void health_read(const struct health *h, enum health_condition condition,
                 struct health_state *out);

/* Whether every condition that is needed holds. */
bool health_ready(const struct health *h);

#endif
