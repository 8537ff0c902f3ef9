/*
 * A clock as JSON: limit, calendar, start, end, and the steps between as data
 * and in words.
 */
#include "explain_clock.h"

#include "calendar.h"
#include "civil.h"
#include "duration.h"
#include "output.h"
#include "zone.h"

#include <stdlib.h>

enum { MS_PER_MINUTE = 60000 };

json_t *explain_time(const struct zone *zone, int64_t at_ms)
{
    if (zone == NULL)
        return json_integer(at_ms);
    char text[OUTPUT_TIME_SIZE];
    int64_t local_ms = zone_to_local(zone, at_ms);
    int offset = (int)((local_ms - at_ms) / MS_PER_MINUTE);
    output_time(local_ms, text);
    return json_sprintf("%.10s %.8s %c%02d:%02d", text, text + 11,
                        offset < 0 ? '-' : '+', abs(offset) / 60,
                        abs(offset) % 60);
}

/* What a step of each kind has to say. */
enum {
    HAS_DAY = 1,      /* `day` and its `day_kind` */
    HAS_LAST_DAY = 2, /* `last_day` */
    HAS_COUNT = 4,    /* `count` */
    HAS_FROM = 8,     /* `from` */
    HAS_UNTIL = 16,   /* `until` */
    HAS_COUNTED = 32, /* `counted_ms` */
};

static const unsigned members[] = {
    [CALENDAR_STEP_WAITS] = HAS_FROM | HAS_UNTIL,
    [CALENDAR_STEP_ELAPSES] = HAS_FROM | HAS_UNTIL | HAS_COUNTED,
    [CALENDAR_STEP_DAYS] = HAS_FROM | HAS_UNTIL | HAS_COUNT,
    [CALENDAR_STEP_WORKS] = HAS_DAY | HAS_FROM | HAS_UNTIL | HAS_COUNTED,
    [CALENDAR_STEP_WORKDAY] = HAS_DAY | HAS_COUNT,
    [CALENDAR_STEP_CLOSED] = HAS_DAY | HAS_LAST_DAY,
    [CALENDAR_STEP_LEFT_OUT] = HAS_LAST_DAY | HAS_COUNT | HAS_COUNTED,
    [CALENDAR_STEP_DUE] = HAS_UNTIL,
};

static json_t *date_json(int32_t day)
{
    char text[CIVIL_TEXT_SIZE];
    return json_string(civil_format(day, text));
}

static void set_if(json_t *json, bool has, const char *name, json_t *value)
{
    if (has)
        json_object_set_new(json, name, value);
    else
        json_decref(value);
}

static json_t *step_json(const struct calendar *cal,
                         const struct calendar_step *step,
                         const struct zone *zone,
                         enum calendar_language language)
{
    static const char *const day_kinds[] = {
        [CALENDAR_DAY_WEEK] = "week",
        [CALENDAR_DAY_HOLIDAY] = "holiday",
        [CALENDAR_DAY_WORKDAY] = "workday",
    };
    unsigned has = members[step->kind];
    char words[CALENDAR_WORDS_SIZE];
    json_t *json =
        json_pack("{s:s, s:s}", "kind", calendar_step_name(step->kind), "words",
                  calendar_step_words(cal, step, language, words));
    set_if(json, has & HAS_DAY, "day", date_json(step->first_day));
    set_if(json, has & HAS_DAY, "day_kind",
           json_string(day_kinds[step->day_kind]));
    set_if(json, has & HAS_LAST_DAY, "last_day", date_json(step->last_day));
    set_if(json, has & HAS_COUNT, "count", json_integer(step->count));
    set_if(json, has & HAS_FROM, "from", explain_time(zone, step->from_ms));
    set_if(json, has & HAS_UNTIL, "until", explain_time(zone, step->until_ms));
    set_if(json, has & HAS_COUNTED, "counted_ms",
           json_integer(step->counted_ms));
    return json;
}

static json_t *steps_json(const struct clock_plan *clock,
                          const struct zone *zone,
                          enum calendar_language language)
{
    struct calendar_steps steps;
    json_t *list = json_array();
    calendar_explain(clock->calendar, clock->started_at, clock->limit, &steps);
    for (size_t i = 0; i < steps.n; i++)
        json_array_append_new(
            list, step_json(clock->calendar, &steps.items[i], zone, language));
    return list;
}

json_t *explain_clock(const struct clock_plan *clock, const struct zone *zone,
                      enum calendar_language language)
{
    char limit[DURATION_TEXT_SIZE];
    if (!clock->exists)
        return json_null();
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:b, s:o}", "policy", clock->policy->id,
        "limit", duration_format(clock->limit, limit), "calendar",
        calendar_id(clock->calendar), "started_at",
        explain_time(zone, clock->started_at), "due_at",
        explain_time(zone, clock->due_at), "warn_at",
        clock->warn_at != 0 ? explain_time(zone, clock->warn_at) : json_null(),
        "provisional", clock->provisional, "steps",
        steps_json(clock, zone, language));
}
