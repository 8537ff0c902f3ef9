/*
 * The physical limit of reading a topic back: a bare consumer loop that does
 * nothing with what it gets.
 *
 *   drain BROKERS TOPIC PARTITIONS [batch]
 *
 * One record a call, or, with `batch`, as many as there are. Reads committed
 * records from the beginning to the end and prints one line of name=value; the
 * time is that from the first record to the last, without the wait to hear that
 * there are no more.
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 1000, POLL_MS = 100, TIMED = 100 };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];

    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) ==
        RD_KAFKA_CONF_OK)
        return;
    fprintf(stderr, "%s: %s\n", name, why);
    exit(1);
}

/* As the dispatcher configures its own, but for fetch.wait.max.ms: with less
 * the loop that polls finds its queue full more often, for which librdkafka
 * before 2.2 rests for a second. */
static rd_kafka_t *new_consumer(const char *brokers)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[256];

    set(conf, "bootstrap.servers", brokers);
    set(conf, "group.id", "drain");
    set(conf, "isolation.level", "read_committed");
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.partition.eof", "true");
    set(conf, "queued.max.messages.kbytes", "65536");
    set(conf, "fetch.wait.max.ms", "100");
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk) {
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
    rd_kafka_poll_set_consumer(rk);
    return rk;
}

struct totals {
    long records;
    long bytes;
    int ended;
    double begun; /* the first record came */
    double last;  /* the last one, or one of the TIMED before it */
};

static void take(struct totals *t, rd_kafka_message_t *msg)
{
    if (!msg->err) {
        if (t->records++ == 0)
            t->begun = seconds();
        if (t->records % TIMED == 0)
            t->last = seconds();
        t->bytes += (long)(msg->len + msg->key_len);
    }
    t->ended += msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    rd_kafka_message_destroy(msg);
}

int main(int argc, char **argv)
{
    static rd_kafka_message_t *batch[BATCH];
    struct totals t = {0};

    if (argc < 4) {
        fprintf(stderr, "usage: drain BROKERS TOPIC PARTITIONS [batch]\n");
        return 64;
    }
    int partitions = atoi(argv[3]);
    rd_kafka_t *rk = new_consumer(argv[1]);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(partitions);
    for (int i = 0; i < partitions; i++)
        rd_kafka_topic_partition_list_add(list, argv[2], i)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(rk, list);
    while (t.ended < partitions) {
        rd_kafka_message_t *msg;

        if (argc == 4) {
            msg = rd_kafka_consumer_poll(rk, POLL_MS);
            if (msg)
                take(&t, msg);
            continue;
        }
        ssize_t n = rd_kafka_consume_batch_queue(queue, 1, batch, BATCH);
        for (ssize_t i = 0; i < n; i++)
            take(&t, batch[i]);
    }
    double lasted = t.last - t.begun;
    printf("records=%ld bytes=%ld seconds=%.3f records_per_s=%.0f "
           "cpu_us_per_record=%.3f\n",
           t.records, t.bytes, lasted, (double)t.records / lasted,
           cpu_seconds() * 1e6 / (double)t.records);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return 0;
}
