/*
 * Settings: sources and their order, values, refusals, secrets.
 */
#include "settings.h"

#include "kafka_properties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_ARGUMENTS = 16 };

/* One reading, with everything it said. */
struct result {
    struct settings cfg;
    struct settings_args args;
    enum status status;
    char *errors;
    size_t size;
};

/* Reads with these arguments, ending in NULL. */
static void read_with(struct result *r, const char *const *arguments)
{
    char *argv[MAX_ARGUMENTS] = {(char *)(uintptr_t) "dispatcher"};
    int argc = 1;

    while (arguments[argc - 1] != NULL) {
        argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
        argc++;
    }
    *r = (struct result){0};
    FILE *err = open_memstream(&r->errors, &r->size);
    r->status = settings_read(&r->cfg, &r->args, argc, argv, err);
    fclose(err);
}

#define READ(r, ...) read_with(r, (const char *const[]){__VA_ARGS__, NULL})

static void done(struct result *r)
{
    settings_deinit(&r->cfg);
    free(r->errors);
}

/* A file with this text; its name. */
static const char *file_with(const char *text)
{
    static char path[] = "/tmp/settings-XXXXXX";

    strcpy(path, "/tmp/settings-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

/* The settings as --check prints them. */
static char *printed(const struct settings *cfg)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    settings_print(cfg, out);
    fclose(out);
    return text;
}

static void defaults_are_those_of_the_contract(void **state)
{
    (void)state;
    struct result r;

    READ(&r, NULL);
    assert_int_equal(r.status, STATUS_OK);
    assert_string_equal(r.errors, "");
    assert_string_equal(r.cfg.group_id, "dispatcher");
    assert_string_equal(r.cfg.topic_tickets, "tickets");
    assert_string_equal(r.cfg.topic_assignments, "assignments");
    assert_string_equal(r.cfg.topic_deadlines, "deadlines");
    assert_string_equal(r.cfg.topic_dead_letters, "dead-letters");
    assert_string_equal(r.cfg.topic_state, "dispatcher-state");
    assert_string_equal(r.cfg.redis_prefix, "dispatch:");
    assert_string_equal(r.cfg.http_listen, "127.0.0.1:9464");
    assert_string_equal(r.cfg.catalogue_cache, "");
    assert_string_equal(r.cfg.topics_departments, "");
    assert_int_equal(r.cfg.commit_interval_ms, 100);
    assert_int_equal(r.cfg.commit_max_records, 10000);
    assert_int_equal(r.cfg.input_max_bytes, 256 * 1024);
    assert_int_equal(r.cfg.workers, 1);
    assert_int_equal(r.cfg.topics_partitions, 6);
    assert_int_equal(r.cfg.topics_replication, -1);
    assert_int_equal(r.cfg.watchdog_ms, 90000);
    assert_false(r.cfg.topics_create);
    assert_true(r.cfg.events_headers);
    assert_int_equal(r.cfg.events_explanation, CALENDAR_NO_WORDS);
    assert_true(r.cfg.membership_static);
    assert_int_equal(r.cfg.log_level, LOG_LEVEL_INFO);
    assert_int_equal(r.cfg.log_format, LOG_FORMAT_LOGFMT);
    done(&r);
}

static void the_instance_is_the_host_by_default(void **state)
{
    (void)state;
    char host[256] = "";
    struct result r;

    gethostname(host, sizeof host - 1);
    READ(&r, NULL);
    assert_string_equal(r.cfg.instance_id, host);
    done(&r);
}

static void a_later_source_overrides_an_earlier_one(void **state)
{
    (void)state;
    struct result r;
    const char *path = file_with("workers = 2\n"
                                 "commit.interval.ms=20\n"
                                 "group.id =  from file  \n");

    setenv("DISPATCHER_COMMIT_INTERVAL_MS", "30", 1);
    setenv("DISPATCHER_GROUP_ID", "from environment", 1);
    READ(&r, "-c", path, "--set", "group.id=from command line");
    unsetenv("DISPATCHER_COMMIT_INTERVAL_MS");
    unsetenv("DISPATCHER_GROUP_ID");
    unlink(path);
    assert_int_equal(r.status, STATUS_OK);
    assert_int_equal(r.cfg.workers, 2);
    assert_int_equal(r.cfg.commit_interval_ms, 30);
    assert_string_equal(r.cfg.group_id, "from command line");
    done(&r);
}

static void a_file_may_have_comments_blanks_and_long_values(void **state)
{
    (void)state;
    static char text[6000];
    struct result r;

    strcpy(text, "# comment\n\n  ; comment too\r\n\tworkers\t=\t3\r\n"
                 "kafka.sasl.password = a ; b # c = d\n"
                 "kafka.bootstrap.servers = ");
    for (int i = 0; i < 100; i++)
        strcat(text, "broker.of.a.long.name.example.com:9092,");
    strcat(text, "last:9092"); /* and no newline at the end */
    const char *path = file_with(text);
    READ(&r, "-c", path);
    unlink(path);
    assert_int_equal(r.status, STATUS_OK);
    assert_int_equal(r.cfg.workers, 3);
    assert_string_equal(r.cfg.kafka_properties[0].value, "a ; b # c = d");
    assert_int_equal(strlen(r.cfg.kafka_bootstrap_servers),
                     100 * strlen("broker.of.a.long.name.example.com:9092,") +
                         strlen("last:9092"));
    done(&r);
}

static void mistakes_in_a_file_are_all_told_with_their_line(void **state)
{
    (void)state;
    struct result r;
    char expected[256];
    const char *path = file_with("workers = 2\n"
                                 "[redis]\n"
                                 "nonsense\n"
                                 "redis.ulr = redis://h\n"
                                 "workers = many\n");

    READ(&r, "-c", path);
    assert_int_equal(r.status, STATUS_REJECT);
    assert_false(r.args.usage);
    static const char *const messages[] = {
        ":2: sections are not used",
        ":3: expected name = value",
        ":4: redis.ulr: no such setting; did you mean redis.url?",
        ":5: workers: \"many\" is not a whole number from 1 to 64",
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        snprintf(expected, sizeof expected, "%s%s", path, messages[i]);
        assert_non_null(strstr(r.errors, expected));
    }
    unlink(path);
    done(&r);
}

static void a_file_with_a_nul_is_refused_and_not_read_in_part(void **state)
{
    (void)state;
    static const char text[] = "workers = 2\0garbage\n";
    const char *path = file_with("");
    FILE *file = fopen(path, "wb");
    struct result r;

    assert_int_equal(fwrite(text, sizeof text - 1, 1, file), 1);
    fclose(file);
    READ(&r, "-c", path);
    assert_int_equal(r.status, STATUS_REJECT);
    assert_non_null(strstr(r.errors, ":1: holds a NUL"));
    done(&r);
    unlink(path);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "-c", "/nowhere/dispatcher.conf");
    assert_int_equal(r.status, STATUS_REJECT);
    assert_string_equal(r.errors, "/nowhere/dispatcher.conf: No such file or "
                                  "directory\n");
    done(&r);
    READ(&r, "-c", "/tmp");
    assert_int_equal(r.status, STATUS_REJECT);
    done(&r);
}

