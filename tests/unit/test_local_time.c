/*
 * Times and spans for people.
 */
#include "local_time.h"

#include "zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* 2019-11-07 00:02 UTC */
static const int64_t moment = 1573084920000;

static void times_are_read_in_the_zone(void **state)
{
    static const struct {
        const char *text;
        int64_t after_moment_ms;
    } cases[] = {
        {"2019-11-07T08:02", 0},
        {"2019-11-07 08:02:01", 1000},
        {"2019-11-07T00:02Z", 0},
        {"2019-11-07T01:02+01:00", 0},
        {"2019-11-07", -(8 * 60 + 2) * 60000},
    };
    char why[LOCAL_TIME_WHY];
    struct zone *zone = zone_load("Asia/Shanghai", why, sizeof why);
    const struct local_time local = {.zone = zone};
    int64_t at;

    (void)state;
    assert_non_null(zone);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(local_time_read(&local, cases[i].text, &at, why));
        assert_int_equal(at, moment + cases[i].after_moment_ms);
    }
    zone_free(&zone);
}

static void without_a_zone_a_time_needs_an_offset(void **state)
{
    const struct local_time local = {0};
    char why[LOCAL_TIME_WHY];
    int64_t at = 7;

    (void)state;
    assert_false(local_time_read(&local, "2019-11-07T08:02", &at, why));
    assert_non_null(strstr(why, "--zone"));
    assert_false(local_time_read(&local, "2019-11-07", &at, why));
    assert_false(local_time_read(&local, "yesterday", &at, why));
    assert_non_null(strstr(why, "2019-11-07T08:02"));
    assert_false(local_time_read(&local, "2019-13-07", &at, why));
    assert_int_equal(at, 7);
    assert_true(local_time_read(&local, "2019-11-07T08:02+08:00", &at, why));
    assert_int_equal(at, moment);
}

static void times_are_shown_with_their_offset(void **state)
{
    char why[LOCAL_TIME_WHY], text[LOCAL_TIME_SIZE];
    struct zone *east = zone_load("Asia/Shanghai", why, sizeof why);
    struct zone *west = zone_load("America/St_Johns", why, sizeof why);

    (void)state;
    assert_string_equal(
        local_time_text(&(struct local_time){.zone = east}, moment, text),
        "2019-11-07 08:02:00 +08:00");
    assert_string_equal(
        local_time_text(&(struct local_time){.zone = west}, moment, text),
        "2019-11-06 20:32:00 -03:30");
    assert_string_equal(local_time_text(&(struct local_time){0}, moment, text),
                        "2019-11-07 00:02:00 Z");
    zone_free(&east);
    zone_free(&west);
}

static void a_span_has_its_two_largest_units(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {999, "0 s"},
        {12000, "12 s"},
        {60000, "1 min"},
        {61000, "1 min 1 s"},
        {12000000, "3 h 20 min"},
        {-12000000, "3 h 20 min"},
        {3600000, "1 h"},
        {3601000, "1 h"},
        {183600000, "2 d 3 h"},
        {INT64_MIN, "106751991167 d 7 h"},
    };
    char text[SPAN_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(span_text(cases[i].ms, text), cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_in_the_zone),
        cmocka_unit_test(without_a_zone_a_time_needs_an_offset),
        cmocka_unit_test(times_are_shown_with_their_offset),
        cmocka_unit_test(a_span_has_its_two_largest_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
