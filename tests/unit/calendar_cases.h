/*
 * Calendars that several tests share, and short ways to write times and
 * durations. Everything fails the test when it is wrong.
 */
#ifndef DISPATCHER_TEST_CALENDAR_CASES_H
#define DISPATCHER_TEST_CALENDAR_CASES_H

#include "calendar.h"
#include "calendar_spec.h"
#include "rfc3339.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOURS(n) (INT64_C(3600000) * (n))

/* National Day 2019 with its make-up days, and a half day. */
#define CHINA                                                                  \
    "{\"time_zone\":\"Asia/Shanghai\",\"week\":{"                              \
    "\"mon\":[\"09:00-12:00\",\"13:00-18:00\"],"                               \
    "\"tue\":[\"09:00-12:00\",\"13:00-18:00\"],"                               \
    "\"wed\":[\"09:00-12:00\",\"13:00-18:00\"],"                               \
    "\"thu\":[\"09:00-12:00\",\"13:00-18:00\"],"                               \
    "\"fri\":[\"09:00-12:00\",\"13:00-18:00\"]},"                              \
    "\"holidays\":[\"2019-10-01\",\"2019-10-02\",\"2019-10-03\","              \
    "\"2019-10-04\",\"2019-10-05\",\"2019-10-06\",\"2019-10-07\","             \
    "{\"date\":\"2019-12-31\",\"hours\":[\"09:00-12:00\"]}],"                  \
    "\"workdays\":[\"2019-09-29\",\"2019-10-12\"],"                            \
    "\"announced_until\":\"2019-12-31\"}"

#define BOSTON                                                                 \
    "{\"time_zone\":\"America/New_York\",\"week\":{"                           \
    "\"mon\":[\"08:30-17:00\"],\"tue\":[\"08:30-17:00\"],"                     \
    "\"wed\":[\"08:30-17:00\"],\"thu\":[\"08:30-17:00\"],"                     \
    "\"fri\":[\"08:30-17:00\"]},\"holidays\":[\"2018-11-12\"]}"

/* Nights from Friday to Sunday, over both changes of daylight saving. */
#define NIGHTS                                                                 \
    "{\"time_zone\":\"America/New_York\",\"week\":{"                           \
    "\"fri\":[\"22:00-06:00\"],\"sat\":[\"22:00-06:00\"]}}"

/* Always open, but not by being 24x7. */
#define ALL_WEEK                                                               \
    "{\"time_zone\":\"Asia/Kolkata\",\"week\":{"                               \
    "\"mon\":[\"00:00-24:00\"],\"tue\":[\"00:00-24:00\"],"                     \
    "\"wed\":[\"00:00-24:00\"],\"thu\":[\"00:00-24:00\"],"                     \
    "\"fri\":[\"00:00-24:00\"],\"sat\":[\"00:00-24:00\"],"                     \
    "\"sun\":[\"00:00-24:00\"]}}"

static inline int64_t at(const char *text)
{
    int64_t ms = 0;
    if (!rfc3339_parse(text, &ms))
        fail_msg("%s is no time", text);
    return ms;
}

static inline struct duration duration(const char *text)
{
    char why[256] = "";
    struct duration d = {0};
    if (!duration_parse(text, &d, why, sizeof why))
        fail_msg("%s", why);
    return d;
}

/* Compiles a calendar, which inherits from `parent` unless that is NULL. */
static inline bool compile_pair(const char *json, const char *parent,
                                struct calendar **out, char *why)
{
    const struct calendar_spec *lineage[2];
    struct calendar_spec *own = calendar_spec_parse(json, strlen(json), why);
    struct calendar_spec *base = NULL;
    size_t n = 0;
    if (own == NULL)
        return false;
    lineage[n++] = own;
    if (parent != NULL) {
        base = calendar_spec_parse(parent, strlen(parent), why);
        assert_non_null(base);
        lineage[n++] = base;
    }
    bool compiled = calendar_compile("test", lineage, n, out, why);
    calendar_spec_free(&own);
    calendar_spec_free(&base);
    return compiled;
}

static inline struct calendar *compile_two(const char *json, const char *parent)
{
    char why[CALENDAR_WHY_SIZE] = "";
    struct calendar *cal = NULL;
    if (!compile_pair(json, parent, &cal, why))
        fail_msg("%s", why);
    return cal;
}

static inline struct calendar *compile(const char *json)
{
    return compile_two(json, NULL);
}

#endif