/* NAME=VALUE, and what it is refused with; NULL: accepted. */
struct value_case {
    const char *assignment;
    const char *message;
};

static void check_values(const struct value_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct result r;
        READ(&r, "--set", cases[i].assignment);
        bool ok = cases[i].message == NULL
                      ? r.status == STATUS_OK && *r.errors == '\0'
                      : r.status == STATUS_REJECT &&
                            strstr(r.errors, cases[i].message) != NULL;
        if (!ok)
            print_error("%s: %s\n", cases[i].assignment, r.errors);
        assert_true(ok);
        done(&r);
    }
}

#define CHECK_VALUES(cases) check_values(cases, sizeof(cases) / sizeof *(cases))

static void values_are_checked_against_their_bounds(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"workers=1", NULL},
        {"workers=64", NULL},
        {"workers=0", "from 1 to 64"},
        {"workers=65", "from 1 to 64"},
        {"workers=", "from 1 to 64"},
        {"workers= 1", "from 1 to 64"},
        {"workers=1x", "from 1 to 64"},
        {"workers=+1", "from 1 to 64"},
        {"workers=99999999999999999999", "from 1 to 64"},
        {"topics.replication=-1", NULL},
        {"topics.replication=-2", "from -1 to 100"},
        {"topics.create=true", NULL},
        {"topics.create=yes", "is not false or true"},
        {"events.headers=none", NULL},
        {"events.explanation=zh", NULL},
        {"events.explanation=de", "is not none, en or zh"},
        {"events.headers=", "is not none or cloudevents"},
        {"membership=dynamic", NULL},
        {"log.level=debug", NULL},
        {"log.level=DEBUG", "is not error, warn, info or debug"},
        {"log.format=json", NULL},
        {"input.max.bytes=1024", NULL},
        {"input.max.bytes=1 MiB", NULL},
        {"input.max.bytes=512KiB", NULL},
        {"input.max.bytes=1023", "from 1 KiB to 64 MiB"},
        {"input.max.bytes=65 MiB", "from 1 KiB to 64 MiB"},
        {"input.max.bytes=1 kB", "from 1 KiB to 64 MiB"},
        {"input.max.bytes=9223372036854775807 MiB", "from 1 KiB to 64 MiB"},
        {"input.max.bytes=-1", "from 1 KiB to 64 MiB"},
    };

    CHECK_VALUES(cases);
}

