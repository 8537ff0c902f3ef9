/*
 * One table of defaults for each client, applied in a fixed order: ours, the
 * user's, then the ones that a guarantee rests on.
 */
#include "kafka_conf.h"

#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = 600 };

struct property {
    const char *name;
    const char *value;
};

/* A lost connection is noticed and mended quickly; Nagle's algorithm would
 * hold back the small requests of a transaction. */
static const struct property common_defaults[] = {
    {"client.id", "dispatcher"},         {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"}, {"reconnect.backoff.max.ms", "1000"},
    {"log.connection.close", "false"},
};

static const struct property consumer_defaults[] = {
    /* Longer than a broker's restart, so that it costs no rebalance. */
    {"session.timeout.ms", "45000"},
    {"max.poll.interval.ms", "300000"},
    {"queued.max.messages.kbytes", "65536"},
    /* How soon the end of a partition is told. */
    {"fetch.wait.max.ms", "20"},
    {"topic.metadata.refresh.interval.ms", "10000"},
};

/* Only newer versions of librdkafka know these; older ones go without. */
static const struct property consumer_newer[] = {
    /* How long fetching rests after the local queue was full: a second would
     * be most of the time that a restart takes. Since 2.2. */
    {"fetch.queue.backoff.ms", "10"},
};

static const struct property producer_defaults[] = {
    /* Longer than a broker's restart: the transaction survives it. */
    {"transaction.timeout.ms", "60000"},
    /* 100 ms would be waited out in nearly every transaction under load. */
    {"retry.backoff.ms", "10"},
    {"linger.ms", "5"},
    {"compression.type", "lz4"},
    {"queue.buffering.max.messages", "1000000"},
    /* Bounds the memory of a transaction: sending goes on while it fills. */
    {"queue.buffering.max.kbytes", "262144"},
};

static const struct property consumer_forced[] = {
    {"isolation.level", "read_committed"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    /* Eager: the open transaction ends before anything is taken away, and
     * none of the cooperative assignor's faults before 2.10 applies. */
    {"partition.assignment.strategy", "range"},
    /* We always say where to begin: an offset out of range is for an
     * operator to decide (invariant 10). */
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
};

void kafka_log(const rd_kafka_t *rk, int level, const char *fac,
               const char *text)
{
    struct log_text safe;
    enum log_level ours = level <= 3   ? LOG_LEVEL_WARN
                          : level <= 4 ? LOG_LEVEL_INFO
                                       : LOG_LEVEL_DEBUG;

    log_line(ours, "librdkafka", "client=%s facility=%s text=%s",
             rk && rd_kafka_type(rk) == RD_KAFKA_CONSUMER ? "consumer"
                                                          : "producer",
             fac, log_value(&safe, text));
}

/* <group.id>/<instance.id>/<worker>: transactional id and static member id
 * (docs/kafka.md, Identity). */
static const char *identity(const struct settings *cfg, int worker,
                            char id[ID_SIZE])
{
    snprintf(id, ID_SIZE, "%s/%s/%d", cfg->group_id, cfg->instance_id, worker);
    return id;
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value,
                char *why)
{
    char text[KAFKA_WHY_SIZE / 2];

    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) ==
        RD_KAFKA_CONF_OK)
        return true;
    snprintf(why, KAFKA_WHY_SIZE, "kafka.%s: %s", name, text);
    return false;
}

static bool set_all(rd_kafka_conf_t *conf, const struct property *properties,
                    size_t n, char *why)
{
    for (size_t i = 0; i < n; i++)
        if (!set(conf, properties[i].name, properties[i].value, why))
            return false;
    return true;
}

static bool set_known(rd_kafka_conf_t *conf, const struct property *properties,
                      size_t n, char *why)
{
    size_t size;

    for (size_t i = 0; i < n; i++)
        if (rd_kafka_conf_get(conf, properties[i].name, NULL, &size) ==
                RD_KAFKA_CONF_OK &&
            !set(conf, properties[i].name, properties[i].value, why))
            return false;
    return true;
}

