/*
 * The consuming half of a worker: one member of the consumer group.
 *
 * What the group assigns and what is fetched are two things here. A rebalance
 * only reports the partitions; the worker finds out where each one goes on,
 * and then says what to fetch: of a partition that must be restored its state,
 * of one that is ready its tickets. So not a ticket arrives before its
 * partition is ready (invariant 5), and going back after an abort is the same
 * step: fetch from these offsets.
 *
 * One thread uses a consumer; the handlers run inside consumer_poll.
 */
#ifndef DISPATCHER_CONSUMER_H
#define DISPATCHER_CONSUMER_H

#include "settings.h"
#include "stamp.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct consumer;
struct rd_kafka_consumer_group_metadata_s;

/* No offset was ever committed: fetch from the beginning. */
enum { OFFSET_NONE = -1 };

enum consumer_topic { CONSUMER_TICKETS, CONSUMER_STATE };

struct partition_offset {
    enum consumer_topic topic;
    int32_t partition;
    int64_t offset;     /* the next record to read, or OFFSET_NONE */
    struct stamp stamp; /* committed with the offset */
};

/* One record, borrowed until consumer_done. */
struct record {
    enum consumer_topic topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* Kafka's */
    const void *key;
    size_t key_size; /* key NULL: none */
    const void *value;
    size_t value_size; /* value NULL: tombstone */
    void *message;     /* librdkafka's, for its headers */
};

enum consumer_event {
    CONSUMER_NOTHING, /* nothing within the time */
    CONSUMER_RECORD,  /* *rec is set; consumer_done gives it back */
    CONSUMER_END,     /* the end of a partition was reached: topic, partition
                         and offset of *rec are set, and nothing to give back */
    CONSUMER_STUCK,   /* a partition is fetched no more: ask for the committed
                         offsets and fetch from there; topic and partition of
                         *rec are set, as above */
    CONSUMER_FENCED,  /* as FATAL: its membership is another's; but it had just
                         timed out, and the other may be we ourselves */
    CONSUMER_FATAL,   /* cannot go on: consumer_error says why */
};

/* Both run in the thread of consumer_poll. */
struct consumer_handlers {
    void (*assigned)(void *opaque, const int32_t *partitions, size_t n);
    /* `lost`: another member may own them already; commit nothing. */
    void (*revoked)(void *opaque, bool lost);
    void *opaque;
};

/* Joins the group. NULL with a reason in why[512]. */
struct consumer *consumer_new(const struct settings *cfg, int worker,
                              const struct consumer_handlers *handlers,
                              char *why);

/* Leaves (a static member stays known to the group), frees, sets *c NULL. */
void consumer_close(struct consumer **c);

/* Waits at most `timeout_ms` for one event. Must be called at least every
 * max.poll.interval.ms, or the group takes the partitions away. */
enum consumer_event consumer_poll(struct consumer *c, int timeout_ms,
                                  struct record *rec);
/* Gives a record back and empties it; an empty one is allowed. */
void consumer_done(struct record *rec);

/* One more record that was fetched along with the last one, without waiting;
 * false: none. There are some only while nothing but state is fetched. */
bool consumer_take(struct consumer *c, struct record *rec);

/* Why consumer_poll said that it cannot go on, for a person. */
const char *consumer_error(const struct consumer *c);

/* Fetches exactly these partitions from these offsets; n 0 fetches nothing.
 * Records fetched before are dropped. */
MUST_CHECK enum status consumer_fetch(struct consumer *c,
                                      const struct partition_offset *items,
                                      size_t n);

/* Fills in the stable committed offsets of `tickets`, with their stamps: RETRY
 * while the transaction of a former owner is open, or when the broker does not
 * answer. */
MUST_CHECK enum status consumer_committed(struct consumer *c,
                                          struct partition_offset *items,
                                          size_t n, int timeout_ms);

/* Fills in the positions behind what consumer_poll returned, control records
 * included; entries without a position keep their value. Only right while no
 * record is in hand. */
void consumer_positions(struct consumer *c, struct partition_offset *items,
                        size_t n);

/* The high watermark that came with the last records fetched from a partition:
 * also behind open transactions. OFFSET_NONE: nothing was fetched yet. */
int64_t consumer_high_end(struct consumer *c, enum consumer_topic topic,
                          int32_t partition);

/* The machine's clock was set back: the client library, whose own thread waits
 * by it, is made to look again. */
void consumer_wake(struct consumer *c);

/* librdkafka stops fetching while its queue is full, and may then sleep for a
 * second, however fast the queue is emptied: any request to the brokers of
 * these partitions wakes it. Takes a millisecond. */
void consumer_nudge(struct consumer *c, const struct partition_offset *items,
                    size_t n);

/* Records that were fetched and not polled yet. */
size_t consumer_waiting(const struct consumer *c);

/* The group's metadata as it was when the partitions were assigned, NULL
 * when none are (invariant 3). Borrowed until the next poll. */
const struct rd_kafka_consumer_group_metadata_s *
consumer_group(const struct consumer *c);

#endif
