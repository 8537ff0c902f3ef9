/*
 * librdkafka knows best which properties it has: names and values are tried
 * on a scratch configuration, and the side of each is read from the list that
 * the library prints about itself.
 */
#include "kafka_properties.h"

#include "suggest.h"

#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* Properties that are not the user's, and what to say to who sets one. */
static const struct {
    const char *name;
    const char *reason;
} refused[] = {
    {"isolation.level", "only committed tickets may be read; it is always "
                        "read_committed"},
    {"enable.auto.commit", "offsets are committed with the events, in one "
                           "transaction"},
    {"auto.commit.enable", "offsets are committed with the events, in one "
                           "transaction"},
    {"auto.commit.interval.ms", "offsets are committed with the events, in "
                                "one transaction; see commit.interval.ms"},
    {"enable.auto.offset.store", "offsets are committed with the events, in "
                                 "one transaction"},
    {"offset.store.method", "offsets are kept in Kafka, with the events"},
    {"auto.offset.reset", "an offset that is gone is for an operator to "
                          "decide; a new group begins at the beginning"},
    {"enable.partition.eof", "the dispatcher needs it to know when it is "
                             "idle"},
    {"group.id", "it identifies the service; use the setting group.id"},
    {"group.instance.id", "it identifies the worker; use the settings "
                          "instance.id and membership"},
    {"group.protocol", "the worker is written for the classic protocol"},
    {"transactional.id", "it identifies the worker; use the settings "
                         "group.id and instance.id"},
    {"enable.idempotence", "transactions need it; it is always true"},
    {"acks", "transactions need all replicas; it is always all"},
    {"request.required.acks", "transactions need all replicas; it is always "
                              "all"},
    {"max.in.flight", "more than 5 would break the order; it is set to fit"},
    {"max.in.flight.requests.per.connection",
     "more than 5 would break the order; it is set to fit"},
    {"queuing.strategy", "the events of a ticket must stay in order"},
    {"partitioner", "events go to the partition of their ticket id by "
                    "murmur2, as Java's clients do it"},
    {"partitioner_cb", "events go to the partition of their ticket id"},
    {"partition.assignment.strategy",
     "a transaction must end before a partition moves, so it is always "
     "range; cooperative strategies lose that"},
    {"message.max.bytes", "it is taken from max.message.bytes of the topics "
                          "that are written"},
    {"delivery.report.only.error", "without all reports each commit waits"},
    {"allow.auto.create.topics", "a misspelt topic would come into being; "
                                 "use topics.create"},
    {"bootstrap.servers", "both clients need the same; use "
                          "kafka.bootstrap.servers"},
    {"metadata.broker.list", "use kafka.bootstrap.servers"},
    {"log.queue", "librdkafka's log would be lost"},
    {"enabled_events", "the dispatcher chooses its events"},
    {"test.mock.num.brokers", "a mock broker forgets transactions"},
};

/* Parts of the names whose values are secret. */
static const char *const secret_parts[] = {"password", "secret", "ssl.key.pem",
                                           "oauthbearer.config"};

/* What librdkafka prints about itself: "name | C/P | range | ...". */
static char *listing;

static void make_listing(void)
{
    size_t size;
    FILE *out = open_memstream(&listing, &size);

    if (out == NULL)
        return;
    rd_kafka_conf_properties_show(out);
    fclose(out);
}

static const char *get_listing(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_listing);
    return listing != NULL ? listing : "";
}

bool kafka_property_exists(const char *name)
{
    char why[8];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool exists = rd_kafka_conf_set(conf, name, NULL, why, sizeof why) !=
                  RD_KAFKA_CONF_UNKNOWN;

    rd_kafka_conf_destroy(conf);
    return exists;
}

/* One line of the listing: name and side; false when it is no property. */
static bool parse_line(const char *line, char name[64], char side[8])
{
    return sscanf(line, "%63[a-z0-9._] | %7[CP*/] |", name, side) == 2;
}

static void refuse_unknown(const char *property, char *why, size_t size)
{
    static char names[512][64];
    char side[8], text[SUGGEST_TEXT_SIZE];
    struct suggest nearest;
    size_t n = 0;

    suggest_begin(&nearest, property);
    for (const char *line = get_listing(); line != NULL && n < 512;
         line = strchr(line, '\n')) {
        line += *line == '\n';
        if (parse_line(line, names[n], side))
            suggest_consider(&nearest, names[n++]);
    }
    snprintf(why, size, "librdkafka has no such property%s",
             suggest_text(&nearest, text));
}

bool kafka_property_check(const char *name, const char *value, char *why,
                          size_t size)
{
    char text[256];

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (strcmp(refused[i].name, name) != 0)
            continue;
        snprintf(why, size, "may not be set: %s", refused[i].reason);
        return false;
    }
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t result =
        rd_kafka_conf_set(conf, name, value, text, sizeof text);
    rd_kafka_conf_destroy(conf);
    if (result == RD_KAFKA_CONF_OK)
        return true;
    if (result == RD_KAFKA_CONF_UNKNOWN)
        refuse_unknown(name, why, size);
    else
        snprintf(why, size, "%s", text);
    return false;
}

enum kafka_scope kafka_property_scope(const char *name)
{
    char known[64], side[8];

    for (const char *line = get_listing(); line != NULL;
         line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!parse_line(line, known, side) || strcmp(known, name) != 0)
            continue;
        if (strcmp(side, "C") == 0)
            return KAFKA_CONSUMER;
        return strcmp(side, "P") == 0 ? KAFKA_PRODUCER : KAFKA_BOTH;
    }
    return KAFKA_BOTH;
}

bool kafka_property_is_secret(const char *name)
{
    const size_t n = sizeof secret_parts / sizeof *secret_parts;

    for (size_t i = 0; i < n; i++)
        if (strstr(name, secret_parts[i]) != NULL)
            return true;
    return false;
}

const char *kafka_library_version(void)
{
    return rd_kafka_version_str();
}
