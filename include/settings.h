/*
 * The settings: one table (name, type, default, bounds, help) gives this
 * struct, the parser, --help, --check and the test of the manual.
 *
 * Command line over environment over file over default. The environment
 * variable of redis.url is DISPATCHER_REDIS_URL. `const` once threads start.
 */
#ifndef DISPATCHER_SETTINGS_H
#define DISPATCHER_SETTINGS_H

#include "calendar_explain.h"
#include "log.h"
#include "status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The clients that a librdkafka property is for. */
enum kafka_scope { KAFKA_BOTH, KAFKA_CONSUMER, KAFKA_PRODUCER };

/* A librdkafka property that was handed through. */
struct kafka_property {
    enum kafka_scope scope;
    char *name; /* without the prefix kafka., kafka.consumer., ... */
    char *value;
};

struct settings {
    char *kafka_bootstrap_servers;
    char *group_id;
    char *instance_id;
    char *topic_tickets;
    char *topic_assignments;
    char *topic_deadlines;
    char *topic_dead_letters;
    char *topic_state;
    char *topics_departments; /* comma-separated; "": none */
    bool topics_create;
    int topics_partitions;  /* of created topics */
    int topics_replication; /* of created topics; -1: the broker's default */
    char *redis_url;
    char *redis_prefix;
    char *http_listen;
    int commit_interval_ms;
    int commit_max_records;
    bool events_headers; /* cloudevents, or none */
    enum calendar_language events_explanation;
    size_t input_max_bytes;
    int64_t state_closed_retention_ms;
    bool membership_static;
    int workers;
    char *catalogue_cache; /* "": none */
    int watchdog_ms;       /* a call that takes longer ends the process */
    enum log_level log_level;
    enum log_format log_format;
    /* Those for both clients stand first, so that the others, when they are
     * applied in this order, override them. */
    struct kafka_property *kafka_properties;
    size_t n_kafka_properties;
};

/* What the command line asks for. */
struct settings_args {
    bool help;
    bool version;
    bool check;       /* print the settings and stop */
    bool healthcheck; /* ask a running one whether it lives, and stop */
    bool usage;       /* on STATUS_REJECT: the command line itself was wrong */
};

/* Reads all sources. On STATUS_REJECT a message for a person, one line or
 * more, has been written to `err`. Free with settings_deinit in any case. */
MUST_CHECK enum status settings_read(struct settings *cfg,
                                     struct settings_args *args, int argc,
                                     char **argv, FILE *err);
void settings_deinit(struct settings *cfg);

/* Usage and every setting with default and help. */
void settings_help(FILE *out);

/* Every setting as `name = value`, secrets as ***. */
void settings_print(const struct settings *cfg, FILE *out);

#endif
