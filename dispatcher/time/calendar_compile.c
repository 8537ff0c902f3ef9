/*
 * From specs to a calendar: inheritance is resolved, the zone is read, the
 * hours become spans in UTC, the whole gets its fingerprint.
 */
#include "calendar_spec.h"

#include "calendar_table.h"
#include "memory.h"
#include "zone.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* A calendar's own spec, its parent's, and so on. */
struct lineage {
    const struct calendar_spec *const *specs;
    size_t n;
};

static const char *find_time_zone(const struct lineage *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (from->specs[i]->time_zone[0] != '\0')
            return from->specs[i]->time_zone;
    return NULL;
}

static void inherit_week(struct calendar *cal, const struct lineage *from)
{
    for (size_t i = 0; i < from->n; i++) {
        if (from->specs[i]->has_week) {
            memcpy(cal->week, from->specs[i]->week, sizeof cal->week);
            return;
        }
    }
}

static void inherit_announced_until(struct calendar *cal,
                                    const struct lineage *from)
{
    cal->runs_out_ms = INT64_MAX;
    for (size_t i = 0; i < from->n; i++) {
        if (from->specs[i]->has_announced_until) {
            int64_t next_day = from->specs[i]->announced_until + INT64_C(1);
            cal->runs_out_ms = zone_to_utc(cal->zone, next_day * DAY_MS);
            return;
        }
    }
}

/* Each listed day counts as the nearest spec has it. */
static void inherit_days(struct calendar *cal, const struct lineage *from)
{
    size_t n = 0;
    for (size_t i = 0; i < from->n; i++)
        n += from->specs[i]->n_days;
    cal->days = memory_new_array(n + 1, sizeof *cal->days);
    for (size_t i = 0; i < from->n; i++) {
        size_t nearer = cal->n_days; /* these are sorted */
        for (size_t j = 0; j < from->specs[i]->n_days; j++) {
            struct listed_day day = from->specs[i]->days[j];
            if (calendar_listed_day(cal->days, nearer, day.day) == NULL)
                cal->days[cal->n_days++] = day;
        }
        calendar_sort_days(cal->days, cal->n_days);
    }
}

/* Who writes neither a week nor working days wants a zone, with holidays
 * perhaps. A week that is there and empty is a mistake. */
static bool says_hours(const struct calendar *cal, const struct lineage *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (from->specs[i]->has_week)
            return true;
    for (size_t i = 0; i < cal->n_days; i++)
        if (cal->days[i].kind == CALENDAR_DAY_WORKDAY)
            return true;
    return false;
}

static void open_at_all_hours(struct calendar *cal)
{
    struct calendar_hours whole_day = {.n = 1};
    whole_day.spans[0].until = DAY_MINUTES;
    for (int i = 0; i < CIVIL_WEEKDAYS; i++)
        cal->week[i] = whole_day;
    cal->always = cal->n_days == 0;
}

/* The hours of a working day that names none: those of its weekday, or, on a
 * day that is usually closed, of the first open day of the week. */
static const struct calendar_hours *usual_hours(const struct calendar *cal,
                                                int32_t day)
{
    const struct calendar_hours *hours = &cal->week[civil_weekday(day)];
    for (int i = 0; i < CIVIL_WEEKDAYS && hours->n == 0; i++)
        hours = &cal->week[i];
    return hours;
}

static bool fill_hours(struct calendar *cal, char why[CALENDAR_WHY_SIZE])
{
    for (size_t i = 0; i < cal->n_days; i++) {
        struct listed_day *day = &cal->days[i];
        if (day->has_hours || day->kind == CALENDAR_DAY_HOLIDAY)
            continue;
        day->hours = *usual_hours(cal, day->day);
        if (day->hours.n == 0) {
            char date[CIVIL_TEXT_SIZE];
            snprintf(why, CALENDAR_WHY_SIZE,
                     "workdays: %s has no hours and the week has none: write "
                     "{\"date\": \"%s\", \"hours\": [\"09:00-17:00\"]}",
                     civil_format(day->day, date), date);
            return false;
        }
    }
    return true;
}

static bool load_zone(struct calendar *cal, const char *name,
                      char why[CALENDAR_WHY_SIZE])
{
    char reason[CALENDAR_WHY_SIZE];
    if (name == NULL) {
        snprintf(why, CALENDAR_WHY_SIZE,
                 "time_zone: missing: write an IANA name such as "
                 "\"Asia/Shanghai\", or inherit from a calendar that has one");
        return false;
    }
    cal->zone = zone_load(name, reason, sizeof reason);
    if (cal->zone == NULL) {
        snprintf(why, CALENDAR_WHY_SIZE, "time_zone: %.240s", reason);
        return false;
    }
    cal->time_zone = memory_copy_text(name);
    return true;
}

