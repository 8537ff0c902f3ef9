/*
 * dispatchctl audit: reads all topics from end to end and proves that nothing
 * is lost, nothing is there twice, and every deadline is kept.
 */
#include "audit.h"

#include "audit_print.h"
#include "audit_topics.h"
#include "calendar.h"
#include "clock.h"
#include "ctl.h"
#include "ctl_topics.h"
#include "options.h"
#include "progress.h"
#include "rfc3339.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_LIMIT = 20,
    DEFAULT_MEMORY_MB = 2048,
    DEFAULT_WAIT_S = 90,
    NO_LIMIT = -1,
    MB = 1000000,
    US_PER_MS = 1000,
    US_PER_S = 1000000,
    MS_PER_S = 1000,
};

struct audit_command_options {
    struct ctl_kafka kafka;
    const char *group;
    struct ctl_topics topics;
    const char *since;
    long limit;
    long memory_mb;
    long wait_s;
    bool quiet;
    bool json;
};

/* One run of the command. */
struct run {
    const struct audit_command_options *options;
    struct audit_topics *topics;
    struct audit *audit;
    struct audit_lines *lines; /* NULL: JSON */
    uint64_t printed[AUDIT_KINDS];
    struct progress progress;
    unsigned long records;
    int64_t begun_us;
    int64_t at_ms;
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_,                                                         \
        .offset = offsetof(struct audit_command_options, member),              \
        .help = help_                                                          \
    }
#define NUMBER(letter_, name_, argument_, member, min_, max_, help_)           \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = OPTION_NUMBER,                                                 \
        .offset = offsetof(struct audit_command_options, member), .min = min_, \
        .max = max_, .help = help_                                             \
    }

static const struct option_def options[] = {
    OPTION('g', "group", "GROUP", OPTION_TEXT, group,
           "the dispatcher's; its offsets tell what it has\n"
           "read [dispatcher]"),
    OPTION('s', "since", "WHEN", OPTION_TEXT, since,
           "begin with records of this time, as if the logs\n"
           "began there: RFC 3339, or so long ago (36h, 7d)"),
    NUMBER('n', "limit", "N", limit, 0, LONG_MAX,
           "list N findings of each kind and N open clocks, 0:\n"
           "all; all are counted [20; all with --json]"),
    NUMBER('m', "memory", "MB", memory_mb, 1, 1000000,
           "for tickets; when it is too little the topics are\n"
           "read several times [2048]"),
    NUMBER('w', "wait", "SECONDS", wait_s, 0, 3600,
           "for transactions that are open [90]"),
    OPTION('q', "quiet", NULL, OPTION_FLAG, quiet, "show no progress"),
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "one JSON object a line: findings, open clocks, and\n"
           "at the end the summary; times are UTC milliseconds"),
    CTL_TOPICS_OPTION(struct audit_command_options),
    CTL_KAFKA_OPTIONS(struct audit_command_options),
};

static const struct command_line command_line = {
    .usage = "",
    .about = "Proves from the topics that nothing is lost and nothing is there "
             "twice: every\n"
             "ticket is assigned, closed or a dead letter; every event is "
             "there once, in\n"
             "order, with its cause; every deadline is met, breached, "
             "cancelled or still open;\n"
             "no department got back what it had returned; the state agrees. "
             "Reads all topics\n"
             "as a read_committed reader, up to their ends as they are now. "
             "What lies before a\n"
             "log or is in flight is unknown, no violation. Joins no group and "
             "commits\n"
             "nothing: it can be run at any time. The exit code is 1 when "
             "there is a\n"
             "violation.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples = "  dispatchctl audit\n"
                "  dispatchctl audit --since 24h --json | tail -1 | "
                "jq .violations",
};

/* --------------------------------------------------------------- progress */

static void show_progress(struct run *run, const char *verb, double fraction)
{
    const struct progress_state state = {.verb = verb,
                                         .done = run->records,
                                         .reading = true,
                                         .fraction = fraction};

    if (!run->options->quiet)
        progress_show(&run->progress, &state, clock_steady_us() / US_PER_MS);
}

static void tell(void *opaque, enum audit_topic topic, double fraction)
{
    static const char *const verbs[AUDIT_TOPICS] = {
        [AUDIT_DEAD_LETTERS] = "records read: dead letters",
        [AUDIT_ASSIGNMENTS] = "records read: assignments",
        [AUDIT_DEADLINES] = "records read: deadlines",
        [AUDIT_TICKETS] = "records read: tickets",
        [AUDIT_STATE] = "records read: state",
    };

    show_progress(opaque, verbs[topic], fraction);
}

/* --------------------------------------------------------------- findings */

static void found(void *opaque, const struct audit_finding *finding)
{
    struct run *run = opaque;
    long limit = run->options->limit;

    if (run->lines) {
        audit_lines_add(run->lines, finding);
        return;
    }
    if (limit > 0 && run->printed[finding->kind]++ >= (uint64_t)limit)
        return;
    progress_clear(&run->progress);
    audit_print_finding_json(stdout, audit_topics_logs(run->topics), finding);
}

static void take(void *opaque, const struct audit_record *rec)
{
    struct run *run = opaque;

    run->records++;
    audit_take(run->audit, rec);
}

