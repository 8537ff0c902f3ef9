/*
 * The dispatch decision: who is on the plan, why, and with which clocks.
 */
#include "dispatch.h"

#include "calendar.h"
#include "catalogue_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define R(key, value) TABLE_ROUTES, key, value
#define P(id, value) TABLE_POLICIES, id, value

enum { HOUR_MS = 3600 * 1000 };

/* Monday 2026-03-02, 10:00 in UTC. */
static const int64_t monday = 1772445600000;

static const struct test_row city[] = {
    {TABLE_DEPARTMENTS, "a", "{\"lead_official\":\"Ann\"}"},
    {TABLE_DEPARTMENTS, "b", "{\"lead_official\":\"Bo\"}"},
    {TABLE_DEPARTMENTS, "c", "{}"},
    {TABLE_DEPARTMENTS, "office-hours", "{\"calendar\":\"office\"}"},
    {TABLE_DEPARTMENTS, "xc", "{\"lead_official\":\"Xu\"}"},
    {TABLE_DEPARTMENTS, "desk", "{}"},
    {TABLE_AREAS, "1/2", "{\"department\":\"xc\"}"},
    {TABLE_AREAS, "3", "{\"department\":\"b\"}"},
    {TABLE_CALENDARS, "office",
     "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-17:00\"],"
     "\"tue\":[\"09:00-17:00\"]}}"},
    {P("plain", "{\"first_response\":\"2h\",\"resolution\":\"24h\","
                "\"warn\":[\"50%\",\"-1h\"]}")},
    {P("fast", "{\"resolution\":\"4h\",\"urgency\":{\"EMERGENCY\":{"
               "\"first_response\":\"10m\",\"resolution\":\"2h\"},"
               "\"URGENT\":{\"first_response\":\"1h\"}}}")},
    {P("work", "{\"resolution\":\"8wh\",\"warn\":[\"75%\"]}")},
    {P("always", "{\"resolution\":\"8wh\",\"calendar\":\"24x7\"}")},
    {P("fallback", "{\"first_response\":\"1h\",\"resolution\":\"7d\"}")},
    {R("|a", "{\"department\":\"a\",\"policy\":\"plain\"}")},
    {R("|a/fast", "{\"department\":\"a\",\"policy\":\"fast\"}")},
    {R("|b", "{\"department\":\"b\",\"co\":[\"a\",\"c\"],\"policy\":\"fast\","
             "\"lead_official\":\"Rita\"}")},
    {R("|c", "{\"department\":\"c\"}")},
    {R("1/2|a", "{\"department\":\"@area\",\"policy\":\"plain\"}")},
    {R("|work", "{\"department\":\"office-hours\",\"policy\":\"work\"}")},
    {R("1|", "{\"department\":\"c\",\"policy\":\"plain\"}")},
    {TABLE_META, "default_department", "desk"},
    {TABLE_META, "default_policy", "fallback"},
    {0},
};

/* A ticket with matters of these categories. */
struct ticket {
    Dispatch__V1__TicketCreated created;
    Dispatch__V1__Matter matters[16];
    Dispatch__V1__Matter *list[16];
};

static void ticket_init(struct ticket *t, const char *area,
                        const char *const *categories)
{
    dispatch__v1__ticket_created__init(&t->created);
    t->created.area = (char *)(uintptr_t)area;
    for (size_t i = 0; categories && categories[i]; i++) {
        dispatch__v1__matter__init(&t->matters[i]);
        t->matters[i].category = (char *)(uintptr_t)categories[i];
        t->list[i] = &t->matters[i];
        t->created.n_matters = i + 1;
    }
    t->created.matters = t->list;
}
#define CATEGORIES(...) ((const char *const[]){__VA_ARGS__, NULL})

struct fixture {
    struct catalogue *cat;
    struct ticket ticket;
    struct dispatch_plan plan;
    struct dispatch_terms terms;
};

