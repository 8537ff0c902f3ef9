/*
 * Working calendars: when things are due. Local times stand with their
 * offset, so that each line can be checked by hand.
 */
#include "calendar_cases.h"

static const struct {
    const char *calendar;
    const char *start;
    const char *duration;
    const char *due;
} dues[] = {
    /* Elapsed units run at any hour. */
    {CHINA, "2019-10-01T02:00+08:00", "90m", "2019-10-01T03:30+08:00"},
    {CHINA, "2019-10-01T02:00+08:00", "24h", "2019-10-02T02:00+08:00"},
    {BOSTON, "2018-11-03T12:00-04:00", "24h", "2018-11-04T11:00-05:00"},
    /* Calendar days keep the wall-clock time, over daylight saving too. */
    {BOSTON, "2018-10-30T09:15-04:00", "8d", "2018-11-07T09:15-05:00"},
    {BOSTON, "2018-11-03T12:00-04:00", "1d", "2018-11-04T12:00-05:00"},
    {BOSTON, "2019-03-09T02:30-05:00", "1d", "2019-03-10T03:30-04:00"},
    {BOSTON, "2018-11-04T01:30-05:00", "0d", "2018-11-04T01:30-05:00"},
    /* Working hours: lunch, nights, holidays, make-up days. */
    {CHINA, "2019-10-11T13:30+08:00", "3wh", "2019-10-11T16:30+08:00"},
    {CHINA, "2019-10-11T11:00+08:00", "2wh", "2019-10-11T14:00+08:00"},
    {CHINA, "2019-10-11T13:30+08:00", "12wh", "2019-10-12T17:30+08:00"},
    {CHINA, "2019-10-11T17:00+08:00", "1wh", "2019-10-11T18:00+08:00"},
    {CHINA, "2019-10-11T18:00+08:00", "1wh", "2019-10-12T10:00+08:00"},
    {CHINA, "2019-09-30T17:00+08:00", "2wh", "2019-10-08T10:00+08:00"},
    {CHINA, "2019-10-03T03:00+08:00", "0wh", "2019-10-08T09:00+08:00"},
    {CHINA, "2019-12-31T11:00+08:00", "2wh", "2020-01-01T10:00+08:00"},
    {NIGHTS, "2018-11-02T12:00-04:00", "4wh", "2018-11-03T02:00-04:00"},
    {NIGHTS, "2018-11-03T22:00-04:00", "9wh", "2018-11-04T06:00-05:00"},
    {NIGHTS, "2019-03-09T22:00-05:00", "7wh", "2019-03-10T06:00-04:00"},
    {NIGHTS, "2019-03-09T22:00-05:00", "8wh", "2019-03-15T23:00-04:00"},
    /* Working days: the same wall-clock time. */
    {CHINA, "2019-09-30T10:30+08:00", "1wd", "2019-10-08T10:30+08:00"},
    {CHINA, "2019-10-11T10:30+08:00", "1wd", "2019-10-12T10:30+08:00"},
    {CHINA, "2019-10-11T10:30+08:00", "2wd", "2019-10-14T10:30+08:00"},
    {CHINA, "2019-10-11T12:30+08:00", "1wd", "2019-10-12T13:00+08:00"},
    {CHINA, "2019-10-11T10:30+08:00", "0wd", "2019-10-11T10:30+08:00"},
    {BOSTON, "2018-11-02T10:00-04:00", "1wd", "2018-11-05T10:00-05:00"},
    /* Outside hours Boston begins at 08:30 of the next business day. */
    {BOSTON, "2018-11-09T17:30-05:00", "1wd", "2018-11-14T08:30-05:00"},
    {BOSTON, "2018-11-09T07:30-05:00", "1wd", "2018-11-13T08:30-05:00"},
    {BOSTON, "2018-11-10T12:00-05:00", "1wd", "2018-11-14T08:30-05:00"},
    /* To the end of the working day. */
    {CHINA, "2019-10-11T10:30+08:00", "1wd.end", "2019-10-12T18:00+08:00"},
    {CHINA, "2019-10-11T10:30+08:00", "0wd.end", "2019-10-11T18:00+08:00"},
    {CHINA, "2019-10-11T18:30+08:00", "1wd.end", "2019-10-14T18:00+08:00"},
    {CHINA, "2019-12-30T10:30+08:00", "1wd.end", "2019-12-31T12:00+08:00"},
    /* A night belongs to the day on which it begins. */
    {NIGHTS, "2018-10-27T02:00-04:00", "1wd", "2018-10-28T02:00-04:00"},
    {NIGHTS, "2018-10-27T02:00-04:00", "1wd.end", "2018-10-28T06:00-04:00"},
    {NIGHTS, "2018-10-27T02:00-04:00", "0wd.end", "2018-10-27T06:00-04:00"},
    {ALL_WEEK, "2026-01-01T03:00+05:30", "36wh", "2026-01-02T15:00+05:30"},
    {ALL_WEEK, "2026-01-01T03:00+05:30", "5wd", "2026-01-06T03:00+05:30"},
    {ALL_WEEK, "2026-01-01T03:00+05:30", "5wd.end", "2026-01-07T00:00+05:30"},
};

