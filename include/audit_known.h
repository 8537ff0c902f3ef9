/*
 * What the logs allow to conclude.
 *
 * A log that begins late hides outputs, but not those that stand behind one
 * that is there: a partition of `tickets` is worked on in its order, and so
 * its outputs stand in each log in that order. Hence what an input leads to
 * cannot lie before the log if something that an earlier input of the same
 * partition led to is in the log.
 */
#ifndef DISPATCHER_AUDIT_KNOWN_H
#define DISPATCHER_AUDIT_KNOWN_H

#include "audit.h"

struct known;

struct known *known_new(const struct audit_logs *logs);
void known_free(struct known **k);

const struct audit_log *known_log(const struct known *k, enum audit_topic topic,
                                  int32_t partition);

/* Whether all of the record's transaction was read. */
bool known_is_settled(const struct known *k, enum audit_topic topic,
                      int32_t partition, int64_t offset);

/* The partition of a ticket's records in an output topic. */
int32_t known_partition(const struct known *k, enum audit_topic topic,
                        const char *ticket_id);

/* An output that this input led to, by itself and at once, stands at
 * `offset` of a log. */
struct known_input {
    int32_t partition;
    int64_t offset;
};
void known_note(struct known *k, enum audit_topic topic, int32_t partition,
                int64_t offset, struct known_input input);

/* Whether an output of the input would have been seen in this log. */
bool known_shows(const struct known *k, enum audit_topic topic,
                 int32_t partition, struct known_input input);

/* Whether the dispatcher has come past the input, with all that it leads to
 * before the ends. */
bool known_was_read(const struct known *k, struct known_input input);

/* Whether all partitions of a topic were read from their first record on. */
bool known_is_whole(const struct known *k, enum audit_topic topic);

#endif
