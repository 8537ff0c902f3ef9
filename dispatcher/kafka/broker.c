/*
 * Topics: looked at, created, measured.
 */
#include "broker.h"

#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "log.h"
#include "memory.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TOPICS = 64,
    DEFAULT_MAX_MESSAGE = 1000000, /* librdkafka's and below the broker's */
    MIN_MAX_MESSAGE = 16384,       /* headers alone may need 4 KiB */
    MAX_MAX_MESSAGE = 100000000,
    BATCH_OVERHEAD = 512, /* what a batch adds to its one record */
};

/* What went wrong with a connection, as far as the operator can mend it. */
struct trouble {
    rd_kafka_resp_err_t code; /* 0: nothing since the last good answer */
    char text[256];
};

struct broker {
    const struct settings *cfg;
    rd_kafka_t *rk;
    struct trouble trouble;
    struct topics_facts facts; /* max_message_size 0: not measured yet */
    char *names[MAX_TOPICS];   /* tickets first, then what we write to */
    size_t n;
};

static bool add_name(struct broker *b, const char *name, size_t size)
{
    if (b->n == MAX_TOPICS)
        return false;
    b->names[b->n] = memory_new(size + 1);
    memcpy(b->names[b->n++], name, size);
    return true;
}

static bool add_names(struct broker *b)
{
    const struct settings *cfg = b->cfg;
    const char *const fixed[] = {cfg->topic_tickets, cfg->topic_assignments,
                                 cfg->topic_deadlines, cfg->topic_dead_letters};
    const char *list = cfg->topics_departments, *name;
    size_t size;
    bool ok = true;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        ok = ok && add_name(b, fixed[i], strlen(fixed[i]));
    for (name = kafka_next_topic(&list, &size); ok && name;
         name = kafka_next_topic(&list, &size))
        ok = add_name(b, name, size);
    return ok;
}

/* ------------------------------------------------------------- connection */

/* "sasl_plaintext://host:9092/1: Authentication failed (after 300ms in state
 * AUTH)" without the broker's name and the duration: these change, and a
 * reason that changes is logged again. */
static void keep_text(struct trouble *t, const char *reason)
{
    const char *begin = strstr(reason, ": ");
    const char *end = strstr(reason, " (after ");

    begin = begin ? begin + 2 : reason;
    end = end && end > begin ? end : begin + strlen(begin);
    snprintf(t->text, sizeof t->text, "%.*s", (int)(end - begin), begin);
}

/* Runs in rd_kafka_poll. The same error comes again only after 30 s, so the
 * last one holds until an answer arrives. */
static void on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
    struct broker *b = opaque;

    (void)rk;
    if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        return;
    b->trouble.code = (rd_kafka_resp_err_t)err;
    keep_text(&b->trouble, reason);
}

/* Why the broker gives no answer, in the operator's words. */
static void explain(struct broker *b, char *why)
{
    const struct trouble *t = &b->trouble;
    const char *servers = b->cfg->kafka_bootstrap_servers;

    while (rd_kafka_poll(b->rk, 0) > 0)
        continue;
    if (t->code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
        snprintf(why, KAFKA_WHY_SIZE,
                 "broker %s refuses our user, password or mechanism: %s",
                 servers, t->text);
    else if (t->code == RD_KAFKA_RESP_ERR__SSL)
        snprintf(why, KAFKA_WHY_SIZE, "broker %s: TLS fails: %s", servers,
                 t->text);
    else if (t->code == RD_KAFKA_RESP_ERR__RESOLVE)
        snprintf(why, KAFKA_WHY_SIZE, "broker %s is not known: %s", servers,
                 t->text);
    else if (strstr(t->text, "security.protocol"))
        snprintf(why, KAFKA_WHY_SIZE,
                 "broker %s hangs up: kafka.security.protocol may be wrong",
                 servers);
    else
        snprintf(why, KAFKA_WHY_SIZE, "broker %s does not answer", servers);
}

struct broker *broker_new(const struct settings *cfg, char *why)
{
    struct broker *b;
    rd_kafka_conf_t *conf = kafka_conf_new(cfg, CLIENT_PROBE, 0, 0, why);

    if (!conf)
        return NULL;
    b = memory_new(sizeof *b);
    *b = (struct broker){.cfg = cfg};
    rd_kafka_conf_set_opaque(conf, b);
    rd_kafka_conf_set_error_cb(conf, on_error);
    /* Else on_error would not hear of a listener that hangs up. */
    rd_kafka_conf_set(conf, "log.connection.close", "true", NULL, 0);
    if (!add_names(b)) {
        snprintf(why, KAFKA_WHY_SIZE,
                 "topics.departments: more than %d topics in all", MAX_TOPICS);
        rd_kafka_conf_destroy(conf);
        broker_free(&b);
        return NULL;
    }
    b->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, KAFKA_WHY_SIZE);
    if (!b->rk) {
        rd_kafka_conf_destroy(conf);
        broker_free(&b);
    }
    return b;
}

