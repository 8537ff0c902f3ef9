/*
 * /status.json: what a person asks first. Who am I, is all there, which
 * partitions, how far behind, how fast, which catalogue, what went wrong last.
 */
#include "clock.h"
#include "health.h"
#include "kafka_properties.h"
#include "log.h"
#include "metrics_read.h"
#include "metrics_table.h"
#include "output.h"
#include "pages.h"
#include "settings.h"
#include "watchdog.h"

#include <jansson.h>
#include <unistd.h>

/* Two decimals are enough for a person; shorter than what a double holds. */
static json_t *decimal(double value)
{
    return json_real((double)(int64_t)(value * 100 + 0.5) / 100);
}

/* A moment, or null for one that never was. */
static json_t *moment(int64_t at_ms)
{
    char text[OUTPUT_TIME_SIZE];

    if (at_ms <= 0)
        return json_null();
    output_time(at_ms, text);
    return json_string(text);
}

/* A text that may come from outside and be no UTF-8. */
static json_t *text(const char *value)
{
    json_t *string = json_string(value);

    return string != NULL ? string : json_string("(not UTF-8)");
}

/* A figure that may not be known: -1 becomes null. */
static json_t *known(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static json_t *identity(const struct http_view *view, int64_t now_ms)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:I}", "version",
                     DISPATCHER_VERSION, "librdkafka", kafka_library_version(),
                     "group", text(view->cfg->group_id), "instance",
                     text(view->cfg->instance_id), "pid", (int)getpid(),
                     "started_at", moment(view->started_ms), "uptime_seconds",
                     (json_int_t)((now_ms - view->started_ms) / 1000));
}

static json_t *conditions(const struct http_view *view)
{
    json_t *all = json_object();

    for (int i = 0; i < HEALTH_COUNT; i++) {
        struct health_state state;
        health_read(view->health, (enum health_condition)i, &state);
        json_object_set_new(all, state.name,
                            json_pack("{s:b, s:b, s:o, s:o}", "ok", state.ok,
                                      "needed", state.needed, "since",
                                      moment(state.since_ms), "reason",
                                      text(state.reason)));
    }
    return all;
}

static json_t *workers(const struct http_view *view)
{
    json_t *all = json_array();

    for (unsigned i = 0; i < watchdog_slots(view->watchdog); i++) {
        struct watchdog_call call = {.call = "nothing"};
        bool watched = watchdog_read(view->watchdog, i, &call);
        json_array_append_new(all, json_pack("{s:i, s:b, s:s, s:o}", "worker",
                                             (int)i, "running", watched, "in",
                                             call.call, "for_seconds",
                                             decimal((double)call.ms / 1000)));
    }
    return all;
}

static json_t *partitions(const struct metrics_reading *r)
{
    json_t *all = json_array();

    for (size_t i = 0; i < r->n_partitions; i++) {
        const struct metrics_partition *p = &r->partitions[i];
        json_array_append_new(
            all, json_pack("{s:i, s:i, s:o, s:o, s:o, s:o}", "partition",
                           (int)p->partition, "worker", (int)p->worker,
                           "committed_offset", known(p->committed),
                           "lag_records", known(p->lag_records), "lag_seconds",
                           p->lag_seconds < 0 ? json_null()
                                              : decimal(p->lag_seconds),
                           "held_back_records", known(p->held_back)));
    }
    return all;
}

/* null while a partition that was just assigned is not measured yet. */
static json_t *lag(const struct metrics_reading *r)
{
    bool is_known = r->lag_known;

    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "records",
                     known(is_known ? r->lag_records : -1), "seconds",
                     is_known ? decimal(r->lag_seconds) : json_null(),
                     "held_back_records", known(is_known ? r->held_back : -1),
                     "measured_at", moment(r->lag_measured_ms), "partitions",
                     partitions(r));
}

static json_t *rates(struct metrics *metrics)
{
    static const char *const names[METRICS_RATES] = {
        [METRICS_RATE_TICKETS] = "tickets",
        [METRICS_RATE_ASSIGNMENTS] = "assignments",
        [METRICS_RATE_DEADLINES] = "deadlines",
        [METRICS_RATE_DEAD_LETTERS] = "dead_letters",
        [METRICS_RATE_TRANSACTIONS] = "transactions",
    };
    struct metrics_rates values;
    json_t *all = json_object();

    metrics_rates(metrics, &values);
    for (size_t i = 0; i < METRICS_RATES; i++)
        json_object_set_new(all, names[i],
                            json_pack("{s:o, s:o, s:o}", "1m",
                                      decimal(values.per_second[i][0]), "5m",
                                      decimal(values.per_second[i][1]), "15m",
                                      decimal(values.per_second[i][2])));
    return all;
}

static json_t *catalogue(const struct metrics_catalogue *c, int64_t now_ms)
{
    json_t *loads = json_object();

    for (int i = 0; i < METRIC_LOAD_COUNT; i++)
        json_object_set_new(loads, metric_load_name((enum metric_load)i),
                            json_integer((json_int_t)c->loads[i]));
    if (c->loaded_ms <= 0)
        return json_pack("{s:n, s:o}", "version", "loads", loads);
    return json_pack("{s:o, s:I, s:o, s:I, s:o, s:o}", "version",
                     text(c->version), "routes", (json_int_t)c->routes,
                     "loaded_at", moment(c->loaded_ms), "age_seconds",
                     (json_int_t)((now_ms - c->loaded_ms) / 1000),
                     "confirmed_at", moment(c->confirmed_ms), "loads", loads);
}

static json_t *last_errors(void)
{
    struct log_recent lines[LOG_RECENT_MAX];
    size_t n = log_recent(lines, LOG_RECENT_MAX);
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(all, json_pack("{s:o, s:s, s:o}", "at",
                                             moment(lines[i].at_ms), "level",
                                             log_level_name(lines[i].level),
                                             "line", text(lines[i].text)));
    return all;
}

unsigned page_status(const struct http_view *view, FILE *out)
{
    int64_t now_ms = clock_wall_ms();
    struct metrics_reading *reading = metrics_read(view->metrics, now_ms);
    json_t *page = json_pack(
        "{s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "dispatcher",
        identity(view, now_ms), "ready", view_is_ready(view), "conditions",
        conditions(view), "workers", workers(view), "lag", lag(reading),
        "rates_per_second", rates(view->metrics), "catalogue",
        catalogue(&reading->catalogue, now_ms), "last_errors", last_errors());

    metrics_reading_free(&reading);
    if (page == NULL || json_dumpf(page, out, JSON_INDENT(2)) != 0)
        fputs("{}", out);
    fputc('\n', out);
    json_decref(page);
    return HTTP_OK;
}
