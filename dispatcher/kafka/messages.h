/*
 * What a consumer has fetched, message by message.
 *
 * The client library waits by the wall clock: set back, it would wait for
 * ever. So it is never let wait; poll(2) does, on an eventfd that the library
 * writes to.
 */
#ifndef DISPATCHER_KAFKA_MESSAGES_H
#define DISPATCHER_KAFKA_MESSAGES_H

#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

enum { MESSAGES_AT_ONCE = 1000 };

/* Start from {.wakes = -1}. */
struct messages {
    rd_kafka_t *rk;          /* borrowed */
    rd_kafka_queue_t *queue; /* the consumer's */
    int wakes;
    bool in_batches;
    rd_kafka_message_t *batch[MESSAGES_AT_ONCE];
    size_t n;
    size_t next;
};

/* False: no descriptor; errno says why. */
MUST_CHECK bool messages_open(struct messages *m, rd_kafka_t *rk);
void messages_close(struct messages *m);

/* The next message; NULL: none within `timeout_ms`. Rebalance callbacks run in
 * here. The caller destroys it. */
rd_kafka_message_t *messages_next(struct messages *m, int timeout_ms);

/* A message that was taken already in a batch; NULL: none is left. */
rd_kafka_message_t *messages_left(struct messages *m);

/* The message that messages_left gave last comes again. */
void messages_return(struct messages *m);

/* Takes many at once from now on, or one by one; what was taken and not asked
 * for yet is dropped. In batches the library's positions run ahead of what was
 * given out, and a rebalance strikes behind the back of who works on it: that
 * is for reading state, never for tickets. */
void messages_in_batches(struct messages *m, bool on);

#endif