static void a_duration_is_due_when_its_unit_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
        struct calendar *cal = compile(dues[i].calendar);
        struct calendar_due due =
            calendar_due(cal, at(dues[i].start), duration(dues[i].duration));
        if (due.at != at(dues[i].due)) {
            fail_msg("%s + %s: %lld", dues[i].start, dues[i].duration,
                     (long long)due.at);
        }
        calendar_free(&cal);
    }
}

static const struct {
    const char *calendar;
    const char *end;
    const char *duration;
    const char *before;
} befores[] = {
    {CHINA, "2019-10-08T10:00+08:00", "90m", "2019-10-08T08:30+08:00"},
    {CHINA, "2019-10-08T10:00+08:00", "2wh", "2019-09-30T17:00+08:00"},
    {CHINA, "2019-10-08T10:00+08:00", "1wh", "2019-10-08T09:00+08:00"},
    {CHINA, "2019-10-08T10:00+08:00", "1wd", "2019-09-30T10:00+08:00"},
    {CHINA, "2019-10-12T18:00+08:00", "1wd", "2019-10-11T18:00+08:00"},
    {CHINA, "2019-10-12T18:00+08:00", "1wd.end", "2019-10-11T18:00+08:00"},
    {CHINA, "2019-10-13T12:00+08:00", "1wd", "2019-10-11T18:00+08:00"},
    {BOSTON, "2018-11-14T08:30-05:00", "1wd", "2018-11-13T08:30-05:00"},
    {CHINA, "2019-10-13T12:00+08:00", "1wh", "2019-10-12T17:00+08:00"},
    {BOSTON, "2018-11-05T12:00-05:00", "2d", "2018-11-03T12:00-04:00"},
    {BOSTON, "2018-11-05T12:00-05:00", "48h", "2018-11-03T13:00-04:00"},
};

static void a_span_before_an_end_is_counted_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof befores / sizeof befores[0]; i++) {
        struct calendar *cal = compile(befores[i].calendar);
        int64_t before = calendar_before(cal, at(befores[i].end),
                                         duration(befores[i].duration));
        if (before != at(befores[i].before)) {
            fail_msg("%s - %s: %lld", befores[i].end, befores[i].duration,
                     (long long)before);
        }
        calendar_free(&cal);
    }
}

static void the_24x7_calendar_is_open_at_any_time_in_utc(void **state)
{
    (void)state;
    const struct calendar *cal = calendar_24x7();
    int64_t start = at("2026-02-27T12:34:56.789Z");
    assert_string_equal(calendar_id(cal), "24x7");
    assert_string_equal(calendar_time_zone(cal), "UTC");
    assert_true(calendar_is_open(cal, start));
    assert_int_equal(calendar_elapsed(cal, start, start + 5), 5);
    assert_int_equal(calendar_elapsed(cal, start, start - 5), 0);
    assert_int_equal(calendar_advance(cal, start, 5).at, start + 5);
    assert_int_equal(calendar_due(cal, start, duration("12wh")).at,
                     start + HOURS(12));
    assert_int_equal(calendar_due(cal, start, duration("2wd")).at,
                     at("2026-03-01T12:34:56.789Z"));
    assert_int_equal(calendar_due(cal, start, duration("2wd.end")).at,
                     at("2026-03-02T00:00Z"));
    assert_int_equal(calendar_before(cal, start, duration("12wh")),
                     start - HOURS(12));
    assert_int_equal(calendar_local_date(cal, start), 20260227);
    assert_int_equal(calendar_runs_out_at(cal), INT64_MAX);
}

