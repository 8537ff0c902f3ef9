/*
 * /metrics in Prometheus' text format 0.0.4: every family of the table, each
 * by its writer, in the table's order.
 */
#include "clock.h"
#include "health.h"
#include "kafka_properties.h"
#include "log.h"
#include "metrics_read.h"
#include "metrics_table.h"
#include "pages.h"
#include "process_figures.h"
#include "settings.h"
#include "watchdog.h"

#include <assert.h>
#include <inttypes.h>

/* Everything that a writer may show. */
struct page {
    const struct http_view *view;
    const struct metrics_reading *reading;
    int64_t now_ms;
    double single[METRIC_ID_COUNT]; /* of families that are one number */
    FILE *out;
};

/* Writes the series of one family; `which` is for writers of several. */
typedef void family_writer(const struct page *p, enum metric_id id, int which);

/* One label; the text may come from outside. */
static void write_label(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', out);
        if (*value == '\n')
            fputs("\\n", out);
        else
            fputc(*value, out);
    }
    fputc('"', out);
}

static void write_value(FILE *out, double value)
{
    fprintf(out, " %.15g\n", value);
}

/* A series without labels. */
static void write_plain(const struct page *p, enum metric_id id, double value)
{
    fputs(metric_family(id)->name, p->out);
    write_value(p->out, value);
}

/* A series with the family's one label. */
static void write_labelled(const struct page *p, enum metric_id id,
                           const char *label, double value)
{
    fprintf(p->out, "%s{", metric_family(id)->name);
    write_label(p->out, metric_family(id)->labels, label);
    fputc('}', p->out);
    write_value(p->out, value);
}

/* -------------------------------------------------- counters and histograms */

static void write_counter(const struct page *p, enum metric_id id, int which)
{
    enum metric_counter counter = (enum metric_counter)which;

    for (unsigned i = 0; i < METRIC_LABELS; i++) {
        const char *label = metric_label(counter, i);
        double value = (double)p->reading->counters[counter][i];
        if (label != NULL && *label != '\0')
            write_labelled(p, id, label, value);
        else if (label != NULL)
            write_plain(p, id, value);
    }
}

static void write_histogram(const struct page *p, enum metric_id id, int which)
{
    enum metric_histogram histogram = (enum metric_histogram)which;
    const char *name = metric_family(id)->name;
    const struct metric_buckets *buckets = metric_buckets(histogram);
    const struct metrics_histogram *h = &p->reading->histograms[histogram];
    uint64_t below = 0;

    for (size_t i = 0; i < buckets->n; i++) {
        below += h->counts[i];
        fprintf(p->out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
                (double)buckets->bounds[i] / (double)buckets->per_unit, below);
    }
    fprintf(p->out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, h->count);
    fprintf(p->out, "%s_sum %.15g\n", name, h->sum);
    fprintf(p->out, "%s_count %" PRIu64 "\n", name, h->count);
}

/* ------------------------------------------------------------------ tickets */

static void write_remembered(const struct page *p, enum metric_id id, int which)
{
    static const char *const statuses[METRIC_STATUSES] = {
        "open", "resolved", "closed", "merged", "cancelled"};

    for (int i = 0; i < METRIC_STATUSES; i++)
        write_labelled(p, id, statuses[i],
                       (double)p->reading->gauges[which + i]);
}

/* -------------------------------------------------------------- partitions */

/* Figures that are not known yet have no series. */
static void write_partition(const struct page *p, enum metric_id id,
                            int32_t partition, double value)
{
    if (value < 0)
        return;
    fprintf(p->out, "%s{", metric_family(id)->name);
    write_label(p->out, "topic", p->view->cfg->topic_tickets);
    fprintf(p->out, ",partition=\"%" PRId32 "\"}", partition);
    write_value(p->out, value);
}

enum partition_figure { LAG_RECORDS, LAG_SECONDS, HELD_BACK, COMMITTED };

static void write_partitions(const struct page *p, enum metric_id id, int which)
{
    for (size_t i = 0; i < p->reading->n_partitions; i++) {
        const struct metrics_partition *row = &p->reading->partitions[i];
        const double figures[] = {
            [LAG_RECORDS] = (double)row->lag_records,
            [LAG_SECONDS] = row->lag_seconds,
            [HELD_BACK] = (double)row->held_back,
            [COMMITTED] = (double)row->committed,
        };
        write_partition(p, id, row->partition, figures[which]);
    }
}

/* A sum without a partition that was just assigned would be too low. */
static void write_lag(const struct page *p, enum metric_id id, int which)
{
    const double figures[] = {
        [LAG_RECORDS] = (double)p->reading->lag_records,
        [LAG_SECONDS] = p->reading->lag_seconds,
        [HELD_BACK] = (double)p->reading->held_back,
    };

    if (p->reading->lag_known)
        write_plain(p, id, figures[which]);
}

