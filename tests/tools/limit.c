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
#include <stdbool.h>
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

/* One run. Times are seconds. */
struct run {
    rd_kafka_t *consumer;
    rd_kafka_t *producer;
    struct output outputs[MAX_OUTPUTS];
    int n_outputs;
    long want; /* records */
    double commit_s;
    long n;
    long transactions;
    bool open;        /* a transaction */
    double begun;     /* the transaction */
    double wall, cpu; /* at the first record */
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

static rd_kafka_t *new_consumer(const char *brokers, const char *group)
{
    char why[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "group.id", group);
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "enable.auto.commit", "false");
    set(conf, "queued.min.messages", "200000");
    set(conf, "fetch.message.max.bytes", "8388608");
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!rk)
        die("consumer", why);
    rd_kafka_poll_set_consumer(rk);
    return rk;
}

static rd_kafka_t *new_producer(const char *brokers, const char *group)
{
    char why[512], id[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    snprintf(id, sizeof id, "%s-limit", group);
    set(conf, "bootstrap.servers", brokers);
    set(conf, "transactional.id", id);
    set(conf, "linger.ms", "5");
    set(conf, "compression.type", "lz4");
    set(conf, "retry.backoff.ms", "10");
    set(conf, "queue.buffering.max.messages", "1000000");
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (!rk)
        die("producer", why);
    must("init_transactions", rd_kafka_init_transactions(rk, 30000));
    return rk;
}

/* "NAME[:BYTES[:HEADERS]]" */
static void add_output(struct run *run, const char *text)
{
    struct output *o = &run->outputs[run->n_outputs++];
    int size = 200;
    sscanf(text, "%127[^:]:%d:%d", o->name, &size, &o->headers);
    o->size = (size_t)size;
    o->payload = malloc(o->size);
    for (size_t k = 0; k < o->size; k++)
        o->payload[k] = (char)(rand() % 64 + 32);
    o->topic = rd_kafka_topic_new(run->producer, o->name, NULL);
}

static void subscribe(rd_kafka_t *consumer, const char *input)
{
    rd_kafka_topic_partition_list_t *topics =
        rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, input, RD_KAFKA_PARTITION_UA);
    if (rd_kafka_subscribe(consumer, topics))
        die("subscribe", input);
    rd_kafka_topic_partition_list_destroy(topics);
}

static void take(struct run *run, const rd_kafka_message_t *msg)
{
    if (run->n++ == 0) {
        run->wall = wall();
        run->cpu = cpu();
    }
    if (!run->open) {
        must("begin", rd_kafka_begin_transaction(run->producer));
        run->open = true;
        run->begun = wall();
    }
    for (int k = 0; k < run->n_outputs; k++)
        emit(run->producer, &run->outputs[k], msg);
}

static bool must_commit(const struct run *run, bool idle)
{
    if (!run->open)
        return false;
    if (run->n >= run->want)
        return true;
    return run->commit_s > 0 ? wall() - run->begun > run->commit_s : idle;
}

/* Safe only because nothing is in our hands here, and no rebalance is expected
 * in a benchmark. */
static void commit(struct run *run)
{
    rd_kafka_topic_partition_list_t *offsets = NULL;
    rd_kafka_assignment(run->consumer, &offsets);
    rd_kafka_position(run->consumer, offsets);
    rd_kafka_consumer_group_metadata_t *group =
        rd_kafka_consumer_group_metadata(run->consumer);
    must("send_offsets", rd_kafka_send_offsets_to_transaction(
                             run->producer, offsets, group, 30000));
    rd_kafka_consumer_group_metadata_destroy(group);
    rd_kafka_topic_partition_list_destroy(offsets);
    must("commit", rd_kafka_commit_transaction(run->producer, 30000));
    run->open = false;
    run->transactions++;
}

static void work(struct run *run)
{
    static rd_kafka_message_t *batch[BATCH];
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(run->consumer);
    while (run->n < run->want) {
        ssize_t got = rd_kafka_consume_batch_queue(queue, run->open ? 5 : 10,
                                                   batch, BATCH);
        for (ssize_t i = 0; i < got; i++) {
            if (!batch[i]->err)
                take(run, batch[i]);
            rd_kafka_message_destroy(batch[i]);
        }
        rd_kafka_poll(run->producer, 0);
        if (must_commit(run, got == 0))
            commit(run);
    }
    rd_kafka_queue_destroy(queue);
}

static void print(const struct run *run)
{
    double w = wall() - run->wall, c = cpu() - run->cpu;
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    printf("records=%ld transactions=%ld wall_s=%.3f cpu_s=%.3f "
           "records_per_s=%.0f cpu_us_per_record=%.3f max_rss_mb=%.0f "
           "failed=%ld\n",
           run->n, run->transactions, w, c, run->n / w, c / run->n * 1e6,
           r.ru_maxrss / 1024.0, failed);
}

int main(int argc, char **argv)
{
    if (argc < 7 || argc > 6 + MAX_OUTPUTS)
        die("usage", "limit BROKERS GROUP COUNT COMMIT_MS INPUT "
                     "OUTPUT[:BYTES[:HEADERS]]...");
    struct run run = {
        .consumer = new_consumer(argv[1], argv[2]),
        .producer = new_producer(argv[1], argv[2]),
        .want = strtol(argv[3], NULL, 10),
        .commit_s = strtod(argv[4], NULL) / 1e3,
    };
    for (int i = 6; i < argc; i++)
        add_output(&run, argv[i]);
    subscribe(run.consumer, argv[5]);
    work(&run);
    print(&run);
    rd_kafka_consumer_close(run.consumer);
    return 0;
}