static void a_zone_alone_makes_a_calendar_that_is_always_open(void **state)
{
    (void)state;
    char why[CALENDAR_WHY_SIZE] = "";
    struct calendar *cal = calendar_new_zone("local", "Asia/Shanghai", why);
    int64_t evening = at("2026-02-27T20:00Z");
    assert_non_null(cal);
    assert_true(calendar_is_open(cal, evening));
    assert_int_equal(calendar_local_date(cal, evening), 20260228);
    assert_int_equal(calendar_due(cal, evening, duration("0wd.end")).at,
                     at("2026-03-01T00:00+08:00"));
    assert_true(calendar_fingerprint(cal) !=
                calendar_fingerprint(calendar_24x7()));
    struct calendar *other = calendar_new_zone("local", "Asia/Tokyo", why);
    assert_true(calendar_fingerprint(cal) != calendar_fingerprint(other));
    calendar_free(&other);
    calendar_free(&cal);
    assert_null(calendar_new_zone("local", "Asia/Peking", why));
    assert_non_null(strstr(why, "time_zone: "));
    assert_non_null(strstr(why, "\"Asia/Peking\""));
}

static void hours_end_with_their_last_millisecond(void **state)
{
    (void)state;
    struct calendar *cal = compile(CHINA);
    int64_t open = at("2019-10-12T09:00+08:00");
    int64_t close = at("2019-10-12T12:00+08:00");
    assert_false(calendar_is_open(cal, open - 1));
    assert_true(calendar_is_open(cal, open));
    assert_true(calendar_is_open(cal, close - 1));
    assert_false(calendar_is_open(cal, close));
    assert_int_equal(calendar_elapsed(cal, open - 5, open + 1), 1);
    assert_int_equal(calendar_elapsed(cal, close - 1, close + 5), 1);
    assert_int_equal(calendar_elapsed(cal, at("2019-10-12T00:00+08:00"),
                                      at("2019-10-13T00:00+08:00")),
                     HOURS(8));
    calendar_free(&cal);
}

static void a_repeated_hour_is_worked_twice_a_skipped_one_never(void **state)
{
    (void)state;
    struct calendar *cal = compile(NIGHTS);
    assert_int_equal(calendar_elapsed(cal, at("2018-11-03T12:00-04:00"),
                                      at("2018-11-04T12:00-05:00")),
                     HOURS(9));
    assert_int_equal(calendar_elapsed(cal, at("2019-03-09T12:00-05:00"),
                                      at("2019-03-10T12:00-04:00")),
                     HOURS(7));
    calendar_free(&cal);
}

static void a_holiday_has_no_night_after_a_change_of_offset_either(void **state)
{
    (void)state;
    struct calendar *cal =
        compile_two("{\"holidays\":[\"2018-11-03\"]}", NIGHTS);
    assert_int_equal(calendar_elapsed(cal, at("2018-11-03T12:00-04:00"),
                                      at("2018-11-04T12:00-05:00")),
                     0);
    calendar_free(&cal);
}

static void
hours_of_a_listed_day_and_of_the_night_before_count_once(void **state)
{
    (void)state;
    struct calendar *cal = compile_two("{\"workdays\":[{\"date\":"
                                       "\"2018-10-28\",\"hours\":["
                                       "\"05:00-09:00\"]}]}",
                                       NIGHTS);
    assert_int_equal(calendar_elapsed(cal, at("2018-10-28T00:00-04:00"),
                                      at("2018-10-28T12:00-04:00")),
                     HOURS(9));
    calendar_free(&cal);
}

