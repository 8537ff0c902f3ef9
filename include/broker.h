/*
 * What the daemon asks of the broker beside consuming and producing: are the
 * topics there, how large may a record be, please create them.
 *
 * A client of its own, so that its questions never wait behind a transaction.
 */
#ifndef DISPATCHER_BROKER_H
#define DISPATCHER_BROKER_H

#include "settings.h"
#include "status.h"

#include <stddef.h>
#include <stdint.h>

struct broker;

/* What the topics are like. */
struct topics_facts {
    int32_t tickets_partitions;
    size_t max_message_size; /* a record that fits every output topic */
};

/* Does not speak to the broker yet. NULL with a reason in why[512]. */
struct broker *broker_new(const struct settings *cfg, char *why);
void broker_free(struct broker **b);

/* Looks at the topics, creates what is missing when topics.create is set, and
 * fills in *facts. RETRY with a reason in why[512] when the broker does not
 * answer or something is missing that an operator can still provide; FATAL
 * when access is missing, when the state topic is not compacted, when it has
 * another number of partitions than tickets has, when that number changed, or
 * when closed tickets would be forgotten before the topic forgets them. */
MUST_CHECK enum status broker_check_topics(struct broker *b,
                                           struct topics_facts *facts,
                                           int timeout_ms, char *why);

#endif
