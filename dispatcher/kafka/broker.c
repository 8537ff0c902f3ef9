/*
 * Topics: looked at, created, measured.
 */
#include "broker.h"

#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "log.h"
#include "memory.h"
#include "topic_admin.h"

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
    HOUR_MS = 3600000,
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
    char *names[MAX_TOPICS];   /* as below, then those of departments */
    size_t n;
};

enum { TICKETS, STATE }; /* in `names` */

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
    const char *const fixed[] = {cfg->topic_tickets, cfg->topic_state,
                                 cfg->topic_assignments, cfg->topic_deadlines,
                                 cfg->topic_dead_letters};
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

/* ------------------------------------------------------------ configuration */

/* A record that is too large must fail in our hands, where it costs nothing,
 * not at the broker, where it costs the transaction and the next one: the
 * smallest max.message.bytes of the topics that we write to counts. */
static enum status measure(struct broker *b, const struct topic_config *configs,
                           char *why)
{
    int64_t size = 0;

    for (size_t i = TICKETS + 1; i < b->n; i++)
        if (configs[i].max_message_size &&
            (!size || configs[i].max_message_size < size))
            size = configs[i].max_message_size;
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
    b->facts.max_message_size = (size_t)size - BATCH_OVERHEAD;
    return STATUS_OK;
}

/* A topic that deletes by age would lose tickets that are open. */
static enum status check_policy(const struct topic_config *state, char *why)
{
    if (!state->cleanup_policy[0])
        log_warn("topic_policy_unknown",
                 "topic=%s must_be=cleanup.policy=compact", state->name);
    if (!state->cleanup_policy[0] ||
        strcmp(state->cleanup_policy, "compact") == 0)
        return STATUS_OK;
    snprintf(why, KAFKA_WHY_SIZE,
             "topic %s has cleanup.policy=%s, which loses the state of open "
             "tickets: set it to compact",
             state->name, state->cleanup_policy);
    return STATUS_FATAL;
}

/* What the topic still holds must not be taken for new. A topic that keeps
 * all for ever cannot be matched: what is older is a dead letter, too_old. */
static enum status check_retention(const struct broker *b,
                                   const struct topic_config *tickets,
                                   char *why)
{
    int64_t remembered_ms = b->cfg->state_closed_retention_ms;

    if (tickets->retention_ms <= remembered_ms)
        return STATUS_OK;
    snprintf(why, KAFKA_WHY_SIZE,
             "state.closed.retention is %lld h, but topic %s keeps its records "
             "for %lld h: make the first at least as long as the second",
             (long long)remembered_ms / HOUR_MS, tickets->name,
             (long long)tickets->retention_ms / HOUR_MS);
    return STATUS_FATAL;
}

static enum status check_configs(struct broker *b, int timeout_ms, char *why)
{
    struct topic_config configs[MAX_TOPICS] = {0};
    enum status status;

    for (size_t i = 0; i < b->n; i++)
        configs[i].name = b->names[i];
    if (!topic_configs_read(b->rk, configs, b->n, timeout_ms)) {
        snprintf(why, KAFKA_WHY_SIZE,
                 "topics: no answer about their configuration");
        return STATUS_RETRY;
    }
    status = check_policy(&configs[STATE], why);
    if (status == STATUS_OK)
        status = check_retention(b, &configs[TICKETS], why);
    return status == STATUS_OK ? measure(b, configs, why) : status;
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

/* The state has a partition for each one of tickets, so tickets come first;
 * what is created shows in the next look at the metadata. */
static enum status provide(struct broker *b, size_t i,
                           const rd_kafka_metadata_topic_t *tickets,
                           int timeout_ms, char *why)
{
    const struct topic_order order = {
        .name = b->names[i],
        .partitions =
            i == STATE ? tickets->partition_cnt : b->cfg->topics_partitions,
        .replication = b->cfg->topics_replication,
        .compacted = i == STATE,
    };
    enum status status;

    if (!b->cfg->topics_create) {
        snprintf(why, KAFKA_WHY_SIZE,
                 "topic %s is missing: create it%s, or set topics.create=true",
                 order.name,
                 i == STATE ? " with cleanup.policy=compact and as many "
                              "partitions as tickets"
                            : "");
        return STATUS_RETRY;
    }
    status = topic_create(b->rk, &order, timeout_ms, why);
    if (status == STATUS_OK)
        snprintf(why, KAFKA_WHY_SIZE, "topic %s was just created", order.name);
    return status == STATUS_OK ? STATUS_RETRY : status;
}

/* Judges one topic of the metadata. */
static enum status check_topic(struct broker *b, size_t i,
                               const rd_kafka_metadata_t *md, int timeout_ms,
                               char *why)
{
    const char *name = b->names[i];
    const rd_kafka_metadata_topic_t *topic = find_topic(md, name);
    const rd_kafka_metadata_topic_t *tickets =
        find_topic(md, b->names[TICKETS]);

    if (i == STATE && is_missing(topic) && is_missing(tickets))
        return STATUS_OK; /* it is the turn of tickets */
    if (is_missing(topic))
        return provide(b, i, tickets, timeout_ms, why);
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

/* A ticket's events, state and timers lie in one partition: nothing may move.
 * (docs/kafka.md, "Another number of partitions"). */
static enum status check_partitions(struct broker *b,
                                    const rd_kafka_metadata_t *md, char *why)
{
    int tickets = find_topic(md, b->names[TICKETS])->partition_cnt;
    int state = find_topic(md, b->names[STATE])->partition_cnt;
    int before = b->facts.tickets_partitions;

    if (before && before != tickets)
        snprintf(why, KAFKA_WHY_SIZE,
                 "topic %s had %d partitions and has %d now, so that later "
                 "events of a "
                 "ticket miss its state; see \"Another number of partitions\" "
                 "in docs/kafka.md",
                 b->names[TICKETS], before, tickets);
    else if (state != tickets)
        snprintf(why, KAFKA_WHY_SIZE,
                 "topic %s has %d partitions, topic %s has %d: they must have "
                 "as many; see \"Another number of partitions\" in "
                 "docs/kafka.md",
                 b->names[STATE], state, b->names[TICKETS], tickets);
    b->facts.tickets_partitions = tickets;
    return (before && before != tickets) || state != tickets ? STATUS_FATAL
                                                             : STATUS_OK;
}

/* The worst of all topics, with its reason. */
static enum status check_topics(struct broker *b, const rd_kafka_metadata_t *md,
                                int timeout_ms, char *why)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < b->n; i++) {
        char reason[KAFKA_WHY_SIZE] = "";
        enum status one = check_topic(b, i, md, timeout_ms, reason);

        if (one <= status)
            continue;
        status = one;
        memcpy(why, reason, KAFKA_WHY_SIZE);
    }
    return status;
}

enum status broker_check_topics(struct broker *b, struct topics_facts *facts,
                                int timeout_ms, char *why)
{
    const rd_kafka_metadata_t *md;
    enum status status;
    rd_kafka_resp_err_t err =
        rd_kafka_metadata(b->rk, 1, NULL, &md, timeout_ms);

    if (err) {
        explain(b, why);
        return STATUS_RETRY;
    }
    b->trouble = (struct trouble){0};
    status = check_topics(b, md, timeout_ms, why);
    if (status == STATUS_OK)
        status = check_partitions(b, md, why);
    rd_kafka_metadata_destroy(md);
    /* Once is enough: workers are built on the first answer. */
    if (status == STATUS_OK && !b->facts.max_message_size)
        status = check_configs(b, timeout_ms, why);
    if (status == STATUS_OK)
        *facts = b->facts;
    return status;
}