static int set_up(void **state)
{
    static struct fixture f;
    struct findings findings = {0};

    f.cat = catalogue_of(city, &findings);
    f.terms = (struct dispatch_terms){.occurred_at = monday,
                                      .requested_at = monday,
                                      .assigned_at = monday,
                                      .now = monday};
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

static void dispatch(struct fixture *f)
{
    assert_int_equal(
        dispatch_ticket(f->cat, &f->ticket.created, &f->terms, &f->plan, NULL),
        REJECT_NONE);
}

static void check_part(const struct dispatch_plan *plan, size_t i,
                       const char *department, uint16_t matters,
                       const char *rule)
{
    const struct dispatch_part *part = &plan->parts[i];

    assert_true(i < plan->n_parts);
    assert_string_equal(part->department->id, department);
    assert_int_equal(part->matters, matters);
    assert_string_equal(part->rule, rule);
    assert_int_equal(part->role, i == 0 ? DISPATCH__V1__ROLE__ROLE_LEAD
                                        : DISPATCH__V1__ROLE__ROLE_CO_HANDLER);
}

static void one_matter_gives_one_lead_with_both_clocks(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("a/x"));
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 1);
    check_part(&f->plan, 0, "a", 1, "|a");
    const struct clock_plan *clocks = f->plan.parts[0].clocks;
    assert_true(clocks[CLOCK_FIRST_RESPONSE].exists);
    assert_int_equal(clocks[CLOCK_FIRST_RESPONSE].due_at, monday + 2 * HOUR_MS);
    assert_int_equal(clocks[CLOCK_RESOLUTION].due_at, monday + 24 * HOUR_MS);
    assert_int_equal(clocks[CLOCK_RESOLUTION].started_at, monday);
    assert_string_equal(clocks[CLOCK_RESOLUTION].policy->id, "plain");
    assert_string_equal(f->plan.parts[0].lead_official, "Ann");
    assert_false(f->plan.parts[0].fallback);
}

static void each_department_appears_once_with_all_its_matters(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("c", "b", "a", "c/x"));
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 3);
    check_part(&f->plan, 0, "c", 1 | 2 | 8, "|c");
    check_part(&f->plan, 1, "b", 2, "|b");
    check_part(&f->plan, 2, "a", 2 | 4, "|a");
    assert_false(f->plan.parts[2].co_only);
    assert_string_equal(f->plan.parts[2].lead_official, "Ann");
}

static void a_department_that_is_only_co_has_no_clock(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("b"));
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 3);
    check_part(&f->plan, 1, "a", 1, "|b");
    check_part(&f->plan, 2, "c", 1, "|b");
    for (size_t i = 1; i < 3; i++) {
        assert_true(f->plan.parts[i].co_only);
        assert_false(f->plan.parts[i].clocks[CLOCK_FIRST_RESPONSE].exists);
        assert_false(f->plan.parts[i].clocks[CLOCK_RESOLUTION].exists);
    }
}

static void first_response_belongs_to_the_lead_alone(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("a", "c"));
    dispatch(f);
    assert_true(f->plan.parts[0].clocks[CLOCK_FIRST_RESPONSE].exists);
    assert_false(f->plan.parts[1].clocks[CLOCK_FIRST_RESPONSE].exists);
    assert_true(f->plan.parts[1].clocks[CLOCK_RESOLUTION].exists);
}

static void of_several_resolution_clocks_the_earliest_counts(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("a", "a/fast"));
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 1);
    check_part(&f->plan, 0, "a", 3, "|a");
    const struct clock_plan *clocks = f->plan.parts[0].clocks;
    assert_int_equal(clocks[CLOCK_RESOLUTION].due_at, monday + 4 * HOUR_MS);
    assert_string_equal(clocks[CLOCK_RESOLUTION].policy->id, "fast");
    assert_string_equal(clocks[CLOCK_FIRST_RESPONSE].policy->id, "plain");
}

static void a_matter_has_the_ticket_s_area_or_its_own(void **state)
{
    struct fixture *f = *state;
    static char other[] = "1/2/3";

    ticket_init(&f->ticket, "1", CATEGORIES("a", "a"));
    f->ticket.matters[1].area = other;
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 2);
    check_part(&f->plan, 0, "a", 1, "|a");
    check_part(&f->plan, 1, "xc", 2, "1/2|a");
}

static void without_a_rule_the_nearest_area_s_department_takes_it(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "3/9", CATEGORIES("z", "a", "z"));
    f->ticket.matters[2].area = (char[]){"2"};
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 3);
    check_part(&f->plan, 0, "b", 1, "");
    check_part(&f->plan, 1, "a", 2, "|a");
    check_part(&f->plan, 2, "desk", 4, "");
    assert_true(f->plan.parts[0].fallback);
    assert_false(f->plan.parts[1].fallback);
    assert_true(f->plan.parts[2].fallback);
    assert_string_equal(f->plan.parts[2].policy->id, "fallback");
    assert_true(f->plan.parts[2].clocks[CLOCK_RESOLUTION].exists);
    assert_string_equal(f->plan.parts[0].lead_official, "Bo");
}

static void a_rule_without_a_policy_has_the_default_one(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("c"));
    dispatch(f);
    assert_string_equal(f->plan.parts[0].policy->id, "fallback");
}

static void a_ticket_without_matters_is_matched_by_its_area(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "1/2", NULL);
    dispatch(f);
    assert_int_equal(f->plan.n_parts, 1);
    check_part(&f->plan, 0, "c", 0, "1|");
}

