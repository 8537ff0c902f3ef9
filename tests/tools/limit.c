/*
 * The physical limit of a consume-transform-produce loop on librdkafka with
 * transactions: nothing is decoded, looked up or remembered; constant payloads
 * go out. What the dispatcher costs above this is its own work.
 *
 *   gcc -O2 limit.c -o limit -lrdkafka
 *   limit BROKERS GROUP COUNT COMMIT_MS INPUT OUTPUT[:BYTES[:HEADERS]]...
 *
 * COMMIT_MS 0 = commit as soon as a poll finds nothing more. HEADERS =
 * CloudEvents-like headers on each record. Output partitions = input partition
 * (same count needed). Prints one line of name=value.
 */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_OUTPUTS = 8, BATCH = 10000 };

struct output {
    rd_kafka_topic_t *topic;
    char name[128];
    size_t size;
    int headers;
    char *payload;
};

static long failed;

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6 + r.ru_stime.tv_sec +
           r.ru_stime.tv_usec / 1e6;
}

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) !=
        RD_KAFKA_CONF_OK)
        die(name, why);
}

static void must(const char *what, rd_kafka_error_t *error)
{
    if (error)
        die(what, rd_kafka_error_string(error));
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *msg,
                      void *opaque)
{
    (void)rk;
    (void)opaque;
    failed += msg->err != 0;
}

static rd_kafka_headers_t *headers_new(int count)
{
    static const char *const names[] = {
        "ce_id",        "ce_type",    "ce_source", "ce_specversion",
        "content-type", "ce_subject", "ce_time"};
    rd_kafka_headers_t *h = rd_kafka_headers_new((size_t)count);
    for (int i = 0; i < count; i++)
        rd_kafka_header_add(h, names[i % 7], -1, "0123456789abcdef", 16);
    return h;
}

static void emit(rd_kafka_t *producer, const struct output *o,
                 const rd_kafka_message_t *in)
{
    if (!o->headers) {
        while (rd_kafka_produce(o->topic, in->partition, RD_KAFKA_MSG_F_COPY,
                                o->payload, o->size, in->key, in->key_len,
                                NULL) == -1)
            rd_kafka_poll(producer, 5);
        return;
    }
    rd_kafka_headers_t *h = headers_new(o->headers);
    while (rd_kafka_producev(producer, RD_KAFKA_V_RKT(o->topic),
                             RD_KAFKA_V_PARTITION(in->partition),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                             RD_KAFKA_V_VALUE(o->payload, o->size),
                             RD_KAFKA_V_KEY(in->key, in->key_len),
                             RD_KAFKA_V_HEADERS(h), RD_KAFKA_V_END))
        rd_kafka_poll(producer, 5);
}

int main(int argc, char **argv)
{
    if (argc < 7 || argc > 6 + MAX_OUTPUTS)
        die("usage", "limit BROKERS GROUP COUNT COMMIT_MS INPUT "
                     "OUTPUT[:BYTES[:HEADERS]]...");
    const char *brokers = argv[1], *group = argv[2], *input = argv[5];
    long want = atol(argv[3]);
    double commit_s = atof(argv[4]) / 1e3;
    char why[512], id[256];

    rd_kafka_conf_t *cc = rd_kafka_conf_new();
    set(cc, "bootstrap.servers", brokers);
    set(cc, "group.id", group);
    set(cc, "auto.offset.reset", "earliest");
    set(cc, "enable.auto.commit", "false");
    set(cc, "queued.min.messages", "200000");
    set(cc, "fetch.message.max.bytes", "8388608");
    rd_kafka_t *consumer = rd_kafka_new(RD_KAFKA_CONSUMER, cc, why, sizeof why);
    if (!consumer)
        die("consumer", why);
    rd_kafka_poll_set_consumer(consumer);

    rd_kafka_conf_t *pc = rd_kafka_conf_new();
    snprintf(id, sizeof id, "%s-limit", group);
    set(pc, "bootstrap.servers", brokers);
    set(pc, "transactional.id", id);
    set(pc, "linger.ms", "5");
    set(pc, "compression.type", "lz4");
    set(pc, "retry.backoff.ms", "10");
    set(pc, "queue.buffering.max.messages", "1000000");
    rd_kafka_conf_set_dr_msg_cb(pc, delivered);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, pc, why, sizeof why);
    if (!producer)
        die("producer", why);
    must("init_transactions", rd_kafka_init_transactions(producer, 30000));

    struct output outputs[MAX_OUTPUTS] = {0};
    int n_outputs = argc - 6;
    for (int i = 0; i < n_outputs; i++) {
        struct output *o = &outputs[i];
        int size = 200;
        sscanf(argv[6 + i], "%127[^:]:%d:%d", o->name, &size, &o->headers);
        o->size = (size_t)size;
        o->payload = malloc(o->size);
        for (size_t k = 0; k < o->size; k++)
            o->payload[k] = (char)(rand() % 64 + 32);
        o->topic = rd_kafka_topic_new(producer, o->name, NULL);
    }
    rd_kafka_topic_partition_list_t *topics =
        rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, input, RD_KAFKA_PARTITION_UA);
    if (rd_kafka_subscribe(consumer, topics))
        die("subscribe", input);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);

    static rd_kafka_message_t *batch[BATCH];
    long n = 0, txns = 0;
    double t0 = 0, c0 = 0, begun = 0;
    int open = 0;
    while (n < want) {
        ssize_t got =
            rd_kafka_consume_batch_queue(queue, open ? 5 : 10, batch, BATCH);
        for (ssize_t i = 0; i < got; i++) {
            rd_kafka_message_t *m = batch[i];
            if (!m->err) {
                if (!n) {
                    t0 = wall();
                    c0 = cpu();
                }
                if (!open) {
                    must("begin", rd_kafka_begin_transaction(producer));
                    open = 1;
                    begun = wall();
                }
                for (int k = 0; k < n_outputs; k++)
                    emit(producer, &outputs[k], m);
                n++;
            }
            rd_kafka_message_destroy(m);
        }
        rd_kafka_poll(producer, 0);
        if (open && (n >= want || (commit_s > 0 && wall() - begun > commit_s) ||
                     (commit_s <= 0 && got == 0))) {
            /* Safe only because nothing is in our hands here, and no rebalance
             * is expected in a benchmark. */
            rd_kafka_topic_partition_list_t *offsets = NULL;
            rd_kafka_assignment(consumer, &offsets);
            rd_kafka_position(consumer, offsets);
            rd_kafka_consumer_group_metadata_t *meta =
                rd_kafka_consumer_group_metadata(consumer);
            must("send_offsets", rd_kafka_send_offsets_to_transaction(
                                     producer, offsets, meta, 30000));
            rd_kafka_consumer_group_metadata_destroy(meta);
            rd_kafka_topic_partition_list_destroy(offsets);
            must("commit", rd_kafka_commit_transaction(producer, 30000));
            open = 0;
            txns++;
        }
    }
    double w = wall() - t0, c = cpu() - c0;
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    printf("records=%ld transactions=%ld wall_s=%.3f cpu_s=%.3f "
           "records_per_s=%.0f cpu_us_per_record=%.3f max_rss_mb=%.0f "
           "failed=%ld\n",
           n, txns, w, c, n / w, c / n * 1e6, r.ru_maxrss / 1024.0, failed);
    rd_kafka_consumer_close(consumer);
    return 0;
}
