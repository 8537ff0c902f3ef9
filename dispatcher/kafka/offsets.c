/*
 * One request a broker for all partitions where Kafka has one: offset fetch,
 * and list offsets, which librdkafka hides behind offsets_for_times.
 */
#include "offsets.h"

#include "clock.h"
#include "kafka_destroy.h"
#include "memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLICE_MS = 100 };

struct offsets {
    rd_kafka_t *stable;
    rd_kafka_t *high;
    char *topic;
};

/* ------------------------------------------------------------ life cycle */

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[OFFSETS_WHY_SIZE];
    rd_kafka_conf_res_t result =
        rd_kafka_conf_set(conf, name, value, why, sizeof why);

    assert(result == RD_KAFKA_CONF_OK);
    (void)result;
}

void offsets_configure_stable(rd_kafka_conf_t *conf)
{
    set(conf, "isolation.level", "read_committed");
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.partition.eof", "true");
    set(conf, "auto.offset.reset", "earliest");
    /* One record of each partition is all that is looked at. A batch larger
     * than this is sent only when its partition comes first in a request, so
     * that less than the usual size of a batch would take many requests. */
    set(conf, "fetch.message.max.bytes", "1048576");
    set(conf, "queued.max.messages.kbytes", "16384");
    set(conf, "fetch.wait.max.ms", "100");
}

/* Only a client that reads uncommitted records is told the group's committed
 * offsets while a transaction is open; a stable answer would have to wait. */
void offsets_configure_high(rd_kafka_conf_t *conf)
{
    set(conf, "isolation.level", "read_uncommitted");
    set(conf, "enable.auto.commit", "false");
}

struct offsets *offsets_new(rd_kafka_t *stable, rd_kafka_t *high,
                            const char *topic)
{
    struct offsets *o = memory_new(sizeof *o);

    *o = (struct offsets){
        .stable = stable, .high = high, .topic = memory_copy_text(topic)};
    rd_kafka_poll_set_consumer(stable);
    rd_kafka_poll_set_consumer(high);
    return o;
}

void offsets_free(struct offsets **o)
{
    if (!*o)
        return;
    rd_kafka_consumer_close((*o)->stable);
    rd_kafka_consumer_close((*o)->high);
    kafka_destroy((*o)->stable);
    kafka_destroy((*o)->high);
    free((*o)->topic);
    free(*o);
    *o = NULL;
}

struct offsets_row offsets_row(int32_t partition)
{
    return (struct offsets_row){.partition = partition,
                                .committed = OFFSETS_UNKNOWN,
                                .begin = OFFSETS_UNKNOWN,
                                .stable_end = OFFSETS_UNKNOWN,
                                .high_end = OFFSETS_UNKNOWN,
                                .waiting_ms = OFFSETS_UNKNOWN};
}

int64_t offsets_next(const struct offsets_row *row)
{
    return row->committed == OFFSETS_NONE ? row->begin : row->committed;
}

/* ------------------------------------------------------------- questions */

static bool fail(char *why, const char *what, rd_kafka_resp_err_t err)
{
    snprintf(why, OFFSETS_WHY_SIZE, "%s: %s", what, rd_kafka_err2str(err));
    return false;
}

/* The rows as a list, in their order, each at `offset`. */
static rd_kafka_topic_partition_list_t *
list_rows(const struct offsets *o, const struct offsets_row *rows, size_t n,
          int64_t offset)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, o->topic, rows[i].partition)
            ->offset = offset;
    return list;
}

/* Errors of connections pile up in a client that nobody polls. */
static void drain(rd_kafka_t *rk)
{
    rd_kafka_message_t *msg;

    for (;;) {
        msg = rd_kafka_consumer_poll(rk, 0);
        if (!msg)
            return;
        rd_kafka_message_destroy(msg);
    }
}