static void the_ticket_s_official_leads_the_lead_only(void **state)
{
    struct fixture *f = *state;

    ticket_init(&f->ticket, "", CATEGORIES("b", "a"));
    dispatch(f);
    assert_string_equal(f->plan.parts[0].lead_official, "Rita");
    f->ticket.created.lead_official = (char[]){"Tess"};
    dispatch(f);
    assert_string_equal(f->plan.parts[0].lead_official, "Tess");
    assert_string_equal(f->plan.parts[1].lead_official, "Ann");
    assert_string_equal(f->plan.parts[2].lead_official, "Rita");
}

static void limits_follow_the_urgency_and_fall_back_to_the_plain(void **state)
{
    static const struct {
        Dispatch__V1__Urgency urgency;
        int64_t first_response_ms; /* 0: no clock */
        int64_t resolution_ms;
    } cases[] = {
        {DISPATCH__V1__URGENCY__URGENCY_UNSPECIFIED, 0, 4 * HOUR_MS},
        {DISPATCH__V1__URGENCY__URGENCY_NORMAL, 0, 4 * HOUR_MS},
        {DISPATCH__V1__URGENCY__URGENCY_URGENT, HOUR_MS, 4 * HOUR_MS},
        {DISPATCH__V1__URGENCY__URGENCY_EMERGENCY, 10 * 60 * 1000, 2 * HOUR_MS},
        {(Dispatch__V1__Urgency)99, 0, 4 * HOUR_MS},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        ticket_init(&f->ticket, "", CATEGORIES("a/fast"));
        f->ticket.created.urgency = cases[i].urgency;
        dispatch(f);
        const struct clock_plan *clocks = f->plan.parts[0].clocks;
        assert_int_equal(clocks[CLOCK_FIRST_RESPONSE].exists,
                         cases[i].first_response_ms > 0);
        if (cases[i].first_response_ms)
            assert_int_equal(clocks[CLOCK_FIRST_RESPONSE].due_at,
                             monday + cases[i].first_response_ms);
        assert_int_equal(clocks[CLOCK_RESOLUTION].due_at,
                         monday + cases[i].resolution_ms);
    }
}

static void the_next_warning_skips_those_that_are_past(void **state)
{
    static const struct {
        int64_t now_ms;
        int64_t warn_ms; /* after monday; 0: none to come */
    } cases[] = {
        {0, 12 * HOUR_MS},
        {12 * HOUR_MS - 1, 12 * HOUR_MS},
        {12 * HOUR_MS, 23 * HOUR_MS},
        {23 * HOUR_MS, 0},
        {99 * HOUR_MS, 0},
    };
    struct fixture *f = *state;
    const struct policy *plain = catalogue_policy(f->cat, "plain");
    const struct department *a = catalogue_department(f->cat, "a");

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct clock_plan clock =
            dispatch_clock(plain, a, CLOCK_RESOLUTION, URGENCY_NORMAL, monday,
                           monday + cases[i].now_ms);
        assert_int_equal(clock.warn_at,
                         cases[i].warn_ms ? monday + cases[i].warn_ms : 0);
    }
}

static void a_working_clock_has_the_department_s_calendar(void **state)
{
    struct fixture *f = *state;

    /* From Monday 10:00, 8 hours of 09:00-17:00: 7 today, 1 tomorrow. Three
     * quarters, 6 hours, are over at 16:00. */
    ticket_init(&f->ticket, "", CATEGORIES("work"));
    dispatch(f);
    const struct clock_plan *clock = &f->plan.parts[0].clocks[CLOCK_RESOLUTION];
    assert_string_equal(calendar_id(clock->calendar), "office");
    assert_int_equal(clock->due_at, monday + 24 * HOUR_MS);
    assert_int_equal(clock->warn_at, monday + 6 * HOUR_MS);
}

static void the_policy_s_calendar_comes_before_the_department_s(void **state)
{
    struct fixture *f = *state;
    const struct policy *always = catalogue_policy(f->cat, "always");
    const struct department *office =
        catalogue_department(f->cat, "office-hours");
    const struct clock_plan clock = dispatch_clock(
        always, office, CLOCK_RESOLUTION, URGENCY_NORMAL, monday, monday);

    assert_string_equal(calendar_id(clock.calendar), "24x7");
    assert_int_equal(clock.due_at, monday + 8 * HOUR_MS);
}

