/*
 * A calendar's JSON object, read by a table of its fields.
 */
#include "calendar_spec.h"

#include "calendar_table.h"
#include "memory.h"
#include "suggest.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More listed days than 70 years have is a mistake. */
enum { MAX_LISTED_DAYS = 25600 };

static const char *const weekday_names[CIVIL_WEEKDAYS] = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun",
};

/* What is being filled, and where the reason of a failure goes. */
struct parser {
    struct calendar_spec *spec;
    size_t capacity; /* of spec->days */
    char *why;       /* [CALENDAR_WHY_SIZE] */
};

PRINTF_LIKE(2, 3)
static bool fail(struct parser *in, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(in->why, CALENDAR_WHY_SIZE, format, args);
    va_end(args);
    return false;
}

/* Puts the place in front of a reason that is already there. */
static bool fail_at(struct parser *in, const char *place)
{
    char reason[CALENDAR_WHY_SIZE];
    memcpy(reason, in->why, sizeof reason);
    return fail(in, "%.48s: %.200s", place, reason);
}

static bool is_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && strlen(text) == json_string_length(value);
}

static bool parse_hours(struct parser *in, const json_t *list,
                        struct calendar_hours *hours)
{
    size_t i;
    json_t *item;
    if (!json_is_array(list)) {
        return fail(in, "must be a list of spans such as [\"09:00-12:00\", "
                        "\"13:00-18:00\"]");
    }
    json_array_foreach(list, i, item)
    {
        if (!is_text(item)) {
            return fail(in, "holds an item that is no text: write spans such "
                            "as \"09:00-12:00\"");
        }
        if (!calendar_hours_add(hours, json_string_value(item), in->why))
            return false;
    }
    return true;
}

static int find_weekday(const char *name)
{
    for (int i = 0; i < CIVIL_WEEKDAYS; i++)
        if (strcmp(weekday_names[i], name) == 0)
            return i;
    return -1;
}

/* A night shift must not run into the next day's hours. */
static bool check_nights(struct parser *in)
{
    for (int i = 0; i < CIVIL_WEEKDAYS; i++) {
        int next = (i + 1) % CIVIL_WEEKDAYS;
        const struct calendar_hours *night = &in->spec->week[i];
        const struct calendar_hours *day = &in->spec->week[next];
        if (night->n > 0 && day->n > 0 &&
            night->spans[night->n - 1].until - DAY_MINUTES >
                day->spans[0].from) {
            return fail(in,
                        "week.%s: its last span runs into the first of %s: "
                        "let none overlap",
                        weekday_names[i], weekday_names[next]);
        }
    }
    return true;
}

static bool parse_week(struct parser *in, const json_t *value)
{
    const char *name;
    json_t *list;
    if (!json_is_object(value)) {
        return fail(in, "week: must be an object such as {\"mon\": "
                        "[\"09:00-17:00\"]}");
    }
    /* Jansson iterates over objects that are not const only. */
    json_object_foreach((json_t *)(uintptr_t)value, name, list)
    {
        int weekday = find_weekday(name);
        if (weekday < 0) {
            return fail(in,
                        "week: \"%.32s\" is no day: write mon, tue, wed, "
                        "thu, fri, sat or sun",
                        name);
        }
        if (!parse_hours(in, list, &in->spec->week[weekday])) {
            char place[16];
            snprintf(place, sizeof place, "week.%s", name);
            return fail_at(in, place);
        }
    }
    in->spec->has_week = true;
    return check_nights(in);
}

static bool parse_date(struct parser *in, const json_t *value, int32_t *out)
{
    const char *text = is_text(value) ? json_string_value(value) : "";
    int32_t day;
    if (!civil_parse(text, &day)) {
        return fail(in,
                    "\"%.32s\" is no date: write a day that exists as "
                    "\"2026-10-01\"",
                    text);
    }
    int32_t year = civil_date_of(day).year;
    if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR) {
        return fail(in, "\"%s\" is too far away: the years %d to %d count",
                    text, CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    }
    *out = day;
    return true;
}

/* {"date": ..., "hours": [...]} */
static bool parse_day_object(struct parser *in, const json_t *value,
                             struct listed_day *out)
{
    const char *name;
    json_t *field;
    json_object_foreach((json_t *)(uintptr_t)value, name, field)
    {
        if (strcmp(name, "date") != 0 && strcmp(name, "hours") != 0) {
            return fail(in, "\"%.32s\" is unknown: a day has date and hours",
                        name);
        }
    }
    if (!parse_date(in, json_object_get(value, "date"), &out->day))
        return false;
    const json_t *hours = json_object_get(value, "hours");
    if (hours == NULL)
        return true;
    out->has_hours = true;
    if (!parse_hours(in, hours, &out->hours)) {
        char place[CIVIL_TEXT_SIZE];
        return fail_at(in, civil_format(out->day, place));
    }
    if (out->kind == CALENDAR_DAY_WORKDAY && out->hours.n == 0)
        return fail(in, "hours are empty: list the day in holidays instead");
    return true;
}