static void names_of_outside_things_are_checked(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"kafka.bootstrap.servers=", "must not be empty"},
        {"kafka.bootstrap.servers=,", "names no broker"},
        {"kafka.bootstrap.servers= ", "names no broker"},
        {"kafka.bootstrap.servers=a:1, b,SSL://c:2,[::1],[::1]:3,", NULL},
        {"kafka.bootstrap.servers=a:99999", "1 to 65535"},
        {"kafka.bootstrap.servers=a:1,b:x", "1 to 65535"},
        {"group.id=", "must not be empty"},
        {"group.id=a/b", NULL},
        {"group.id=a\nb", "control character"},
        {"instance.id=", "must not be empty"},
        {"instance.id=a/b", "must not hold a slash"},
        {"topic.tickets=city.tickets_1-a", NULL},
        {"topic.tickets=", "is no topic name"},
        {"topic.tickets=..", "is no topic name"},
        {"topic.tickets=ti ckets", "is no topic name"},
        {"topics.departments=a,b", NULL},
        {"topics.departments=a,", "ends in a comma"},
        {"topics.departments=a, b", "without spaces"},
        {"topics.departments=,a", "without spaces"},
        {"redis.url=redis://u:p@h:1/2", NULL},
        {"redis.url=unix:///run/redis.sock", NULL},
        {"redis.url=http://h", "must be redis://"},
        {"redis.url=redis://", NULL},
        {"redis.url=redis://::::", "the port is no number"},
        {"redis.url=redis://h/first", "the database is no number"},
        {"redis.url=unix://run/redis.sock", "unix:///path"},
        {"redis.url=sentinel://h", "the name of the service must follow"},
        {"http.listen=127.0.0.1:0", NULL},
        {"http.listen=:9464", NULL},
        {"http.listen=[::1]:9464", NULL},
        {"http.listen=::1:9464", "without brackets"},
        {"http.listen=localhost", "must be host:port"},
        {"http.listen=[]:1", "nothing in its brackets"},
        {"http.listen=[1.2.3.4:1", "a bracket too few"},
        {"http.listen=a b:1", "cannot be one"},
        {"http.listen=*:1", "for every address"},
        {"http.listen=h:", "must be host:port"},
        {"http.listen=h:-1", "must be host:port"},
        {"http.listen=h:65536", "0 to 65535"},
        {"http.listen=h:9464x", "0 to 65535"},
        {"topic.state=tickets",
         "topic.tickets and topic.state are both tickets"},
        {"kafka.transaction.timeout.ms=1000", NULL},
        {"kafka.producer.transaction.timeout.ms=250", "outside allowed range"},
    };

    CHECK_VALUES(cases);
}