static void a_day_that_a_zone_leaves_out_is_not_worked(void **state)
{
    (void)state;
    struct calendar *cal = compile(
        "{\"time_zone\":\"Pacific/Apia\",\"week\":{\"thu\":[\"09:00-17:00\"],"
        "\"fri\":[\"09:00-17:00\"],\"mon\":[\"09:00-17:00\"]}}");
    /* Friday, 30 December 2011 did not happen in Samoa. */
    assert_int_equal(
        calendar_due(cal, at("2011-12-29T10:00-10:00"), duration("1wd")).at,
        at("2012-01-02T10:00+14:00"));
    assert_int_equal(calendar_elapsed(cal, at("2011-12-29T00:00-10:00"),
                                      at("2012-01-02T00:00+14:00")),
                     HOURS(8));
    calendar_free(&cal);
}

static void a_result_after_the_announced_days_is_provisional(void **state)
{
    (void)state;
    struct calendar *cal = compile(CHINA);
    int64_t start = at("2019-12-30T10:00+08:00");
    assert_int_equal(calendar_runs_out_at(cal), at("2020-01-01T00:00+08:00"));
    assert_false(calendar_due(cal, start, duration("1wd")).provisional);
    assert_true(calendar_due(cal, start, duration("2wd")).provisional);
    assert_false(calendar_due(cal, start, duration("1wd.end")).provisional);
    assert_true(calendar_due(cal, start, duration("40wh")).provisional);
    assert_true(calendar_advance(cal, start, HOURS(40)).provisional);
    /* These ask no holiday. */
    assert_false(calendar_due(cal, start, duration("20d")).provisional);
    assert_false(calendar_due(cal, start, duration("999h")).provisional);
    calendar_free(&cal);

    /* The last announced day ends with its midnight. */
    cal = compile_two("{\"announced_until\":\"2026-01-06\"}", ALL_WEEK);
    start = at("2026-01-01T03:00+05:30");
    assert_int_equal(calendar_runs_out_at(cal), at("2026-01-07T00:00+05:30"));
    assert_false(calendar_due(cal, start, duration("5wd.end")).provisional);
    assert_true(calendar_due(cal, start, duration("6wd.end")).provisional);
    calendar_free(&cal);
}

static void no_argument_makes_the_arithmetic_overflow(void **state)
{
    (void)state;
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1,       0,
                                    1,         INT64_MAX - 1, INT64_MAX};
    static const char *const durations[] = {
        "0m",        "1000000m",  "1000000h",      "1000000d",
        "1000000wh", "1000000wd", "1000000wd.end",
    };
    struct calendar *cal = compile(CHINA);
    const struct calendar *const calendars[] = {cal, calendar_24x7()};
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            for (size_t j = 0; j < 7; j++) {
                struct duration d = duration(durations[j]);
                (void)calendar_due(calendars[c], times[i], d);
                (void)calendar_before(calendars[c], times[i], d);
                (void)calendar_elapsed(calendars[c], times[i], times[j]);
                (void)calendar_advance(calendars[c], times[i], times[j]);
            }
            (void)calendar_is_open(calendars[c], times[i]);
            (void)calendar_local_date(calendars[c], times[i]);
        }
    }
    /* What lies beyond the last year is its end, and not sure. */
    struct calendar_due due =
        calendar_due(cal, at("2059-12-30T12:00Z"), duration("1000wd"));
    assert_int_equal(due.at, at("2059-12-31T18:00+08:00"));
    assert_true(due.provisional);
    calendar_free(&cal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_is_due_when_its_unit_says),
        cmocka_unit_test(a_span_before_an_end_is_counted_back),
        cmocka_unit_test(the_24x7_calendar_is_open_at_any_time_in_utc),
        cmocka_unit_test(a_zone_alone_makes_a_calendar_that_is_always_open),
        cmocka_unit_test(hours_end_with_their_last_millisecond),
        cmocka_unit_test(a_repeated_hour_is_worked_twice_a_skipped_one_never),
        cmocka_unit_test(
            a_holiday_has_no_night_after_a_change_of_offset_either),
        cmocka_unit_test(
            hours_of_a_listed_day_and_of_the_night_before_count_once),
        cmocka_unit_test(a_day_that_a_zone_leaves_out_is_not_worked),
        cmocka_unit_test(a_result_after_the_announced_days_is_provisional),
        cmocka_unit_test(no_argument_makes_the_arithmetic_overflow),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
