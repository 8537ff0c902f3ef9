/*
 * Taking messages off the consumer's queue.
 */
#include "messages.h"

#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { AHEAD = 8 };

bool messages_open(struct messages *m, rd_kafka_t *rk)
{
    static const uint64_t one = 1;

    m->wakes = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (m->wakes < 0)
        return false;
    m->rk = rk;
    rd_kafka_poll_set_consumer(rk);
    m->queue = rd_kafka_queue_get_consumer(rk);
    rd_kafka_queue_io_event_enable(m->queue, m->wakes, &one, sizeof one);
    return true;
}

static void drop(struct messages *m)
{
    while (m->next < m->n)
        rd_kafka_message_destroy(m->batch[m->next++]);
    m->n = m->next = 0;
}

void messages_close(struct messages *m)
{
    drop(m);
    if (m->queue) {
        rd_kafka_queue_io_event_enable(m->queue, -1, NULL, 0);
        rd_kafka_queue_destroy(m->queue);
    }
    if (m->wakes >= 0)
        close(m->wakes);
    *m = (struct messages){.wakes = -1};
}

/* Where a callback in the call has ended batches none of these counts. */
static void take_batch(struct messages *m)
{
    ssize_t n =
        rd_kafka_consume_batch_queue(m->queue, 0, m->batch, MESSAGES_AT_ONCE);

    m->next = 0;
    m->n = n > 0 ? (size_t)n : 0;
    if (!m->in_batches)
        drop(m);
}

rd_kafka_message_t *messages_left(struct messages *m)
{
    if (m->next + AHEAD < m->n)
        __builtin_prefetch(m->batch[m->next + AHEAD]);
    return m->next < m->n ? m->batch[m->next++] : NULL;
}

void messages_return(struct messages *m)
{
    m->next--;
}

static rd_kafka_message_t *take(struct messages *m)
{
    if (m->next == m->n && !m->in_batches)
        return rd_kafka_consumer_poll(m->rk, 0);
    if (m->next == m->n)
        take_batch(m);
    return messages_left(m);
}

rd_kafka_message_t *messages_next(struct messages *m, int timeout_ms)
{
    struct pollfd wakes = {.fd = m->wakes, .events = POLLIN};
    rd_kafka_message_t *msg = take(m);
    uint64_t count;

    if (msg || timeout_ms == 0 || poll(&wakes, 1, timeout_ms) <= 0)
        return msg;
    if (read(m->wakes, &count, sizeof count) != sizeof count)
        return NULL;
    return take(m);
}

void messages_in_batches(struct messages *m, bool on)
{
    drop(m);
    m->in_batches = on;
}