static void properties_that_break_a_guarantee_are_refused(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"kafka.isolation.level=read_uncommitted", "may not be set: only"},
        {"kafka.consumer.isolation.level=read_committed", "may not be set"},
        {"kafka.enable.auto.commit=true", "may not be set: offsets"},
        {"kafka.consumer.auto.commit.enable=true", "may not be set"},
        {"kafka.enable.auto.offset.store=true", "may not be set"},
        {"kafka.auto.offset.reset=latest", "may not be set"},
        {"kafka.group.id=x", "use the setting group.id"},
        {"kafka.group.instance.id=x", "instance.id"},
        {"kafka.producer.transactional.id=x", "instance.id"},
        {"kafka.enable.idempotence=false", "may not be set"},
        {"kafka.acks=1", "may not be set"},
        {"kafka.request.required.acks=1", "may not be set"},
        {"kafka.max.in.flight=100", "may not be set"},
        {"kafka.partition.assignment.strategy=cooperative-sticky",
         "always range"},
        {"kafka.consumer.bootstrap.servers=h", "kafka.bootstrap.servers"},
        {"kafka.message.max.bytes=5000", "max.message.bytes"},
        {"kafka.metadata.broker.list=h", "kafka.bootstrap.servers"},
        {"kafka.dr_msg_cb=x", "must be set through"},
        {"kafka.linger.mss=5", "did you mean linger.ms?"},
        {"kafka.linger.ms=often", "Invalid value"},
        {"kafka.=5", "no such property"},
        {"kafka.consumer.=5", "no such property"},
        {"kafka.linger.ms=5", NULL},
        {"kafka.producer.compression.type=zstd", NULL},
        {"kafka.security.protocol=SASL_SSL", NULL},
        {"kafka.session.timeout.ms=10000", NULL},
    };

    CHECK_VALUES(cases);
}

static void a_department_has_no_topic_of_ours(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "topics.departments=a,tickets");
    assert_int_equal(r.status, STATUS_REJECT);
    assert_string_equal(
        r.errors, "topics.departments names tickets, which is topic.tickets\n");
    done(&r);
    READ(&r, "--set", "topics.departments=ticket,tickets2,a");
    assert_int_equal(r.status, STATUS_OK);
    done(&r);
}

static void transactions_must_outlast_their_interval(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "commit.interval.ms=5000", "--set",
         "kafka.transaction.timeout.ms=14999");
    assert_int_equal(r.status, STATUS_REJECT);
    assert_non_null(strstr(r.errors, "at least 3 times"));
    done(&r);
    READ(&r, "--set", "commit.interval.ms=5000", "--set",
         "kafka.transaction.timeout.ms=15000");
    assert_int_equal(r.status, STATUS_OK);
    done(&r);
}

static void properties_come_from_the_environment_too(void **state)
{
    (void)state;
    struct result r;

    setenv("DISPATCHER_KAFKA_SASL_PASSWORD", "secret", 1);
    setenv("DISPATCHER_KAFKA_CONSUMER_FETCH_MIN_BYTES", "7", 1);
    setenv("DISPATCHER_KAFKA_LOG_LEVEL", "3", 1);
    READ(&r, NULL);
    unsetenv("DISPATCHER_KAFKA_SASL_PASSWORD");
    unsetenv("DISPATCHER_KAFKA_CONSUMER_FETCH_MIN_BYTES");
    unsetenv("DISPATCHER_KAFKA_LOG_LEVEL");
    assert_int_equal(r.status, STATUS_OK);
    char *text = printed(&r.cfg);
    assert_non_null(strstr(text, "\nkafka.sasl.password = ***\n"));
    assert_non_null(strstr(text, "\nkafka.consumer.fetch.min.bytes = 7\n"));
    assert_non_null(strstr(text, "\nkafka.log_level = 3\n"));
    free(text);
    done(&r);
}

