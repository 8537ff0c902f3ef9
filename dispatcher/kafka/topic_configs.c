/*
 * Asking how topics are configured. Without the right to ask nothing is told.
 */
#include "topic_admin.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_entry(struct topic_config *item,
                       const rd_kafka_ConfigEntry_t *entry)
{
    const char *name = rd_kafka_ConfigEntry_name(entry);
    const char *value = rd_kafka_ConfigEntry_value(entry);

    if (!value)
        return;
    if (strcmp(name, "max.message.bytes") == 0)
        item->max_message_size = strtoll(value, NULL, 10);
    else if (strcmp(name, "retention.ms") == 0)
        item->retention_ms = strtoll(value, NULL, 10);
    else if (strcmp(name, "cleanup.policy") == 0)
        snprintf(item->cleanup_policy, sizeof item->cleanup_policy, "%s",
                 value);
}

static struct topic_config *find(struct topic_config *items, size_t n,
                                 const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(items[i].name, name) == 0)
            return &items[i];
    return NULL;
}

static void take_topic(struct topic_config *items, size_t n,
                       const rd_kafka_ConfigResource_t *told)
{
    struct topic_config *item =
        find(items, n, rd_kafka_ConfigResource_name(told));
    size_t n_entries = 0;
    const rd_kafka_ConfigEntry_t **entries =
        rd_kafka_ConfigResource_configs(told, &n_entries);

    for (size_t i = 0; item && i < n_entries; i++)
        take_entry(item, entries[i]);
}

static rd_kafka_event_t *ask(rd_kafka_t *rk, const struct topic_config *items,
                             size_t n, int timeout_ms)
{
    rd_kafka_ConfigResource_t **asked = memory_new_array(n, sizeof(void *));
    rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
    rd_kafka_event_t *answer;

    for (size_t i = 0; i < n; i++)
        asked[i] =
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, items[i].name);
    rd_kafka_DescribeConfigs(rk, asked, n, NULL, queue);
    answer = rd_kafka_queue_poll(queue, timeout_ms);
    rd_kafka_ConfigResource_destroy_array(asked, n);
    rd_kafka_queue_destroy(queue);
    free(asked);
    return answer;
}

bool topic_configs_read(rd_kafka_t *rk, struct topic_config *items, size_t n,
                        int timeout_ms)
{
    rd_kafka_event_t *answer = ask(rk, items, n, timeout_ms);
    const rd_kafka_ConfigResource_t **told = NULL;
    size_t n_told = 0;

    if (!answer)
        return false;
    if (!rd_kafka_event_error(answer))
        told = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(answer), &n_told);
    for (size_t i = 0; i < n_told; i++)
        take_topic(items, n, told[i]);
    rd_kafka_event_destroy(answer);
    return true;
}
