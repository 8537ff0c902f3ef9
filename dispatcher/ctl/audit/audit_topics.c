/*
 * Two clients, as in offsets.h: one reads committed records, and a partition
 * ends for it at the last stable offset; for the other one at the high
 * watermark.
 */
#include "audit_topics.h"

#include "audit_ends.h"
#include "clock.h"
#include "kafka_destroy.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    POLL_MS = 100,
    SAY_MS = 2000,
    TRIES = 5,
    RETRY_MS = 300,
    US_PER_MS = 1000
};

struct audit_topics {
    struct audit_topics_options options;
    rd_kafka_t *stable;
    rd_kafka_t *high;
    struct audit_logs logs;
    int64_t *next[AUDIT_TOPICS]; /* of each partition: read so far */
    int64_t total;               /* offsets of all topics */
    int64_t done;
};

static const struct ctl_kafka_default common[] = {
    {"enable.auto.commit", "false"},
    {"allow.auto.create.topics", "false"},
    {"auto.offset.reset", "earliest"},
    {"fetch.wait.max.ms", "100"},
};
enum { COMMON = sizeof(common) / sizeof(common[0]) };

/* ------------------------------------------------------------ life cycle */

static rd_kafka_t *new_client(const struct audit_topics_options *options,
                              const char *isolation)
{
    struct ctl_kafka_default defaults[COMMON + 3];

    memcpy(defaults, common, sizeof(common));
    defaults[COMMON] = (struct ctl_kafka_default){"isolation.level", isolation};
    defaults[COMMON + 1] =
        (struct ctl_kafka_default){"enable.partition.eof", "true"};
    defaults[COMMON + 2] =
        (struct ctl_kafka_default){"group.id", options->group};
    rd_kafka_t *rk = ctl_kafka_client(options->kafka, RD_KAFKA_CONSUMER,
                                      defaults, COMMON + 3, NULL);
    if (rk)
        rd_kafka_poll_set_consumer(rk);
    return rk;
}

static bool find_topic(struct audit_topics *t, enum audit_topic topic)
{
    const char *name = t->options.names[topic];
    bool optional = topic == AUDIT_STATE && t->options.state_may_be_missing;
    int32_t n = optional ? ctl_kafka_find_partitions(t->stable, name)
                         : ctl_kafka_partitions(t->stable, name);

    if (n < 0 || (n == 0 && !optional))
        return false;
    t->logs.topics[topic].name = name;
    t->logs.topics[topic].n = n;
    t->logs.topics[topic].partitions =
        memory_new_array((size_t)n, sizeof(struct audit_log));
    t->next[topic] = memory_new_array((size_t)n, sizeof(int64_t));
    return true;
}

static bool start(struct audit_topics *t)
{
    t->stable = new_client(&t->options, "read_committed");
    if (!t->stable)
        return false;
    t->high = new_client(&t->options, "read_uncommitted");
    if (!t->high)
        return false;
    for (enum audit_topic i = 0; i < AUDIT_TOPICS; i++) {
        if (!find_topic(t, i))
            return false;
    }
    return true;
}

static void say_uncommitted(const struct audit_topics *t, const char *why)
{
    if (why[0])
        fprintf(stderr,
                "dispatchctl: group %s: %s; what it has read is taken from "
                "the topics alone\n",
                t->options.group, why);
}

/* A partition may be on its way to another leader: that passes. */
static bool measure(struct audit_topics *t)
{
    const struct audit_ends ends = {.stable = t->stable,
                                    .high = t->high,
                                    .logs = &t->logs,
                                    .since_ms = t->options.since_ms};
    char why[AUDIT_ENDS_WHY_SIZE] = "";

    for (int i = 0; i < TRIES && !ctl_stopped(); i++) {
        if (audit_ends_measure(&ends, why)) {
            say_uncommitted(t, why);
            return true;
        }
        rd_kafka_poll(t->high, RETRY_MS);
    }
    fprintf(stderr, "dispatchctl: Kafka: %s\n", why);
    return false;
}

struct audit_topics *
audit_topics_open(const struct audit_topics_options *options)
{
    struct audit_topics *t = memory_new(sizeof(*t));

    t->options = *options;
    if (!start(t) || !measure(t))
        audit_topics_close(&t);
    return t;
}

static void close_client(rd_kafka_t *rk)
{
    if (!rk)
        return;
    rd_kafka_consumer_close(rk);
    kafka_destroy(rk);
}

void audit_topics_close(struct audit_topics **t)
{
    if (!*t)
        return;
    close_client((*t)->stable);
    close_client((*t)->high);
    for (int i = 0; i < AUDIT_TOPICS; i++) {
        free((*t)->logs.topics[i].partitions);
        free((*t)->next[i]);
    }
    free(*t);
    *t = NULL;
}

const struct audit_logs *audit_topics_logs(const struct audit_topics *t)
{
    return &t->logs;
}

/* --------------------------------------------------------------- reading */

/* One topic while it is read. */
struct reading {
    struct audit_topics *t;
    const struct audit_topics_reader *reader;
    enum audit_topic topic;
    int32_t left;     /* partitions that have not ended */
    int64_t moved_us; /* when something came last */
    bool waits_said;
};

static struct audit_log *log_of(const struct reading *r, int32_t partition)
{
    return &r->t->logs.topics[r->topic].partitions[partition];
}

static bool fail(const struct reading *r, const char *why)
{
    fprintf(stderr, "dispatchctl: %s: %s\n", r->t->logs.topics[r->topic].name,
            why);
    return false;
}

