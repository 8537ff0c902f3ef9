/*
 * dispatchctl tail: the records of one topic, as a read_committed reader sees
 * them. It joins no group and commits nothing.
 */
#include "ctl.h"
#include "ctl_kafka.h"
#include "memory.h"
#include "options.h"
#include "record_json.h"
#include "suggest.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLL_MS = 100, MAX_COLUMNS = 10, TIME_WIDTH = 24 };

/* What one of the topics holds and how a person sees it. */
struct view {
    const char *name;
    const char *topic; /* the default */
    const ProtobufCMessageDescriptor *type;
    struct record_column columns[MAX_COLUMNS];
};

/* Contacts stand in no column: --contacts adds one (invariant 12). */
static const struct view views[] = {
    {"tickets",
     "tickets",
     &dispatch__v1__ticket_event__descriptor,
     {{"occurred_at", "value/occurred_at", TIME_WIDTH},
      {"ticket", "value/ticket_id key", 16},
      {"kind", "value/*", 12},
      {"area", "value/*/area", 26},
      {"category", "value/*/matters/category", 44},
      {"text",
       "value/*/title value/*/reason value/*/outcome value/*/result "
       "value/*/department_id value/*/note value/*/description value_base64",
       0}}},
    {"assignments",
     "assignments",
     &dispatch__v1__assignment_event__descriptor,
     {{"occurred_at", "value/occurred_at", TIME_WIDTH},
      {"ticket", "value/ticket_id key", 16},
      {"kind", "value/kind", 10},
      {"role", "value/role", 10},
      {"department", "value/department_id", 20},
      {"resolution due", "value/resolution_due_at", TIME_WIDTH},
      {"rule", "value/rule value/reason value_base64", 0}}},
    {"deadlines",
     "deadlines",
     &dispatch__v1__deadline_event__descriptor,
     {{"occurred_at", "value/occurred_at", TIME_WIDTH},
      {"ticket", "value/ticket_id key", 16},
      {"kind", "value/kind", 11},
      {"clock", "value/clock", 14},
      {"department", "value/department_id", 20},
      {"due", "value/due_at", TIME_WIDTH},
      {"policy", "value/policy_id value_base64", 0}}},
    {"dead-letters",
     "dead-letters",
     NULL,
     {{"written", "timestamp", TIME_WIDTH},
      {"code", "headers/dispatcher.error.code", 16},
      {"topic", "headers/dispatcher.error.topic", 10},
      {"partition", "headers/dispatcher.error.partition", 9},
      {"offset", "headers/dispatcher.error.offset", 10},
      {"message", "headers/dispatcher.error.message", 0}}},
    {"state",
     "dispatcher-state",
     &dispatch__v1__ticket_state__descriptor,
     {{"written", "timestamp", TIME_WIDTH},
      {"ticket", "key", 16},
      {"status", "value/status", 10},
      {"events", "value/sequence", 6},
      {"departments", "value/parts/department_id value_base64", 0}}},
};
enum { VIEWS = sizeof(views) / sizeof(views[0]) };

static const struct record_column contact_column = {
    "contact",
    "value/*/contact value/ticket/contact",
    40,
};

struct tail_options {
    struct ctl_kafka kafka;
    const char *from;
    const char *topic;
    long count;
    bool until_end;
    bool contacts;
    bool json;
};

/* One run of the command. */
struct tail {
    const struct tail_options *options;
    const struct view *view;
    struct record_column columns[MAX_COLUMNS + 1];
    size_t n_columns;
    rd_kafka_t *rk;
    int32_t partitions;
    bool *ended; /* by partition: its end was reached */
    int32_t n_ended;
    long shown;
    bool failed;
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct tail_options, member),        \
        .help = help_                                                          \
    }

static const struct option_def options[] = {
    OPTION('f', "from", "WHERE", OPTION_TEXT, from,
           "beginning, end, or -N: N offsets before the end of\n"
           "each partition [end]"),
    OPTION('e', "until-end", NULL, OPTION_FLAG, until_end,
           "stop where the topic ends, instead of waiting"),
    {.letter = 'n',
     .name = "count",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct tail_options, count),
     .help = "stop after N records [no limit]",
     .min = 1,
     .max = LONG_MAX},
    OPTION('t', "topic", "TOPIC", OPTION_TEXT, topic,
           "its name, when the settings have another one"),
    OPTION('c', "contacts", NULL, OPTION_FLAG, contacts,
           "show the citizen's contact as well"),
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "print whole records, one JSON object a line (with\n"
           "contacts, and headers; times are UTC milliseconds)"),
    CTL_KAFKA_OPTIONS(struct tail_options),
};

static const struct command_line command_line = {
    .usage = "tickets|assignments|deadlines|dead-letters|state",
    .about = "Shows a topic's records as they arrive, one a line; only those "
             "of committed\ntransactions. Times are UTC.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples = "  dispatchctl tail assignments --from beginning --until-end\n"
                "  dispatchctl tail deadlines --json | jq .value.due_at",
};

static const struct ctl_kafka_default defaults[] = {
    {"isolation.level", "read_committed"}, {"enable.auto.commit", "false"},
    {"enable.partition.eof", "true"},      {"group.id", "dispatchctl"},
    {"allow.auto.create.topics", "false"}, {"auto.offset.reset", "earliest"},
};

static const struct view *find_view(const char *name)
{
    for (size_t i = 0; i < VIEWS; i++)
        if (strcmp(views[i].name, name) == 0)
            return &views[i];
    return NULL;
}

