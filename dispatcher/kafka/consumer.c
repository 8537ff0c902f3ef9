/*
 * A member of the consumer group on librdkafka.
 *
 *   rebalance callback: remember metadata, report, fetch nothing yet
 *   consumer_fetch:     rd_kafka_assign with explicit offsets
 *
 * Records are polled one by one: with librdkafka's batch calls the position
 * runs ahead of what the caller was given when a rebalance strikes.
 */
#include "consumer.h"

#include "clock.h"
#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "log.h"
#include "memory.h"
#include "messages.h"

#include <errno.h>
#include <librdkafka/rdkafka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long a deleted topic may still be listed. */
enum { GONE_TRIES = 6, GONE_PAUSE_MS = 500 };

enum { LEARN_MS = 2000, NUDGE_MS = 1 };

/* So long after its session has timed out a member may meet itself. */
enum { TIMED_OUT_US = 120 * 1000000 };

struct consumer {
    rd_kafka_t *rk;
    char *topics[2];         /* by enum consumer_topic */
    rd_kafka_topic_t *state; /* keeps its metadata fresh */
    struct messages messages;
    struct consumer_handlers handlers;
    rd_kafka_consumer_group_metadata_t *group; /* while assigned */
    char error[KAFKA_WHY_SIZE];
    _Atomic int64_t timed_out_us; /* when the session did; 0: never */
};

static void forget_group(struct consumer *c)
{
    if (c->group)
        rd_kafka_consumer_group_metadata_destroy(c->group);
    c->group = NULL;
}

static void log_failure(const char *event, rd_kafka_resp_err_t err)
{
    struct log_text text;

    if (err)
        log_warn(event, "error=%s", log_value(&text, rd_kafka_err2str(err)));
}

static void on_assigned(struct consumer *c,
                        const rd_kafka_topic_partition_list_t *partitions)
{
    size_t n = (size_t)partitions->cnt;
    int32_t *ids = memory_new((n + 1) * sizeof *ids);

    /* Fetched later, it could carry generation -1, unfenced. */
    forget_group(c);
    c->group = rd_kafka_consumer_group_metadata(c->rk);
    for (size_t i = 0; i < n; i++)
        ids[i] = partitions->elems[i].partition;
    if (consumer_fetch(c, NULL, 0) != STATUS_OK)
        log_warn("assign_failed", "partitions=%zu", n);
    c->handlers.assigned(c->handlers.opaque, ids, n);
    free(ids);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *partitions,
                         void *opaque)
{
    struct consumer *c = opaque;

    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        on_assigned(c, partitions);
        return;
    }
    messages_in_batches(&c->messages, false);
    c->handlers.revoked(c->handlers.opaque, rd_kafka_assignment_lost(rk));
    forget_group(c);
    log_failure("unassign_failed", rd_kafka_assign(rk, NULL));
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
    struct log_text text;

    (void)rk;
    (void)opaque;
    log_debug("consumer_error", "code=%s reason=%s",
              rd_kafka_err2name((rd_kafka_resp_err_t)err),
              log_value(&text, reason));
}

/* On the client's own thread, and only there it says so. */
static void on_log(const rd_kafka_t *rk, int level, const char *fac,
                   const char *text)
{
    struct consumer *c = rd_kafka_opaque(rk);

    if (c && strcmp(fac, "SESSTMOUT") == 0)
        atomic_store(&c->timed_out_us, clock_steady_us());
    kafka_log(rk, level, fac, text);
}

/* Whether the client has just given up a session that the broker may not have
 * given up. */
static bool session_timed_out(const struct consumer *c)
{
    int64_t at_us = atomic_load(&c->timed_out_us);

    return at_us != 0 && clock_steady_us() - at_us < TIMED_OUT_US;
}

static bool subscribe(struct consumer *c, char *why)
{
    rd_kafka_topic_partition_list_t *topics =
        rd_kafka_topic_partition_list_new(1);
    rd_kafka_resp_err_t err;

    rd_kafka_topic_partition_list_add(topics, c->topics[CONSUMER_TICKETS],
                                      RD_KAFKA_PARTITION_UA);
    err = rd_kafka_subscribe(c->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (err)
        snprintf(why, KAFKA_WHY_SIZE, "subscribe to %s: %s",
                 c->topics[CONSUMER_TICKETS], rd_kafka_err2str(err));
    return !err;
}

/* Nobody subscribes to the state, so the client would only look for its
 * leaders when it is to be read, which costs it a second. */
static void learn_state(struct consumer *c)
{
    const struct rd_kafka_metadata *md;

    c->state = rd_kafka_topic_new(c->rk, c->topics[CONSUMER_STATE], NULL);
    if (!rd_kafka_metadata(c->rk, 0, NULL, &md, LEARN_MS))
        rd_kafka_metadata_destroy(md);
}

struct consumer *consumer_new(const struct settings *cfg, int worker,
                              const struct consumer_handlers *handlers,
                              char *why)
{
    struct consumer *c;
    rd_kafka_conf_t *conf =
        kafka_conf_new(cfg, CLIENT_CONSUMER, worker, 0, why);

    if (!conf)
        return NULL;
    c = memory_new(sizeof *c);
    *c = (struct consumer){.topics = {memory_copy_text(cfg->topic_tickets),
                                      memory_copy_text(cfg->topic_state)},
                           .handlers = *handlers,
                           .messages = {.wakes = -1}};
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, KAFKA_WHY_SIZE);
    if (!c->rk) {
        rd_kafka_conf_destroy(conf);
        consumer_close(&c);
        return NULL;
    }
    conf = NULL; /* owned by c->rk now */
    learn_state(c);
    if (!messages_open(&c->messages, c->rk)) {
        snprintf(why, KAFKA_WHY_SIZE, "eventfd: %s", strerror(errno));
        consumer_close(&c);
    } else if (!subscribe(c, why)) {
        consumer_close(&c);
    }
    return c;
}