/* -------------------------------------------------------------------- run */

static struct audit_topics *open_topics(const struct run *run, int64_t since_ms)
{
    const struct audit_command_options *chosen = run->options;
    const struct ctl_topics *named = &chosen->topics;
    const struct audit_topics_options topics = {
        .kafka = &chosen->kafka,
        .group = chosen->group,
        .names = {[AUDIT_TICKETS] = named->names[CTL_TICKETS],
                  [AUDIT_ASSIGNMENTS] = named->names[CTL_ASSIGNMENTS],
                  [AUDIT_DEADLINES] = named->names[CTL_DEADLINES],
                  [AUDIT_DEAD_LETTERS] = named->names[CTL_DEAD_LETTERS],
                  [AUDIT_STATE] = named->names[CTL_STATE]},
        .state_may_be_missing = named->is_default[CTL_STATE],
        .since_ms = since_ms,
        .wait_ms = (int)chosen->wait_s * MS_PER_S,
    };

    return audit_topics_open(&topics);
}

static void report(struct run *run)
{
    struct audit_report report = {
        .logs = audit_topics_logs(run->topics),
        .figures = audit_figures(run->audit),
        .group = run->options->group,
        .at_ms = run->at_ms,
        .seconds = (double)(clock_steady_us() - run->begun_us) / US_PER_S,
    };

    progress_clear(&run->progress);
    report.clocks = audit_open_clocks(run->audit, &report.n_clocks);
    if (run->lines)
        audit_print_people(stdout, &report, run->lines);
    else
        audit_print_json(stdout, &report);
}

/* As often as memory makes it necessary. */
static bool audit_all(struct run *run)
{
    const struct audit_topics_reader reader = {
        .take = take, .tell = tell, .opaque = run};

    do {
        if (!audit_topics_read(run->topics, &reader))
            return false;
        audit_judge(run->audit);
    } while (audit_next(run->audit));
    return true;
}

static int run_audit(struct run *run, int64_t since_ms)
{
    const struct audit_command_options *chosen = run->options;

    run->begun_us = clock_steady_us();
    progress_begin(&run->progress, stderr, run->begun_us / US_PER_MS);
    run->topics = open_topics(run, since_ms);
    if (!run->topics)
        return CTL_FAILED;
    run->at_ms = clock_wall_ms();
    const struct audit_options audit = {
        .logs = audit_topics_logs(run->topics),
        .now_ms = run->at_ms,
        .max_memory = (size_t)chosen->memory_mb * MB,
        .max_clocks = (size_t)chosen->limit,
        .found = found,
        .opaque = run,
    };
    if (!chosen->json)
        run->lines = audit_lines_new(audit.logs, (size_t)chosen->limit);
    run->audit = audit_new(&audit);
    if (!audit_all(run)) {
        progress_clear(&run->progress);
        return CTL_FAILED;
    }
    report(run);
    bool clean = audit_figures(run->audit)->violations == 0;
    return fflush(stdout) == 0 && clean ? CTL_OK : CTL_FAILED;
}

/* ---------------------------------------------------------------- options */

/* RFC 3339 with an offset, or a duration before now. */
static bool parse_since(const char *text, int64_t *at_ms)
{
    struct duration ago;
    char why[128];

    if (rfc3339_parse(text, at_ms))
        return true;
    if (!duration_parse(text, &ago, why, sizeof(why)) ||
        duration_is_working(ago))
        return false;
    *at_ms = calendar_before(calendar_24x7(), clock_wall_ms(), ago);
    return true;
}

/* It would read what was aborted, and prove nothing. */
static bool sets_isolation(const struct ctl_kafka *kafka)
{
    static const char name[] = "isolation.level=";

    for (size_t i = 0; i < kafka->properties.n; i++) {
        if (strncmp(kafka->properties.items[i], name, sizeof(name) - 1) == 0)
            return true;
    }
    return false;
}

int audit_command(int argc, char **argv)
{
    struct audit_command_options chosen = {
        .group = "dispatcher",
        .limit = NO_LIMIT,
        .memory_mb = DEFAULT_MEMORY_MB,
        .wait_s = DEFAULT_WAIT_S,
    };
    struct run run = {.options = &chosen};
    int64_t since_ms = -1;
    int first = 0;

    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (first < argc)
        return options_wrong(argv[0], "%s: there are no operands", argv[first]);
    if (chosen.since && !parse_since(chosen.since, &since_ms))
        return options_wrong(argv[0],
                             "--since %s: must be a time with an offset "
                             "(2026-11-27T08:00:00Z) or a duration (36h, 7d)",
                             chosen.since);
    if (ctl_topics_name(&chosen.topics, argv[0]) != CTL_OK)
        return CTL_USAGE;
    if (sets_isolation(&chosen.kafka))
        return options_wrong(argv[0],
                             "-X isolation.level: an audit reads what was "
                             "committed, nothing else");
    if (chosen.limit == NO_LIMIT)
        chosen.limit = chosen.json ? 0 : DEFAULT_LIMIT;

    ctl_catch_signals();
    int code = run_audit(&run, since_ms);
    audit_free(&run.audit);
    audit_lines_free(&run.lines);
    audit_topics_close(&run.topics);
    return code;
}
