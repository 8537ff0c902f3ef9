/*
 * How far a partition is known to have been read: up to the moment for which
 * no unread record can hold an earlier event any more (invariant 8).
 *
 * Two things move it: a record's timestamp, and the partition's end. The
 * second is only worth what the broker says after the moment in question, so
 * it is asked for when a timer is due, and reached when the reader gets there.
 */
#ifndef DISPATCHER_FRONTIER_H
#define DISPATCHER_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

/* UTC milliseconds by our clock. */
struct frontier {
    int64_t read_ms;  /* all before this was read */
    int64_t asked_ms; /* when `end` was asked for */
    int64_t end;      /* the partition's end as it was then; negative: none */
};

/* Nothing is known: reading begins, or begins anew. */
void frontier_reset(struct frontier *f);

/* A record was read. One whose producer's clock is ahead counts as of now. */
void frontier_record(struct frontier *f, int64_t timestamp_ms, int64_t now_ms);

/* The broker answered a question that was put at `asked_ms`. */
void frontier_end(struct frontier *f, int64_t asked_ms, int64_t end);

/* Reading has come to `position`, the next offset to be read. */
void frontier_position(struct frontier *f, int64_t position);

/* Whether an end was asked for and is not reached yet. */
bool frontier_is_waiting(const struct frontier *f);

#endif