bool offsets_read_committed(struct offsets *o, struct offsets_row *rows,
                            size_t n, int timeout_ms, char *why)
{
    rd_kafka_topic_partition_list_t *list =
        list_rows(o, rows, n, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t err = rd_kafka_committed(o->high, list, timeout_ms);
    bool ok = err ? fail(why, "committed offsets", err) : true;

    for (int i = 0; !err && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];

        if (one->err)
            ok = fail(why, "committed offsets", one->err);
        else
            rows[i].committed = one->offset < 0 ? OFFSETS_NONE : one->offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return ok;
}

/* Which figure of a row a question is about. */
enum figure { BEGIN, STABLE_END, HIGH_END };

static void set_figure(struct offsets_row *row, enum figure figure,
                       int64_t offset)
{
    if (figure == BEGIN)
        row->begin = offset;
    else if (figure == STABLE_END)
        row->stable_end = offset;
    else
        row->high_end = offset;
}

/* Asks a client for the first or the next offset of each partition. */
static bool read_figure(struct offsets *o, rd_kafka_t *rk, enum figure figure,
                        struct offsets_row *rows, size_t n, int timeout_ms,
                        char *why)
{
    rd_kafka_topic_partition_list_t *list = list_rows(
        o, rows, n,
        figure == BEGIN ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END);
    rd_kafka_resp_err_t err = rd_kafka_offsets_for_times(rk, list, timeout_ms);
    bool ok = err ? fail(why, "ends of the partitions", err) : true;

    for (int i = 0; !err && i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];

        if (!one->err && one->offset >= 0)
            set_figure(&rows[i], figure, one->offset);
        else
            ok = fail(why, "ends of the partitions",
                      one->err ? one->err : RD_KAFKA_RESP_ERR__NO_OFFSET);
    }
    rd_kafka_topic_partition_list_destroy(list);
    return ok;
}

static bool any_without_commit(const struct offsets_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].committed == OFFSETS_NONE)
            return true;
    return false;
}

bool offsets_read_ends(struct offsets *o, struct offsets_row *rows, size_t n,
                       int timeout_ms, char *why)
{
    drain(o->stable);
    drain(o->high);
    if (any_without_commit(rows, n) &&
        !read_figure(o, o->high, BEGIN, rows, n, timeout_ms, why))
        return false;
    return read_figure(o, o->high, HIGH_END, rows, n, timeout_ms, why) &&
           read_figure(o, o->stable, STABLE_END, rows, n, timeout_ms, why);
}

/* --------------------------------------------------- the record that waits */

static struct offsets_row *find_row(struct offsets_row *rows, size_t n,
                                    int32_t partition)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].partition == partition)
            return &rows[i];
    return NULL;
}

/* 0 when the producer gave it none. */
static int64_t timestamp_of(const rd_kafka_message_t *msg)
{
    int64_t timestamp_ms = rd_kafka_message_timestamp(msg, NULL);

    return timestamp_ms > 0 ? timestamp_ms : 0;
}

/* Takes what one poll gave; true when it answers for a row. Behind the end
 * there may be records by now, which are not part of the lag. */
static bool take(const rd_kafka_message_t *msg, struct offsets_row *rows,
                 size_t n)
{
    struct offsets_row *row = find_row(rows, n, msg->partition);

    if (!row || row->waiting_ms != OFFSETS_UNKNOWN)
        return false;
    if (msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
        (!msg->err && msg->offset >= row->stable_end))
        row->waiting_ms = 0;
    else if (!msg->err)
        row->waiting_ms = timestamp_of(msg);
    return row->waiting_ms != OFFSETS_UNKNOWN;
}

/* Those with lag, each from where the group goes on. */
static rd_kafka_topic_partition_list_t *
list_waiting(const struct offsets *o, struct offsets_row *rows, size_t n)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)n);

    for (size_t i = 0; i < n; i++) {
        int64_t next = offsets_next(&rows[i]);

        rows[i].waiting_ms = 0;
        if (next < 0 || next >= rows[i].stable_end)
            continue;
        rows[i].waiting_ms = OFFSETS_UNKNOWN;
        rd_kafka_topic_partition_list_add(list, o->topic, rows[i].partition)
            ->offset = next;
    }
    return list;
}

bool offsets_read_waiting(struct offsets *o, struct offsets_row *rows, size_t n,
                          int timeout_ms, char *why)
{
    rd_kafka_topic_partition_list_t *list = list_waiting(o, rows, n);
    int64_t until_us = clock_steady_us() + (int64_t)timeout_ms * 1000;
    int left = list->cnt;

    if (left)
        rd_kafka_assign(o->stable, list);
    while (left && clock_steady_us() < until_us) {
        rd_kafka_message_t *msg = rd_kafka_consumer_poll(o->stable, SLICE_MS);

        if (!msg)
            continue;
        left -= take(msg, rows, n);
        rd_kafka_message_destroy(msg);
    }
    if (list->cnt)
        rd_kafka_assign(o->stable, NULL);
    rd_kafka_topic_partition_list_destroy(list);
    return left ? fail(why, "oldest waiting record",
                       RD_KAFKA_RESP_ERR__TIMED_OUT)
                : true;
}
