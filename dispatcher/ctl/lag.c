/*
 * dispatchctl lag: how far a consumer group is behind, seen from outside. It
 * joins no group and asks the brokers alone, so that it works for any group,
 * also for one of which no member runs.
 */
#include "clock.h"
#include "ctl.h"
#include "ctl_kafka.h"
#include "memory.h"
#include "offsets.h"
#include "options.h"
#include "output.h"

#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    ANSWER_MS = 5000,
    TRIES = 10,
    RETRY_MS = 300,
    WATCH_MS = 1000,
    SLICE_MS = 50,
    NO_LIMIT = -1
};

struct lag_options {
    struct ctl_kafka kafka;
    const char *group;
    const char *topic;
    bool json;
    bool watch;
    bool once;
    long max_records;
    long max_seconds;
};

/* What is derived from one row, or from all of them. */
struct lag_figures {
    int64_t records;
    double seconds;
    int64_t held_back;
};

/* One run of the command. */
struct lag_run {
    const struct lag_options *options;
    struct offsets *offsets;
    struct offsets_row *rows;
    size_t n;
    int64_t now_ms; /* of the measurement */
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct lag_options, member),         \
        .help = help_                                                          \
    }
#define LIMIT(name_, argument_, member, help_)                                 \
    {                                                                          \
        .name = name_, .argument = argument_, .kind = OPTION_NUMBER,           \
        .offset = offsetof(struct lag_options, member), .help = help_,         \
        .min = 0, .max = LONG_MAX                                              \
    }

static const struct option_def options[] = {
    OPTION('g', "group", "GROUP", OPTION_TEXT, group,
           "the consumer group [dispatcher]"),
    OPTION('t', "topic", "TOPIC", OPTION_TEXT, topic, "[tickets]"),
    OPTION('w', "watch", NULL, OPTION_FLAG, watch,
           "again every second [on a terminal, without a limit]"),
    OPTION(0, "once", NULL, OPTION_FLAG, once, "once, also on a terminal"),
    LIMIT("max-records", "N", max_records,
          "exit code 2 when the lag is more than N records"),
    LIMIT("max-seconds", "S", max_seconds,
          "exit code 2 when the oldest record has been waiting\n"
          "for more than S seconds"),
    OPTION(0, "json", NULL, OPTION_FLAG, json, "one JSON object a line"),
    CTL_KAFKA_OPTIONS(struct lag_options),
};

static const struct command_line command_line = {
    .usage = "",
    .about =
        "Shows how far a consumer group is behind in a topic: what it has "
        "committed, the\nlast stable offset, the difference, how long the "
        "oldest record has been waiting,\nand how many records are held back "
        "by open transactions of upstream producers.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples = "  dispatchctl lag\n"
                "  dispatchctl lag --max-seconds 300 --json | jq .lag_seconds",
};

/* --------------------------------------------------------------- figures */

static struct lag_figures figures_of(const struct offsets_row *row,
                                     int64_t now_ms)
{
    struct lag_figures f = {
        .records = row->stable_end - offsets_next(row),
        .held_back = row->high_end - row->stable_end,
    };

    if (f.records < 0) /* records before it were deleted meanwhile */
        f.records = 0;
    if (f.held_back < 0)
        f.held_back = 0;
    if (row->waiting_ms > 0 && row->waiting_ms < now_ms)
        f.seconds = (double)(now_ms - row->waiting_ms) / 1000;
    return f;
}

static struct lag_figures sum(const struct lag_run *run)
{
    struct lag_figures total = {0};

    for (size_t i = 0; i < run->n; i++) {
        struct lag_figures f = figures_of(&run->rows[i], run->now_ms);

        total.records += f.records;
        total.held_back += f.held_back;
        if (f.seconds > total.seconds)
            total.seconds = f.seconds;
    }
    return total;
}

static bool limit_passed(const struct lag_options *chosen,
                         const struct lag_figures *total)
{
    return (chosen->max_records != NO_LIMIT &&
            total->records > chosen->max_records) ||
           (chosen->max_seconds != NO_LIMIT &&
            total->seconds > (double)chosen->max_seconds);
}

/* --------------------------------------------------------------- showing */

static void print_table(const struct lag_run *run,
                        const struct lag_figures *total)
{
    char at[OUTPUT_TIME_SIZE];

    output_time(run->now_ms, at);
    printf("group %s, topic %s, %s\n\n", run->options->group,
           run->options->topic, at);
    printf("%9s %14s %14s %12s %10s %10s\n", "partition", "committed", "end",
           "lag", "seconds", "held back");
    for (size_t i = 0; i < run->n; i++) {
        const struct offsets_row *row = &run->rows[i];
        struct lag_figures f = figures_of(row, run->now_ms);
        char committed[24] = "-";

        if (row->committed >= 0)
            snprintf(committed, sizeof committed, "%" PRId64, row->committed);
        printf("%9" PRId32 " %14s %14" PRId64 " %12" PRId64 " %10.1f"
               " %10" PRId64 "\n",
               row->partition, committed, row->stable_end, f.records, f.seconds,
               f.held_back);
    }
    printf("%9s %14s %14s %12" PRId64 " %10.1f %10" PRId64 "\n", "all", "", "",
           total->records, total->seconds, total->held_back);
}

static json_t *row_json(const struct offsets_row *row, int64_t now_ms)
{
    struct lag_figures f = figures_of(row, now_ms);
    json_t *committed =
        row->committed >= 0 ? json_integer(row->committed) : json_null();

    return json_pack("{s:i, s:o, s:I, s:I, s:f, s:I}", "partition",
                     (int)row->partition, "committed_offset", committed,
                     "end_offset", (json_int_t)row->stable_end, "lag_records",
                     (json_int_t)f.records, "lag_seconds", f.seconds,
                     "held_back_records", (json_int_t)f.held_back);
}

