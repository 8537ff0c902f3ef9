/*
 * What the files of the producer share.
 */
#ifndef DISPATCHER_KAFKA_PRODUCER_STATE_H
#define DISPATCHER_KAFKA_PRODUCER_STATE_H

#include "kafka_conf.h"
#include "producer.h"

#include <librdkafka/rdkafka.h>

/* A topic we write to. */
struct target {
    char *name;
    rd_kafka_topic_t *topic;
    int32_t partitions; /* 0: not known yet */
};

struct producer {
    struct producer_options options;
    rd_kafka_t *rk;
    struct target *targets; /* as below, then those of departments */
    size_t n_targets;
    char *source;               /* ce_source */
    rd_kafka_resp_err_t denied; /* seen, and no repetition helps */
    atomic_bool failed;         /* the open transaction has */
    bool clock_refused;         /* seen since it was last asked for */
    bool state_lost;            /* its topic is not the one that it was */
    int64_t timestamp_ms;       /* of records; 0: as the clock shows it */
    int64_t learned_us;         /* when the partition counts were fetched */
    char error[KAFKA_WHY_SIZE];
};

enum {
    TARGET_ASSIGNMENTS,
    TARGET_DEADLINES,
    TARGET_DEAD_LETTERS,
    TARGET_STATE,
    TARGETS_FIXED
};

/* Keeps what went wrong, for producer_error. */
void producer_remember(struct producer *p, const char *call, const char *text);

/* The target of this name; NULL: none. */
struct target *producer_find_target(const struct producer *p, const char *name);

#endif
