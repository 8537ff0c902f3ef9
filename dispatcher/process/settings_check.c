/*
 * One small pure check for each kind of text, and the rules between settings.
 */
#include "settings_check.h"

#include "redis_address.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TOPIC_MAX = 249, ID_MAX = 200, HOST_MAX = 255 };

static_assert((int)SETTING_WHY_SIZE >= (int)REDIS_WHY_SIZE,
              "why it is refused fits");

static bool refuse(char *why, const char *text)
{
    snprintf(why, SETTING_WHY_SIZE, "%s", text);
    return false;
}

static bool has_control(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7f)
            return true;
    return false;
}

/* One of "host:port", with or without a protocol before it. */
static bool is_broker(const char *name, size_t size)
{
    const char *colon = memrchr(name, ':', size);
    char *end;
    long port;

    if (!colon || colon[1] == '/' || name[size - 1] == ']')
        return true; /* no port: librdkafka takes 9092 */
    if (colon == name || colon[1] < '0' || colon[1] > '9')
        return false;
    port = strtol(colon + 1, &end, 10);
    return end == name + size && port > 0 && port <= 65535;
}

/* librdkafka leaves out what it cannot read, and would wait for ever. */
bool check_brokers(const char *text, char *why)
{
    size_t n = 0;

    if (*text == '\0')
        return refuse(why, "must not be empty");
    for (; *text; text += *text == ',') {
        size_t blanks = strspn(text, " ");
        size_t size = strcspn(text + blanks, ", ");

        text += blanks;
        if (size > 0 && !is_broker(text, size))
            return refuse(why, "has a port that is no number from 1 to 65535");
        n += size > 0;
        text += size + strspn(text + size, " ");
    }
    return n > 0 || refuse(why, "names no broker; write host:port");
}

bool check_group_id(const char *text, char *why)
{
    if (*text == '\0')
        return refuse(why, "must not be empty");
    if (strlen(text) > ID_MAX)
        return refuse(why, "is longer than 200 bytes");
    return !has_control(text) || refuse(why, "holds a control character");
}

/* <group>/<instance>/<worker> identifies: with a slash in the instance, two
 * replicas of different groups could become the same producer. */
bool check_instance_id(const char *text, char *why)
{
    if (strchr(text, '/') != NULL)
        return refuse(why, "must not hold a slash");
    return check_group_id(text, why);
}

/* Kafka's own rule for names of topics (org.apache.kafka...Topic). */
static bool is_topic(const char *name, size_t size)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";

    if (size == 0 || size > TOPIC_MAX)
        return false;
    if ((size == 1 && name[0] == '.') ||
        (size == 2 && name[0] == '.' && name[1] == '.'))
        return false;
    return strspn(name, letters) >= size;
}

bool check_topic(const char *text, char *why)
{
    return is_topic(text, strlen(text)) ||
           refuse(why, "is no topic name: 1 to 249 of a-z, A-Z, 0-9, dot, "
                       "underscore and hyphen");
}

bool check_topic_list(const char *text, char *why)
{
    while (*text != '\0') {
        size_t size = strcspn(text, ",");
        if (!is_topic(text, size))
            return refuse(why, "must be topic names, separated by commas "
                               "without spaces");
        text += size;
        if (*text == ',' && *++text == '\0')
            return refuse(why, "ends in a comma");
    }
    return true;
}

bool check_redis_url(const char *text, char *why)
{
    struct redis_address address;

    if (!redis_address_parse(text, &address, why))
        return false;
    redis_address_deinit(&address);
    return true;
}

/* Names are resolved at the start, on the machine where it happens. */
static bool check_host(const char *host, size_t size, char *why)
{
    bool bracket = size > 0 && host[0] == '[';

    if (bracket != (size > 0 && host[size - 1] == ']'))
        return refuse(why, "has a bracket too few; write [::1]:9464");
    if (bracket && size == 2)
        return refuse(why, "has nothing in its brackets; write [::1]:9464");
    if (size > HOST_MAX)
        return refuse(why, "has a host of more than 255 bytes");
    if (strcspn(host, " \t*/") < size)
        return refuse(why, "has a host that cannot be one; for every address "
                           "write :9464");
    return true;
}

bool check_address(const char *text, char *why)
{
    const char *colon = strrchr(text, ':');
    char *end;

    if (colon == NULL || colon[1] < '0' || colon[1] > '9')
        return refuse(why, "must be host:port");
    if (strtol(colon + 1, &end, 10) > 65535 || *end != '\0')
        return refuse(why, "has a port that is no number from 0 to 65535");
    if (memchr(text, ':', (size_t)(colon - text)) != NULL &&
        (*text != '[' || colon[-1] != ']'))
        return refuse(why, "has an IPv6 address without brackets; write "
                           "[::1]:9464");
    return check_host(text, (size_t)(colon - text), why);
}

/* Whether a list of topics holds this one. */
static bool names_topic(const char *list, const char *topic)
{
    size_t size = strlen(topic);

    for (; *list != '\0'; list += *list == ',') {
        if (strcspn(list, ",") == size && strncmp(list, topic, size) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

/* What is read must not be what is written, nor two kinds in one topic. */
static bool topics_differ(const struct settings *cfg, FILE *err)
{
    const char *const topics[][2] = {
        {"topic.tickets", cfg->topic_tickets},
        {"topic.assignments", cfg->topic_assignments},
        {"topic.deadlines", cfg->topic_deadlines},
        {"topic.dead-letters", cfg->topic_dead_letters},
        {"topic.state", cfg->topic_state},
    };
    const size_t n = sizeof topics / sizeof *topics;
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        if (names_topic(cfg->topics_departments, topics[i][1])) {
            fprintf(err, "topics.departments names %s, which is %s\n",
                    topics[i][1], topics[i][0]);
            ok = false;
        }
        for (size_t j = i + 1; j < n; j++) {
            if (strcmp(topics[i][1], topics[j][1]) != 0)
                continue;
            fprintf(err,
                    "%s and %s are both %s; each needs a topic of its "
                    "own\n",
                    topics[i][0], topics[j][0], topics[i][1]);
            ok = false;
        }
    }
    return ok;
}

static long producer_number(const struct settings *cfg, const char *name,
                            long fallback)
{
    for (size_t i = cfg->n_kafka_properties; i > 0; i--) {
        const struct kafka_property *p = &cfg->kafka_properties[i - 1];
        if (p->scope != KAFKA_CONSUMER && strcmp(p->name, name) == 0)
            return strtol(p->value, NULL, 10);
    }
    return fallback;
}

/* A transaction that is open for as long as it may be is aborted by the
 * broker, for ever again. */
static bool transactions_fit(const struct settings *cfg, FILE *err)
{
    enum { DEFAULT_MS = 60000, TIMES = 3 };
    long timeout_ms =
        producer_number(cfg, "transaction.timeout.ms", DEFAULT_MS);

    if (timeout_ms >= TIMES * (long)cfg->commit_interval_ms)
        return true;
    fprintf(err,
            "kafka.producer.transaction.timeout.ms (%ld) must be at least "
            "%d times commit.interval.ms (%d)\n",
            timeout_ms, TIMES, cfg->commit_interval_ms);
    return false;
}

bool check_together(const struct settings *cfg, FILE *err)
{
    bool topics = topics_differ(cfg, err);
    bool transactions = transactions_fit(cfg, err);

    return topics && transactions;
}
