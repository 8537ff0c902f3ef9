/*
 * Loads records of the state into their partitions' memory, in another thread,
 * while more of them are fetched: it is this that a replica's start waits for.
 *
 * From loader_add to loader_settle nobody else may look at the tickets of
 * partitions that are not ready, nor at how far they are.
 */
#ifndef DISPATCHER_LOADER_H
#define DISPATCHER_LOADER_H

#include "consumer.h"
#include "partitions.h"
#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct loader;

/* `partitions` is borrowed; it may only change when all is settled. */
struct loader *loader_new(const struct partitions *partitions);

/* Loads what was added, sets *l to NULL. NULL is allowed. */
void loader_free(struct loader **l);

/* Takes the record over; *rec is empty then. One of a partition that is not
 * ours, or ready, is dropped. */
void loader_add(struct loader *l, struct record *rec);

/* A record that could not be loaded (tickets_load says why). */
struct loader_refusal {
    int32_t partition;
    int64_t offset;
    enum status status;
};

/* Waits until all that was added is loaded. False: a record was refused, none
 * behind it was loaded, nor will be. */
MUST_CHECK bool loader_settle(struct loader *l, struct loader_refusal *refusal);

#endif