static void each_clock_starts_at_its_own_time(void **state)
{
    struct fixture *f = *state;
    const struct dispatch_terms before = f->terms;

    f->terms.requested_at = monday - HOUR_MS;
    f->terms.assigned_at = monday + HOUR_MS;
    f->terms.now = monday + 5 * HOUR_MS;
    ticket_init(&f->ticket, "", CATEGORIES("a"));
    dispatch(f);
    f->terms = before;
    const struct clock_plan *clocks = f->plan.parts[0].clocks;
    assert_int_equal(clocks[CLOCK_FIRST_RESPONSE].started_at, monday + HOUR_MS);
    assert_int_equal(clocks[CLOCK_FIRST_RESPONSE].warn_at, 0);
    assert_int_equal(clocks[CLOCK_RESOLUTION].started_at, monday - HOUR_MS);
    assert_int_equal(clocks[CLOCK_RESOLUTION].warn_at, monday + 11 * HOUR_MS);
}

static void a_clock_at_the_end_of_time_does_not_overflow(void **state)
{
    struct fixture *f = *state;
    const struct policy *plain = catalogue_policy(f->cat, "plain");
    const struct department *a = catalogue_department(f->cat, "a");
    static const int64_t starts[] = {INT64_MAX, INT64_MIN, INT64_MAX / 2};

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        const struct clock_plan clock = dispatch_clock(
            plain, a, CLOCK_RESOLUTION, URGENCY_NORMAL, starts[i], monday);
        assert_true(clock.exists);
    }
    assert_false(
        dispatch_clock(NULL, a, CLOCK_RESOLUTION, URGENCY_NORMAL, 0, 0).exists);
}

static void the_times_of_created_follow_requested_at(void **state)
{
    static const struct {
        int64_t occurred_at, requested_at, timestamp, expected;
    } cases[] = {
        {100, 0, 200, 100},   {100, 50, 200, 50},  {300, 0, 200, 200},
        {100, 900, 200, 200}, {100, 900, -1, 900},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Dispatch__V1__TicketEvent event = DISPATCH__V1__TICKET_EVENT__INIT;
        Dispatch__V1__TicketCreated created =
            DISPATCH__V1__TICKET_CREATED__INIT;

        event.occurred_at = cases[i].occurred_at;
        event.created = &created;
        created.requested_at = cases[i].requested_at;
        const struct dispatch_terms terms =
            dispatch_terms_created(&event, cases[i].timestamp);
        assert_int_equal(terms.requested_at, cases[i].expected);
        assert_int_equal(terms.assigned_at, cases[i].expected);
        assert_int_equal(terms.occurred_at, cases[i].occurred_at);
    }
}

static void without_rule_and_fallback_the_ticket_is_refused(void **state)
{
    static const struct test_row rows[] = {
        {TABLE_DEPARTMENTS, "a", "{}"},
        {R("|a", "{\"department\":\"a\"}")},
        {0},
    };
    struct fixture *f = *state;
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);
    struct reject r;

    ticket_init(&f->ticket, "", CATEGORIES("a", "b"));
    assert_int_equal(
        dispatch_ticket(cat, &f->ticket.created, &f->terms, &f->plan, &r),
        REJECT_NO_ROUTE);
    assert_non_null(strstr(r.why, "matters[1]"));
    ticket_init(&f->ticket, "", NULL);
    assert_int_equal(
        dispatch_ticket(cat, &f->ticket.created, &f->terms, &f->plan, NULL),
        REJECT_NO_ROUTE);
    findings_deinit(&findings);
    catalogue_free(&cat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_matter_gives_one_lead_with_both_clocks),
        cmocka_unit_test(each_department_appears_once_with_all_its_matters),
        cmocka_unit_test(a_department_that_is_only_co_has_no_clock),
        cmocka_unit_test(first_response_belongs_to_the_lead_alone),
        cmocka_unit_test(of_several_resolution_clocks_the_earliest_counts),
        cmocka_unit_test(a_matter_has_the_ticket_s_area_or_its_own),
        cmocka_unit_test(without_a_rule_the_nearest_area_s_department_takes_it),
        cmocka_unit_test(a_rule_without_a_policy_has_the_default_one),
        cmocka_unit_test(a_ticket_without_matters_is_matched_by_its_area),
        cmocka_unit_test(the_ticket_s_official_leads_the_lead_only),
        cmocka_unit_test(limits_follow_the_urgency_and_fall_back_to_the_plain),
        cmocka_unit_test(the_next_warning_skips_those_that_are_past),
        cmocka_unit_test(a_working_clock_has_the_department_s_calendar),
        cmocka_unit_test(the_policy_s_calendar_comes_before_the_department_s),
        cmocka_unit_test(each_clock_starts_at_its_own_time),
        cmocka_unit_test(a_clock_at_the_end_of_time_does_not_overflow),
        cmocka_unit_test(the_times_of_created_follow_requested_at),
        cmocka_unit_test(without_rule_and_fallback_the_ticket_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
