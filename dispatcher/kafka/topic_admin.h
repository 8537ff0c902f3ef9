/*
 * Topics, as an administrator sees them: created, and described.
 */
#ifndef DISPATCHER_KAFKA_TOPIC_ADMIN_H
#define DISPATCHER_KAFKA_TOPIC_ADMIN_H

#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A topic that is to be created. */
struct topic_order {
    const char *name;
    int partitions;
    int replication; /* -1: the broker's default */
    bool compacted;  /* the state: read back as a whole */
};

/* RETRY, or FATAL for a name that no topic can have, with a reason in
 * why[KAFKA_WHY_SIZE]. That it is there already is no failure. */
MUST_CHECK enum status topic_create(rd_kafka_t *rk,
                                    const struct topic_order *order,
                                    int timeout_ms, char *why);

/* What the broker tells of a topic's configuration. */
struct topic_config {
    const char *name;         /* the caller's */
    int64_t max_message_size; /* 0: not told, here and below */
    int64_t retention_ms;     /* -1: for ever */
    char cleanup_policy[32];  /* "compact", "delete,compact"; "": not told */
};

/* Fills in what is told of items[n]. False: no answer in time. */
MUST_CHECK bool topic_configs_read(rd_kafka_t *rk, struct topic_config *items,
                                   size_t n, int timeout_ms);

#endif