void consumer_close(struct consumer **c)
{
    if (!*c)
        return;
    messages_close(&(*c)->messages);
    if ((*c)->state)
        rd_kafka_topic_destroy((*c)->state);
    if ((*c)->rk) {
        log_failure("close_failed", rd_kafka_consumer_close((*c)->rk));
        forget_group(*c);
    }
    free((*c)->topics[CONSUMER_TICKETS]);
    free((*c)->topics[CONSUMER_STATE]);
    if ((*c)->rk)
        kafka_destroy_with((*c)->rk, *c); /* on_log still knows it */
    else
        free(*c);
    *c = NULL;
}

static enum consumer_event fail(struct consumer *c, const char *what,
                                const char *remedy)
{
    snprintf(c->error, sizeof c->error, "%s: %s", what, remedy);
    return CONSUMER_FATAL;
}

static void take_a_rest(void)
{
    const struct timespec pause = {.tv_nsec = GONE_PAUSE_MS * 1000000L};

    nanosleep(&pause, NULL);
}

/* A topic that is being deleted has no offsets any more, which looks like
 * lost records at first. It may be listed for a moment longer. */
static bool topic_is_gone(struct consumer *c)
{
    rd_kafka_topic_t *topic =
        rd_kafka_topic_new(c->rk, c->topics[CONSUMER_TICKETS], NULL);
    const struct rd_kafka_metadata *md;
    bool gone = false;

    for (int i = 0; !gone && i < GONE_TRIES; i++) {
        take_a_rest();
        if (rd_kafka_metadata(c->rk, 0, topic, &md, GONE_PAUSE_MS))
            continue;
        gone = !md->topic_cnt ||
               md->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        rd_kafka_metadata_destroy(md);
    }
    rd_kafka_topic_destroy(topic);
    return gone;
}

/* librdkafka has given up a partition: because nobody answered where it
 * begins, because the topic is gone, or because the offset is out of range.
 * Only the last one means that records are lost. */
static enum consumer_event
position_lost(struct consumer *c, enum consumer_topic topic, const char *text)
{
    struct log_text safe;

    /* The state is always read from its beginning, which compaction moves. */
    if (topic == CONSUMER_STATE ||
        strstr(text, "failed to query logical offset") || topic_is_gone(c)) {
        log_warn("fetch_failed", "reason=%s", log_value(&safe, text));
        take_a_rest(); /* it may fail again at once */
        return CONSUMER_STUCK;
    }
    return fail(c, "the committed offset is no longer in the topic",
                "records were deleted before they were dispatched; "
                "decide from where to go on, then set the group's "
                "offsets with Kafka's tool");
}

static enum consumer_topic topic_of(const struct consumer *c,
                                    const rd_kafka_message_t *msg)
{
    return msg->rkt && strcmp(rd_kafka_topic_name(msg->rkt),
                              c->topics[CONSUMER_STATE]) == 0
               ? CONSUMER_STATE
               : CONSUMER_TICKETS;
}

/* An event that is no record. Most errors pass by themselves; those that
 * never will end the worker with a line that says what to do. */
