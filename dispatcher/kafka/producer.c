/*
 * Transactions on librdkafka.
 *
 * A call that failed is judged once, in judge(): what it means for the
 * transaction is all that the worker needs to know.
 */
#include "producer_state.h"

#include "clock.h"
#include "kafka_conf.h"
#include "kafka_destroy.h"
#include "log.h"
#include "memory.h"
#include "watchdog.h"

#include <assert.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE_MS = 2000,         /* one try of a call; the broker may overrun it */
    FLUSH_MS = 200,          /* between two looks at what became of records */
    RETRY_PAUSE_MS = 100,    /* between two tries */
    LEARN_US = 60 * 1000000, /* a topic's new partitions are used after that */
};

/* ------------------------------------------------------------- judgement */

/* What to do about an error against which no repetition helps; NULL for all
 * other errors. */
static const char *remedy_of(rd_kafka_resp_err_t err)
{
    switch (err) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return "max.message.bytes of a topic became smaller: a restart "
               "measures it anew";
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
        return "set kafka.producer.transaction.timeout.ms to at most the "
               "broker's transaction.max.timeout.ms";
    default:
        return kafka_missing_access(err);
    }
}

/* Offsets that begin anew: somebody has deleted the state topic and made one of
 * that name. It lacks all that is in memory alone now. */
static void watch_state(struct producer *p, const rd_kafka_message_t *msg)
{
    size_t i = (size_t)msg->partition;
    int64_t *ends = p->options.state_ends;

    if (msg->rkt != p->targets[TARGET_STATE].topic || msg->offset < 0 ||
        i >= p->options.n_state_ends)
        return;
    if (msg->offset < ends[i])
        p->state_lost = true;
    ends[i] = msg->offset + 1;
}

/* Delivery reports: aborts purge messages, which is no failure. What needs a
 * remedy is remembered, since the transactional calls hide it. */
static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *msg,
                        void *opaque)
{
    struct producer *p = opaque;

    (void)rk;
    if (remedy_of(msg->err))
        p->denied = msg->err;
    if (msg->err == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
        p->clock_refused = true;
    if (msg->err)
        atomic_store(&p->failed, true);
    else
        watch_state(p, msg);
}

static void on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
    struct log_text text;

    (void)rk;
    (void)opaque;
    log_debug("producer_error", "code=%s reason=%s",
              rd_kafka_err2name((rd_kafka_resp_err_t)err),
              log_value(&text, reason));
}

/* A transaction can fail while no call is under way, and without any delivery
 * report: librdkafka then only says so in its log. On its own threads. */
static void on_log(const rd_kafka_t *rk, int level, const char *fac,
                   const char *text)
{
    struct producer *p = rd_kafka_opaque(rk);

    if (p && strcmp(fac, "TXNERR") == 0)
        atomic_store(&p->failed, true);
    kafka_log(rk, level, fac, text);
}

void producer_remember(struct producer *p, const char *call, const char *text)
{
    snprintf(p->error, sizeof p->error, "%s: %s", call, text);
}

static enum txn deny(struct producer *p, rd_kafka_resp_err_t err)
{
    snprintf(p->error, sizeof p->error, "%s%s (%s)",
             kafka_missing_access(err) ? "access is missing: " : "",
             remedy_of(err), rd_kafka_err2str(err));
    return TXN_STOP;
}

/* The code of an error, and of a fatal one what made it so. */
static rd_kafka_resp_err_t code_of(const struct producer *p,
                                   const rd_kafka_error_t *error)
{
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    char why[256];

    return code == RD_KAFKA_RESP_ERR__FATAL
               ? rd_kafka_fatal_error(p->rk, why, sizeof why)
               : code;
}

/* What an error means; *again is set when the same call should be repeated.
 * Takes `error`, which may be NULL. */