/* Nothing before the first measurement. */
static void write_lag_age(const struct page *p, enum metric_id id, int which)
{
    int64_t age_ms = p->now_ms - p->reading->lag_measured_ms;

    (void)which;
    if (p->reading->lag_measured_ms > 0)
        write_plain(p, id, age_ms > 0 ? (double)age_ms / 1000 : 0);
}

/* ------------------------------------------------------- what is there now */

static void write_conditions(const struct page *p, enum metric_id id, int which)
{
    (void)which;
    for (int i = 0; i < HEALTH_COUNT; i++) {
        struct health_state state;
        health_read(p->view->health, (enum health_condition)i, &state);
        write_labelled(p, id, state.name, state.ok);
    }
}

static void write_calls(const struct page *p, enum metric_id id, int which)
{
    const struct watchdog *wd = p->view->watchdog;

    (void)which;
    for (unsigned i = 0; i < watchdog_slots(wd); i++) {
        struct watchdog_call call;
        char worker[16];
        if (!watchdog_read(wd, i, &call))
            continue;
        snprintf(worker, sizeof worker, "%u", i);
        write_labelled(p, id, worker, (double)call.ms / 1000);
    }
}

static void write_loads(const struct page *p, enum metric_id id, int which)
{
    (void)which;
    for (int i = 0; i < METRIC_LOAD_COUNT; i++)
        write_labelled(p, id, metric_load_name((enum metric_load)i),
                       (double)p->reading->catalogue.loads[i]);
}

/* Without a catalogue these have no series. */
static void write_catalogue(const struct page *p, enum metric_id id, int which)
{
    const struct metrics_catalogue *c = &p->reading->catalogue;

    (void)which;
    if (id == METRIC_ID_CATALOGUE_CONFIRMED && c->confirmed_ms > 0)
        write_plain(p, id, (double)c->confirmed_ms / 1000);
    if (c->loaded_ms <= 0)
        return;
    if (id == METRIC_ID_CATALOGUE_VERSION)
        write_plain(p, id, (double)c->number);
    if (id == METRIC_ID_CATALOGUE_INFO)
        write_labelled(p, id, c->version, 1);
    if (id == METRIC_ID_CATALOGUE_ROUTES)
        write_plain(p, id, (double)c->routes);
    if (id == METRIC_ID_CATALOGUE_LOADED)
        write_plain(p, id, (double)c->loaded_ms / 1000);
}

static void write_calendars(const struct page *p, enum metric_id id, int which)
{
    struct metric_calendar rows[METRIC_CALENDARS];
    size_t n = metrics_calendars(p->view->metrics, rows);

    (void)which;
    for (size_t i = 0; i < n; i++)
        write_labelled(p, id, rows[i].id, (double)rows[i].runs_out_ms / 1000);
}

static void write_log_lines(const struct page *p, enum metric_id id, int which)
{
    (void)which;
    for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
        write_labelled(p, id, log_level_name((enum log_level)i),
                       (double)log_count((enum log_level)i));
}

static void write_build(const struct page *p, enum metric_id id, int which)
{
    (void)which;
    fprintf(p->out, "%s{", metric_family(id)->name);
    write_label(p->out, "version", DISPATCHER_VERSION);
    fputc(',', p->out);
    write_label(p->out, "librdkafka", kafka_library_version());
    fputs("} 1\n", p->out);
}

static void write_single(const struct page *p, enum metric_id id, int which)
{
    (void)which;
    write_plain(p, id, p->single[id]);
}

/* --------------------------------------------------------------- the table */

