/*
 * Matching: one catalogue, and for each ticket the rule that must take it.
 */
#include "match.h"

#include "calendar.h"
#include "catalogue_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define D(id) TABLE_DEPARTMENTS, id, "{}"
#define R(key, value) TABLE_ROUTES, key, value

/* Monday 2026-03-02 in Shanghai: 10:00, and 23:00. */
static const int64_t at_work = 1772416800000;
static const int64_t at_night = 1772463600000;

static const struct test_row city[] = {
    {D("a")},
    {D("b")},
    {D("c")},
    {D("xc")},
    {D("xc-housing")},
    {D("xc-007")},
    {TABLE_CALENDARS, "office",
     "{\"time_zone\":\"Asia/Shanghai\",\"week\":{\"mon\":[\"09:00-18:00\"]}}"},
    {TABLE_AREAS, "110000", "{\"name\":\"Beijing\"}"},
    {TABLE_AREAS, "110000/110102",
     "{\"department\":\"xc\",\"units\":{\"housing\":\"xc-housing\"}}"},
    {TABLE_AREAS, "110000/110102/007", "{\"department\":\"xc-007\"}"},
    {TABLE_META, "time_zone", "Asia/Shanghai"},
    {R("|water", "{\"department\":\"a\"}")},
    {R("110000/110102|water", "{\"department\":\"b\"}")},
    {R("110000/110102/007|", "{\"department\":\"c\"}")},
    {R("|water/pipe", "{\"department\":\"c\"}")},
    {R("|home", "{\"department\":\"@area.housing\",\"co\":[\"a\",\"@area\","
                "\"@area.housing\"]}")},
    {R("|duty", "{\"department\":\"a\"}")},
    {R("|duty|open", "{\"department\":\"b\",\"when\":\"office\"}")},
    {R("|duty|phone", "{\"department\":\"c\",\"when\":\"!office\","
                      "\"channels\":[\"phone\",\"app\"]}")},
    {R("|kind|complaint", "{\"department\":\"a\",\"types\":[\"COMPLAINT\"]}")},
    {R("|kind|urgent", "{\"department\":\"b\",\"types\":[\"HELP\"],"
                       "\"urgencies\":[\"URGENT\",\"EMERGENCY\"]}")},
    {R("|spring", "{\"department\":\"a\",\"from\":\"2026-03-02\","
                  "\"until\":\"2026-03-02\"}")},
    {R("|spring/late", "{\"department\":\"a\",\"from\":\"2026-03-03\"}")},
    {R("|spring/early", "{\"department\":\"a\",\"until\":\"2026-03-01\"}")},
    {R("110000|flood", "{\"department\":\"c\",\"override\":true,"
                       "\"urgencies\":[\"EMERGENCY\"]}")},
    {R("110000/110102|flood/cellar", "{\"department\":\"a\"}")},
    {0},
};

struct fixture {
    struct catalogue *cat;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct findings findings = {0};

    f.cat = catalogue_of(city, &findings);
    for (size_t i = 0; i < findings.n; i++)
        printf("# %s: %s\n", findings.items[i].field,
               findings.items[i].message);
    assert_int_equal(findings.errors, 0);
    findings_deinit(&findings);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    catalogue_free(&((struct fixture *)*state)->cat);
    return 0;
}

/* Which rule must take which ticket; "" stands for none. */
struct match_case {
    const char *area;
    const char *category;
    const char *rule;
    const char *department;
    const char *channel;
    enum urgency urgency;
    Dispatch__V1__RequestType type;
    int64_t at_ms;
};

#define T(area_, category_, rule_, department_, ...)                           \
    {                                                                          \
        .area = area_, .category = category_, .rule = rule_,                   \
        .department = department_, __VA_ARGS__                                 \
    }

static struct match_query query_of(const struct match_case *test)
{
    return (struct match_query){
        .area = test->area,
        .category = test->category,
        .channel = test->channel ? test->channel : "web",
        .urgency = test->urgency,
        .type = test->type,
        .at_ms = test->at_ms ? test->at_ms : at_work,
    };
}

static void check_cases(void **state, const struct match_case *cases, size_t n)
{
    const struct catalogue *cat = ((struct fixture *)*state)->cat;

    for (size_t i = 0; i < n; i++) {
        const struct match_query query = query_of(&cases[i]);
        struct candidate best;
        struct match m;

        match_begin(&m, cat, &query);
        bool found = match_best(&m, &best);
        assert_string_equal(found ? route_key(best.route) : "", cases[i].rule);
        assert_string_equal(found ? best.department->id : "",
                            cases[i].department);
    }
}
#define CHECK(cases) check_cases(state, cases, sizeof(cases) / sizeof(*cases))