static void
an_unknown_variable_is_an_error_unless_kubernetes_set_it(void **state)
{
    (void)state;
    struct result r;

    setenv("DISPATCHER_SERVICE_HOST", "10.0.0.1", 1);
    setenv("DISPATCHER_SERVICE_PORT_METRICS", "9464", 1);
    setenv("DISPATCHER_PORT", "tcp://10.0.0.1:9464", 1);
    setenv("DISPATCHER_PORT_9464_TCP_ADDR", "10.0.0.1", 1);
    setenv("DISPATCHER_WORKERS", "",
           1); /* as compose passes on what is unset */
    READ(&r, NULL);
    assert_int_equal(r.status, STATUS_OK);
    done(&r);
    setenv("DISPATCHER_REDIS_URI", "redis://h", 1);
    READ(&r, NULL);
    assert_int_equal(r.status, STATUS_REJECT);
    assert_string_equal(r.errors, "DISPATCHER_REDIS_URI: no such setting; did "
                                  "you mean DISPATCHER_REDIS_URL?\n");
    done(&r);
    unsetenv("DISPATCHER_SERVICE_HOST");
    unsetenv("DISPATCHER_SERVICE_PORT_METRICS");
    unsetenv("DISPATCHER_PORT");
    unsetenv("DISPATCHER_PORT_9464_TCP_ADDR");
    unsetenv("DISPATCHER_WORKERS");
    unsetenv("DISPATCHER_REDIS_URI");
}

static const struct kafka_property *find(const struct settings *cfg,
                                         const char *name)
{
    const struct kafka_property *found = NULL;

    for (size_t i = 0; i < cfg->n_kafka_properties; i++) {
        if (strcmp(cfg->kafka_properties[i].name, name) != 0)
            continue;
        assert_null(found);
        found = &cfg->kafka_properties[i];
    }
    return found;
}

static void a_property_goes_to_the_client_that_knows_it(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "kafka.compression.type=lz4", "--set",
         "kafka.consumer.fetch.min.bytes=5", "--set", "kafka.fetch.min.bytes=6",
         "--set", "kafka.socket.timeout.ms=1000", "--set",
         "kafka.socket.timeout.ms=2000");
    assert_int_equal(r.status, STATUS_OK);
    assert_int_equal(find(&r.cfg, "compression.type")->scope, KAFKA_PRODUCER);
    assert_int_equal(find(&r.cfg, "fetch.min.bytes")->scope, KAFKA_CONSUMER);
    assert_string_equal(find(&r.cfg, "fetch.min.bytes")->value, "5");
    assert_int_equal(find(&r.cfg, "socket.timeout.ms")->scope, KAFKA_BOTH);
    assert_string_equal(find(&r.cfg, "socket.timeout.ms")->value, "2000");
    done(&r);
}

static void properties_for_one_client_stand_behind_those_for_both(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "kafka.producer.socket.timeout.ms=1000", "--set",
         "kafka.socket.timeout.ms=2000");
    assert_int_equal(r.cfg.n_kafka_properties, 2);
    assert_int_equal(r.cfg.kafka_properties[0].scope, KAFKA_BOTH);
    assert_int_equal(r.cfg.kafka_properties[1].scope, KAFKA_PRODUCER);
    done(&r);
}

static void secrets_are_never_printed(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "redis.url=redis://user:ge/he@im@host:6379/1", "--set",
         "kafka.sasl.password=geheim", "--set", "kafka.ssl.key.password=geheim",
         "--set", "kafka.ssl.key.pem=geheim");
    assert_int_equal(r.status, STATUS_OK);
    char *text = printed(&r.cfg);
    assert_null(strstr(text, "geheim"));
    assert_non_null(strstr(text, "\nredis.url = redis://***@host:6379/1\n"));
    free(text);
    done(&r);
}

static void secrets_are_known_by_their_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool secret;
    } cases[] = {
        {"sasl.password", true},
        {"ssl.key.password", true},
        {"ssl.keystore.password", true},
        {"ssl.key.pem", true},
        {"sasl.oauthbearer.client.secret", true},
        {"sasl.oauthbearer.config", true},
        {"sasl.username", false},
        {"ssl.ca.location", false},
        {"ssl.certificate.pem", false},
        {"linger.ms", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kafka_property_is_secret(cases[i].name),
                         cases[i].secret);
}

