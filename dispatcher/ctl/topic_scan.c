/*
 * Reading partitions to their ends: one consumer, assigned by hand.
 */
#include "topic_scan.h"

#include "clock.h"
#include "memory.h"
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 100, CALL_MS = 10000, US_PER_MS = 1000 };
enum { TRIES = 20, RETRY_NS = 250000000 };

/* One partition: what of it is to be read. */
struct piece {
    const char *topic;
    int32_t partition;
    int64_t from;
    int64_t end;
    int64_t at; /* behind the last record that came */
    bool ended;
};

struct topic_scan {
    rd_kafka_t *rk;
    struct piece *pieces;
    size_t n;
    size_t last;    /* the piece of the last record: often of the next too */
    size_t n_ended; /* pieces */
    int64_t all;    /* offsets to be read */
    int64_t done;   /* of them */
    unsigned long records;
    bool whole;
    bool assigned;
    /* The topic that was asked for last. */
    const char *topic;
    int32_t partitions;
};

static const struct ctl_kafka_default defaults[] = {
    {"isolation.level", "read_committed"},
    {"enable.auto.commit", "false"},
    {"enable.partition.eof", "true"},
    {"group.id", "dispatchctl"},
    {"allow.auto.create.topics", "false"},
    {"auto.offset.reset", "earliest"},
    /* A broker says at once that there is no more. */
    {"fetch.wait.max.ms", "20"},
};

struct topic_scan *topic_scan_new(const struct ctl_kafka *options)
{
    rd_kafka_t *rk =
        ctl_kafka_client(options, RD_KAFKA_CONSUMER, defaults,
                         sizeof(defaults) / sizeof(defaults[0]), NULL);

    if (rk == NULL)
        return NULL;
    struct topic_scan *s = memory_new(sizeof *s);
    s->rk = rk;
    s->whole = true;
    rd_kafka_poll_set_consumer(rk);
    return s;
}

void topic_scan_free(struct topic_scan **s)
{
    if (*s == NULL)
        return;
    rd_kafka_consumer_close((*s)->rk);
    rd_kafka_destroy((*s)->rk);
    free((*s)->pieces);
    free(*s);
    *s = NULL;
}

static bool kafka_failed(const char *topic, const char *why)
{
    fprintf(stderr, "dispatchctl: %s: %s\n", topic, why);
    return false;
}

int32_t topic_scan_partitions(struct topic_scan *s, const char *topic)
{
    if (s->topic != NULL && strcmp(s->topic, topic) == 0)
        return s->partitions;
    s->partitions = ctl_kafka_partitions(s->rk, topic);
    s->topic = s->partitions > 0 ? topic : NULL;
    return s->partitions;
}