static enum consumer_event consumer_event_of(struct consumer *c,
                                             const rd_kafka_message_t *msg)
{
    const char *access = kafka_missing_access(msg->err);
    const char *text = rd_kafka_message_errstr(msg);
    struct log_text safe;
    char fatal[256];

    if (msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return CONSUMER_END;
    if (rd_kafka_fatal_error(c->rk, fatal, sizeof fatal) ==
        RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
        fail(c, "another process has this instance.id",
             "give each replica an instance.id of its own");
        return session_timed_out(c) ? CONSUMER_FENCED : CONSUMER_FATAL;
    }
    if (rd_kafka_fatal_error(c->rk, fatal, sizeof fatal))
        return fail(c, "the consumer failed for good", fatal);
    if (access)
        return fail(c, "access is missing", access);
    if (msg->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        return position_lost(c, topic_of(c, msg), text);
    log_warn("consume_failed", "code=%s reason=%s", rd_kafka_err2name(msg->err),
             log_value(&safe, text));
    return CONSUMER_NOTHING;
}

static struct record record_of(const struct consumer *c,
                               rd_kafka_message_t *msg)
{
    return (struct record){
        .topic = topic_of(c, msg),
        .partition = msg->partition,
        .offset = msg->offset,
        .timestamp_ms = rd_kafka_message_timestamp(msg, NULL),
        .key = msg->key,
        .key_size = msg->key_len,
        .value = msg->payload,
        .value_size = msg->len,
        .message = msg,
    };
}

/* What a message is; it is taken. */
static enum consumer_event event_of(struct consumer *c, rd_kafka_message_t *msg,
                                    struct record *rec)
{
    enum consumer_event event;

    if (!msg)
        return CONSUMER_NOTHING;
    if (!msg->err) {
        *rec = record_of(c, msg);
        return CONSUMER_RECORD;
    }
    event = consumer_event_of(c, msg);
    if (event == CONSUMER_END || event == CONSUMER_STUCK)
        *rec = (struct record){.topic = topic_of(c, msg),
                               .partition = msg->partition,
                               .offset = msg->offset};
    rd_kafka_message_destroy(msg);
    return event;
}

enum consumer_event consumer_poll(struct consumer *c, int timeout_ms,
                                  struct record *rec)
{
    return event_of(c, messages_next(&c->messages, timeout_ms), rec);
}

bool consumer_take(struct consumer *c, struct record *rec)
{
    rd_kafka_message_t *msg = messages_left(&c->messages);

    if (msg && msg->err) {
        messages_return(&c->messages);
        return false;
    }
    if (msg)
        *rec = record_of(c, msg);
    return msg;
}

void consumer_done(struct record *rec)
{
    if (rec->message)
        rd_kafka_message_destroy(rec->message);
    *rec = (struct record){0};
}

const char *consumer_error(const struct consumer *c)
{
    return c->error;
}

static rd_kafka_topic_partition_list_t *
list_of(const struct consumer *c, const struct partition_offset *items,
        size_t n)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, c->topics[items[i].topic],
                                          items[i].partition)
            ->offset = items[i].offset == OFFSET_NONE
                           ? RD_KAFKA_OFFSET_BEGINNING
                           : items[i].offset;
    return list;
}

static bool is_state_alone(const struct partition_offset *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (items[i].topic != CONSUMER_STATE)
            return false;
    return true;
}

enum status consumer_fetch(struct consumer *c,
                           const struct partition_offset *items, size_t n)
{
    rd_kafka_topic_partition_list_t *list = list_of(c, items, n);
    rd_kafka_resp_err_t err = rd_kafka_assign(c->rk, list);

    rd_kafka_topic_partition_list_destroy(list);
    messages_in_batches(&c->messages, n > 0 && is_state_alone(items, n));
    log_failure("fetch_failed", err);
    return err ? STATUS_RETRY : STATUS_OK;
}

enum status consumer_committed(struct consumer *c,
                               struct partition_offset *items, size_t n,
                               int timeout_ms)
{
    rd_kafka_topic_partition_list_t *list = list_of(c, items, n);
    rd_kafka_resp_err_t err = rd_kafka_committed(c->rk, list, timeout_ms);

    for (int i = 0; !err && i < list->cnt; i++)
        err = list->elems[i].err;
    for (int i = 0; !err && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];

        items[i].offset = one->offset < 0 ? OFFSET_NONE : one->offset;
        items[i].stamp = stamp_parse(one->metadata, one->metadata_size);
    }
    rd_kafka_topic_partition_list_destroy(list);
    return err ? STATUS_RETRY : STATUS_OK;
}

void consumer_positions(struct consumer *c, struct partition_offset *items,
                        size_t n)
{
    rd_kafka_topic_partition_list_t *list = list_of(c, items, n);

    if (!rd_kafka_position(c->rk, list))
        for (int i = 0; i < list->cnt; i++)
            if (!list->elems[i].err && list->elems[i].offset >= 0)
                items[i].offset = list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
}

int64_t consumer_high_end(struct consumer *c, enum consumer_topic topic,
                          int32_t partition)
{
    int64_t low, high;

    if (rd_kafka_get_watermark_offsets(c->rk, c->topics[topic], partition, &low,
                                       &high) ||
        high < 0)
        return OFFSET_NONE;
    return high;
}

void consumer_nudge(struct consumer *c, const struct partition_offset *items,
                    size_t n)
{
    rd_kafka_topic_partition_list_t *list = list_of(c, items, n);

    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    /* Whether there is an answer does not matter. */
    (void)rd_kafka_offsets_for_times(c->rk, list, NUDGE_MS);
    rd_kafka_topic_partition_list_destroy(list);
}

void consumer_wake(struct consumer *c)
{
    rd_kafka_topic_partition_list_t *topics = NULL;

    if (!rd_kafka_subscription(c->rk, &topics) && topics)
        rd_kafka_topic_partition_list_destroy(topics);
}

size_t consumer_waiting(const struct consumer *c)
{
    return rd_kafka_queue_length(c->messages.queue) + c->messages.n -
           c->messages.next;
}

const struct rd_kafka_consumer_group_metadata_s *
consumer_group(const struct consumer *c)
{
    return c->group;
}
