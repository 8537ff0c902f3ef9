/*
 * Calendars as the catalogue writes them: what is refused, what is inherited,
 * and when two of them are the same.
 */
#include "calendar_cases.h"
#include "civil.h"

static void a_department_has_the_days_of_its_city_and_its_own(void **state)
{
    (void)state;
    struct calendar *cal = compile_two(
        "{\"inherits\":\"china\",\"holidays\":[\"2019-10-12\"],\"workdays\":"
        "[{\"date\":\"2019-10-05\",\"hours\":[\"10:00-16:00\"]},"
        "\"2019-10-03\"]}",
        CHINA);
    struct calendar_day day;
    assert_string_equal(calendar_time_zone(cal), "Asia/Shanghai");
    assert_int_equal(calendar_runs_out_at(cal), at("2020-01-01T00:00+08:00"));
    assert_false(calendar_is_open(cal, at("2019-10-12T10:00+08:00")));
    assert_true(calendar_is_open(cal, at("2019-10-05T15:59+08:00")));
    assert_false(calendar_is_open(cal, at("2019-10-05T16:00+08:00")));
    assert_true(calendar_is_open(cal, at("2019-10-03T17:59+08:00")));
    assert_false(calendar_is_open(cal, at("2019-10-04T10:00+08:00")));
    assert_true(calendar_is_open(cal, at("2019-09-29T10:00+08:00")));
    day = calendar_day(cal, civil_day_number((struct civil_date){2019, 10, 5}));
    assert_int_equal(day.kind, CALENDAR_DAY_WORKDAY);
    assert_int_equal(day.hours.n, 1);
    day = calendar_day(cal, civil_day_number((struct civil_date){2019, 10, 6}));
    assert_int_equal(day.kind, CALENDAR_DAY_HOLIDAY);
    assert_int_equal(day.hours.n, 0);
    calendar_free(&cal);

    cal = compile_two("{\"inherits\":\"china\",\"time_zone\":\"Asia/Urumqi\","
                      "\"week\":{\"mon\":[\"10:00-14:00\"]},"
                      "\"announced_until\":\"2020-12-31\"}",
                      CHINA);
    assert_int_equal(calendar_runs_out_at(cal), at("2021-01-01T00:00+06:00"));
    assert_false(calendar_is_open(cal, at("2019-10-15T10:30+06:00")));
    assert_true(calendar_is_open(cal, at("2019-10-14T10:30+06:00")));
    assert_true(calendar_is_open(cal, at("2019-10-12T10:30+06:00")));
    calendar_free(&cal);
}

#define NEW_YORK_ZONE "\"time_zone\":\"America/New_York\""
#define NEW_YORK "{" NEW_YORK_ZONE "}"
#define MEMORIAL_DAY "\"holidays\":[\"2018-05-28\"]"
#define OPEN_WEEK                                                              \
    "\"week\":{\"mon\":[\"00:00-24:00\"],\"tue\":[\"00:00-24:00\"],"           \
    "\"wed\":[\"00:00-24:00\"],\"thu\":[\"00:00-24:00\"],"                     \
    "\"fri\":[\"00:00-24:00\"],\"sat\":[\"00:00-24:00\"],"                     \
    "\"sun\":[\"00:00-24:00\"]}"

#define SHORTER_MAKE_UP_DAY                                                    \
    "{\"inherits\":\"c\",\"workdays\":[{\"date\":\"2019-10-12\","              \
    "\"hours\":[\"09:00-12:00\",\"13:00-17:00\"]}]}"

static void equal_calendars_have_equal_fingerprints(void **state)
{
    (void)state;
    static const char *const others[] = {
        BOSTON,
        NIGHTS,
        ALL_WEEK,
        "{\"inherits\":\"c\",\"holidays\":[\"2019-10-08\"]}",
        "{\"inherits\":\"c\",\"announced_until\":\"2020-01-01\"}",
        "{\"inherits\":\"c\",\"time_zone\":\"Asia/Tokyo\"}",
        SHORTER_MAKE_UP_DAY,
    };
    struct calendar *cal = compile(CHINA);
    struct calendar *same = compile_two(
        "{\"inherits\":\"c\",\"workdays\":[\"2019-10-12\"]}", CHINA);
    assert_true(calendar_fingerprint(cal) == calendar_fingerprint(same));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct calendar *other = compile_two(others[i], i < 3 ? NULL : CHINA);
        assert_true(calendar_fingerprint(cal) != calendar_fingerprint(other));
        calendar_free(&other);
    }
    calendar_free(&cal);
    calendar_free(&same);
}

