/*
 * Records on their way into the open transaction.
 */
#include "producer_state.h"

#include "murmur2.h"
#include "output.h"
#include "record_headers.h"
#include "tickets.h"

#include <assert.h>

enum { QUEUE_PAUSE_MS = 10 };

static enum txn refused(struct producer *p, const char *call,
                        rd_kafka_resp_err_t err)
{
    char fatal[256];

    producer_remember(p, call, rd_kafka_err2str(err));
    return rd_kafka_fatal_error(p->rk, fatal, sizeof fatal) ? TXN_RENEW
                                                            : TXN_ABORT;
}

static rd_kafka_resp_err_t
try_produce(struct producer *p, const struct target *to, int32_t partition,
            const struct record *rec, rd_kafka_headers_t *headers)
{
    if (headers)
        return rd_kafka_producev(
            p->rk, RD_KAFKA_V_RKT(to->topic), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_TIMESTAMP(p->timestamp_ms),
            RD_KAFKA_V_KEY((void *)rec->key, rec->key_size),
            RD_KAFKA_V_VALUE((void *)rec->value, rec->value_size),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    return rd_kafka_producev(
        p->rk, RD_KAFKA_V_RKT(to->topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_TIMESTAMP(p->timestamp_ms),
        RD_KAFKA_V_KEY((void *)rec->key, rec->key_size),
        RD_KAFKA_V_VALUE((void *)rec->value, rec->value_size), RD_KAFKA_V_END);
}

/* Queues one record; takes `headers`, which may be NULL. */
static enum txn enqueue(struct producer *p, const struct target *to,
                        int32_t partition, const struct record *rec,
                        rd_kafka_headers_t *headers)
{
    enum txn result = TXN_OK;

    for (;;) {
        rd_kafka_resp_err_t err = try_produce(p, to, partition, rec, headers);

        if (!err)
            return TXN_OK; /* the headers are librdkafka's now */
        if (err != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            result = refused(p, "produce", err);
        else if (atomic_load(p->options.stopping))
            result = TXN_LEAVE;
        if (result != TXN_OK)
            break;
        rd_kafka_poll(p->rk, QUEUE_PAUSE_MS);
    }
    if (headers)
        rd_kafka_headers_destroy(headers);
    return result;
}

static const struct target *target_of(const struct producer *p,
                                      const struct output *out)
{
    switch (out->topic) {
    case OUTPUT_ASSIGNMENTS:
        return &p->targets[TARGET_ASSIGNMENTS];
    case OUTPUT_DEADLINES:
        return &p->targets[TARGET_DEADLINES];
    default:
        return producer_find_target(p, out->department_topic);
    }
}

enum txn producer_send(struct producer *p, const struct output *out,
                       const struct record *input)
{
    const struct target *to = target_of(p, out);
    struct record rec = {.key = out->key,
                         .key_size = out->key_size,
                         .value = out->value,
                         .value_size = out->value_size};

    /* The catalogue is refused before it can name such a topic. */
    assert(to);
    return enqueue(
        p, to, murmur2_partition(out->key, out->key_size, to->partitions), &rec,
        record_headers_event(out, p->source, input,
                             p->options.cfg->events_headers));
}

enum txn producer_send_state(struct producer *p, int32_t partition,
                             const struct ticket_record *state)
{
    const struct record rec = {.key = state->key,
                               .key_size = state->key_size,
                               .value = state->value,
                               .value_size = state->value_size};

    return enqueue(p, &p->targets[TARGET_STATE], partition, &rec, NULL);
}

enum txn producer_send_dead_letter(struct producer *p,
                                   const struct record *input,
                                   const struct reject *why)
{
    const struct target *to = &p->targets[TARGET_DEAD_LETTERS];
    struct record rec = *input;
    rd_kafka_headers_t *headers = record_headers_dead_letter(
        &rec, why, p->options.cfg->topic_tickets, p->options.max_message_size);
    int32_t partition =
        input->key
            ? murmur2_partition(input->key, input->key_size, to->partitions)
            : input->partition % to->partitions;

    return enqueue(p, to, partition, &rec, headers);
}

size_t producer_max_value(const struct producer *p)
{
    return p->options.max_message_size - RECORD_HEADERS_ROOM;
}
