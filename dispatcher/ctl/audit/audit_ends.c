/*
 * One request a broker for all partitions, as in offsets.c: librdkafka hides
 * the list of offsets behind offsets_for_times.
 */
#include "audit_ends.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 10000 };

static bool fail(char *why, const char *what, rd_kafka_resp_err_t err)
{
    snprintf(why, AUDIT_ENDS_WHY_SIZE, "%s: %s", what, rd_kafka_err2str(err));
    return false;
}

/* Topics [from, until) as a list, in their order, each at `offset`. */
static rd_kafka_topic_partition_list_t *list_of(const struct audit_logs *logs,
                                                enum audit_topic from,
                                                enum audit_topic until,
                                                int64_t offset)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(16);

    for (enum audit_topic i = from; i < until; i++) {
        for (int32_t j = 0; j < logs->topics[i].n; j++)
            rd_kafka_topic_partition_list_add(list, logs->topics[i].name, j)
                ->offset = offset;
    }
    return list;
}

/* What one question is about. */
struct question {
    rd_kafka_t *rk;
    enum audit_topic from, until;
    int64_t offset; /* or a time */
    void (*set)(struct audit_log *log, int64_t offset);
};

/* Asks for an offset of each partition; -1 stands for none. */
static bool ask(const struct audit_logs *logs, const struct question *q,
                char *why)
{
    rd_kafka_topic_partition_list_t *list =
        list_of(logs, q->from, q->until, q->offset);
    rd_kafka_resp_err_t err =
        list->cnt > 0 ? rd_kafka_offsets_for_times(q->rk, list, ANSWER_MS)
                      : RD_KAFKA_RESP_ERR_NO_ERROR;
    bool ok = err ? fail(why, "offsets", err) : true;
    int at = 0;

    for (enum audit_topic i = q->from; ok && i < q->until; i++) {
        for (int32_t j = 0; ok && j < logs->topics[i].n; j++, at++) {
            const rd_kafka_topic_partition_t *one = &list->elems[at];

            if (one->err)
                ok = fail(why, logs->topics[i].name, one->err);
            else
                q->set(&logs->topics[i].partitions[j], one->offset);
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    return ok;
}

/* --------------------------------------------------------------- setters */

static void set_begin(struct audit_log *log, int64_t offset)
{
    log->begin = offset > 0 ? offset : 0;
    log->whole = log->begin == 0;
}

/* Later than it was, if at all. */
static void move_begin(struct audit_log *log, int64_t offset)
{
    if (offset > log->begin)
        set_begin(log, offset);
}

/* No record is that young: nothing is read. */
static void set_since(struct audit_log *log, int64_t offset)
{
    move_begin(log, offset < 0 ? log->end : offset);
}

static void set_settled(struct audit_log *log, int64_t offset)
{
    log->settled = offset;
}

static void set_end(struct audit_log *log, int64_t offset)
{
    log->end = offset;
}

static void set_both(struct audit_log *log, int64_t offset)
{
    log->settled = offset;
    log->end = offset;
}

/* ------------------------------------------------------------- measuring */

/* The group's offsets; without them the topics alone must tell how far it has
 * come. */
static void ask_committed(const struct audit_ends *e, char *why)
{
    struct audit_log *logs = e->logs->topics[AUDIT_TICKETS].partitions;
    rd_kafka_topic_partition_list_t *list = list_of(
        e->logs, AUDIT_TICKETS, AUDIT_TICKETS + 1, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_resp_err_t err = rd_kafka_committed(e->high, list, ANSWER_MS);
    bool any = false;

    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *one = &list->elems[i];

        if (!err)
            err = one->err;
        logs[i].committed = err || one->offset < 0 ? -1 : one->offset;
        any |= logs[i].committed >= 0;
    }
    rd_kafka_topic_partition_list_destroy(list);
    why[0] = '\0';
    if (err)
        snprintf(why, AUDIT_ENDS_WHY_SIZE, "its offsets: %s",
                 rd_kafka_err2str(err));
    else if (!any)
        snprintf(why, AUDIT_ENDS_WHY_SIZE, "it has committed no offsets");
}

/* All but tickets. */
static bool ask_outputs(const struct audit_ends *e, rd_kafka_t *rk,
                        void (*set)(struct audit_log *, int64_t), char *why)
{
    const struct question first = {rk, 0, AUDIT_TICKETS, RD_KAFKA_OFFSET_END,
                                   set};
    const struct question last = {rk, AUDIT_TICKETS + 1, AUDIT_TOPICS,
                                  RD_KAFKA_OFFSET_END, set};

    return ask(e->logs, &first, why) && ask(e->logs, &last, why);
}

static bool ask_begins(const struct audit_ends *e,
                       void (*set)(struct audit_log *, int64_t), char *why)
{
    const struct question q = {e->high, 0, AUDIT_TOPICS,
                               RD_KAFKA_OFFSET_BEGINNING, set};

    return ask(e->logs, &q, why);
}

/* The state is always read whole. */
static bool ask_since(const struct audit_ends *e, char *why)
{
    const struct question q = {e->high, 0, AUDIT_STATE, e->since_ms, set_since};

    return e->since_ms < 0 || ask(e->logs, &q, why);
}

bool audit_ends_measure(const struct audit_ends *e, char *why)
{
    const struct question tickets = {e->stable, AUDIT_TICKETS,
                                     AUDIT_TICKETS + 1, RD_KAFKA_OFFSET_END,
                                     set_both};

    ask_committed(e, why);
    return ask_outputs(e, e->stable, set_settled, why) &&
           ask_outputs(e, e->high, set_end, why) &&
           ask(e->logs, &tickets, why) && ask_begins(e, set_begin, why) &&
           ask_since(e, why);
}

bool audit_ends_refresh(const struct audit_ends *e, char *why)
{
    return ask_begins(e, move_begin, why);
}

/* --------------------------------------------------------------- headers */

/* A header as a text, cut to `size`; "" where there is none. */
static void copy_header(const rd_kafka_headers_t *headers, const char *name,
                        char *text, size_t size)
{
    const void *value = NULL;
    size_t n = 0;

    text[0] = '\0';
    if (!headers || rd_kafka_header_get_last(headers, name, &value, &n))
        return;
    n = n < size - 1 ? n : size - 1;
    if (n > 0)
        memcpy(text, value, n);
    text[n] = '\0';
}

static int64_t number_header(const rd_kafka_headers_t *headers,
                             const char *name)
{
    char text[24], *end;

    copy_header(headers, name, text, sizeof(text));
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return end == text || *end || errno || number < 0 ? -1 : number;
}

struct audit_letter audit_ends_letter(const rd_kafka_message_t *msg,
                                      struct audit_ends_letter *texts)
{
    rd_kafka_headers_t *headers = NULL;

    if (rd_kafka_message_headers(msg, &headers))
        headers = NULL;
    copy_header(headers, "dispatcher.error.code", texts->code,
                sizeof(texts->code));
    copy_header(headers, "dispatcher.error.topic", texts->topic,
                sizeof(texts->topic));
    return (struct audit_letter){
        .code = texts->code,
        .topic = texts->topic,
        .partition = number_header(headers, "dispatcher.error.partition"),
        .offset = number_header(headers, "dispatcher.error.offset"),
        .truncated = number_header(headers, "dispatcher.error.truncated") >= 0,
    };
}