/* Whatever is asked, within the years that are compiled. */
static void assert_same_answers(const struct calendar *a,
                                const struct calendar *b)
{
    static const char *const durations[] = {"90m", "7d",      "30wh",
                                            "3wd", "3wd.end", "0wd"};
    for (int64_t t = at("2018-03-10T00:00-05:00");
         t < at("2018-11-20T00:00-05:00"); t += HOURS(11)) {
        for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
            struct duration d = duration(durations[i]);
            assert_int_equal(calendar_due(a, t, d).at,
                             calendar_due(b, t, d).at);
            assert_int_equal(calendar_before(a, t, d),
                             calendar_before(b, t, d));
        }
        assert_int_equal(calendar_is_open(a, t), calendar_is_open(b, t));
        assert_int_equal(calendar_elapsed(a, t, t + HOURS(99)),
                         calendar_elapsed(b, t, t + HOURS(99)));
    }
}

static void without_hours_a_calendar_is_open_but_on_holidays(void **state)
{
    (void)state;
    struct calendar *zone = compile(NEW_YORK);
    struct calendar *week = compile("{" NEW_YORK_ZONE "," OPEN_WEEK "}");
    assert_same_answers(zone, week);
    calendar_free(&zone);
    calendar_free(&week);

    zone = compile("{" NEW_YORK_ZONE "," MEMORIAL_DAY "}");
    week = compile("{" NEW_YORK_ZONE "," MEMORIAL_DAY "," OPEN_WEEK "}");
    assert_same_answers(zone, week);
    assert_true(calendar_is_open(zone, at("2018-05-27T23:59-04:00")));
    assert_false(calendar_is_open(zone, at("2018-05-28T00:00-04:00")));
    assert_false(calendar_is_open(zone, at("2018-05-28T23:59-04:00")));
    assert_true(calendar_is_open(zone, at("2018-05-29T00:00-04:00")));
    calendar_free(&zone);
    calendar_free(&week);
}

/* Hours are inherited, too, and so is having none. */
static void hours_of_an_ancestor_count(void **state)
{
    (void)state;
    struct calendar *cal = compile_two("{\"inherits\":\"c\"}", BOSTON);
    assert_false(calendar_is_open(cal, at("2018-05-27T03:00-04:00")));
    calendar_free(&cal);
    cal = compile_two("{\"inherits\":\"c\"," MEMORIAL_DAY "}", NEW_YORK);
    assert_true(calendar_is_open(cal, at("2018-05-27T03:00-04:00")));
    assert_false(calendar_is_open(cal, at("2018-05-28T03:00-04:00")));
    calendar_free(&cal);
}

static void a_zone_alone_can_run_out(void **state)
{
    (void)state;
    struct calendar *cal =
        compile("{" NEW_YORK_ZONE ",\"announced_until\":\"2018-12-31\"}");
    int64_t end = at("2019-01-01T00:00-05:00");
    assert_int_equal(calendar_runs_out_at(cal), end);
    assert_false(calendar_due(cal, end, duration("0wh")).provisional);
    assert_true(calendar_due(cal, end, duration("1wh")).provisional);
    assert_false(calendar_due(cal, end, duration("1d")).provisional);
    calendar_free(&cal);
}

static void an_inherited_end_is_not_announced_again(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool announces;
    } cases[] = {
        {"{\"inherits\":\"c\"}", false},
        {"{\"inherits\":\"c\",\"announced_until\":\"2020-12-31\"}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct calendar *cal = compile_two(cases[i].json, CHINA);
        assert_int_equal(calendar_announces(cal), cases[i].announces);
        calendar_free(&cal);
    }
    assert_false(calendar_announces(calendar_24x7()));
}

