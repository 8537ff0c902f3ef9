/*
 * The record of present rules: which ones history contradicts.
 */
#include "route_history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "catalogue_rows.h"

static const struct test_row rows[] = {
    {TABLE_DEPARTMENTS, "police", "{\"name\":\"Police\"}"},
    {TABLE_DEPARTMENTS, "vet", "{\"name\":\"Vet\"}"},
    {TABLE_DEPARTMENTS, "desk", "{\"name\":\"Desk\"}"},
    {TABLE_ROUTES, "|noise", "{\"department\":\"police\"}"},
    {TABLE_ROUTES, "|dogs", "{\"department\":\"police\"}"},
    {TABLE_META, "default_department", "desk"},
    {0},
};

static const struct {
    const char *category;
    const char *department;
    const char *returned; /* NULL: nobody */
    uint64_t count;
} past[] = {
    {"noise/music", "police", NULL, 5}, {"noise/dogs", "vet", NULL, 4},
    {"dogs", "vet", "police", 3},       {"dogs", "desk", NULL, 2},
    {"dogs", "police", "vet", 2},       {"unknown", "desk", NULL, 7},
};

static struct route_history *make_history(const struct catalogue *cat)
{
    struct route_history *h = route_history_new(cat);

    for (size_t i = 0; i < sizeof past / sizeof *past; i++) {
        const struct match_query query = {
            .area = "", .category = past[i].category, .channel = ""};
        const struct past_end end = {
            .department = past[i].department,
            .returned = &past[i].returned,
            .n_returned = past[i].returned != NULL,
            .count = past[i].count,
        };
        route_history_add(h, &query, &end);
    }
    return h;
}

static void a_rule_is_contradicted_when_another_had_more(void **state)
{
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);
    struct route_history *h = make_history(cat);
    size_t n;

    (void)state;
    const struct route_record *r = route_history_contradicted(h, 1, &n);
    assert_int_equal(n, 1);
    assert_string_equal(route_key(r->route), "|dogs");
    assert_int_equal(r->support, 7);
    assert_int_equal(r->right, 2);
    assert_int_equal(r->returned, 3);
    assert_string_equal(r->instead, "vet");
    assert_int_equal(r->instead_count, 3);

    route_history_contradicted(h, 8, &n);
    assert_int_equal(n, 0);
    route_history_free(&h);
    assert_null(h);
    catalogue_free(&cat);
    findings_deinit(&findings);
}

static void what_no_rule_decides_is_right_at_the_fallback(void **state)
{
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);
    struct route_history *h = make_history(cat);

    (void)state;
    assert_int_equal(route_history_tickets(h), 23);
    assert_int_equal(route_history_right(h), 5 + 2 + 7);
    route_history_free(&h);
    catalogue_free(&cat);
    findings_deinit(&findings);
}

static void many_returns_contradict_a_rule_too(void **state)
{
    const char *returned = "police";
    const struct match_query query = {
        .area = "", .category = "noise", .channel = ""};
    const struct past_end kept = {.department = "police", .count = 2};
    const struct past_end again = {.department = "police",
                                   .returned = &returned,
                                   .n_returned = 1,
                                   .count = 2001};
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);
    struct route_history *h = route_history_new(cat);
    size_t n;

    (void)state;
    for (int i = 0; i < 1000; i++)
        route_history_add(h, &query, &kept);
    route_history_contradicted(h, 1, &n);
    assert_int_equal(n, 0);
    route_history_add(h, &query, &again);
    const struct route_record *r = route_history_contradicted(h, 1, &n);
    assert_int_equal(n, 1);
    assert_int_equal(r->returned, 2001);
    assert_int_equal(r->right, 4001);
    assert_null(r->instead);
    route_history_free(&h);
    catalogue_free(&cat);
    findings_deinit(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_contradicted_when_another_had_more),
        cmocka_unit_test(what_no_rule_decides_is_right_at_the_fallback),
        cmocka_unit_test(many_returns_contradict_a_rule_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