static const struct {
    family_writer *write;
    int which;
} writers[] = {
    [METRIC_ID_TICKETS] = {write_counter, METRIC_TICKETS},
    [METRIC_ID_ASSIGNMENTS] = {write_counter, METRIC_ASSIGNMENTS},
    [METRIC_ID_DEADLINES] = {write_counter, METRIC_DEADLINES},
    [METRIC_ID_DEAD_LETTERS] = {write_counter, METRIC_DEAD_LETTERS},
    [METRIC_ID_COMMITS] = {write_counter, METRIC_COMMITS},
    [METRIC_ID_ABORTS] = {write_counter, METRIC_ABORTS},
    [METRIC_ID_REBALANCES] = {write_counter, METRIC_REBALANCES},
    [METRIC_ID_PRODUCERS] = {write_counter, METRIC_PRODUCERS},
    [METRIC_ID_TRANSACTION_SECONDS] = {write_histogram,
                                       METRIC_TRANSACTION_SECONDS},
    [METRIC_ID_TRANSACTION_RECORDS] = {write_histogram,
                                       METRIC_TRANSACTION_RECORDS},
    [METRIC_ID_LATENCY] = {write_histogram, METRIC_LATENCY_SECONDS},
    [METRIC_ID_TIMER_SECONDS] = {write_histogram, METRIC_TIMER_SECONDS},
    [METRIC_ID_TIMER_OVERDUE] = {write_single, 0},
    [METRIC_ID_REPEATS] = {write_counter, METRIC_REPEATS},
    [METRIC_ID_REMEMBERED] = {write_remembered, METRIC_TICKETS_OPEN},
    [METRIC_ID_STATE_BYTES] = {write_single, 0},
    [METRIC_ID_RESTORING] = {write_single, 0},
    [METRIC_ID_RESTORED] = {write_counter, METRIC_RESTORED},
    [METRIC_ID_PRODUCER_QUEUE] = {write_single, 0},
    [METRIC_ID_CONSUMER_QUEUE] = {write_single, 0},
    [METRIC_ID_PARTITIONS] = {write_single, 0},
    [METRIC_ID_LAG_RECORDS] = {write_lag, LAG_RECORDS},
    [METRIC_ID_LAG_SECONDS] = {write_lag, LAG_SECONDS},
    [METRIC_ID_HELD_BACK] = {write_lag, HELD_BACK},
    [METRIC_ID_LAG_AGE] = {write_lag_age, 0},
    [METRIC_ID_PARTITION_LAG_RECORDS] = {write_partitions, LAG_RECORDS},
    [METRIC_ID_PARTITION_LAG_SECONDS] = {write_partitions, LAG_SECONDS},
    [METRIC_ID_PARTITION_HELD_BACK] = {write_partitions, HELD_BACK},
    [METRIC_ID_PARTITION_COMMITTED] = {write_partitions, COMMITTED},
    [METRIC_ID_READY] = {write_single, 0},
    [METRIC_ID_CONDITION] = {write_conditions, 0},
    [METRIC_ID_CALL_SECONDS] = {write_calls, 0},
    [METRIC_ID_CATALOGUE_LOADS] = {write_loads, 0},
    [METRIC_ID_CATALOGUE_VERSION] = {write_catalogue, 0},
    [METRIC_ID_CATALOGUE_INFO] = {write_catalogue, 0},
    [METRIC_ID_CATALOGUE_ROUTES] = {write_catalogue, 0},
    [METRIC_ID_CATALOGUE_LOADED] = {write_catalogue, 0},
    [METRIC_ID_CATALOGUE_CONFIRMED] = {write_catalogue, 0},
    [METRIC_ID_CALENDAR_RUNS_OUT] = {write_calendars, 0},
    [METRIC_ID_LOG_LINES] = {write_log_lines, 0},
    [METRIC_ID_BUILD_INFO] = {write_build, 0},
    [METRIC_ID_PROCESS_CPU] = {write_single, 0},
    [METRIC_ID_PROCESS_RSS] = {write_single, 0},
    [METRIC_ID_PROCESS_VSZ] = {write_single, 0},
    [METRIC_ID_PROCESS_FDS] = {write_single, 0},
    [METRIC_ID_PROCESS_MAX_FDS] = {write_single, 0},
    [METRIC_ID_PROCESS_START] = {write_single, 0},
};

static_assert(sizeof writers / sizeof *writers == METRIC_ID_COUNT,
              "a writer for each family");

static void fill_single(struct page *p)
{
    const struct metrics_reading *r = p->reading;
    struct process_figures process;

    process_figures_read(&process);
    p->single[METRIC_ID_PRODUCER_QUEUE] =
        (double)r->gauges[METRIC_PRODUCER_QUEUE];
    p->single[METRIC_ID_CONSUMER_QUEUE] =
        (double)r->gauges[METRIC_CONSUMER_QUEUE];
    p->single[METRIC_ID_TIMER_OVERDUE] =
        (double)r->gauges[METRIC_TIMER_DUE_MS] / 1000;
    p->single[METRIC_ID_STATE_BYTES] = (double)r->gauges[METRIC_STATE_BYTES];
    p->single[METRIC_ID_RESTORING] = (double)r->gauges[METRIC_RESTORING];
    p->single[METRIC_ID_PARTITIONS] = (double)r->n_partitions;
    p->single[METRIC_ID_READY] = view_is_ready(p->view);
    p->single[METRIC_ID_PROCESS_CPU] = process.cpu_seconds;
    p->single[METRIC_ID_PROCESS_RSS] = process.resident_bytes;
    p->single[METRIC_ID_PROCESS_VSZ] = process.virtual_bytes;
    p->single[METRIC_ID_PROCESS_FDS] = process.open_fds;
    p->single[METRIC_ID_PROCESS_MAX_FDS] = process.max_fds;
    p->single[METRIC_ID_PROCESS_START] = (double)p->view->started_ms / 1000;
}

unsigned page_metrics(const struct http_view *view, FILE *out)
{
    int64_t now_ms = clock_wall_ms();
    struct metrics_reading *reading = metrics_read(view->metrics, now_ms);
    struct page p = {
        .view = view, .reading = reading, .now_ms = now_ms, .out = out};

    fill_single(&p);
    for (int i = 0; i < METRIC_ID_COUNT; i++) {
        const struct metric_family *family = metric_family((enum metric_id)i);
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
                family->name, metric_type_name(family->type));
        writers[i].write(&p, (enum metric_id)i, writers[i].which);
    }
    metrics_reading_free(&reading);
    return HTTP_OK;
}
