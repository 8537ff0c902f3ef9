/*
 * Every setting, once: name, type, field, default, bounds, help. The parser,
 * --help, --check and the test of docs/settings.md all read this table.
 */
#include "settings_table.h"

#include "settings_check.h"

#include <assert.h>
#include <string.h>

static const char *const switches[] = {"false", "true", NULL};
static const char *const headers[] = {"none", "cloudevents", NULL};
static const char *const languages[] = {"none", "en", "zh", NULL};
static const char *const memberships[] = {"dynamic", "static", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const formats[] = {"logfmt", "json", NULL};

#define FIELD(field) .offset = offsetof(struct settings, field)
#define TEXT(field, value, function)                                           \
    .type = SETTING_TEXT, FIELD(field), .fallback = (value), .check = (function)
#define NUMBER(field, value, least, most)                                      \
    .type = SETTING_NUMBER, FIELD(field), .fallback = (value), .min = (least), \
    .max = (most)
#define FLAG(field, value, words)                                              \
    .type = SETTING_FLAG, FIELD(field), .fallback = (value), .choices = (words)
#define CHOICE(field, value, words)                                            \
    .type = SETTING_CHOICE, FIELD(field), .fallback = (value),                 \
    .choices = (words)

static const struct setting table[] = {
    {"kafka.bootstrap.servers",
     TEXT(kafka_bootstrap_servers, "localhost:9092", check_brokers),
     .help = "Brokers to begin with: host:port, separated by commas."},
    {"group.id", TEXT(group_id, "dispatcher", check_group_id),
     .help = "The consumer group; replicas that share the work share it."},
    {"instance.id", TEXT(instance_id, NULL, check_instance_id),
     .help = "Tells this replica from the others of its group. With the "
             "group and the worker it gives the transactional id and the "
             "static member id, so it must stay the same over restarts. "
             "Two replicas on one host need two."},
    {"membership", FLAG(membership_static, "static", memberships),
     .help = "static: a restart within the session timeout moves no "
             "partitions; dynamic: the replica leaves the group when it "
             "stops."},
    {"workers", NUMBER(workers, "1", 1, 64),
     .help = "Threads that each own a consumer and a producer."},
    {"topic.tickets", TEXT(topic_tickets, "tickets", check_topic),
     .help = "Topic of TicketEvents, read."},
    {"topic.assignments", TEXT(topic_assignments, "assignments", check_topic),
     .help = "Topic of AssignmentEvents, written."},
    {"topic.deadlines", TEXT(topic_deadlines, "deadlines", check_topic),
     .help = "Topic of DeadlineEvents, written."},
    {"topic.dead-letters",
     TEXT(topic_dead_letters, "dead-letters", check_topic),
     .help = "Topic of records that could not be dispatched, written."},
    {"topic.state", TEXT(topic_state, "dispatcher-state", check_topic),
     .help = "Compacted topic of the tickets' state; for the dispatcher "
             "alone."},
    {"topics.departments", TEXT(topics_departments, "", check_topic_list),
     .help = "Topics that a department of the catalogue may name as its own, "
             "separated by commas."},
    {"topics.create", FLAG(topics_create, "false", switches),
     .help = "Create topics that are missing, at start."},
    {"topics.partitions", NUMBER(topics_partitions, "6", 1, 10000),
     .help = "Partitions of topics that are created."},
    {"topics.replication", NUMBER(topics_replication, "-1", -1, 100),
     .help = "Replicas of topics that are created; -1: as the broker does by "
             "default."},
    {"redis.url", TEXT(redis_url, "redis://localhost:6379", check_redis_url),
     .help = "Where the catalogue is: redis://user:password@host:port/db, "
             "rediss:// for TLS, unix:///path, or, to follow the master of a "
             "service, sentinel://user:password@host:port,host:port/service/db "
             "(the login is that of Redis; ?sentinel=user:password at the end "
             "is the Sentinels' own)."},
    {"redis.prefix", TEXT(redis_prefix, "dispatch:", NULL),
     .help = "What the catalogue's keys begin with."},
    {"catalogue.cache", TEXT(catalogue_cache, "", NULL),
     .help = "File that keeps the last good catalogue, for a start without "
             "Redis; empty: none."},
    {"http.listen", TEXT(http_listen, "127.0.0.1:9464", check_address),
     .help = "host:port of /metrics, /livez, /readyz, /status.json and "
             "/explain; port 0 takes a free one, which the log names."},
    {"commit.interval.ms", NUMBER(commit_interval_ms, "100", 1, 10000),
     .help = "Longest time that a transaction stays open, in milliseconds."},
    {"commit.max.records", NUMBER(commit_max_records, "10000", 1, 1000000),
     .help = "Most input records in one transaction."},
    {"events.headers", FLAG(events_headers, "cloudevents", headers),
     .help = "CloudEvents headers on what is written, or none."},
    {"events.explanation", CHOICE(events_explanation, "none", languages),
     .help = "Language in which DeadlineEvents say why a deadline is due when "
             "it is: en English, zh Chinese."},
    {"input.max.bytes", .type = SETTING_SIZE, FIELD(input_max_bytes),
     .fallback = "256 KiB", .min = 1024, .max = 64 * 1024 * 1024,
     .help = "Largest record value that is accepted; larger ones are dead "
             "letters."},
    {"state.closed.retention", .type = SETTING_TIME,
     FIELD(state_closed_retention_ms), .fallback = "14d", .min = 0,
     .max = 24 * 3660,
     .help = "For how long a ticket is remembered after its end; at least as "
             "long as the topic of tickets keeps its records."},
    {"watchdog.ms", NUMBER(watchdog_ms, "90000", 1000, 3600000),
     .help = "A call that takes longer, in milliseconds, ends the process."},
    {"log.level", CHOICE(log_level, "info", levels),
     .help = "Least important lines that are written."},
    {"log.format", CHOICE(log_format, "logfmt", formats),
     .help = "Form of the lines on standard error."},
};

size_t settings_count(void)
{
    return sizeof table / sizeof *table;
}

const struct setting *setting_at(size_t i)
{
    assert(i < settings_count());
    return &table[i];
}

const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < settings_count(); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}
