/*
 * The last records of a topic, as a read_committed reader sees them. Joins no
 * group and commits nothing.
 */
#ifndef DISPATCHER_TOPIC_TAIL_H
#define DISPATCHER_TOPIC_TAIL_H

#include "ctl_kafka.h"
#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct topic_tail;

/* Connects. NULL, and said on standard error, when there is no broker or no
 * such topic. */
MUST_CHECK struct topic_tail *topic_tail_open(const struct ctl_kafka *options,
                                              const char *topic);
void topic_tail_close(struct topic_tail **t);

/* Calls `take` for each record among the last `offsets` offsets of each
 * partition, up to the end as it was when this was called. *whole becomes true
 * when that was all that the topic holds. False, and said: Kafka failed, or
 * the user stopped it. */
MUST_CHECK bool topic_tail_read(struct topic_tail *t, int64_t offsets,
                                void (*take)(void *context,
                                             const rd_kafka_message_t *msg),
                                void *context, bool *whole);

#endif
