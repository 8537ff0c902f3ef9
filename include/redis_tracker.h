/*
 * Hears from Redis which tables have changed, the moment they change.
 *
 * One connection both tracks the keys and is told of them (RESP2, CLIENT
 * TRACKING ... BCAST with REDIRECT to itself): were they two, either could die
 * unnoticed. Needs Redis 6 or later.
 */
#ifndef DISPATCHER_REDIS_TRACKER_H
#define DISPATCHER_REDIS_TRACKER_H

#include "redis_address.h"
#include "status.h"

struct redis_tracker;

/* From now on no change of a table goes unheard. NULL with the reason in
 * `why`. */
MUST_CHECK struct redis_tracker *
redis_tracker_open(const struct redis_address *address, const char *prefix,
                   int timeout_ms, char why[REDIS_WHY_SIZE]);
void redis_tracker_close(struct redis_tracker **t);

/* Adds to *changed (bit i: table i) all that changed before this was called
 * and after it was called last. STATUS_RETRY: the connection is gone, and with
 * it the knowledge of changes. Also the heartbeat. */
MUST_CHECK enum status redis_tracker_sync(struct redis_tracker *t,
                                          unsigned *changed,
                                          char why[REDIS_WHY_SIZE]);

/* Readable when there is something to sync. */
int redis_tracker_fd(const struct redis_tracker *t);

#endif