static enum txn judge(struct producer *p, const char *call,
                      rd_kafka_error_t *error, bool *again)
{
    enum txn result = TXN_RENEW;
    rd_kafka_resp_err_t code;

    *again = false;
    if (!error)
        return TXN_OK;
    code = code_of(p, error);
    producer_remember(p, call, rd_kafka_error_string(error));
    if (code == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
        p->clock_refused = true; /* perhaps before its delivery report */
    if (p->denied || remedy_of(code))
        result = deny(p, p->denied ? p->denied : code);
    else if (rd_kafka_error_is_fatal(error))
        result = code == RD_KAFKA_RESP_ERR__FENCED ? TXN_FENCED : TXN_RENEW;
    else if (rd_kafka_error_txn_requires_abort(error))
        result = TXN_ABORT;
    else if (rd_kafka_error_is_retriable(error))
        *again = true;
    rd_kafka_error_destroy(error);
    return result;
}

/* The end of one try of `call`: true when it should be repeated. */
static bool again(struct producer *p, const char *call, rd_kafka_error_t *error,
                  enum txn *result)
{
    struct log_text text;
    bool repeat;

    *result = judge(p, call, error, &repeat);
    if (!repeat)
        return false;
    if (atomic_load(p->options.stopping)) {
        *result = TXN_LEAVE;
        return false;
    }
    log_info("kafka_waits", "call=%s reason=%s", call,
             log_value(&text, p->error));
    rd_kafka_poll(p->rk, RETRY_PAUSE_MS);
    return true;
}

/* Runs a transactional call until it is decided. `result` is an lvalue. */
#define DECIDE(p, call, expression, result)                                    \
    do {                                                                       \
        watchdog_enter((p)->options.watchdog, call);                           \
        while (again(p, call, expression, &(result)))                          \
            watchdog_again((p)->options.watchdog);                             \
        watchdog_leave((p)->options.watchdog);                                 \
    } while (0)

/* --------------------------------------------------------------- life cycle */

/* False when librdkafka finds properties of the user that do not go together;
 * it has logged which. */
static bool add_target(struct producer *p, const char *name, size_t size)
{
    char *copy = memory_new(size + 1);
    rd_kafka_topic_t *topic;

    memcpy(copy, name, size);
    topic = rd_kafka_topic_new(p->rk, copy, NULL);
    if (!topic) {
        free(copy);
        return false;
    }
    p->targets = memory_grow(p->targets, p->n_targets + 1, sizeof *p->targets);
    p->targets[p->n_targets++] = (struct target){.name = copy, .topic = topic};
    return true;
}

static bool add_targets(struct producer *p)
{
    const struct settings *cfg = p->options.cfg;
    const char *const fixed[TARGETS_FIXED] = {
        [TARGET_ASSIGNMENTS] = cfg->topic_assignments,
        [TARGET_DEADLINES] = cfg->topic_deadlines,
        [TARGET_DEAD_LETTERS] = cfg->topic_dead_letters,
        [TARGET_STATE] = cfg->topic_state,
    };
    const char *list = cfg->topics_departments, *name;
    size_t size;
    bool ok = true;

    for (size_t i = 0; ok && i < TARGETS_FIXED; i++)
        ok = add_target(p, fixed[i], strlen(fixed[i]));
    for (name = kafka_next_topic(&list, &size); ok && name;
         name = kafka_next_topic(&list, &size))
        ok = add_target(p, name, size);
    return ok;
}

struct producer *producer_new(const struct producer_options *options, char *why)
{
    const struct settings *cfg = options->cfg;
    size_t source_size = strlen(cfg->group_id) + sizeof "/dispatcher/";
    struct producer *p;
    rd_kafka_conf_t *conf = kafka_conf_new(
        cfg, CLIENT_PRODUCER, options->worker, options->max_message_size, why);

    if (!conf)
        return NULL;
    p = memory_new(sizeof *p);
    *p = (struct producer){.options = *options,
                           .source = memory_new(source_size)};
    snprintf(p->source, source_size, "/dispatcher/%s", cfg->group_id);
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_log_cb(conf, on_log);
    p->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, KAFKA_WHY_SIZE);
    if (!p->rk) {
        rd_kafka_conf_destroy(conf);
        producer_free(&p);
        return NULL;
    }
    conf = NULL; /* owned by p->rk now */
    if (!add_targets(p)) {
        snprintf(why, KAFKA_WHY_SIZE,
                 "the kafka.producer properties do not go together");
        producer_free(&p);
    }
    return p;
}