/* While a topic is new, or a broker has gone, nobody leads the partition. */
static rd_kafka_resp_err_t find_ends(rd_kafka_t *rk, struct piece *piece)
{
    rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;

    for (int i = 0; i < TRIES && !ctl_stopped(); i++) {
        err = rd_kafka_query_watermark_offsets(rk, piece->topic,
                                               piece->partition, &piece->from,
                                               &piece->end, CALL_MS);
        if (err != RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION &&
            err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE &&
            err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            return err;
        nanosleep(&(struct timespec){.tv_nsec = RETRY_NS}, NULL);
    }
    return err;
}

static bool add_piece(struct topic_scan *s, const char *topic,
                      int32_t partition, int64_t offsets)
{
    struct piece piece = {.topic = topic, .partition = partition};
    rd_kafka_resp_err_t err = find_ends(s->rk, &piece);

    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failed(topic, rd_kafka_err2str(err));
    if (piece.end - piece.from > offsets) {
        piece.from = piece.end - offsets;
        s->whole = false;
    }
    piece.at = piece.from;
    piece.ended = piece.from >= piece.end;
    s->n_ended += piece.ended;
    s->all += piece.end - piece.from;
    s->pieces = memory_grow(s->pieces, s->n + 1, sizeof *s->pieces);
    s->pieces[s->n++] = piece;
    s->assigned = false;
    return true;
}

bool topic_scan_add(struct topic_scan *s, const char *topic, int32_t partition,
                    int64_t offsets)
{
    int32_t n = topic_scan_partitions(s, topic);

    if (n == 0)
        return false;
    if (partition >= n) {
        fprintf(stderr,
                "dispatchctl: %s has %d partitions, and number %d is needed\n",
                topic, (int)n, (int)partition);
        return false;
    }
    if (partition != TOPIC_SCAN_ALL)
        return add_piece(s, topic, partition, offsets);
    for (int32_t i = 0; i < n; i++)
        if (!add_piece(s, topic, i, offsets))
            return false;
    return true;
}

void topic_scan_clear(struct topic_scan *s)
{
    s->n = s->last = s->n_ended = 0;
    s->all = s->done = 0;
    s->whole = true;
    s->assigned = false;
}

bool topic_scan_is_whole(const struct topic_scan *s)
{
    return s->whole;
}

static bool assign(struct topic_scan *s)
{
    rd_kafka_topic_partition_list_t *list;

    if (s->assigned)
        return true;
    list = rd_kafka_topic_partition_list_new((int)s->n);
    for (size_t i = 0; i < s->n; i++)
        rd_kafka_topic_partition_list_add(list, s->pieces[i].topic,
                                          s->pieces[i].partition)
            ->offset = s->pieces[i].at;
    rd_kafka_resp_err_t err = rd_kafka_assign(s->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    s->assigned = err == RD_KAFKA_RESP_ERR_NO_ERROR;
    return s->assigned || kafka_failed("assign", rd_kafka_err2str(err));
}

static bool is_of(const struct piece *piece, const rd_kafka_message_t *msg)
{
    return piece->partition == msg->partition &&
           strcmp(piece->topic, rd_kafka_topic_name(msg->rkt)) == 0;
}

/* NULL: a record from before topic_scan_clear. */
static struct piece *piece_of(struct topic_scan *s,
                              const rd_kafka_message_t *msg)
{
    if (s->last < s->n && is_of(&s->pieces[s->last], msg))
        return &s->pieces[s->last];
    for (s->last = 0; s->last < s->n; s->last++)
        if (is_of(&s->pieces[s->last], msg))
            return &s->pieces[s->last];
    return NULL;
}

static void advance(struct topic_scan *s, struct piece *piece, int64_t at,
                    bool end)
{
    int64_t counted = at < piece->end ? at : piece->end;

    if (counted > piece->at)
        s->done += counted - piece->at;
    piece->at = at;
    if (!piece->ended && (end || at >= piece->end)) {
        piece->ended = true;
        s->n_ended++;
    }
}

/* `behind`: also what came after topic_scan_add. */
static bool take_one(struct topic_scan *s, const rd_kafka_message_t *msg,
                     bool behind,
                     void (*take)(void *context, const rd_kafka_message_t *msg),
                     void *context)
{
    bool end = msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    struct piece *piece;

    if (msg->err != RD_KAFKA_RESP_ERR_NO_ERROR && !end)
        return !ctl_kafka_is_hopeless(msg->err) ||
               kafka_failed(msg->rkt != NULL ? rd_kafka_topic_name(msg->rkt)
                                             : "Kafka",
                            rd_kafka_message_errstr(msg));
    piece = piece_of(s, msg);
    if (piece == NULL || (!end && msg->offset < piece->at))
        return true; /* from an assignment that is gone */
    if (end) {
        advance(s, piece, piece->at, true);
        return true;
    }
    /* What lies behind the end is left for topic_scan_follow. */
    if (!behind && msg->offset >= piece->end) {
        advance(s, piece, piece->at, true);
        s->assigned = false;
        return true;
    }
    s->records++;
    take(context, msg);
    advance(s, piece, msg->offset + 1, false);
    return true;
}

static void show(const struct topic_scan *s, struct progress *progress)
{
    const struct progress_state state = {
        .verb = "read",
        .done = s->records,
        .fraction = s->all > 0 ? (double)s->done / (double)s->all : 0,
        .reading = true,
    };

    if (progress != NULL)
        progress_show(progress, &state, clock_steady_us() / US_PER_MS);
}

bool topic_scan_read(struct topic_scan *s,
                     void (*take)(void *context, const rd_kafka_message_t *msg),
                     void *context, struct progress *progress)
{
    bool good = assign(s);

    while (good && s->n_ended < s->n && !ctl_stopped()) {
        rd_kafka_message_t *msg = rd_kafka_consumer_poll(s->rk, POLL_MS);

        show(s, progress);
        if (msg == NULL)
            continue;
        good = take_one(s, msg, false, take, context);
        rd_kafka_message_destroy(msg);
    }
    if (progress != NULL)
        progress_clear(progress);
    return good && !ctl_stopped();
}

bool topic_scan_follow(struct topic_scan *s,
                       void (*take)(void *context,
                                    const rd_kafka_message_t *msg),
                       void *context, int timeout_ms)
{
    rd_kafka_message_t *msg;
    bool good = assign(s);

    msg = good ? rd_kafka_consumer_poll(s->rk, timeout_ms) : NULL;
    if (msg == NULL)
        return good;
    good = take_one(s, msg, true, take, context);
    rd_kafka_message_destroy(msg);
    return good;
}