static bool assign(struct reading *r)
{
    int32_t n = r->t->logs.topics[r->topic].n;
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(n);

    r->left = 0;
    for (int32_t i = 0; i < n; i++) {
        struct audit_log *log = log_of(r, i);

        r->t->next[r->topic][i] = log->begin;
        log->held_back = false;
        if (log->begin >= log->end)
            continue;
        rd_kafka_topic_partition_list_add(list,
                                          r->t->logs.topics[r->topic].name, i)
            ->offset = log->begin;
        r->left++;
    }
    rd_kafka_resp_err_t err = r->left > 0 ? rd_kafka_assign(r->t->stable, list)
                                          : RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_partition_list_destroy(list);
    return err == RD_KAFKA_RESP_ERR_NO_ERROR || fail(r, rd_kafka_err2str(err));
}

/* The partition was read up to `offset`. */
static void advance(struct reading *r, int32_t partition, int64_t offset)
{
    int64_t *next = &r->t->next[r->topic][partition];
    int64_t end = log_of(r, partition)->end;

    if (offset > end)
        offset = end;
    if (offset <= *next)
        return;
    r->moved_us = clock_steady_us();
    r->t->done += offset - *next;
    *next = offset;
    r->left -= offset == end;
}

static void take(struct reading *r, const rd_kafka_message_t *msg)
{
    struct audit_letter letter;
    const struct audit_record rec = {
        .topic = r->topic,
        .partition = msg->partition,
        .offset = msg->offset,
        .key = msg->key,
        .key_size = msg->key_len,
        .value = msg->payload,
        .value_size = msg->len,
        .letter = r->topic == AUDIT_DEAD_LETTERS ? &letter : NULL,
    };
    struct audit_ends_letter texts;

    if (msg->offset < log_of(r, msg->partition)->end) {
        if (rec.letter)
            letter = audit_ends_letter(msg, &texts);
        r->reader->take(r->reader->opaque, &rec);
    }
    advance(r, msg->partition, msg->offset + 1);
}

static bool take_message(struct reading *r, const rd_kafka_message_t *msg)
{
    if (msg->rkt && strcmp(rd_kafka_topic_name(msg->rkt),
                           r->t->logs.topics[r->topic].name) != 0)
        return true; /* left over from the topic before */
    switch (msg->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        take(r, msg);
        return true;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        /* Behind the last record there may be markers of transactions; an open
         * transaction ends it before its time. */
        advance(r, msg->partition, msg->offset);
        return true;
    default:
        return !ctl_kafka_is_hopeless(msg->err) ||
               fail(r, rd_kafka_message_errstr(msg));
    }
}

static void give_up(struct reading *r)
{
    for (int32_t i = 0; i < r->t->logs.topics[r->topic].n; i++) {
        struct audit_log *log = log_of(r, i);

        log->held_back = r->t->next[r->topic][i] < log->end;
        if (log->held_back)
            fprintf(stderr,
                    "dispatchctl: %s, partition %d: an open transaction hides "
                    "what lies behind offset %lld\n",
                    r->t->logs.topics[r->topic].name, (int)i,
                    (long long)r->t->next[r->topic][i]);
    }
    r->left = 0;
}

/* Nothing comes any more: an open transaction holds it back. */
static void wait_longer(struct reading *r)
{
    int64_t waited_us = clock_steady_us() - r->moved_us;

    if (waited_us > SAY_MS * US_PER_MS && !r->waits_said) {
        r->waits_said = true;
        fprintf(stderr,
                "dispatchctl: %s: waiting for an open transaction to end\n",
                r->t->logs.topics[r->topic].name);
    }
    if (waited_us >= (int64_t)r->t->options.wait_ms * US_PER_MS)
        give_up(r);
}

static bool read_topic(struct reading *r)
{
    bool good = assign(r);

    r->moved_us = clock_steady_us();
    while (good && r->left > 0 && !ctl_stopped()) {
        rd_kafka_message_t *msg = rd_kafka_consumer_poll(r->t->stable, POLL_MS);

        if (!msg) {
            wait_longer(r);
        } else {
            good = take_message(r, msg);
            rd_kafka_message_destroy(msg);
        }
        r->reader->tell(r->reader->opaque, r->topic,
                        (double)r->t->done /
                            (double)(r->t->total ? r->t->total : 1));
    }
    rd_kafka_assign(r->t->stable, NULL);
    return good && !ctl_stopped();
}

/* Logs that begin later than before: what was there is not known any more. */
static bool refresh(struct audit_topics *t)
{
    const struct audit_ends ends = {.stable = t->stable,
                                    .high = t->high,
                                    .logs = &t->logs,
                                    .since_ms = t->options.since_ms};
    char why[AUDIT_ENDS_WHY_SIZE] = "";

    for (int i = 0; i < TRIES && !ctl_stopped(); i++) {
        if (audit_ends_refresh(&ends, why))
            return true;
        rd_kafka_poll(t->high, RETRY_MS);
    }
    fprintf(stderr, "dispatchctl: Kafka: %s\n", why);
    return false;
}

bool audit_topics_read(struct audit_topics *t,
                       const struct audit_topics_reader *reader)
{
    t->done = 0;
    t->total = 0;
    for (int i = 0; i < AUDIT_TOPICS; i++) {
        for (int32_t j = 0; j < t->logs.topics[i].n; j++) {
            const struct audit_log *log = &t->logs.topics[i].partitions[j];

            t->total += log->end > log->begin ? log->end - log->begin : 0;
        }
    }
    for (enum audit_topic i = 0; i < AUDIT_TOPICS; i++) {
        struct reading r = {.t = t, .reader = reader, .topic = i};

        if (!read_topic(&r))
            return false;
    }
    return refresh(t);
}
