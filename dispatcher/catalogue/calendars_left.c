/*
 * How long the calendars of a catalogue still know the holidays.
 */
#include "calendar.h"
#include "catalogue.h"
#include "findings.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY_MS INT64_C(86400000)

static bool runs_out_before(const struct calendar *a, const struct calendar *b)
{
    return calendar_runs_out_at(a) < calendar_runs_out_at(b);
}

/* Keeps list[n] sorted, and the first `max` of it only. Returns the new n. */
static size_t insert(const struct calendar *list[], size_t n, size_t max,
                     const struct calendar *cal)
{
    size_t i = n < max ? n++ : n;

    for (; i > 0 && runs_out_before(cal, list[i - 1]); i--)
        if (i < n)
            list[i] = list[i - 1];
    if (i < n)
        list[i] = cal;
    return n;
}

size_t catalogue_calendars_left(const struct catalogue *cat,
                                const struct calendar *list[], size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < catalogue_calendars_count(cat); i++) {
        const struct calendar *cal = catalogue_calendar_at(cat, i);
        if (calendar_announces(cal))
            n = insert(list, n, max, cal);
    }
    return n;
}

static int64_t floor_days(int64_t ms)
{
    return ms / DAY_MS - (ms % DAY_MS < 0 ? 1 : 0);
}

int64_t catalogue_calendar_days_left(const struct calendar *cal, int64_t now_ms)
{
    return floor_days(calendar_runs_out_at(cal) - now_ms);
}

void catalogue_check_calendars(const struct catalogue *cat,
                               const struct catalogue_tables *tables,
                               int64_t now_ms, struct findings *findings)
{
    for (size_t i = 0; i < catalogue_calendars_count(cat); i++) {
        const struct calendar *cal = catalogue_calendar_at(cat, i);
        char when[32] = "is over";

        if (!calendar_announces(cal))
            continue;
        int64_t days = catalogue_calendar_days_left(cal, now_ms);
        if (days >= CATALOGUE_CALENDAR_WARN_DAYS)
            continue;
        if (days >= 0)
            snprintf(when, sizeof when, "is over in %" PRId64 " days", days);
        findings_add(findings, FINDING_WARNING, TABLE_CALENDARS,
                     tables_find(tables, TABLE_CALENDARS, calendar_id(cal)),
                     "announced_until",
                     "what is announced %s; deadlines behind it know no "
                     "holidays: add the next year's and move announced_until",
                     when);
    }
}
