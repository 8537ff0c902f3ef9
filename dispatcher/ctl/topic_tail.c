/*
 * Reading the end of a topic, once or with ever more before it.
 */
#include "topic_tail.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { POLL_MS = 100, CALL_MS = 10000 };

/* One partition: what of it is to be read. */
struct piece {
    int64_t from;
    int64_t end;
    bool ended;
};

struct topic_tail {
    rd_kafka_t *rk;
    char *topic;
    int32_t partitions;
    struct piece *pieces;
};

static const struct ctl_kafka_default defaults[] = {
    {"isolation.level", "read_committed"}, {"enable.auto.commit", "false"},
    {"enable.partition.eof", "true"},      {"group.id", "dispatchctl"},
    {"allow.auto.create.topics", "false"}, {"auto.offset.reset", "earliest"},
};

struct topic_tail *topic_tail_open(const struct ctl_kafka *options,
                                   const char *topic)
{
    struct topic_tail *t = memory_new(sizeof *t);

    t->topic = memory_copy_text(topic);
    t->rk = ctl_kafka_client(options, RD_KAFKA_CONSUMER, defaults,
                             sizeof(defaults) / sizeof(defaults[0]), NULL);
    if (t->rk != NULL)
        t->partitions = ctl_kafka_partitions(t->rk, topic);
    if (t->partitions == 0) {
        topic_tail_close(&t);
        return NULL;
    }
    rd_kafka_poll_set_consumer(t->rk);
    t->pieces = memory_new_array((size_t)t->partitions, sizeof *t->pieces);
    return t;
}

void topic_tail_close(struct topic_tail **t)
{
    if (*t == NULL)
        return;
    if ((*t)->rk != NULL) {
        rd_kafka_consumer_close((*t)->rk);
        rd_kafka_destroy((*t)->rk);
    }
    free((*t)->topic);
    free((*t)->pieces);
    free(*t);
    *t = NULL;
}

static bool kafka_failed(const struct topic_tail *t, const char *why)
{
    fprintf(stderr, "dispatchctl: %s: %s\n", t->topic, why);
    return false;
}

/* Where each piece begins and ends. */
static bool measure(struct topic_tail *t, int64_t offsets, bool *whole)
{
    *whole = true;
    for (int32_t i = 0; i < t->partitions; i++) {
        int64_t low, high;
        rd_kafka_resp_err_t err = rd_kafka_query_watermark_offsets(
            t->rk, t->topic, i, &low, &high, CALL_MS);

        if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return kafka_failed(t, rd_kafka_err2str(err));
        t->pieces[i] = (struct piece){.from = low, .end = high};
        if (high - low > offsets) {
            t->pieces[i].from = high - offsets;
            *whole = false;
        }
        t->pieces[i].ended = t->pieces[i].from >= high;
    }
    return true;
}

static bool assign(struct topic_tail *t)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(t->partitions);
    rd_kafka_resp_err_t err;

    for (int32_t i = 0; i < t->partitions; i++)
        rd_kafka_topic_partition_list_add(list, t->topic, i)->offset =
            t->pieces[i].from;
    err = rd_kafka_assign(t->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    return err == RD_KAFKA_RESP_ERR_NO_ERROR ||
           kafka_failed(t, rd_kafka_err2str(err));
}

static bool all_ended(const struct topic_tail *t)
{
    for (int32_t i = 0; i < t->partitions; i++) {
        if (!t->pieces[i].ended)
            return false;
    }
    return true;
}

/* librdkafka copes with the rest by itself. */
static bool is_hopeless(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           err == RD_KAFKA_RESP_ERR__FATAL;
}

/* A partition ends with its last offset or, behind an open transaction, where
 * a reader gets no further. */
static bool take_one(struct topic_tail *t, const rd_kafka_message_t *msg,
                     void (*take)(void *context, const rd_kafka_message_t *msg),
                     void *context)
{
    struct piece *piece;

    if (msg->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
        msg->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return !is_hopeless(msg->err) ||
               kafka_failed(t, rd_kafka_message_errstr(msg));
    piece = &t->pieces[msg->partition];
    if (msg->err == RD_KAFKA_RESP_ERR_NO_ERROR && msg->offset < piece->end)
        take(context, msg);
    piece->ended |=
        msg->err != RD_KAFKA_RESP_ERR_NO_ERROR || msg->offset >= piece->end - 1;
    return true;
}

bool topic_tail_read(struct topic_tail *t, int64_t offsets,
                     void (*take)(void *context, const rd_kafka_message_t *msg),
                     void *context, bool *whole)
{
    bool good = measure(t, offsets, whole) && assign(t);

    while (good && !all_ended(t) && !ctl_stopped()) {
        rd_kafka_message_t *msg = rd_kafka_consumer_poll(t->rk, POLL_MS);

        if (msg == NULL)
            continue;
        good = take_one(t, msg, take, context);
        rd_kafka_message_destroy(msg);
    }
    return good && !ctl_stopped();
}
