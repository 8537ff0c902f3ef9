/*
 * The producing half of a worker: outputs, dead letters and offsets in one
 * transaction.
 *
 *   begin -> send ... send -> commit (offsets + group) -> begin -> ...
 *                          \-> abort, then go back to the committed offsets
 *
 * Every failure is decided by librdkafka's three predicates (fatal, requires
 * abort, retriable), in this order, never by its code. One thread uses a
 * producer.
 */
#ifndef DISPATCHER_PRODUCER_H
#define DISPATCHER_PRODUCER_H

#include "consumer.h"
#include "reject.h"
#include "settings.h"
#include "status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output;
struct producer;
struct ticket_record;
struct watchdog_slot;

/* How a step of a transaction ended, by what comes next. */
enum txn {
    TXN_OK,
    TXN_ABORT,  /* abort, go back, do it again */
    TXN_RENEW,  /* this producer is done for: make a new one, go back */
    TXN_FENCED, /* as RENEW; another process may have our identity */
    TXN_STOP,   /* no repetition helps: access is missing, ... */
    TXN_LEAVE,  /* the process was asked to stop while waiting */
};

/* What a producer needs from its worker. */
struct producer_options {
    const struct settings *cfg;
    int worker;
    size_t max_message_size; /* fits every output topic */
    /* Of each state partition the offset behind the last record that is known
     * to be there. Outlives the producer, which moves them. */
    int64_t *state_ends;
    size_t n_state_ends;
    struct watchdog_slot *watchdog;
    const atomic_bool *stopping;
};

/* A new producer that has not spoken to a broker yet; NULL with why[512]. */
struct producer *producer_new(const struct producer_options *options,
                              char *why);

/* Frees it and sets *p to NULL; what is in flight is dropped. */
void producer_free(struct producer **p);

/* Ends what an earlier producer of this identity left open and fetches the
 * partition counts of the output topics. Waits until it succeeds or the
 * process stops. */
MUST_CHECK enum txn producer_init(struct producer *p);

MUST_CHECK enum txn producer_begin(struct producer *p);

/* Adds one event with its headers. `input` gives the trace context; NULL: time
 * alone caused it. */
MUST_CHECK enum txn producer_send(struct producer *p, const struct output *out,
                                  const struct record *input);

/* Adds a record of the state topic, to that partition (invariant 9). */
MUST_CHECK enum txn producer_send_state(struct producer *p, int32_t partition,
                                        const struct ticket_record *state);

/* Adds a dead letter: the input's key, value and headers as they came, and
 * headers that say why and whence. A value that does not fit into a record is
 * cut; dispatcher.error.truncated then gives its whole size. */
MUST_CHECK enum txn producer_send_dead_letter(struct producer *p,
                                              const struct record *input,
                                              const struct reject *why);

/* Adds the offsets with their stamps and commits. `group` must not be NULL. */
MUST_CHECK enum txn
producer_commit(struct producer *p, const struct partition_offset *items,
                size_t n,
                const struct rd_kafka_consumer_group_metadata_s *group);

MUST_CHECK enum txn producer_abort(struct producer *p);

/* The timestamp of the records that are added from now on; 0: what the clock
 * shows. A broker refuses, with the whole transaction, what is far ahead of its
 * own clock (message.timestamp.after.max.ms, an hour): whether that happened
 * since this was last asked. */
void producer_set_time(struct producer *p, int64_t timestamp_ms);
bool producer_clock_refused(struct producer *p);

/* Asks where partitions of `tickets` end for a reader of committed records, and
 * fills that in. RETRY when the broker does not answer in time. The question
 * goes by the producer's connection: on the consumer's it would wait behind a
 * fetch that waits for records. */
MUST_CHECK enum status producer_ends(struct producer *p,
                                     struct partition_offset *items, size_t n,
                                     int timeout_ms);

/* Serves delivery reports; call it now and then. */
void producer_poll(struct producer *p);

/* Records that were sent and are not acknowledged yet. */
size_t producer_waiting(const struct producer *p);

/* Largest value that an event may have, headers and key accounted for. */
size_t producer_max_value(const struct producer *p);

/* What went wrong last, for a person. */
const char *producer_error(const struct producer *p);

#endif
