/*
 * How long the calendars last, for the operator: metrics and a line in the
 * log. The alert that follows from the metric comes months ahead, too.
 */
#include "calendars_watch.h"

#include "calendar.h"
#include "catalogue.h"
#include "log.h"
#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>

static void show(const struct calendar *const list[], size_t n,
                 struct metrics *metrics)
{
    struct metric_calendar rows[METRIC_CALENDARS];

    for (size_t i = 0; i < n; i++) {
        rows[i].runs_out_ms = calendar_runs_out_at(list[i]);
        snprintf(rows[i].id, sizeof rows[i].id, "%s", calendar_id(list[i]));
    }
    metrics_calendars_set(metrics, rows, n);
}

void calendars_watch(const struct catalogue *cat, struct metrics *metrics,
                     int64_t now_ms)
{
    const struct calendar *list[METRIC_CALENDARS];
    size_t n = catalogue_calendars_left(cat, list, METRIC_CALENDARS);
    int64_t days =
        n > 0 ? catalogue_calendar_days_left(list[0], now_ms) : INT64_MAX;
    struct log_text text;

    if (metrics != NULL)
        show(list, n, metrics);
    if (days < CATALOGUE_CALENDAR_WARN_DAYS)
        log_warn("calendar_runs_out", "calendar=%s days_left=%" PRId64,
                 log_value(&text, calendar_id(list[0])), days);
}
