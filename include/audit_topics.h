/*
 * Reading all topics for an audit: where each log begins and ends, in the order
 * that audit.h asks for, and then their records up to there.
 *
 * Joins no group and commits nothing.
 */
#ifndef DISPATCHER_AUDIT_TOPICS_H
#define DISPATCHER_AUDIT_TOPICS_H

#include "audit.h"
#include "ctl_kafka.h"
#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct audit_topics;

struct audit_topics_options {
    const struct ctl_kafka *kafka;
    const char *group;
    const char *names[AUDIT_TOPICS];
    bool state_may_be_missing;
    int64_t since_ms; /* begin with records of this time; negative: with all */
    int wait_ms;      /* for open transactions to end */
};

/* Connects and measures. NULL, and said on standard error: Kafka failed. A
 * group without committed offsets is said too, and is none. The options'
 * contents are borrowed. */
MUST_CHECK struct audit_topics *
audit_topics_open(const struct audit_topics_options *options);
void audit_topics_close(struct audit_topics **t);

/* Borrowed. */
const struct audit_logs *audit_topics_logs(const struct audit_topics *t);

/* Reads all topics, one after the other. `take` gets each record, `tell` (every
 * now and then) which topic is read and how much of all topics was, from 0 to
 * 1. Then looks whether logs were cut off meanwhile. False, and said: Kafka
 * failed, or the user stopped it. */
struct audit_topics_reader {
    void (*take)(void *opaque, const struct audit_record *rec);
    void (*tell)(void *opaque, enum audit_topic topic, double fraction);
    void *opaque;
};
MUST_CHECK bool audit_topics_read(struct audit_topics *t,
                                  const struct audit_topics_reader *reader);

#endif
