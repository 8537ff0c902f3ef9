/*
 * Where logs begin and end, and what the headers of dead letters say.
 */
#ifndef DISPATCHER_AUDIT_ENDS_H
#define DISPATCHER_AUDIT_ENDS_H

#include "audit.h"
#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

enum { AUDIT_ENDS_WHY_SIZE = 256 };

struct audit_ends {
    rd_kafka_t *stable; /* reads committed records; both have the group's id */
    rd_kafka_t *high;
    struct audit_logs *logs; /* names and numbers of partitions are set */
    int64_t since_ms;        /* negative: from the beginning */
};

/* Fills in all logs, in the order of audit.h. False with a reason in
 * why[AUDIT_ENDS_WHY_SIZE]: Kafka failed. Committed offsets need not be there:
 * then they are negative and why[] says why not, else it is empty. */
MUST_CHECK bool audit_ends_measure(const struct audit_ends *e, char *why);

/* Moves the beginnings to where the logs begin now. As above. */
MUST_CHECK bool audit_ends_refresh(const struct audit_ends *e, char *why);

/* The headers of a dead letter; texts lie in *texts. */
struct audit_ends_letter {
    char code[64];
    char topic[256];
};
struct audit_letter audit_ends_letter(const rd_kafka_message_t *msg,
                                      struct audit_ends_letter *texts);

#endif
