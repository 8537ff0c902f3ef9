/*
 * dispatchctl publish: files of rows to records on the tickets topic.
 *
 *   rows -> ticket_source -> publisher
 *
 * A row that is wrong is said, counted and left out; the others go on.
 */
#include "arena.h"
#include "ctl.h"
#include "ctl_kafka.h"
#include "mapping.h"
#include "mapping_file.h"
#include "options.h"
#include "progress.h"
#include "publisher.h"
#include "rows.h"
#include "ticket_source.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

enum { FLUSH_MS = 60000, MS_PER_SECOND = 1000, MAX_ERRORS_SHOWN = 20 };
enum { MAX_RATE = 1000000 };
enum timestamps { TIMESTAMPS_NOW, TIMESTAMPS_OCCURRED };

struct publish_options {
    struct ctl_kafka kafka;
    const char *mapping;
    const char *topic;
    long rate;
    long limit;
    int timestamps;
    bool dry_run;
    bool quiet;
    bool json;
};

/* One run of the command. */
struct publish {
    const struct publish_options *options;
    struct publisher *publisher; /* NULL: a dry run */
    struct arena *arena;
    struct progress progress;
    int64_t started_ms;
    unsigned long published; /* handed over */
    unsigned long refused;   /* rows that are wrong */
    bool failed;             /* a file, or what is no row's fault */
};

#define OPTION(letter_, name_, argument_, kind_, member, help_)                \
    {                                                                          \
        .letter = letter_, .name = name_, .argument = argument_,               \
        .kind = kind_, .offset = offsetof(struct publish_options, member),     \
        .help = help_                                                          \
    }

static const struct option_def options[] = {
    OPTION('m', "mapping", "FILE", OPTION_TEXT, mapping,
           "which columns of a CSV fill which fields; without\n"
           "it the columns have the names of the fields"),
    OPTION('t', "topic", "TOPIC", OPTION_TEXT, topic, "where to [tickets]"),
    {.letter = 'r',
     .name = "rate",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct publish_options, rate),
     .help = "at most N records a second [no limit]",
     .min = 1,
     .max = MAX_RATE},
    {.letter = 'n',
     .name = "limit",
     .argument = "N",
     .kind = OPTION_NUMBER,
     .offset = offsetof(struct publish_options, limit),
     .help = "stop after N records [no limit]",
     .min = 1,
     .max = 1000000000},
    OPTION(0, "timestamps", "now|occurred", OPTION_CHOICE, timestamps,
           "of the records: the present time [now], or each\n"
           "event's own, for a replay of history (the topic's\n"
           "retention then counts from that time)"),
    OPTION(0, "dry-run", NULL, OPTION_FLAG, dry_run,
           "check all rows and publish none; needs no Kafka"),
    OPTION('q', "quiet", NULL, OPTION_FLAG, quiet, "show no progress"),
    OPTION(0, "json", NULL, OPTION_FLAG, json,
           "print the summary as JSON on standard output"),
    CTL_KAFKA_OPTIONS(struct publish_options),
};

static const struct command_line command_line = {
    .usage = "FILE...",
    .about =
        "Publishes tickets: one TicketEvent for each row of a CSV file or "
        "each line of\na file of JSON lines (names as in the schema). Files "
        "may be compressed with\ngzip; - is standard input. Each event is "
        "checked as dispatcher checks it; a row\nthat is wrong is said with "
        "file, line and column, and left out. The exit code\nis 1 when a row "
        "was left out or a record was not delivered.",
    .options = options,
    .n_options = sizeof(options) / sizeof(options[0]),
    .examples =
        "  dispatchctl publish --mapping nyc311.ini nyc311.csv.gz --rate 500\n"
        "  dispatchctl publish tickets.jsonl --dry-run",
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MS_PER_SECOND + now.tv_nsec / 1000000;
}

static void say(struct publish *p, const char *path, unsigned long line,
                const struct mapping_error *error)
{
    if (++p->refused > MAX_ERRORS_SHOWN)
        return;
    progress_clear(&p->progress);
    fprintf(stderr, "%s:%lu: %s%s%s\n", path, line, error->where,
            error->where[0] != '\0' ? ": " : "", error->message);
    if (p->refused == MAX_ERRORS_SHOWN)
        fprintf(stderr, "Further wrong rows are only counted.\n");
}

