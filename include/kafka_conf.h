/*
 * librdkafka's configuration for the two clients of a worker.
 *
 * Our defaults, then what the user handed through, then what the guarantees
 * need. Why each value: docs/kafka.md.
 */
#ifndef DISPATCHER_KAFKA_CONF_H
#define DISPATCHER_KAFKA_CONF_H

#include "settings.h"
#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

enum kafka_client { CLIENT_CONSUMER, CLIENT_PRODUCER, CLIENT_PROBE };

enum { KAFKA_WHY_SIZE = 512 };

/* The log callback that a configuration gets: librdkafka's lines in ours. */
void kafka_log(const rd_kafka_t *rk, int level, const char *fac,
               const char *text);

/* A configuration with log callback set; the caller hands it to rd_kafka_new
 * or destroys it. `max_message_size` counts for the producer. NULL with a
 * reason in why[KAFKA_WHY_SIZE] when librdkafka refuses a property. */
MUST_CHECK rd_kafka_conf_t *kafka_conf_new(const struct settings *cfg,
                                           enum kafka_client client, int worker,
                                           size_t max_message_size, char *why);

/* Whether librdkafka makes both clients from these settings; no broker is
 * asked. False with its reason in why[KAFKA_WHY_SIZE]. */
MUST_CHECK bool kafka_conf_try(const struct settings *cfg, char *why);

/* Takes the next name off a list such as topics.departments, divided by commas
 * or blanks: its beginning and *size; NULL at the end. */
const char *kafka_next_topic(const char **list, size_t *size);

/* The access that is missing, in words ("READ on topic tickets"), when `err`
 * is an authorization error that will not go away by itself; else NULL. */
const char *kafka_missing_access(rd_kafka_resp_err_t err);

#endif
