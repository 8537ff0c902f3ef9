/*
 * librdkafka's producer behind five calls.
 */
#include "publisher.h"

#include "ctl_kafka.h"
#include "memory.h"
#include "murmur2.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_FULL_POLL_MS = 100 };

struct publisher {
    rd_kafka_t *rk;
    rd_kafka_topic_t *topic;
    int32_t partitions;
    unsigned long *sent; /* by partition */
    struct publisher_counts counts;
};

static const struct ctl_kafka_default defaults[] = {
    {"enable.idempotence", "true"},
    {"linger.ms", "5"},
    {"compression.type", "lz4"},
};

static void count_failure(struct publisher *p, rd_kafka_resp_err_t err)
{
    if (p->counts.failed++ == 0)
        snprintf(p->counts.why, sizeof p->counts.why, "%s",
                 rd_kafka_err2str(err));
}

static void count_delivery(rd_kafka_t *rk, const rd_kafka_message_t *msg,
                           void *opaque)
{
    (void)rk;
    (void)opaque;
    struct publisher *p = msg->_private;
    if (msg->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        p->counts.delivered++;
    else
        count_failure(p, msg->err);
}

static void prepare(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_dr_msg_cb(conf, count_delivery);
}

struct publisher *publisher_new(const struct ctl_kafka *options,
                                const char *topic)
{
    rd_kafka_t *rk =
        ctl_kafka_client(options, RD_KAFKA_PRODUCER, defaults,
                         sizeof(defaults) / sizeof(defaults[0]), prepare);
    if (rk == NULL)
        return NULL;
    struct publisher *p = memory_new(sizeof *p);
    p->rk = rk;
    p->partitions = ctl_kafka_partitions(rk, topic);
    if (p->partitions == 0) {
        publisher_free(&p);
        return NULL;
    }
    p->sent = memory_new_array((size_t)p->partitions, sizeof *p->sent);
    p->topic = rd_kafka_topic_new(rk, topic, NULL);
    return p;
}

void publisher_free(struct publisher **p)
{
    if (*p == NULL)
        return;
    if ((*p)->topic != NULL)
        rd_kafka_topic_destroy((*p)->topic);
    rd_kafka_destroy((*p)->rk);
    free((*p)->sent);
    free(*p);
    *p = NULL;
}

static rd_kafka_resp_err_t produce(struct publisher *p, int32_t partition,
                                   const char *key, const void *value,
                                   size_t size, int64_t timestamp_ms)
{
    return rd_kafka_producev(
        p->rk, RD_KAFKA_V_RKT(p->topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_KEY(key, strlen(key)),
        /* librdkafka's union has no const; F_COPY only reads. */
        RD_KAFKA_V_VALUE((void *)(uintptr_t)value, size),
        RD_KAFKA_V_TIMESTAMP(timestamp_ms),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(p),
        RD_KAFKA_V_END);
}

bool publisher_send(struct publisher *p, const char *key, const void *value,
                    size_t size, int64_t timestamp_ms)
{
    int32_t partition = murmur2_partition(key, strlen(key), p->partitions);
    rd_kafka_resp_err_t err;

    for (;;) {
        err = produce(p, partition, key, value, size, timestamp_ms);
        if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL || ctl_stopped())
            break;
        rd_kafka_poll(p->rk, QUEUE_FULL_POLL_MS);
    }
    rd_kafka_poll(p->rk, 0);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        count_failure(p, err);
        return false;
    }
    p->sent[partition]++;
    return true;
}

void publisher_poll(struct publisher *p, int timeout_ms)
{
    rd_kafka_poll(p->rk, timeout_ms);
}

bool publisher_flush(struct publisher *p, int timeout_ms)
{
    return rd_kafka_flush(p->rk, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

const struct publisher_counts *publisher_counts(const struct publisher *p)
{
    return &p->counts;
}

int32_t publisher_partitions(const struct publisher *p)
{
    return p->partitions;
}

unsigned long publisher_sent_to(const struct publisher *p, int32_t partition)
{
    return p->sent[partition];
}
