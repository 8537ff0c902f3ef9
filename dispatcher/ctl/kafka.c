/*
 * librdkafka for a person at a terminal: each trouble once, in one line.
 */
#include "ctl_kafka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METADATA_TIMEOUT_MS = 10000, WHY_SIZE = 512 };

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    /* A second one ends the process as usual. */
    stopped = 1;
    signal(signal_number, SIG_DFL);
}

void ctl_catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &(struct sigaction){.sa_handler = stop}, NULL);
}

bool ctl_stopped(void)
{
    return stopped != 0;
}

/* librdkafka tries again by itself; a person needs to know only that it has
 * to. It repeats itself for each connection and each try. */
static void report_error(rd_kafka_t *rk, int code, const char *reason,
                         void *opaque)
{
    static bool said;
    (void)rk;
    (void)opaque;
    if (said && code != RD_KAFKA_RESP_ERR__FATAL)
        return;
    said = true;
    fprintf(stderr, "dispatchctl: Kafka: %s\n", reason);
}

static void drop_log(const rd_kafka_t *rk, int level, const char *facility,
                     const char *text)
{
    /* The same is told to report_error, or by the call that failed. */
    (void)rk;
    (void)level;
    (void)facility;
    (void)text;
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[WHY_SIZE];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) ==
        RD_KAFKA_CONF_OK)
        return true;
    fprintf(stderr, "dispatchctl: %s\n", why);
    return false;
}

static bool set_property(rd_kafka_conf_t *conf, const char *text)
{
    char name[128];
    const char *equals = strchr(text, '=');
    size_t size = equals != NULL ? (size_t)(equals - text) : 0;

    if (size == 0 || size >= sizeof name) {
        fprintf(stderr, "dispatchctl: -X %s: must be NAME=VALUE\n", text);
        return false;
    }
    memcpy(name, text, size);
    name[size] = '\0';
    return set(conf, name, equals + 1);
}

static const char *brokers_of(const struct ctl_kafka *options)
{
    if (options->brokers != NULL)
        return options->brokers;
    const char *environment = getenv("DISPATCHER_KAFKA_BOOTSTRAP_SERVERS");
    bool is_set = environment != NULL && environment[0] != '\0';
    return is_set ? environment : "127.0.0.1:9092";
}

static bool configure(rd_kafka_conf_t *conf, const struct ctl_kafka *options,
                      const struct ctl_kafka_default *defaults, size_t n)
{
    if (!set(conf, "client.id", "dispatchctl") ||
        !set(conf, "socket.nagle.disable", "true") ||
        !set(conf, "bootstrap.servers", brokers_of(options)))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!set(conf, defaults[i].name, defaults[i].value))
            return false;
    for (size_t i = 0; i < options->properties.n; i++)
        if (!set_property(conf, options->properties.items[i]))
            return false;
    return true;
}

rd_kafka_t *ctl_kafka_client(const struct ctl_kafka *options,
                             rd_kafka_type_t type,
                             const struct ctl_kafka_default *defaults, size_t n,
                             void (*prepare)(rd_kafka_conf_t *conf))
{
    char why[WHY_SIZE];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();

    rd_kafka_conf_set_error_cb(conf, report_error);
    rd_kafka_conf_set_log_cb(conf, drop_log);
    if (prepare != NULL)
        prepare(conf);
    if (!configure(conf, options, defaults, n)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        fprintf(stderr, "dispatchctl: Kafka: %s\n", why);
    }
    return rk; /* which owns conf now */
}

bool ctl_kafka_is_hopeless(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           err == RD_KAFKA_RESP_ERR__FATAL;
}

static int32_t count_partitions(const struct rd_kafka_metadata *metadata,
                                const char *topic)
{
    for (int i = 0; i < metadata->topic_cnt; i++)
        if (strcmp(metadata->topics[i].topic, topic) == 0)
            return metadata->topics[i].partition_cnt;
    return 0;
}

int32_t ctl_kafka_find_partitions(rd_kafka_t *rk, const char *topic)
{
    const struct rd_kafka_metadata *metadata;
    /* All topics: to ask for one by name would have a broker create it. */
    rd_kafka_resp_err_t err =
        rd_kafka_metadata(rk, 1, NULL, &metadata, METADATA_TIMEOUT_MS);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_poll(rk, 0); /* lets report_error say more */
        fprintf(stderr,
                "dispatchctl: no broker answered within %d s (%s); start it, "
                "or say with --brokers where it is\n",
                METADATA_TIMEOUT_MS / 1000, rd_kafka_err2str(err));
        return -1;
    }
    int32_t n = count_partitions(metadata, topic);
    rd_kafka_metadata_destroy(metadata);
    return n;
}

int32_t ctl_kafka_partitions(rd_kafka_t *rk, const char *topic)
{
    int32_t n = ctl_kafka_find_partitions(rk, topic);

    if (n == 0)
        fprintf(stderr,
                "dispatchctl: there is no topic %s, or no right to see it; "
                "create it, or start the dispatcher with topics.create=true\n",
                topic);
    return n > 0 ? n : 0;
}