static void refusals_do_not_tell_secrets(void **state)
{
    (void)state;
    struct result r;

    READ(&r, "--set", "redis.url=geheim", "--set", "kafka.sasl.passwort=geheim",
         "--set", "kafka.ssl_key=geheim");
    assert_int_equal(r.status, STATUS_REJECT);
    assert_null(strstr(r.errors, "geheim"));
    done(&r);
}

static void what_check_prints_can_be_read_again(void **state)
{
    (void)state;
    struct result first, second;

    READ(&first, "--set", "workers=3", "--set", "membership=dynamic", "--set",
         "input.max.bytes=1500", "--set", "kafka.consumer.fetch.min.bytes=5",
         "--set", "log.level=debug", "--set", "topics.create=true");
    char *text = printed(&first.cfg);
    const char *path = file_with(text);
    READ(&second, "-c", path);
    unlink(path);
    assert_string_equal(second.errors, "");
    char *again = printed(&second.cfg);
    assert_string_equal(again, text);
    free(text);
    free(again);
    done(&first);
    done(&second);
}

static void a_wrong_command_line_is_told_from_a_wrong_setting(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[3];
        const char *message;
    } cases[] = {
        {{"--nonsense"}, "--nonsense: no such option"},
        {{"-x"}, "no such option"},
        {{"--set"}, "--set needs a value"},
        {{"-c"}, "-c needs a value"},
        {{"tickets"}, "tickets: unexpected argument"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r;
        read_with(&r, cases[i].arguments);
        assert_int_equal(r.status, STATUS_REJECT);
        assert_true(r.args.usage);
        assert_non_null(strstr(r.errors, cases[i].message));
        done(&r);
    }
}

static void help_and_version_need_no_valid_settings(void **state)
{
    (void)state;
    struct result r;

    setenv("DISPATCHER_NONSENSE", "1", 1);
    READ(&r, "--help");
    assert_int_equal(r.status, STATUS_OK);
    assert_true(r.args.help);
    done(&r);
    READ(&r, "--version");
    assert_int_equal(r.status, STATUS_OK);
    assert_true(r.args.version);
    done(&r);
    unsetenv("DISPATCHER_NONSENSE");
}

static void help_fits_on_a_terminal(void **state)
{
    (void)state;
    char *text, *line, *rest;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    settings_help(out);
    fclose(out);
    rest = text;
    while ((line = strsep(&rest, "\n")) != NULL)
        assert_true(strlen(line) <= 80);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_contract),
        cmocka_unit_test(the_instance_is_the_host_by_default),
        cmocka_unit_test(a_later_source_overrides_an_earlier_one),
        cmocka_unit_test(a_file_may_have_comments_blanks_and_long_values),
        cmocka_unit_test(mistakes_in_a_file_are_all_told_with_their_line),
        cmocka_unit_test(a_file_with_a_nul_is_refused_and_not_read_in_part),
        cmocka_unit_test(a_file_that_is_not_there_is_an_error),
        cmocka_unit_test(values_are_checked_against_their_bounds),
        cmocka_unit_test(names_of_outside_things_are_checked),
        cmocka_unit_test(properties_that_break_a_guarantee_are_refused),
        cmocka_unit_test(a_department_has_no_topic_of_ours),
        cmocka_unit_test(transactions_must_outlast_their_interval),
        cmocka_unit_test(properties_come_from_the_environment_too),
        cmocka_unit_test(
            an_unknown_variable_is_an_error_unless_kubernetes_set_it),
        cmocka_unit_test(a_property_goes_to_the_client_that_knows_it),
        cmocka_unit_test(properties_for_one_client_stand_behind_those_for_both),
        cmocka_unit_test(secrets_are_never_printed),
        cmocka_unit_test(secrets_are_known_by_their_names),
        cmocka_unit_test(refusals_do_not_tell_secrets),
        cmocka_unit_test(what_check_prints_can_be_read_again),
        cmocka_unit_test(a_wrong_command_line_is_told_from_a_wrong_setting),
        cmocka_unit_test(help_and_version_need_no_valid_settings),
        cmocka_unit_test(help_fits_on_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