/* Changes of offset decide the wall-clock time of calendar days. Regimes with
 * equal offsets count as one: files of the same zone may divide time
 * differently. */
static void hash_zone(XXH3_state_t *state, const struct zone *zone)
{
    int64_t from =
        civil_day_number((struct civil_date){CALENDAR_FIRST_YEAR, 1, 1}) *
        (int64_t)DAY_MS;
    int64_t until =
        civil_day_number((struct civil_date){CALENDAR_LAST_YEAR + 1, 1, 1}) *
        (int64_t)DAY_MS;
    int64_t offset_ms = INT64_MAX;
    while (from < until) {
        struct zone_regime regime = zone_regime_at(zone, from);
        if (regime.offset_ms != offset_ms) {
            offset_ms = regime.offset_ms;
            int64_t change[] = {from, offset_ms};
            XXH3_64bits_update(state, change, sizeof change);
        }
        from = regime.until_ms;
    }
}

static uint64_t fingerprint(const struct calendar *cal)
{
    static_assert(sizeof(struct span) == 24 && sizeof(struct workday) == 8,
                  "padding would be hashed");
    XXH3_state_t *state = XXH3_createState();
    XXH3_64bits_reset(state);
    XXH3_64bits_update(state, &cal->always, sizeof cal->always);
    XXH3_64bits_update(state, &cal->runs_out_ms, sizeof cal->runs_out_ms);
    hash_zone(state, cal->zone);
    XXH3_64bits_update(state, cal->spans, cal->n_spans * sizeof *cal->spans);
    XXH3_64bits_update(state, cal->workdays,
                       cal->n_workdays * sizeof *cal->workdays);
    uint64_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return hash;
}

static bool compile_spans(struct calendar *cal, char why[CALENDAR_WHY_SIZE])
{
    if (!fill_hours(cal, why))
        return false;
    calendar_build_spans(cal);
    if (cal->n_spans == 0) {
        snprintf(why, CALENDAR_WHY_SIZE,
                 "week: the calendar is never open: give it hours such as "
                 "{\"mon\": [\"09:00-17:00\"]}, list workdays with hours, or "
                 "leave week out for all hours");
        return false;
    }
    calendar_index_spans(cal);
    return true;
}

static bool compile(struct calendar *cal, const struct lineage *from,
                    char why[CALENDAR_WHY_SIZE])
{
    if (!load_zone(cal, find_time_zone(from), why))
        return false;
    inherit_week(cal, from);
    inherit_announced_until(cal, from);
    inherit_days(cal, from);
    cal->announces = from->specs[0]->has_announced_until;
    if (!says_hours(cal, from))
        open_at_all_hours(cal);
    if (!cal->always && !compile_spans(cal, why))
        return false;
    cal->fingerprint = fingerprint(cal);
    return true;
}

bool calendar_compile(const char *id,
                      const struct calendar_spec *const *lineage, size_t n,
                      struct calendar **out, char why[CALENDAR_WHY_SIZE])
{
    assert(n >= 1 && n <= CALENDAR_MAX_LINEAGE);
    struct lineage from = {.specs = lineage, .n = n};
    struct calendar *cal = memory_new(sizeof *cal);
    cal->id = memory_copy_text(id);
    if (!compile(cal, &from, why)) {
        calendar_free(&cal);
        return false;
    }
    *out = cal;
    return true;
}

struct calendar *calendar_new_zone(const char *id, const char *time_zone,
                                   char why[CALENDAR_WHY_SIZE])
{
    struct calendar *cal = memory_new(sizeof *cal);
    cal->id = memory_copy_text(id);
    cal->always = true;
    cal->runs_out_ms = INT64_MAX;
    if (!load_zone(cal, time_zone, why)) {
        calendar_free(&cal);
        return NULL;
    }
    cal->fingerprint = fingerprint(cal);
    return cal;
}

void calendar_free(struct calendar **cal)
{
    if (*cal == NULL)
        return;
    struct zone *zone = (struct zone *)(uintptr_t)(*cal)->zone;
    zone_free(&zone);
    free((*cal)->id);
    free((*cal)->time_zone);
    free((*cal)->spans);
    free((*cal)->slots);
    free((*cal)->workdays);
    free((*cal)->days);
    free(*cal);
    *cal = NULL;
}
