/*
 * What the commands share about Kafka: options, configuration, and what a topic
 * looks like before the first record.
 */
#ifndef DISPATCHER_CTL_KAFKA_H
#define DISPATCHER_CTL_KAFKA_H

#include "options.h"
#include "status.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The part of a command's options that concerns Kafka. */
struct ctl_kafka {
    const char *brokers; /* NULL: the environment's, else the default */
    struct option_list properties; /* "name=value", librdkafka's own */
};

/* Their lines in the table of a command whose struct of options has a member
 * `kafka`. */
#define CTL_KAFKA_OPTIONS(options)                                             \
    {.letter = 'b',                                                            \
     .name = "brokers",                                                        \
     .argument = "HOST:PORT,...",                                              \
     .kind = OPTION_TEXT,                                                      \
     .offset = offsetof(options, kafka.brokers),                               \
     .help = "Kafka's bootstrap servers\n"                                     \
             "[DISPATCHER_KAFKA_BOOTSTRAP_SERVERS, else 127.0.0.1:9092]"},     \
    {                                                                          \
        .letter = 'X', .argument = "NAME=VALUE", .kind = OPTION_LIST,          \
        .offset = offsetof(options, kafka.properties),                         \
        .help = "a property of librdkafka, for example\n"                      \
                "security.protocol=SSL; may be repeated"                       \
    }

/* A name and a value of librdkafka's. */
struct ctl_kafka_default {
    const char *name;
    const char *value;
};

/* A client with `defaults` under what the user's options say; `prepare` (may
 * be NULL) sets callbacks. NULL, and said on standard error, when it cannot
 * be made. */
MUST_CHECK rd_kafka_t *
ctl_kafka_client(const struct ctl_kafka *options, rd_kafka_type_t type,
                 const struct ctl_kafka_default *defaults, size_t n,
                 void (*prepare)(rd_kafka_conf_t *conf));

/* How many partitions the topic has; 0, and said on standard error, when no
 * broker answers or there is no such topic. Creates nothing. */
MUST_CHECK int32_t ctl_kafka_partitions(rd_kafka_t *rk, const char *topic);

/* The same, saying nothing where there is no such topic; negative, and said,
 * when no broker answers. */
MUST_CHECK int32_t ctl_kafka_find_partitions(rd_kafka_t *rk, const char *topic);

/* Whether reading cannot go on after this error: librdkafka copes with all
 * others by itself. */
bool ctl_kafka_is_hopeless(rd_kafka_resp_err_t err);

/* From now on SIGINT and SIGTERM set what ctl_stopped returns. */
void ctl_catch_signals(void);
bool ctl_stopped(void);

#endif