static bool parse_day(struct parser *in, const json_t *value,
                      struct listed_day *out)
{
    if (json_is_string(value))
        return parse_date(in, value, &out->day);
    if (json_is_object(value))
        return parse_day_object(in, value, out);
    return fail(in, "each day is a text such as \"2026-10-01\" or an object "
                    "of date and hours");
}

static bool parse_days(struct parser *in, const json_t *list,
                       enum calendar_day_kind kind, const char *place)
{
    size_t i;
    json_t *item;
    struct calendar_spec *spec = in->spec;
    if (!json_is_array(list))
        return fail(in, "%s: must be a list of dates", place);
    if (spec->n_days + json_array_size(list) > MAX_LISTED_DAYS) {
        return fail(in, "%s: too many days, at most %d", place,
                    MAX_LISTED_DAYS);
    }
    in->capacity = spec->n_days + json_array_size(list);
    spec->days = memory_grow(spec->days, in->capacity + 1, sizeof *spec->days);
    json_array_foreach(list, i, item)
    {
        struct listed_day day = {.kind = kind};
        if (!parse_day(in, item, &day))
            return fail_at(in, place);
        spec->days[spec->n_days++] = day;
    }
    return true;
}

static bool parse_holidays(struct parser *in, const json_t *value)
{
    return parse_days(in, value, CALENDAR_DAY_HOLIDAY, "holidays");
}

static bool parse_workdays(struct parser *in, const json_t *value)
{
    return parse_days(in, value, CALENDAR_DAY_WORKDAY, "workdays");
}

static bool parse_announced_until(struct parser *in, const json_t *value)
{
    in->spec->has_announced_until = true;
    return parse_date(in, value, &in->spec->announced_until) ||
           fail_at(in, "announced_until");
}

static bool parse_name(struct parser *in, const json_t *value, char **out,
                       const char *place)
{
    if (!is_text(value))
        return fail(in, "%s: must be a text", place);
    free(*out);
    *out = memory_copy_text(json_string_value(value));
    return true;
}

static bool parse_time_zone(struct parser *in, const json_t *value)
{
    return parse_name(in, value, &in->spec->time_zone, "time_zone");
}

static bool parse_inherits(struct parser *in, const json_t *value)
{
    return parse_name(in, value, &in->spec->inherits, "inherits");
}

static const struct {
    const char *name;
    bool (*parse)(struct parser *in, const json_t *value);
} fields[] = {
    {"time_zone", parse_time_zone},
    {"week", parse_week},
    {"holidays", parse_holidays},
    {"workdays", parse_workdays},
    {"announced_until", parse_announced_until},
    {"inherits", parse_inherits},
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static bool parse_field(struct parser *in, const char *name,
                        const json_t *value)
{
    struct suggest suggestion;
    char did_you_mean[SUGGEST_TEXT_SIZE];
    suggest_begin(&suggestion, name);
    for (size_t i = 0; i < FIELDS; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].parse(in, value);
        suggest_consider(&suggestion, fields[i].name);
    }
    return fail(in, "\"%.32s\" is not known in a calendar%s", name,
                suggest_text(&suggestion, did_you_mean));
}

static bool sort_days(struct parser *in)
{
    struct calendar_spec *spec = in->spec;
    calendar_sort_days(spec->days, spec->n_days);
    for (size_t i = 1; i < spec->n_days; i++) {
        if (spec->days[i].day == spec->days[i - 1].day) {
            char date[CIVIL_TEXT_SIZE];
            return fail(in,
                        "%s is listed twice: keep it once, in holidays or in "
                        "workdays",
                        civil_format(spec->days[i].day, date));
        }
    }
    return true;
}

static bool parse_object(struct parser *in, json_t *object)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        return fail(in, "a calendar must be a JSON object, such as "
                        "{\"time_zone\": \"Asia/Shanghai\", ...}");
    }
    json_object_foreach(object, name, value)
    {
        if (!parse_field(in, name, value))
            return false;
    }
    return sort_days(in);
}

struct calendar_spec *calendar_spec_parse(const char *json, size_t size,
                                          char why[CALENDAR_WHY_SIZE])
{
    json_error_t error;
    json_t *object = json_loadb(json, size, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL) {
        snprintf(why, CALENDAR_WHY_SIZE, "no valid JSON at character %d: %s",
                 error.position, error.text);
        return NULL;
    }
    struct calendar_spec *spec = memory_new(sizeof *spec);
    spec->time_zone = memory_copy_text("");
    spec->inherits = memory_copy_text("");
    struct parser in = {.spec = spec, .why = why};
    if (!parse_object(&in, object))
        calendar_spec_free(&spec);
    json_decref(object);
    return spec;
}

void calendar_spec_free(struct calendar_spec **spec)
{
    if (*spec != NULL) {
        free((*spec)->time_zone);
        free((*spec)->inherits);
        free((*spec)->days);
        free(*spec);
        *spec = NULL;
    }
}

const char *calendar_spec_inherits(const struct calendar_spec *spec)
{
    return spec->inherits;
}