static void the_longer_category_wins_then_the_longer_area(void **state)
{
    static const struct match_case cases[] = {
        T("", "water", "|water", "a"),
        T("110000", "water/tap", "|water", "a"),
        T("110000/110102", "water", "110000/110102|water", "b"),
        T("110000/110102/009", "water/tap", "110000/110102|water", "b"),
        T("110000/110102/007", "water/pipe/burst", "|water/pipe", "c"),
        T("110000/110102/007", "noise", "110000/110102/007|", "c"),
        T("110000/110102/007", "", "110000/110102/007|", "c"),
        T("110000/110105", "noise", "", ""),
        T("", "", "", ""),
    };
    CHECK(cases);
}

static void steps_are_compared_and_not_characters(void **state)
{
    static const struct match_case cases[] = {
        T("110000/1101020", "water", "|water", "a"),
        T("110000/11010", "water", "|water", "a"),
        T("", "waterway", "", ""),
        T("", "wate", "", ""),
        T("", "water/pipes", "|water", "a"),
        T("", "Water", "", ""),
    };
    CHECK(cases);
}

static void a_unit_is_asked_from_the_nearest_area_up(void **state)
{
    static const struct match_case cases[] = {
        T("110000/110102", "home", "|home", "xc-housing"),
        T("110000/110102/007/x", "home", "|home", "xc-housing"),
        T("110000/110105", "home", "", ""),
        T("", "home", "", ""),
    };
    CHECK(cases);
}

static void conditions_hold_or_the_next_rule_is_asked(void **state)
{
    static const struct match_case cases[] = {
        T("", "duty", "|duty|open", "b"),
        T("", "duty", "|duty|open", "b", .channel = "phone"),
        T("", "duty", "|duty", "a", .at_ms = at_night),
        T("", "duty", "|duty|phone", "c", .channel = "app", .at_ms = at_night),
        T("", "kind", "", ""),
        T("", "kind", "|kind|complaint", "a", .type = 3),
        T("", "kind", "|kind|complaint", "a", .type = 3, .urgency = 2),
        T("", "kind", "", "", .type = 2),
        T("", "kind", "|kind|urgent", "b", .type = 2, .urgency = 1),
        T("", "kind", "", "", .type = 77, .urgency = 1),
    };
    CHECK(cases);
}

static void dates_are_inclusive_and_local(void **state)
{
    /* The local day of 2026-03-02 is 16:00 UTC to 16:00 UTC. */
    static const struct match_case cases[] = {
        T("", "spring", "", "", .at_ms = 1772380799999),
        T("", "spring", "|spring", "a", .at_ms = 1772380800000),
        T("", "spring", "|spring", "a", .at_ms = 1772467199999),
        T("", "spring", "", "", .at_ms = 1772467200000),
        T("", "spring/late", "|spring", "a", .at_ms = 1772467199999),
        T("", "spring/late", "|spring/late", "a", .at_ms = 1772467200000),
        T("", "spring/early", "|spring/early", "a", .at_ms = 1772380799999),
    };
    CHECK(cases);
}

static void an_overriding_rule_comes_first_where_it_holds(void **state)
{
    static const struct match_case cases[] = {
        T("110000/110102", "flood/cellar", "110000/110102|flood/cellar", "a"),
        T("110000/110102", "flood/cellar", "110000|flood", "c", .urgency = 2),
    };
    CHECK(cases);
}

static void all_candidates_are_shown_in_order_with_what_failed(void **state)
{
    static const struct {
        const char *rule;
        enum condition failed;
    } expected[] = {
        {"|duty|phone", CONDITION_CHANNELS},
        {"|duty|open", CONDITION_WHEN},
        {"|duty", CONDITIONS},
        {"110000/110102/007|", CONDITIONS},
    };
    const struct match_case test = {"110000/110102/007", "duty/x", "", "",
                                    .at_ms = at_night};
    const struct match_query query = query_of(&test);
    struct candidate next;
    struct match m;

    match_begin(&m, ((struct fixture *)*state)->cat, &query);
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        assert_true(match_next(&m, &next));
        assert_string_equal(route_key(next.route), expected[i].rule);
        assert_int_equal(next.failed, expected[i].failed);
    }
    assert_false(match_next(&m, &next));
    assert_false(match_next(&m, &next));
}