void broker_free(struct broker **b)
{
    if (!*b)
        return;
    if ((*b)->rk)
        kafka_destroy((*b)->rk);
    for (size_t i = 0; i < (*b)->n; i++)
        free((*b)->names[i]);
    free(*b);
    *b = NULL;
}

/* ---------------------------------------------------------------- creation */

static rd_kafka_NewTopic_t *new_topic(const struct broker *b, const char *name)
{
    char why[256];

    return rd_kafka_NewTopic_new(name, b->cfg->topics_partitions,
                                 b->cfg->topics_replication, why, sizeof why);
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

static enum status create(struct broker *b, const char *name, int timeout_ms,
                          char *why)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(b->rk);
    rd_kafka_NewTopic_t *topic = new_topic(b, name);
    enum status status = STATUS_RETRY;
    rd_kafka_event_t *answer;
    const char *error;

    if (!topic) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s: not a valid name", name);
        rd_kafka_queue_destroy(queue);
        return STATUS_FATAL;
    }
    rd_kafka_CreateTopics(b->rk, &topic, 1, NULL, queue);
    answer = rd_kafka_queue_poll(queue, timeout_ms);
    error = answer ? creation_error(answer) : "no answer";
    if (error) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s cannot be created: %s", name,
                 error);
    } else {
        log_info("topic_created", "topic=%s partitions=%d", name,
                 b->cfg->topics_partitions);
        status = STATUS_OK;
    }
    if (answer)
        rd_kafka_event_destroy(answer);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(queue);
    return status;
}

/* -------------------------------------------------------------------- sizes */

static size_t config_size(const rd_kafka_ConfigResource_t *resource)
{
    size_t n = 0;
    const rd_kafka_ConfigEntry_t **entries =
        rd_kafka_ConfigResource_configs(resource, &n);

    for (size_t i = 0; i < n; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);

        if (!strcmp(rd_kafka_ConfigEntry_name(entries[i]),
                    "max.message.bytes") &&
            value)
            return (size_t)strtoull(value, NULL, 10);
    }
    return 0;
}

/* The smallest max.message.bytes of the topics that we write to; 0 when the
 * broker does not tell. */
static size_t smallest_size(struct broker *b, int timeout_ms)
{
    rd_kafka_ConfigResource_t *asked[MAX_TOPICS];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(b->rk);
    const rd_kafka_ConfigResource_t **told = NULL;
    size_t n_asked = 0, n_told = 0, smallest = 0;
    rd_kafka_event_t *answer;

    for (size_t i = 1; i < b->n; i++)
        asked[n_asked++] =
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, b->names[i]);
    rd_kafka_DescribeConfigs(b->rk, asked, n_asked, NULL, queue);
    answer = rd_kafka_queue_poll(queue, timeout_ms);
    if (answer && !rd_kafka_event_error(answer))
        told = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(answer), &n_told);
    for (size_t i = 0; i < n_told; i++) {
        size_t size = config_size(told[i]);

        if (size && (!smallest || size < smallest))
            smallest = size;
    }
    if (answer)
        rd_kafka_event_destroy(answer);
    rd_kafka_ConfigResource_destroy_array(asked, n_asked);
    rd_kafka_queue_destroy(queue);
    return smallest;
}

