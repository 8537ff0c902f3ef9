/*
 * iCalendar files (RFC 5545), read with libical, which only this file knows:
 * all-day events become holidays or make-up working days.
 */
#include "calendar_command.h"

#include "civil.h"
#include "memory.h"

#include <errno.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file is larger, or an event longer, only by mistake. */
enum { MAX_FILE = 16 << 20, MAX_EVENT_DAYS = 366, DAY_SECONDS = 86400 };

/* Where the days of one event go. */
struct collector {
    const struct ics_filter *filter;
    struct ics_days *days;
    bool works; /* the event names make-up days */
    int32_t event_days;
};

static char *read_file(const char *path, char *why, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(why, size, "%s: %s", path, strerror(errno));
        return NULL;
    }
    char *text = memory_new(MAX_FILE + 1);
    size_t n = fread(text, 1, MAX_FILE + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || n > MAX_FILE) {
        snprintf(why, size, "%s: %s", path,
                 failed ? "cannot be read" : "is larger than 16 MiB");
        free(text);
        return NULL;
    }
    text[n] = '\0';
    return text;
}

static void append(int32_t **days, int32_t *n, int32_t day)
{
    *days = memory_grow(*days, (size_t)*n + 1, sizeof **days);
    (*days)[(*n)++] = day;
}

/* libical calls this for each time that an event takes place. A date without
 * a zone is midnight in UTC there. */
static void take_event(icalcomponent *event, struct icaltime_span *span,
                       void *data)
{
    (void)event;
    struct collector *c = data;
    int32_t first = (int32_t)(span->start / DAY_SECONDS);
    int32_t next = first + c->event_days;
    for (int32_t day = first; day < next; day++) {
        int32_t year = civil_date_of(day).year;
        if (year < c->filter->first_year || year > c->filter->last_year)
            continue;
        if (c->works)
            append(&c->days->workdays, &c->days->n_workdays, day);
        else
            append(&c->days->holidays, &c->days->n_holidays, day);
    }
}

/* How many days an event lasts: its end is the day after; without an end it
 * is one day. (The spans that libical hands out end a day too late.) */
static int32_t days_of(icalcomponent *event)
{
    struct icaltimetype begin = icalcomponent_get_dtstart(event);
    struct icaltimetype end = icalcomponent_get_dtend(event);
    if (icaltime_is_null_time(end))
        return 1;
    int64_t seconds = icaltime_as_timet(end) - icaltime_as_timet(begin);
    int64_t days = (seconds + DAY_SECONDS - 1) / DAY_SECONDS;
    if (days < 1)
        return 1;
    return days > MAX_EVENT_DAYS ? MAX_EVENT_DAYS : (int32_t)days;
}

static void read_event(icalcomponent *event, const struct ics_filter *filter,
                       struct ics_days *days)
{
    const char *summary = icalcomponent_get_summary(event);
    struct collector c = {
        .filter = filter,
        .days = days,
        .event_days = days_of(event),
        .works = summary != NULL && strstr(summary, filter->workday) != NULL,
    };
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED)
        return;
    if (!icalcomponent_get_dtstart(event).is_date) {
        days->n_skipped++;
        return;
    }
    /* An event may begin in the year before. */
    struct icaltimetype from = icaltime_null_date();
    struct icaltimetype until = icaltime_null_date();
    from.year = filter->first_year - 1;
    until.year = filter->last_year + 1;
    from.month = until.month = 1;
    from.day = until.day = 1;
    icalcomponent_foreach_recurrence(event, from, until, take_event, &c);
}

static int compare(const void *a, const void *b)
{
    int32_t left = *(const int32_t *)a;
    int32_t right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

static int32_t sort_unique(int32_t *days, int32_t n)
{
    int32_t kept = 0;
    if (n > 0)
        qsort(days, (size_t)n, sizeof *days, compare);
    for (int32_t i = 0; i < n; i++)
        if (kept == 0 || days[kept - 1] != days[i])
            days[kept++] = days[i];
    return kept;
}

/* A make-up day that also lies within a holiday's event is worked. */
static void drop_worked_holidays(struct ics_days *days)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < days->n_holidays; i++) {
        const int32_t *day = &days->holidays[i];
        if (days->n_workdays == 0 ||
            bsearch(day, days->workdays, (size_t)days->n_workdays, sizeof *day,
                    compare) == NULL)
            days->holidays[kept++] = *day;
    }
    days->n_holidays = kept;
}

static bool read_calendar(icalcomponent *calendar,
                          const struct ics_filter *filter,
                          struct ics_days *days)
{
    if (icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
        return false;
    for (icalcomponent *event =
             icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         event != NULL; event = icalcomponent_get_next_component(
                            calendar, ICAL_VEVENT_COMPONENT))
        read_event(event, filter, days);
    days->n_holidays = sort_unique(days->holidays, days->n_holidays);
    days->n_workdays = sort_unique(days->workdays, days->n_workdays);
    drop_worked_holidays(days);
    return true;
}

bool ics_read(const char *path, const struct ics_filter *filter,
              struct ics_days *days, char *why, size_t size)
{
    struct ics_days found = {0};
    char *text = read_file(path, why, size);
    if (text == NULL)
        return false;
    icalcomponent *calendar = icalparser_parse_string(text);
    bool read = calendar != NULL && read_calendar(calendar, filter, &found);
    if (calendar != NULL)
        icalcomponent_free(calendar);
    free(text);
    if (!read) {
        snprintf(why, size,
                 "%s: is no iCalendar file: it must hold one VCALENDAR", path);
        return false;
    }
    *days = found;
    return true;
}

void ics_days_deinit(struct ics_days *days)
{
    free(days->holidays);
    free(days->workdays);
    *days = (struct ics_days){0};
}