/* A calendar and a part of the reason for which it is refused. */
static const struct {
    const char *json;
    const char *why;
} refused[] = {
    {"", "JSON"},
    {"[]", "object"},
    {"{\"time_zone\":\"UTC\",\"time_zone\":\"UTC\"}", "JSON"},
    {"{\"holiday\":[]}", "holidays"},
    {"{\"week\":{\"mon\":[\"09:00-17:00\"]}}", "time_zone: missing"},
    {"{\"time_zone\":\"Mars/Base\",\"week\":{\"mon\":[\"09:00-17:00\"]}}",
     "\"Mars/Base\""},
    {"{\"time_zone\":7}", "time_zone: must"},
    {"{\"time_zone\":\"UTC\",\"week\":{}}", "never open"},
    {"{\"time_zone\":\"UTC\",\"workdays\":[\"2026-01-01\"]}", "no hours"},
    {"{\"week\":[]}", "week: must"},
    {"{\"week\":{\"monday\":[]}}", "\"monday\""},
    {"{\"week\":{\"mon\":\"09:00-17:00\"}}", "week.mon: must"},
    {"{\"week\":{\"mon\":[9]}}", "week.mon"},
    {"{\"week\":{\"mon\":[\"9-17\"]}}", "\"9-17\""},
    {"{\"week\":{\"mon\":[\"09:00-24:01\"]}}", "\"09:00-24:01\""},
    {"{\"week\":{\"mon\":[\"09:60-12:00\"]}}", "\"09:60-12:00\""},
    {"{\"week\":{\"mon\":[\"09:00-09:00\"]}}", "\"09:00-09:00\""},
    {"{\"week\":{\"mon\":[\"24:00-09:00\"]}}", "\"24:00-09:00\""},
    {"{\"week\":{\"mon\":[\"09:00-17:00 \"]}}", "\"09:00-17:00 \""},
    {"{\"week\":{\"mon\":[\"09:00-12:00\",\"11:00-18:00\"]}}", "11:00-18:00"},
    {"{\"week\":{\"mon\":[\"22:00-06:00\",\"23:00-24:00\"]}}", "23:00-24:00"},
    {"{\"week\":{\"sun\":[\"22:00-06:00\"],\"mon\":[\"05:00-09:00\"]}}",
     "week.sun"},
    {"{\"holidays\":\"2026-01-01\"}", "holidays: must"},
    {"{\"holidays\":[\"2026-02-29\"]}", "\"2026-02-29\""},
    {"{\"holidays\":[\"2026-1-1\"]}", "\"2026-1-1\""},
    {"{\"holidays\":[20260101]}", "holidays"},
    {"{\"holidays\":[\"1850-01-01\"]}", "\"1850-01-01\""},
    {"{\"holidays\":[\"2260-01-01\"]}", "\"2260-01-01\""},
    {"{\"holidays\":[{\"date\":\"2026-01-01\",\"hour\":[]}]}", "\"hour\""},
    {"{\"holidays\":[{\"hours\":[]}]}", "holidays"},
    {"{\"workdays\":[{\"date\":\"2026-01-01\",\"hours\":[]}]}", "workdays"},
    {"{\"workdays\":[{\"date\":\"2026-01-01\",\"hours\":[\"x\"]}]}",
     "2026-01-01"},
    {"{\"holidays\":[\"2026-01-01\",\"2026-01-01\"]}", "2026-01-01"},
    {"{\"holidays\":[\"2026-01-01\"],\"workdays\":[\"2026-01-01\"]}",
     "2026-01-01"},
    {"{\"announced_until\":\"soon\"}", "announced_until"},
    {"{\"inherits\":[]}", "inherits: must"},
};

static void a_wrong_calendar_is_refused_with_field_and_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char why[CALENDAR_WHY_SIZE] = "";
        struct calendar *cal = NULL;
        if (compile_pair(refused[i].json, NULL, &cal, why))
            fail_msg("taken: %s", refused[i].json);
        if (strstr(why, refused[i].why) == NULL)
            fail_msg("%s: %s", refused[i].json, why);
        assert_null(cal);
    }
}

static void a_spec_says_what_it_inherits_from(void **state)
{
    (void)state;
    char why[CALENDAR_WHY_SIZE];
    static const char json[] = "{\"inherits\":\"city\"}";
    struct calendar_spec *spec = calendar_spec_parse(json, strlen(json), why);
    assert_string_equal(calendar_spec_inherits(spec), "city");
    calendar_spec_free(&spec);
    assert_null(spec);
    spec = calendar_spec_parse("{}", 2, why);
    assert_string_equal(calendar_spec_inherits(spec), "");
    calendar_spec_free(&spec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_department_has_the_days_of_its_city_and_its_own),
        cmocka_unit_test(equal_calendars_have_equal_fingerprints),
        cmocka_unit_test(without_hours_a_calendar_is_open_but_on_holidays),
        cmocka_unit_test(hours_of_an_ancestor_count),
        cmocka_unit_test(a_zone_alone_can_run_out),
        cmocka_unit_test(an_inherited_end_is_not_announced_again),
        cmocka_unit_test(a_wrong_calendar_is_refused_with_field_and_value),
        cmocka_unit_test(a_spec_says_what_it_inherits_from),
    };
    return cmocka_run_group_tests_name("calendar_spec", tests, NULL, NULL);
}