static int wrong_view(const char *command, const char *name)
{
    struct suggest suggest;
    char text[SUGGEST_TEXT_SIZE];
    suggest_begin(&suggest, name);
    for (size_t i = 0; i < VIEWS; i++)
        suggest_consider(&suggest, views[i].name);
    return options_wrong(command, "%s is none of its topics%s", name,
                         suggest_text(&suggest, text));
}

/* "beginning", "end" or "-100". */
static bool parse_from(const char *text, int64_t *offset)
{
    char *end;
    if (strcmp(text, "beginning") == 0) {
        *offset = RD_KAFKA_OFFSET_BEGINNING;
        return true;
    }
    if (strcmp(text, "end") == 0) {
        *offset = RD_KAFKA_OFFSET_END;
        return true;
    }
    errno = 0;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number >= 0 ||
        number < -INT32_MAX)
        return false;
    *offset = RD_KAFKA_OFFSET_TAIL(-number);
    return true;
}

/* The view's columns; the contact goes before the last one. */
static void choose_columns(struct tail *t)
{
    while (t->n_columns < MAX_COLUMNS &&
           t->view->columns[t->n_columns].title != NULL) {
        t->columns[t->n_columns] = t->view->columns[t->n_columns];
        t->n_columns++;
    }
    if (!t->options->contacts)
        return;
    t->columns[t->n_columns] = t->columns[t->n_columns - 1];
    t->columns[t->n_columns - 1] = contact_column;
    t->n_columns++;
}

static bool start(struct tail *t, const char *topic, int64_t offset)
{
    t->rk = ctl_kafka_client(&t->options->kafka, RD_KAFKA_CONSUMER, defaults,
                             sizeof(defaults) / sizeof(defaults[0]), NULL);
    if (t->rk == NULL)
        return false;
    t->partitions = ctl_kafka_partitions(t->rk, topic);
    if (t->partitions == 0)
        return false;

    t->ended = memory_new_array((size_t)t->partitions, sizeof *t->ended);
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(t->partitions);
    for (int32_t i = 0; i < t->partitions; i++)
        rd_kafka_topic_partition_list_add(list, topic, i)->offset = offset;
    rd_kafka_poll_set_consumer(t->rk);
    rd_kafka_resp_err_t err = rd_kafka_assign(t->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        fprintf(stderr, "dispatchctl: %s: %s\n", topic, rd_kafka_err2str(err));
    return err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void show(struct tail *t, const rd_kafka_message_t *msg)
{
    enum message_json_style style =
        t->options->json ? MESSAGE_JSON_EXACT : MESSAGE_JSON_PEOPLE;
    json_t *record = record_json(msg, t->view->type, style);
    if (t->options->json) {
        json_dumpf(record, stdout, JSON_COMPACT);
        putchar('\n');
    } else {
        record_print(stdout, t->columns, t->n_columns, record);
    }
    json_decref(record);
    t->shown++;
}

/* The end of a partition, or trouble. */
static void take_error(struct tail *t, const rd_kafka_message_t *msg)
{
    if (msg->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        t->n_ended += !t->ended[msg->partition];
        t->ended[msg->partition] = true;
        return;
    }
    fprintf(stderr, "dispatchctl: Kafka: %s\n", rd_kafka_message_errstr(msg));
    t->failed |= ctl_kafka_is_hopeless(msg->err);
}

static bool enough(const struct tail *t)
{
    const struct tail_options *chosen = t->options;
    return t->failed || ctl_stopped() ||
           (chosen->count > 0 && t->shown >= chosen->count) ||
           (chosen->until_end && t->n_ended == t->partitions);
}

/* Whoever reads our output has gone. */
static bool reader_gone(void)
{
    return fflush(stdout) != 0 || ferror(stdout);
}

static void run(struct tail *t)
{
    if (!t->options->json)
        record_print_titles(stdout, t->columns, t->n_columns);
    while (!enough(t)) {
        rd_kafka_message_t *msg = rd_kafka_consumer_poll(t->rk, 0);
        if (msg == NULL) { /* nothing at hand: show all, then wait */
            if (reader_gone())
                break;
            msg = rd_kafka_consumer_poll(t->rk, POLL_MS);
        }
        if (msg == NULL)
            continue;
        if (msg->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            take_error(t, msg);
        else
            show(t, msg);
        rd_kafka_message_destroy(msg);
    }
    t->failed |= reader_gone();
}

int tail_command(int argc, char **argv)
{
    struct tail_options chosen = {.from = "end"};
    struct tail t = {.options = &chosen};
    int64_t offset;
    int first = 0;

    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (argc - first != 1)
        return options_wrong(argv[0], "name one topic: %s", command_line.usage);
    t.view = find_view(argv[first]);
    if (t.view == NULL)
        return wrong_view(argv[0], argv[first]);
    if (!parse_from(chosen.from, &offset))
        return options_wrong(argv[0], "--from %s: must be beginning, end or -N",
                             chosen.from);

    choose_columns(&t);
    ctl_catch_signals();
    if (start(&t, chosen.topic != NULL ? chosen.topic : t.view->topic, offset))
        run(&t);
    else
        t.failed = true;
    if (t.rk != NULL) {
        rd_kafka_consumer_close(t.rk);
        rd_kafka_destroy(t.rk);
    }
    free(t.ended);
    return t.failed ? CTL_FAILED : CTL_OK;
}