void producer_free(struct producer **p)
{
    if (!*p)
        return;
    for (size_t i = 0; i < (*p)->n_targets; i++) {
        rd_kafka_topic_destroy((*p)->targets[i].topic);
        free((*p)->targets[i].name);
    }
    free((*p)->targets);
    free((*p)->source);
    if ((*p)->rk) {
        rd_kafka_purge((*p)->rk, RD_KAFKA_PURGE_F_QUEUE |
                                     RD_KAFKA_PURGE_F_INFLIGHT |
                                     RD_KAFKA_PURGE_F_NON_BLOCKING);
        kafka_destroy_with((*p)->rk, *p); /* on_log still knows it */
    } else {
        free(*p);
    }
    *p = NULL;
}

struct target *producer_find_target(const struct producer *p, const char *name)
{
    for (size_t i = 0; i < p->n_targets; i++)
        if (!strcmp(p->targets[i].name, name))
            return &p->targets[i];
    return NULL;
}

/* Fetches the partition counts of all targets, which also spares the first
 * message to a topic a wait of up to a second. */
static enum txn learn_partitions(struct producer *p)
{
    const struct rd_kafka_metadata *md;
    rd_kafka_resp_err_t err;
    bool complete = true;

    p->learned_us = clock_steady_us();
    watchdog_enter(p->options.watchdog, "metadata");
    err = rd_kafka_metadata(p->rk, 0, NULL, &md, SLICE_MS);
    watchdog_leave(p->options.watchdog);
    if (err) {
        producer_remember(p, "metadata", rd_kafka_err2str(err));
        return TXN_ABORT;
    }
    for (int i = 0; i < md->topic_cnt; i++) {
        struct target *t = producer_find_target(p, md->topics[i].topic);

        if (t && !md->topics[i].err)
            t->partitions = md->topics[i].partition_cnt;
    }
    rd_kafka_metadata_destroy(md);
    for (size_t i = 0; i < p->n_targets; i++) {
        if (p->targets[i].partitions)
            continue;
        complete = false;
        producer_remember(p, "topic is missing", p->targets[i].name);
    }
    return complete ? TXN_OK : TXN_ABORT;
}

enum txn producer_init(struct producer *p)
{
    enum txn result;
    struct log_text text;

    DECIDE(p, "init_transactions", rd_kafka_init_transactions(p->rk, SLICE_MS),
           result);
    while (result == TXN_OK && learn_partitions(p) != TXN_OK) {
        if (atomic_load(p->options.stopping))
            return TXN_LEAVE;
        log_warn("kafka_waits", "call=metadata reason=%s",
                 log_value(&text, p->error));
        rd_kafka_poll(p->rk, SLICE_MS);
    }
    return result;
}

/* -------------------------------------------------------------- transactions
 */

enum txn producer_begin(struct producer *p)
{
    enum txn result;

    /* Fails only while the broker is away: the old counts serve on. */
    if (clock_steady_us() - p->learned_us > LEARN_US &&
        learn_partitions(p) != TXN_OK)
        log_info("kafka_waits", "call=metadata");
    atomic_store(&p->failed, false);
    DECIDE(p, "begin_transaction", rd_kafka_begin_transaction(p->rk), result);
    return result;
}

/* One try, which ends early where the transaction has failed: then records may
 * wait in vain. */
