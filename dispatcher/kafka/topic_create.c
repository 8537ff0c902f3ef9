/*
 * Creating a topic.
 */
#include "topic_admin.h"

#include "kafka_conf.h"
#include "log.h"

#include <stdio.h>

/* What compaction could drop must not pile up, and it never touches the newest
 * segment, which would grow to 1 GiB. */
static const char *const compacted[][2] = {
    {"cleanup.policy", "compact"},
    {"segment.bytes", "67108864"},
    {"min.cleanable.dirty.ratio", "0.2"},
};

static rd_kafka_NewTopic_t *new_topic(const struct topic_order *order)
{
    char why[256];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(
        order->name, order->partitions, order->replication, why, sizeof why);

    if (!topic || !order->compacted)
        return topic;
    for (size_t i = 0; i < sizeof compacted / sizeof *compacted; i++)
        rd_kafka_NewTopic_set_config(topic, compacted[i][0], compacted[i][1]);
    return topic;
}

/* The first error among the answers, ready for a person; NULL: none. */
static const char *creation_error(rd_kafka_event_t *answer)
{
    const rd_kafka_CreateTopics_result_t *result =
        rd_kafka_event_CreateTopics_result(answer);
    const rd_kafka_topic_result_t **topics;
    size_t n = 0;

    if (rd_kafka_event_error(answer))
        return rd_kafka_event_error_string(answer);
    topics = rd_kafka_CreateTopics_result_topics(result, &n);
    for (size_t i = 0; i < n; i++) {
        rd_kafka_resp_err_t err = rd_kafka_topic_result_error(topics[i]);

        if (err && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return rd_kafka_err2str(err);
    }
    return NULL;
}

enum status topic_create(rd_kafka_t *rk, const struct topic_order *order,
                         int timeout_ms, char *why)
{
    rd_kafka_NewTopic_t *topic = new_topic(order);
    enum status status = STATUS_RETRY;
    rd_kafka_queue_t *queue;
    rd_kafka_event_t *answer;
    const char *error;

    if (!topic) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s: not a valid name",
                 order->name);
        return STATUS_FATAL;
    }
    queue = rd_kafka_queue_new(rk);
    rd_kafka_CreateTopics(rk, &topic, 1, NULL, queue);
    answer = rd_kafka_queue_poll(queue, timeout_ms);
    error = answer ? creation_error(answer) : "no answer";
    if (error) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s cannot be created: %s",
                 order->name, error);
    } else {
        log_info("topic_created", "topic=%s partitions=%d", order->name,
                 order->partitions);
        status = STATUS_OK;
    }
    if (answer)
        rd_kafka_event_destroy(answer);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(queue);
    return status;
}