static void a_rule_without_its_unit_fails_by_its_department(void **state)
{
    const struct match_case test = T("110000/110105", "home", "", "");
    const struct match_query query = query_of(&test);
    struct candidate next;
    struct match m;

    match_begin(&m, ((struct fixture *)*state)->cat, &query);
    assert_true(match_next(&m, &next));
    assert_string_equal(condition_name(next.failed), "department");
    assert_null(next.department);
}

static void co_handlers_that_exist_in_the_area_are_listed(void **state)
{
    const struct match_case test = T("110000/110102/007", "home", "", "");
    const struct match_query query = query_of(&test);
    const struct department *co[8];
    struct candidate best;
    struct match m;

    match_begin(&m, ((struct fixture *)*state)->cat, &query);
    assert_true(match_best(&m, &best));
    assert_int_equal(match_co(&m, best.route, co, 8), 3);
    assert_string_equal(co[0]->id, "a");
    assert_string_equal(co[1]->id, "xc-007");
    assert_string_equal(co[2]->id, "xc-housing");
    assert_int_equal(match_co(&m, best.route, co, 1), 1);
}

static void the_nearest_area_with_a_department_is_the_fallback(void **state)
{
    static const char *const cases[][2] = {
        {"110000/110102/007/3", "xc-007"},
        {"110000/110102/9", "xc"},
        {"110000", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct match_case test = T(cases[i][0], "", "", "");
        const struct match_query query = query_of(&test);
        struct match m;

        match_begin(&m, ((struct fixture *)*state)->cat, &query);
        const struct department *found = match_fallback(&m);
        assert_int_equal(found == NULL, cases[i][1] == NULL);
        if (found)
            assert_string_equal(found->id, cases[i][1]);
    }
}

static const struct route *route_named(const struct catalogue *cat,
                                       const char *key)
{
    for (size_t i = 0; i < catalogue_routes_count(cat); i++) {
        const struct route *route = catalogue_route_at(cat, i);
        if (strcmp(route_key(route), key) == 0)
            return route;
    }
    return NULL;
}

static void conditions_are_written_for_a_person(void **state)
{
    static const char *const cases[][2] = {
        {"|water", ""},
        {"|duty|phone", "channels=phone,app when=!office"},
        {"|kind|urgent", "urgencies=URGENT,EMERGENCY types=HELP"},
        {"|spring", "from=2026-03-02 until=2026-03-02"},
    };
    const struct catalogue *cat = ((struct fixture *)*state)->cat;
    char text[128];

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct route *route = route_named(cat, cases[i][0]);
        assert_string_equal(route_conditions(cat, route, text, sizeof(text)),
                            cases[i][1]);
    }
    const struct route *cut = route_named(cat, "|duty|phone");
    assert_string_equal(route_conditions(cat, cut, text, 12), "channels=ph");
}

static void a_route_tells_what_it_was_made_of(void **state)
{
    const struct catalogue *cat = ((struct fixture *)*state)->cat;
    const struct route *home = route_named(cat, "|home");
    const struct route *flood = route_named(cat, "110000|flood");

    assert_int_equal(route_area(flood).size, 6);
    assert_memory_equal(route_category(flood).text, "flood", 5);
    assert_int_equal(route_category(flood).size, 5);
    assert_true(route_override(flood));
    assert_string_equal(route_department_text(cat, home), "@area.housing");
    assert_int_equal(route_co_count(cat, home), 3);
    assert_string_equal(route_co_text(cat, home, 1), "@area");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longer_category_wins_then_the_longer_area),
        cmocka_unit_test(steps_are_compared_and_not_characters),
        cmocka_unit_test(a_unit_is_asked_from_the_nearest_area_up),
        cmocka_unit_test(conditions_hold_or_the_next_rule_is_asked),
        cmocka_unit_test(dates_are_inclusive_and_local),
        cmocka_unit_test(an_overriding_rule_comes_first_where_it_holds),
        cmocka_unit_test(all_candidates_are_shown_in_order_with_what_failed),
        cmocka_unit_test(a_rule_without_its_unit_fails_by_its_department),
        cmocka_unit_test(co_handlers_that_exist_in_the_area_are_listed),
        cmocka_unit_test(the_nearest_area_with_a_department_is_the_fallback),
        cmocka_unit_test(conditions_are_written_for_a_person),
        cmocka_unit_test(a_route_tells_what_it_was_made_of),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