static bool flush_once(struct producer *p)
{
    for (int ms = 0; ms < SLICE_MS && !atomic_load(&p->failed); ms += FLUSH_MS)
        if (rd_kafka_flush(p->rk, FLUSH_MS) != RD_KAFKA_RESP_ERR__TIMED_OUT)
            return true;
    return atomic_load(&p->failed);
}

/* Waits until every record of the transaction was answered: offsets never go
 * ahead of the outputs (invariant 2). A failure shows itself in the next
 * transactional call. */
static enum txn flush(struct producer *p)
{
    bool done;

    watchdog_enter(p->options.watchdog, "flush");
    do {
        done = flush_once(p);
        watchdog_again(p->options.watchdog);
    } while (!done && !atomic_load(p->options.stopping));
    watchdog_leave(p->options.watchdog);
    return done ? TXN_OK : TXN_LEAVE;
}

static rd_kafka_topic_partition_list_t *
offsets_list(const struct producer *p, const struct partition_offset *items,
             size_t n)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)n);
    char text[STAMP_TEXT_SIZE];

    for (size_t i = 0; i < n; i++) {
        rd_kafka_topic_partition_t *one = rd_kafka_topic_partition_list_add(
            list, p->options.cfg->topic_tickets, items[i].partition);

        one->offset = items[i].offset;
        /* Freed with the list. */
        one->metadata = memory_copy_text(stamp_format(&items[i].stamp, text));
        one->metadata_size = strlen(text);
    }
    return list;
}

enum txn producer_commit(struct producer *p,
                         const struct partition_offset *items, size_t n,
                         const struct rd_kafka_consumer_group_metadata_s *group)
{
    rd_kafka_topic_partition_list_t *list;
    enum txn result = flush(p);

    assert(group);
    if (result != TXN_OK)
        return result;
    if (p->state_lost) {
        producer_remember(p, "the state topic was made anew",
                          "see \"A state that is gone\" in docs/kafka.md");
        return TXN_STOP;
    }
    list = offsets_list(p, items, n);
    DECIDE(p, "send_offsets",
           rd_kafka_send_offsets_to_transaction(p->rk, list, group, SLICE_MS),
           result);
    rd_kafka_topic_partition_list_destroy(list);
    if (result != TXN_OK)
        return result;
    DECIDE(p, "commit_transaction",
           rd_kafka_commit_transaction(p->rk, SLICE_MS), result);
    return result;
}

enum txn producer_abort(struct producer *p)
{
    enum txn result;

    DECIDE(p, "abort_transaction", rd_kafka_abort_transaction(p->rk, SLICE_MS),
           result);
    /* An abort that cannot be done leaves the rest to a new producer. */
    return result == TXN_ABORT ? TXN_RENEW : result;
}

/* ------------------------------------------------------------------ the rest
 */

enum status producer_ends(struct producer *p, struct partition_offset *items,
                          size_t n, int timeout_ms)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)n);
    rd_kafka_resp_err_t err;

    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, p->options.cfg->topic_tickets,
                                          items[i].partition)
            ->offset = RD_KAFKA_OFFSET_END;
    err = rd_kafka_offsets_for_times(p->rk, list, timeout_ms);
    for (int i = 0; !err && i < list->cnt; i++)
        err = list->elems[i].err;
    for (int i = 0; !err && i < list->cnt; i++)
        items[i].offset = list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return err ? STATUS_RETRY : STATUS_OK;
}

void producer_set_time(struct producer *p, int64_t timestamp_ms)
{
    p->timestamp_ms = timestamp_ms;
}

bool producer_clock_refused(struct producer *p)
{
    bool refused = p->clock_refused;

    p->clock_refused = false;
    return refused;
}

void producer_poll(struct producer *p)
{
    rd_kafka_poll(p->rk, 0);
}

size_t producer_waiting(const struct producer *p)
{
    return (size_t)rd_kafka_outq_len(p->rk);
}

const char *producer_error(const struct producer *p)
{
    return p->error;
}
