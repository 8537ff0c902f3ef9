/*
 * An idempotent producer for one topic; records go to the partitions in which
 * Java clients put their keys.
 */
#ifndef DISPATCHER_PUBLISHER_H
#define DISPATCHER_PUBLISHER_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl_kafka;
struct publisher;

/* What became of the records so far. */
struct publisher_counts {
    unsigned long delivered;
    unsigned long failed;
    char why[256]; /* of the first failure */
};

/* Connects and finds the topic. NULL, and said on standard error, when that
 * fails. */
MUST_CHECK struct publisher *publisher_new(const struct ctl_kafka *options,
                                           const char *topic);
void publisher_free(struct publisher **p);

/* Hands a record over; waits while the producer's queue is full. Bytes are
 * copied. `timestamp_ms` 0: now. False when the producer refuses it; it is
 * then counted as failed. */
bool publisher_send(struct publisher *p, const char *key, const void *value,
                    size_t size, int64_t timestamp_ms);

/* Serves delivery reports for at most `timeout_ms`. */
void publisher_poll(struct publisher *p, int timeout_ms);

/* Waits until every record is delivered or has failed; false when some are
 * still under way after `timeout_ms`. */
MUST_CHECK bool publisher_flush(struct publisher *p, int timeout_ms);

const struct publisher_counts *publisher_counts(const struct publisher *p);

/* Records handed over to each partition. */
int32_t publisher_partitions(const struct publisher *p);
unsigned long publisher_sent_to(const struct publisher *p, int32_t partition);

#endif
