/*
 * A year of a calendar: twelve months to look at, or JSON.
 *
 *        January            a number alone is a working day
 *   Mo Tu We Th Fr Sa Su    .  closed, as the week says
 *             1* 2* 3* 4+   *  holiday  ~ half day  + make-up day
 */
#include "calendar_command.h"

#include "calendar.h"
#include "civil.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { MONTHS = 12, MONTHS_IN_ROW = 3, ROW_WIDTH = 22, WEEKS_IN_MONTH = 6 };

static const char *const month_names[MONTHS] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December",
};

/* Working days and minutes of a year, as the calendar plans them. */
struct totals {
    int32_t days;
    int32_t minutes;
};

static int32_t first_of(int32_t year, int32_t month)
{
    struct civil_date date = {year + month / MONTHS, month % MONTHS + 1, 1};
    return civil_day_number(date);
}

static char mark_of(const struct calendar_day *day)
{
    if (day->kind == CALENDAR_DAY_WORKDAY)
        return '+';
    if (day->kind == CALENDAR_DAY_HOLIDAY)
        return day->hours.n > 0 ? '~' : '*';
    return day->hours.n > 0 ? ' ' : '.';
}

static int32_t minutes_of(const struct calendar_day *day)
{
    int32_t minutes = 0;
    for (int32_t i = 0; i < day->hours.n; i++)
        minutes += day->hours.spans[i].until - day->hours.spans[i].from;
    return minutes;
}

static struct totals totals_of(const struct calendar *cal, int32_t year)
{
    struct totals totals = {0};
    for (int32_t n = first_of(year, 0); n < first_of(year, MONTHS); n++) {
        struct calendar_day day = calendar_day(cal, n);
        totals.days += day.hours.n > 0;
        totals.minutes += minutes_of(&day);
    }
    return totals;
}

/* One week of a month: seven cells of three columns. */
static void draw_week(const struct calendar *cal, int32_t year, int32_t month,
                      int32_t week)
{
    int32_t first = first_of(year, month);
    int32_t next = first_of(year, month + 1);
    int32_t monday = first - civil_weekday(first) + week * CIVIL_WEEKDAYS;
    for (int32_t n = monday; n < monday + CIVIL_WEEKDAYS; n++) {
        if (n < first || n >= next) {
            printf("   ");
            continue;
        }
        struct calendar_day day = calendar_day(cal, n);
        printf("%2d%c", n - first + 1, mark_of(&day));
    }
}

static void draw_row(const struct calendar *cal, int32_t year, int32_t month)
{
    putchar('\n');
    for (int32_t m = month; m < month + MONTHS_IN_ROW; m++)
        printf("%*s%-*s", 6, "", ROW_WIDTH - 4, month_names[m]);
    putchar('\n');
    for (int32_t m = 0; m < MONTHS_IN_ROW; m++)
        printf("Mo Tu We Th Fr Sa Su    ");
    putchar('\n');
    for (int32_t week = 0; week < WEEKS_IN_MONTH; week++) {
        for (int32_t m = month; m < month + MONTHS_IN_ROW; m++) {
            draw_week(cal, year, m, week);
            printf("   ");
        }
        putchar('\n');
    }
}

/* The local date of the last announced day; false: there is none. */
static bool announced_until(const struct calendar *cal,
                            char text[CIVIL_TEXT_SIZE])
{
    int64_t end = calendar_runs_out_at(cal);
    if (end == INT64_MAX)
        return false;
    int32_t date = calendar_local_date(cal, end - 1);
    struct civil_date last = {date / 10000, date / 100 % 100, date % 100};
    civil_format(civil_day_number(last), text);
    return true;
}

void calendar_draw_year(const struct calendar *cal, int32_t year)
{
    struct totals totals = totals_of(cal, year);
    char until[CIVIL_TEXT_SIZE];
    printf("%s %d, %s\n", calendar_id(cal), year, calendar_time_zone(cal));
    for (int32_t month = 0; month < MONTHS; month += MONTHS_IN_ROW)
        draw_row(cal, year, month);
    printf(". closed   * holiday   ~ half day   + make-up day\n"
           "%d working days, %d h",
           totals.days, totals.minutes / 60);
    if (totals.minutes % 60 > 0)
        printf(" %d min", totals.minutes % 60);
    if (announced_until(cal, until))
        printf("; announced until %s", until);
    putchar('\n');
}

static json_t *hours_json(const struct calendar_hours *hours)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < hours->n; i++) {
        int from = hours->spans[i].from;
        int until = hours->spans[i].until;
        until -= until > 24 * 60 ? 24 * 60 : 0; /* over midnight */
        json_array_append_new(list,
                              json_sprintf("%02d:%02d-%02d:%02d", from / 60,
                                           from % 60, until / 60, until % 60));
    }
    return list;
}

static json_t *day_json(const struct calendar *cal, int32_t day_number)
{
    static const char *const kinds[] = {
        [CALENDAR_DAY_WEEK] = "week",
        [CALENDAR_DAY_HOLIDAY] = "holiday",
        [CALENDAR_DAY_WORKDAY] = "workday",
    };
    char date[CIVIL_TEXT_SIZE];
    struct calendar_day day = calendar_day(cal, day_number);
    return json_pack("{s:s, s:s, s:o}", "date", civil_format(day_number, date),
                     "kind", kinds[day.kind], "hours", hours_json(&day.hours));
}

void calendar_print_year(const struct calendar *cal, int32_t year)
{
    struct totals totals = totals_of(cal, year);
    char until[CIVIL_TEXT_SIZE];
    json_t *days = json_array();
    for (int32_t n = first_of(year, 0); n < first_of(year, MONTHS); n++)
        json_array_append_new(days, day_json(cal, n));
    json_t *all = json_pack(
        "{s:s, s:s, s:i, s:i, s:i, s:o}", "id", calendar_id(cal), "time_zone",
        calendar_time_zone(cal), "year", year, "working_days", totals.days,
        "working_minutes", totals.minutes, "days", days);
    if (announced_until(cal, until))
        json_object_set_new(all, "announced_until", json_string(until));
    json_dumpf(all, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(all);
}
