/*
 * Durations: every unit, and what is refused.
 */
#include "duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text;
    enum duration_unit unit;
    int32_t count;
    bool working;
} durations[] = {
    {"90m", DURATION_MINUTES, 90, false},
    {"24h", DURATION_HOURS, 24, false},
    {"7d", DURATION_DAYS, 7, false},
    {"12wh", DURATION_WORK_HOURS, 12, true},
    {"5wd", DURATION_WORK_DAYS, 5, true},
    {"5wd.end", DURATION_WORK_DAYS_END, 5, true},
    {"0m", DURATION_MINUTES, 0, false},
    {"1000000d", DURATION_DAYS, 1000000, false},
};

static const char *const refused[] = {
    "",         "h",
    "5",        "1h30m",
    "5 wd",     "-5m",
    "+5m",      "1.5h",
    "5w",       "5D",
    "5wd.",     "5wd.ende",
    "1000001m", " 5m",
    "5m ",      "0x5m",
    "5whd",     "m5",
    "5wh.end",  "5d.end",
    "5min",     "99999999999999999999999m",
};

static void every_unit_is_parsed_and_written_back(void **state)
{
    (void)state;
    char why[256];
    char text[DURATION_TEXT_SIZE];
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        struct duration d = {0};
        assert_true(duration_parse(durations[i].text, &d, why, sizeof why));
        assert_int_equal(d.unit, durations[i].unit);
        assert_int_equal(d.count, durations[i].count);
        assert_int_equal(duration_is_working(d), durations[i].working);
        assert_string_equal(duration_format(d, text), durations[i].text);
    }
}

static void a_text_that_is_no_duration_is_refused_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char why[256] = "";
        char named[64];
        struct duration d = {DURATION_DAYS, 3};
        if (duration_parse(refused[i], &d, why, sizeof why))
            fail_msg("\"%s\" was taken", refused[i]);
        snprintf(named, sizeof named, "\"%.32s\"", refused[i]);
        assert_non_null(strstr(why, named));
        assert_int_equal(d.unit, DURATION_DAYS);
        assert_int_equal(d.count, 3);
    }
}

static void no_duration_is_written_as_nothing(void **state)
{
    (void)state;
    char text[DURATION_TEXT_SIZE] = "x";
    struct duration none = {0};
    assert_string_equal(duration_format(none, text), "");
    assert_false(duration_is_working(none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_parsed_and_written_back),
        cmocka_unit_test(a_text_that_is_no_duration_is_refused_and_named),
        cmocka_unit_test(no_duration_is_written_as_nothing),
    };
    return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}