#define COUNT(table) (sizeof(table) / sizeof *(table))

#define SET_ALL(conf, table, why) set_all(conf, table, COUNT(table), why)

static bool set_users(rd_kafka_conf_t *conf, const struct settings *cfg,
                      enum kafka_client client, char *why)
{
    for (size_t i = 0; i < cfg->n_kafka_properties; i++) {
        const struct kafka_property *p = &cfg->kafka_properties[i];

        if (p->scope == KAFKA_CONSUMER && client != CLIENT_CONSUMER)
            continue;
        if (p->scope == KAFKA_PRODUCER && client != CLIENT_PRODUCER)
            continue;
        if (!set(conf, p->name, p->value, why))
            return false;
    }
    return true;
}

static bool set_consumer(rd_kafka_conf_t *conf, const struct settings *cfg,
                         int worker, char *why)
{
    char id[ID_SIZE];

    if (!SET_ALL(conf, consumer_forced, why) ||
        !set(conf, "group.id", cfg->group_id, why))
        return false;
    return !cfg->membership_static ||
           set(conf, "group.instance.id", identity(cfg, worker, id), why);
}

/* A record larger than the producer's queue would wait for room for ever. */
static bool queue_fits(const rd_kafka_conf_t *conf, size_t max_message_size,
                       char *why)
{
    char text[24];
    size_t size = sizeof text;

    if (rd_kafka_conf_get(conf, "queue.buffering.max.kbytes", text, &size) !=
            RD_KAFKA_CONF_OK ||
        strtoull(text, NULL, 10) * 1024 >= max_message_size)
        return true;
    snprintf(why, KAFKA_WHY_SIZE,
             "kafka.producer.queue.buffering.max.kbytes is %s, but one record "
             "may have %zu bytes",
             text, max_message_size);
    return false;
}

static bool set_producer(rd_kafka_conf_t *conf, const struct settings *cfg,
                         int worker, size_t max_message_size, char *why)
{
    char id[ID_SIZE], size[24];

    snprintf(size, sizeof size, "%zu", max_message_size);
    return set(conf, "transactional.id", identity(cfg, worker, id), why) &&
           set(conf, "message.max.bytes", size, why) &&
           queue_fits(conf, max_message_size, why);
}

rd_kafka_conf_t *kafka_conf_new(const struct settings *cfg,
                                enum kafka_client client, int worker,
                                size_t max_message_size, char *why)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool ok = SET_ALL(conf, common_defaults, why);

    if (client == CLIENT_CONSUMER)
        ok = ok && SET_ALL(conf, consumer_defaults, why) &&
             set_known(conf, consumer_newer, COUNT(consumer_newer), why);
    if (client == CLIENT_PRODUCER)
        ok = ok && SET_ALL(conf, producer_defaults, why);
    ok = ok &&
         set(conf, "bootstrap.servers", cfg->kafka_bootstrap_servers, why) &&
         set_users(conf, cfg, client, why);
    if (client == CLIENT_CONSUMER)
        ok = ok && set_consumer(conf, cfg, worker, why);
    if (client == CLIENT_PRODUCER)
        ok = ok && set_producer(conf, cfg, worker, max_message_size, why);
    if (!ok) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_log_cb(conf, kafka_log);
    return conf;
}

const char *kafka_next_topic(const char **list, size_t *size)
{
    const char *name = *list + strspn(*list, ", ");

    *size = strcspn(name, ", ");
    *list = name + *size;
    return *size ? name : NULL;
}

const char *kafka_missing_access(rd_kafka_resp_err_t err)
{
    switch (err) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return "READ on the tickets topic, WRITE on the topics written to";
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        return "READ on the consumer group";
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
        return "WRITE on the transactional id";
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return "IDEMPOTENT_WRITE on the cluster";
    default:
        return NULL;
    }
}