/* A record that is too large must fail in our hands, where it costs nothing,
 * not at the broker, where it costs the transaction and the next one. */
static enum status measure(struct broker *b, int timeout_ms, char *why)
{
    size_t size = smallest_size(b, timeout_ms);

    if (!size) {
        log_info("topic_sizes_unknown", "max_message_bytes=%d",
                 DEFAULT_MAX_MESSAGE);
        size = DEFAULT_MAX_MESSAGE;
    }
    if (size < MIN_MAX_MESSAGE + BATCH_OVERHEAD) {
        snprintf(why, KAFKA_WHY_SIZE,
                 "max.message.bytes of an output topic is too small: at least "
                 "%d is needed",
                 MIN_MAX_MESSAGE + BATCH_OVERHEAD);
        return STATUS_FATAL;
    }
    if (size > MAX_MAX_MESSAGE)
        size = MAX_MAX_MESSAGE;
    b->facts.max_message_size = size - BATCH_OVERHEAD;
    return STATUS_OK;
}

/* -------------------------------------------------------------------- check */

static const rd_kafka_metadata_topic_t *
find_topic(const rd_kafka_metadata_t *md, const char *name)
{
    for (int i = 0; i < md->topic_cnt; i++)
        if (!strcmp(md->topics[i].topic, name))
            return &md->topics[i];
    return NULL;
}

static bool is_missing(const rd_kafka_metadata_topic_t *topic)
{
    return !topic || topic->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           (!topic->err && !topic->partition_cnt);
}

/* Judges one topic of the metadata. */
static enum status check_topic(struct broker *b, const char *name,
                               const rd_kafka_metadata_topic_t *topic,
                               int timeout_ms, char *why)
{
    if (is_missing(topic)) {
        if (b->cfg->topics_create) {
            enum status status = create(b, name, timeout_ms, why);

            /* It shows in the next look at the metadata. */
            if (status == STATUS_OK)
                snprintf(why, KAFKA_WHY_SIZE, "topic %s was just created",
                         name);
            return status == STATUS_OK ? STATUS_RETRY : status;
        }
        snprintf(why, KAFKA_WHY_SIZE,
                 "topic %s is missing: create it, or set topics.create=true",
                 name);
        return STATUS_RETRY;
    }
    if (kafka_missing_access(topic->err)) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s: access is missing (%s)", name,
                 rd_kafka_err2str(topic->err));
        return STATUS_FATAL;
    }
    if (topic->err) {
        snprintf(why, KAFKA_WHY_SIZE, "topic %s: %s", name,
                 rd_kafka_err2str(topic->err));
        return STATUS_RETRY;
    }
    return STATUS_OK;
}

enum status broker_check_topics(struct broker *b, struct topics_facts *facts,
                                int timeout_ms, char *why)
{
    const rd_kafka_metadata_t *md;
    enum status status = STATUS_OK;
    rd_kafka_resp_err_t err =
        rd_kafka_metadata(b->rk, 1, NULL, &md, timeout_ms);

    if (err) {
        explain(b, why);
        return STATUS_RETRY;
    }
    b->trouble = (struct trouble){0};
    for (size_t i = 0; i < b->n; i++) {
        char reason[KAFKA_WHY_SIZE] = "";
        enum status one = check_topic(
            b, b->names[i], find_topic(md, b->names[i]), timeout_ms, reason);

        if (one > status) {
            status = one;
            memcpy(why, reason, KAFKA_WHY_SIZE);
        }
        if (!i && one == STATUS_OK)
            b->facts.tickets_partitions =
                find_topic(md, b->names[0])->partition_cnt;
    }
    rd_kafka_metadata_destroy(md);
    /* Once is enough: workers are built on the first answer. */
    if (status == STATUS_OK && !b->facts.max_message_size)
        status = measure(b, timeout_ms, why);
    if (status == STATUS_OK)
        *facts = b->facts;
    return status;
}