/* Waits until the next record is due under --rate. */
static void keep_rate(struct publish *p)
{
    if (p->options->rate == 0)
        return;
    int64_t due_ms = p->started_ms +
                     (int64_t)p->published * MS_PER_SECOND / p->options->rate;
    for (;;) {
        int64_t left_ms = due_ms - clock_ms(CLOCK_MONOTONIC);
        if (left_ms <= 0 || ctl_stopped())
            return;
        if (p->publisher != NULL)
            publisher_poll(p->publisher, (int)left_ms);
        else
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

static void publish_row(struct publish *p, const char *path,
                        const struct mapping *mapping, const struct row *row)
{
    struct mapping_error error;
    struct source_event record;

    arena_reset(p->arena);
    if (!ticket_source_row(p->arena, mapping, row, clock_ms(CLOCK_REALTIME),
                           &record, &error)) {
        say(p, path, row->line, &error);
        return;
    }
    keep_rate(p);
    int64_t timestamp_ms = p->options->timestamps == TIMESTAMPS_OCCURRED
                               ? record.event->occurred_at
                               : 0;
    if (p->publisher == NULL ||
        publisher_send(p->publisher, record.event->ticket_id, record.value,
                       record.size, timestamp_ms))
        p->published++;
}

static bool enough(const struct publish *p)
{
    return ctl_stopped() || (p->options->limit > 0 &&
                             p->published >= (unsigned long)p->options->limit);
}

static void show_progress(struct publish *p, const struct rows *rows)
{
    if (p->options->quiet)
        return;
    struct progress_state state = {.verb = p->publisher != NULL ? "published"
                                                                : "checked",
                                   .done = p->published,
                                   .refused = p->refused,
                                   .fraction = rows_fraction(rows)};
    if (p->options->limit > 0) {
        double share = (double)p->published / (double)p->options->limit;
        state.fraction = share > state.fraction ? share : state.fraction;
    }
    progress_show(&p->progress, &state, clock_ms(CLOCK_MONOTONIC));
}

static void publish_rows(struct publish *p, const char *path, struct rows *rows,
                         const struct mapping *mapping)
{
    struct row row;
    while (!enough(p)) {
        enum rows_result result = rows_next(rows, &row);
        if (result == ROWS_END)
            return;
        if (result == ROWS_FAILED) {
            progress_clear(&p->progress);
            fprintf(stderr, "%s: %s\n", path, rows_why(rows));
            p->failed = true;
            return;
        }
        publish_row(p, path, mapping, &row);
        show_progress(p, rows);
    }
}

static void publish_file(struct publish *p, const char *path)
{
    char why[ROWS_WHY_SIZE];
    struct rows *rows = rows_open(path, why);
    if (rows == NULL) {
        fprintf(stderr, "%s: %s\n", path, why);
        p->failed = true;
        return;
    }
    struct mapping *mapping = NULL;
    struct row header;
    if (!rows_are_json(rows))
        mapping = mapping_file_open(p->options->mapping, path, rows, &header);
    if (rows_are_json(rows) || mapping != NULL)
        publish_rows(p, path, rows, mapping);
    else
        p->failed = true;
    mapping_free(&mapping);
    rows_close(&rows);
}

static json_t *partitions_json(const struct publisher *publisher)
{
    json_t *object = json_object();
    for (int32_t i = 0; i < publisher_partitions(publisher); i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        json_object_set_new(
            object, name,
            json_integer((json_int_t)publisher_sent_to(publisher, i)));
    }
    return object;
}

static void print_json(const struct publish *p, unsigned long delivered,
                       unsigned long failed, double seconds)
{
    json_t *summary =
        json_pack("{s:s, s:I, s:I, s:I, s:f}", "topic", p->options->topic,
                  p->publisher != NULL ? "published" : "checked",
                  (json_int_t)delivered, "refused", (json_int_t)p->refused,
                  "failed", (json_int_t)failed, "seconds", seconds);
    if (p->publisher != NULL)
        json_object_set_new(summary, "partitions",
                            partitions_json(p->publisher));
    json_dumpf(summary, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
    putchar('\n');
    json_decref(summary);
}

/* Waits for the last deliveries and says how it went. */
static int finish(struct publish *p)
{
    static const struct publisher_counts none;
    const struct publisher_counts *counts = &none;
    unsigned long done = p->published;
    bool whole = true;

    if (p->publisher != NULL) {
        whole = publisher_flush(p->publisher, FLUSH_MS);
        counts = publisher_counts(p->publisher);
        done = counts->delivered;
    }
    unsigned long failed = p->publisher != NULL && !whole
                               ? p->published - counts->delivered
                               : counts->failed;
    double seconds =
        (double)(clock_ms(CLOCK_MONOTONIC) - p->started_ms) / MS_PER_SECOND;
    progress_clear(&p->progress);
    fprintf(stderr, "%s %lu records %s %s in %.1f s (%.0f/s), %lu rows refused",
            p->publisher != NULL ? "published" : "checked", done,
            p->publisher != NULL ? "to" : "for", p->options->topic, seconds,
            seconds > 0 ? (double)done / seconds : 0, p->refused);
    if (failed > 0)
        fprintf(stderr, ", %lu records not delivered: %s", failed,
                counts->why[0] != '\0' ? counts->why : "no answer in time");
    fputs(ctl_stopped() ? ", stopped by a signal\n" : "\n", stderr);
    if (p->options->json)
        print_json(p, done, failed, seconds);
    bool ok = !p->failed && p->refused == 0 && failed == 0 && !ctl_stopped();
    return ok ? CTL_OK : CTL_FAILED;
}

int publish_command(int argc, char **argv)
{
    struct publish_options chosen = {.topic = "tickets"};
    struct publish p = {.options = &chosen};
    int first = 0;

    enum options_result result =
        options_read(&command_line, argc, argv, &chosen, &first);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP ? CTL_OK : CTL_USAGE;
    if (first == argc)
        return options_wrong(argv[0], "no file is named");

    if (!chosen.dry_run) {
        p.publisher = publisher_new(&chosen.kafka, chosen.topic);
        if (p.publisher == NULL)
            return CTL_FAILED;
    }
    ctl_catch_signals();
    p.arena = arena_new(TICKET_SOURCE_MEMORY);
    p.started_ms = clock_ms(CLOCK_MONOTONIC);
    progress_begin(&p.progress, stderr, p.started_ms);
    for (int i = first; i < argc && !enough(&p); i++)
        publish_file(&p, argv[i]);
    int code = finish(&p);
    publisher_free(&p.publisher);
    arena_free(&p.arena);
    return code;
}