static void print_json(const struct lag_run *run,
                       const struct lag_figures *total)
{
    char at[OUTPUT_TIME_SIZE];
    json_t *partitions = json_array();

    output_time(run->now_ms, at);
    for (size_t i = 0; i < run->n; i++)
        json_array_append_new(partitions, row_json(&run->rows[i], run->now_ms));
    json_t *page =
        json_pack("{s:s, s:s, s:s, s:I, s:f, s:I, s:b, s:o}", "group",
                  run->options->group, "topic", run->options->topic,
                  "measured_at", at, "lag_records", (json_int_t)total->records,
                  "lag_seconds", total->seconds, "held_back_records",
                  (json_int_t)total->held_back, "limit_passed",
                  limit_passed(run->options, total), "partitions", partitions);
    json_dumpf(page, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    putchar('\n');
    json_decref(page);
}

static void show(const struct lag_run *run, const struct lag_figures *total)
{
    if (run->options->json) {
        print_json(run, total);
        return;
    }
    if (run->options->watch && isatty(STDOUT_FILENO))
        fputs("\033[H\033[J", stdout); /* home, and wipe what was there */
    print_table(run, total);
    if (run->options->watch && !isatty(STDOUT_FILENO))
        putchar('\n');
}

/* ------------------------------------------------------------- measuring */

static rd_kafka_t *new_client(const struct lag_options *chosen,
                              void (*configure)(rd_kafka_conf_t *))
{
    const struct ctl_kafka_default defaults[] = {{"group.id", chosen->group}};

    return ctl_kafka_client(&chosen->kafka, RD_KAFKA_CONSUMER, defaults, 1,
                            configure);
}

static bool start(struct lag_run *run)
{
    rd_kafka_t *stable = new_client(run->options, offsets_configure_stable);
    rd_kafka_t *high =
        stable ? new_client(run->options, offsets_configure_high) : NULL;

    if (high == NULL) {
        if (stable != NULL)
            rd_kafka_destroy(stable);
        return false;
    }
    run->n = (size_t)ctl_kafka_partitions(stable, run->options->topic);
    run->offsets = offsets_new(stable, high, run->options->topic);
    run->rows = memory_new_array(run->n, sizeof *run->rows);
    return run->n > 0;
}

static bool try_measure(struct lag_run *run, char *why)
{
    for (size_t i = 0; i < run->n; i++)
        run->rows[i] = offsets_row((int32_t)i);
    if (!offsets_read_committed(run->offsets, run->rows, run->n, ANSWER_MS,
                                why) ||
        !offsets_read_ends(run->offsets, run->rows, run->n, ANSWER_MS, why) ||
        !offsets_read_waiting(run->offsets, run->rows, run->n, ANSWER_MS, why))
        return false;
    run->now_ms = clock_wall_ms();
    return true;
}

/* True after so many milliseconds, false as soon as somebody stops us. */
static bool pause_for(int ms)
{
    const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000L};

    for (; ms > 0 && !ctl_stopped(); ms -= SLICE_MS)
        nanosleep(&slice, NULL);
    return !ctl_stopped();
}

/* A partition may be on its way to another leader: that passes. */
static bool measure(struct lag_run *run)
{
    char why[OFFSETS_WHY_SIZE] = "";

    for (int i = 0; i < TRIES; i++) {
        if (try_measure(run, why))
            return true;
        if (!pause_for(RETRY_MS))
            return false;
    }
    fprintf(stderr, "dispatchctl: Kafka: %s\n", why);
    return false;
}

/* A name that was mistyped looks like a group that never committed. */
static void warn_unknown_group(const struct lag_run *run)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->rows[i].committed >= 0)
            return;
    fprintf(stderr,
            "dispatchctl: group %s has committed nothing in %s; its lag is "
            "counted from the first record\n",
            run->options->group, run->options->topic);
}

/* The exit code is that of the last measurement. */
static int watch(struct lag_run *run)
{
    bool warned = false;
    int code;

    do {
        code = CTL_FAILED;
        if (measure(run)) {
            struct lag_figures total = sum(run);

            if (!warned)
                warn_unknown_group(run);
            warned = true;
            show(run, &total);
            code = limit_passed(run->options, &total) ? CTL_LIMIT : CTL_OK;
        }
        if (fflush(stdout) != 0)
            return CTL_FAILED;
    } while (run->options->watch && pause_for(WATCH_MS));
    return code;
}

int lag_command(int argc, char **argv)
{
    struct lag_options chosen = {.group = "dispatcher",
                                 .topic = "tickets",
                                 .max_records = NO_LIMIT,
                                 .max_seconds = NO_LIMIT};
    struct lag_run run = {.options = &chosen};
    int first = 0;

    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (first < argc)
        return options_wrong(argv[0], "%s: there are no operands", argv[first]);
    if (chosen.watch && chosen.once)
        return options_wrong(argv[0], "--watch and --once exclude each other");
    if (!chosen.once && !chosen.json && chosen.max_records == NO_LIMIT &&
        chosen.max_seconds == NO_LIMIT && isatty(STDOUT_FILENO))
        chosen.watch = true;

    ctl_catch_signals();
    int code = start(&run) ? watch(&run) : CTL_FAILED;
    offsets_free(&run.offsets);
    free(run.rows);
    return code;
}
