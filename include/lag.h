/*
 * Measures the lag of the owned partitions several times a second, on a
 * thread and with clients of its own: what it shows is never held up by a
 * worker that waits for the broker.
 */
#ifndef DISPATCHER_LAG_H
#define DISPATCHER_LAG_H

#include "status.h"

struct lag;
struct metrics;
struct settings;

/* Starts the thread, which keeps the partitions' rows of the metrics. NULL
 * with a reason in why[KAFKA_WHY_SIZE]. */
MUST_CHECK struct lag *lag_start(const struct settings *cfg,
                                 struct metrics *metrics, char *why);

/* Ends the thread (within seconds when the broker is gone), sets *lag to
 * NULL. NULL is allowed. */
void lag_stop(struct lag **lag);

#endif
