/*
 * How long calendars still know the holidays: which are listed, in which
 * order, and when the check of a catalogue warns.
 */
#include "calendar.h"
#include "catalogue.h"
#include "catalogue_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS INT64_C(86400000)
#define ZONE "\"time_zone\":\"Asia/Shanghai\""
#define C(id, more) TABLE_CALENDARS, id, "{" ZONE more "}"

/* 2027-01-01 00:00 in Shanghai, when "b" runs out. */
static const int64_t b_ends = INT64_C(1798732800000);

static const struct test_row calendars[] = {
    {C("a", ",\"announced_until\":\"2028-12-31\"")},
    {C("b", ",\"announced_until\":\"2026-12-31\"")},
    {C("b-child", ",\"inherits\":\"b\"")},
    {C("c", ",\"announced_until\":\"2027-12-31\",\"inherits\":\"b\"")},
    {C("endless", "")},
    {0},
};

static struct catalogue *make(void)
{
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(calendars, &findings);

    assert_non_null(cat);
    findings_deinit(&findings);
    return cat;
}

static void all_calendars_are_counted(void **state)
{
    (void)state;
    struct catalogue *cat = make();

    assert_int_equal(catalogue_calendars_count(cat), 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(calendar_id(catalogue_calendar_at(cat, i)),
                            calendars[i].field);
    catalogue_free(&cat);
}

static void those_that_run_out_first_come_first(void **state)
{
    (void)state;
    static const char *const order[] = {"b", "c", "a"};
    struct catalogue *cat = make();

    for (size_t max = 0; max <= 4; max++) {
        const struct calendar *list[4];
        size_t n = catalogue_calendars_left(cat, list, max);
        assert_int_equal(n, max < 3 ? max : 3);
        for (size_t i = 0; i < n; i++)
            assert_string_equal(calendar_id(list[i]), order[i]);
    }
    catalogue_free(&cat);
}

static void days_are_counted_whole(void **state)
{
    (void)state;
    struct catalogue *cat = make();
    const struct calendar *b = catalogue_calendar(cat, "b");

    assert_int_equal(calendar_runs_out_at(b), b_ends);
    assert_int_equal(catalogue_calendar_days_left(b, b_ends - DAY_MS), 1);
    assert_int_equal(catalogue_calendar_days_left(b, b_ends - DAY_MS + 1), 0);
    assert_int_equal(catalogue_calendar_days_left(b, b_ends), 0);
    assert_int_equal(catalogue_calendar_days_left(b, b_ends + 1), -1);
    catalogue_free(&cat);
}

static void a_check_warns_ninety_days_ahead(void **state)
{
    (void)state;
    static const struct {
        int64_t days;
        size_t warnings;
        const char *message;
    } cases[] = {
        {90, 0, ""},
        {89, 1, "over in 89 days"},
        {0, 1, "over in 0 days"},
        {-1, 1, "announced is over;"},
        {-365 + 89, 2, "announced is over;"},
    };
    struct catalogue *cat = make();
    struct catalogue_tables *tables = tables_of(calendars);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct findings found = {0};
        catalogue_check_calendars(cat, tables, b_ends - cases[i].days * DAY_MS,
                                  &found);
        assert_int_equal(found.warnings, cases[i].warnings);
        assert_int_equal(found.errors, 0);
        if (found.n > 0) {
            assert_string_equal(found.items[0].field, "b");
            assert_string_equal(found.items[0].name, "announced_until");
            assert_int_equal(found.items[0].line, 2);
            assert_non_null(strstr(found.items[0].message, cases[i].message));
        }
        findings_deinit(&found);
    }
    tables_free(&tables);
    catalogue_free(&cat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_calendars_are_counted),
        cmocka_unit_test(those_that_run_out_first_come_first),
        cmocka_unit_test(days_are_counted_whole),
        cmocka_unit_test(a_check_warns_ninety_days_ahead),
    };
    return cmocka_run_group_tests_name("calendars_left", tests, NULL, NULL);
}
