/*
 * Partitions of one or several topics, read from where one wants to where they
 * end, as a read_committed reader sees them; and, if one wants, on behind
 * that. Joins no group and commits nothing.
 */
#ifndef DISPATCHER_TOPIC_SCAN_H
#define DISPATCHER_TOPIC_SCAN_H

#include "ctl_kafka.h"
#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct progress;
struct topic_scan;

/* Every partition; every offset. */
enum { TOPIC_SCAN_ALL = -1 };
#define TOPIC_SCAN_WHOLE INT64_MAX

/* NULL, and said on standard error, when no client can be made. */
MUST_CHECK struct topic_scan *topic_scan_new(const struct ctl_kafka *options);
void topic_scan_free(struct topic_scan **s);

/* How many partitions the topic has; 0, and said, when there is no broker or
 * no such topic. Asks once for each topic. */
MUST_CHECK int32_t topic_scan_partitions(struct topic_scan *s,
                                         const char *topic);

/* Adds a partition of the topic (TOPIC_SCAN_ALL: each): of it the last
 * `offsets` offsets before its end as it is now are to be read; 0: only what
 * comes later. `topic` is borrowed. False, and said, when Kafka fails or there
 * is no such partition. */
MUST_CHECK bool topic_scan_add(struct topic_scan *s, const char *topic,
                               int32_t partition, int64_t offsets);

/* Forgets what was added. */
void topic_scan_clear(struct topic_scan *s);

/* Whether what was added is all that those partitions hold. */
bool topic_scan_is_whole(const struct topic_scan *s);

/* Calls `take` for each record of what was added, up to the ends; `progress`
 * (may be NULL) shows how far it is. Behind an open transaction a partition
 * ends where a reader gets no further. False, and said: Kafka failed, or the
 * user stopped it. */
MUST_CHECK bool topic_scan_read(struct topic_scan *s,
                                void (*take)(void *context,
                                             const rd_kafka_message_t *msg),
                                void *context, struct progress *progress);

/* Goes on behind what was read: calls `take` for one record, if one comes
 * within `timeout_ms`. False, and said: Kafka failed. */
MUST_CHECK bool topic_scan_follow(struct topic_scan *s,
                                  void (*take)(void *context,
                                               const rd_kafka_message_t *msg),
                                  void *context, int timeout_ms);

#endif
