/*
 * Parts that change hands in ways that are not plain: what a department has
 * only as co-handler, two parts that become one, forwarding, and who is told.
 */
#include "ticket_script.h"

#define TABLES                                                                 \
    {D("city", "{}")}, {D("xc", "{\"parent\":\"city\"}")},                     \
        {D("xc-1", "{\"parent\":\"xc\",\"lead_official\":\"Xu\"}")},           \
        {D("xc-2", "{\"parent\":\"xc\"}")}, {D("dc", "{}")}, {D("gas", "{}")}, \
        {D("heat", "{}")}, {D("desk", "{}")}, {D("zoo", "{}")},                \
        {D("shop", "{\"calendar\":\"office\"}")},                              \
        {TABLE_CALENDARS, "office",                                            \
         "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-17:00\"]}}"},      \
        {TABLE_AREAS, "1", "{\"department\":\"city\"}"},                       \
        {TABLE_AREAS, "1/xc", "{\"department\":\"xc\"}"},                      \
        {P("p", "{\"first_response\":\"1h\",\"resolution\":\"10h\"}")},        \
        {P("q", "{\"resolution\":\"20h\"}")},                                  \
        {P("again", "{\"restart_on_reassign\":true,\"urgency\":{"              \
                    "\"EMERGENCY\":{\"resolution\":\"5h\"}}}")},               \
        {R("|e", "{\"department\":\"zoo\",\"policy\":\"again\"}")},            \
        {R("|v", "{\"department\":\"xc\",\"policy\":\"q\"}")},                 \
        {R("|w", "{\"department\":\"@area\",\"policy\":\"p\"}")},              \
        {R("|g", "{\"department\":\"gas\",\"policy\":\"p\"}")},                \
        {R("|h", "{\"department\":\"heat\",\"policy\":\"q\"}")},               \
        {R("|k", "{\"department\":\"gas\",\"policy\":\"p\",\"co\":"            \
                 "[\"heat\"]}")},                                              \
        {R("|s", "{\"department\":\"xc\",\"policy\":\"p\",\"co\":"             \
                 "[\"xc-1\"]}")},                                              \
        {R("|t", "{\"department\":\"xc-1\",\"policy\":\"p\"}")},               \
        {R("|z", "{\"department\":\"zoo\",\"policy\":\"q\"}")},                \
    {                                                                          \
        M("dispute_department", "desk")                                        \
    }

static const struct test_row city[] = {TABLES, {0}};
static const struct test_row review[] = {TABLES, {M("returns", "review")}, {0}};

#define CREATED(...) "'created':{'area':'1/xc','matters':[" __VA_ARGS__ "]}"
#define URGENT(...)                                                            \
    "'created':{'urgency':'EMERGENCY','area':'1/xc','matters':[" __VA_ARGS__   \
    "]}"
#define OF(category) "{'category':'" category "'}"

/* heat has matter 1 of its own; of matter 0 it is only co-handler. */
SCRIPT(a_return_moves_a_department_s_own_matters_only, city,
       {0, CREATED(OF("k") "," OF("h")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:01; SCHEDULED heat/R@1200"},
       {10,
        "'extended':{'clock':'RESOLUTION','by':'2h'},"
        "'actor_department_id':'gas'",
        "UPDATED heat/co:01; RESCHEDULED gas/R@720"},
       {20, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/co:01; CANCELLED heat/R@1200; REASSIGNED xc/co:1"})

SCRIPT(who_has_a_matter_already_is_not_told_that_it_gets_it, city,
       {0, CREATED(OF("k")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       /* The best rule names gas, which leads it. */
       {10, RETURNED("heat", "NOT_RESPONSIBLE"), "WITHDRAWN heat/co:0"})

SCRIPT(a_suggestion_that_nobody_knows_is_the_desk_s_question, city,
       {0, CREATED(OF("g")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600"},
       {10, SUGGESTS("gas", "WRONG_AREA", "nobody"), "DISPUTED desk/desk:0"})

SCRIPT(a_co_handler_that_gets_its_own_matter_is_there_by_that_rule, city,
       {0, CREATED(OF("k")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       {10, BY("contacted", "heat"), "UPDATED gas/lead:0"},
       {20, REASSIGNED("heat"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/F@60; CANCELLED gas/R@600; "
        "REASSIGNED heat/lead:0; SCHEDULED heat/R@600"},
       {30, BY("resolved", "heat"), "MET heat/R@600"})

SCRIPT(who_returned_an_emergency_gets_only_what_it_is_given, city,
       {0, URGENT(OF("g") "," OF("h")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:1; SCHEDULED heat/R@1200"},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "CANCELLED heat/R@1200; REASSIGNED xc/co:1; REASSIGNED heat/sup:1"},
       {15, BY("contacted", "heat"), "!wrong_state; REFUSED heat/desk"},
       {20, REASSIGNED("heat"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/F@60; CANCELLED gas/R@600; "
        "REASSIGNED heat/lead:0; SCHEDULED heat/F@80; SCHEDULED heat/R@600"},
       {30, RETURNED("heat", "NOT_RESPONSIBLE"),
        "!wrong_state; REFUSED heat/desk"})

SCRIPT(only_who_took_an_emergency_over_frees_who_returned_it, city,
       {0, URGENT(OF("k") "," OF("g")),
        "ASSIGNED gas/lead:01; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       {10, RETURNED("gas", "NOT_RESPONSIBLE"),
        "CANCELLED gas/F@60; CANCELLED gas/R@600; REASSIGNED xc/lead:01; "
        "REASSIGNED gas/sup:01"},
       {20, BY("acknowledged", "heat"),
        "UPDATED xc/lead:01; UPDATED gas/sup:01"},
       {30, BY("acknowledged", "xc"),
        "WITHDRAWN gas/sup:01; UPDATED heat/co:0"})

SCRIPT(a_shared_duty_is_no_return, city,
       {0, CREATED(OF("g")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600"},
       {10, SUGGESTS("gas", "OVERLAPPING_DUTY", "zoo"), "REASSIGNED zoo/co:0"},
       /* The first handler stays, whatever catalogue is asked. */
       {20, "'reclassified':{}", "WITHDRAWN zoo/co:0; UPDATED gas/lead:0"})

SCRIPT(a_ruling_may_give_a_part_back_to_who_forwarded_it, city,
       {0, CREATED(OF("w")),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {20, REASSIGNED("xc"), "WITHDRAWN xc-1/lead:0; REASSIGNED xc/lead:0"},
       {30, BY("contacted", "xc"), "MET xc/F@60"})

SCRIPT(a_ruling_looks_at_each_matter, city,
       {0, CREATED(OF("z") "," OF("g")),
        "ASSIGNED zoo/lead:0; SCHEDULED zoo/R@1200; ASSIGNED gas/co:1; "
        "SCHEDULED gas/R@600"},
       {1, REASSIGNED("dc"),
        "WITHDRAWN zoo/lead:0; CANCELLED zoo/R@1200; REASSIGNED dc/lead:0; "
        "SCHEDULED dc/R@1200"},
       {2, RETURNED("gas", "DUPLICATE"),
        "WITHDRAWN gas/co:1; CANCELLED gas/R@600; DISPUTED desk/co:1; "
        "SCHEDULED desk/R@600"},
       {3, REASSIGNED("dc"),
        "WITHDRAWN desk/co:1; CANCELLED desk/R@600; REASSIGNED dc/lead:01; "
        "RESCHEDULED dc/R@600"},
       /* gas has a route to matter 1 alone, and that has ten hours. */
       {4, REASSIGNED("gas"),
        "WITHDRAWN dc/lead:01; CANCELLED dc/R@600; REASSIGNED gas/lead:01; "
        "SCHEDULED gas/R@600"})

SCRIPT(a_clock_goes_on_under_its_own_policy, city,
       {0, CREATED(OF("v") "," OF("w")),
        "ASSIGNED xc/lead:01; SCHEDULED xc/R@600"},
       {10, RETURNED("xc", "DUPLICATE"),
        "WITHDRAWN xc/lead:01; CANCELLED xc/R@600; DISPUTED desk/lead:01; "
        "SCHEDULED desk/R@600"})

SCRIPT(a_clock_that_has_no_limit_to_begin_anew_goes_on, city,
       {0, URGENT(OF("e")), "ASSIGNED zoo/lead:0; SCHEDULED zoo/R@300"},
       {10, "'updated':{'urgency':'NORMAL'}", "UPDATED zoo/lead:0"},
       {20, REASSIGNED("dc"),
        "WITHDRAWN zoo/lead:0; CANCELLED zoo/R@300; REASSIGNED dc/lead:0; "
        "SCHEDULED dc/R@300"},
       /* Nor by another calendar. */
       {30, REASSIGNED("shop"),
        "WITHDRAWN dc/lead:0; CANCELLED dc/R@300; REASSIGNED shop/lead:0; "
        "SCHEDULED shop/R@300"})

SCRIPT(nobody_forwards_to_who_has_matters_of_its_own, city,
       {0, CREATED(OF("h") "," OF("w") "," OF("g")),
        "ASSIGNED heat/lead:0; SCHEDULED heat/R@1200; ASSIGNED xc/co:1; "
        "SCHEDULED xc/R@600; ASSIGNED gas/co:2; SCHEDULED gas/R@600"},
       {10, RETURNED("gas", "DUPLICATE"),
        "WITHDRAWN gas/co:2; CANCELLED gas/R@600; DISPUTED desk/co:2; "
        "SCHEDULED desk/R@600"},
       {20, REASSIGNED("xc-1"),
        "WITHDRAWN desk/co:2; CANCELLED desk/R@600; REASSIGNED xc-1/co:2; "
        "SCHEDULED xc-1/R@600"},
       {30, FORWARDED("xc", "xc-1"), "!wrong_state; REFUSED xc/desk"},
       {40, FORWARDED("xc", "xc-2"), "FORWARDED xc-2/co:1; FORWARDED xc/sup:1"})

SCRIPT(
    a_co_handler_may_be_forwarded_to, city,
    {0, CREATED(OF("s")),
     "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600; "
     "ASSIGNED xc-1/co:0"},
    {10, FORWARDED("xc", "xc-1"), "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
    {20, BY("resolved", "xc-1"), "MET xc/F@60; MET xc/R@600; UPDATED xc/sup:0"},
    /* What is resolved does not move any more. */
    {25, "'reopened':{}",
     "REOPENED xc-1/lead:0; REOPENED xc/sup:0; SCHEDULED xc/F@85; "
     "SCHEDULED xc/R@625"},
    {30, FORWARDED("xc", "xc"), "WITHDRAWN xc-1/lead:0; REASSIGNED xc/lead:0"})

SCRIPT(what_is_resolved_is_not_taken_back, city,
       {0, CREATED(OF("w") "," OF("g")),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600; "
        "ASSIGNED gas/co:1; SCHEDULED gas/R@600"},
       {10, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {20, BY("resolved", "xc-1"),
        "MET xc/F@60; MET xc/R@600; UPDATED gas/co:1; UPDATED xc/sup:0"},
       {30, FORWARDED("xc", "xc"), "!wrong_state; REFUSED xc/desk"},
       {40, FORWARDED("xc", "xc-2"), "!wrong_state; REFUSED xc/desk"})

SCRIPT(a_forwarder_reports_for_the_one_below, city,
       {0, CREATED(OF("g") "," OF("w")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED xc/co:1; SCHEDULED xc/R@600"},
       {10, SUGGESTS("gas", "OVERLAPPING_DUTY", "city"),
        "REASSIGNED city/co:0"},
       {20, FORWARDED("city", "xc-2"),
        "FORWARDED xc-2/co:0; FORWARDED city/sup:0"},
       /* Not for the lead, though they share the matter. */
       {30, BY("contacted", "city"),
        "UPDATED gas/lead:0; UPDATED xc/co:1; UPDATED xc-2/co:0"})

/* The best rule names gas, which has returned it; the next is the area's. */
SCRIPT(who_takes_back_what_it_forwarded_is_told, city,
       {0, CREATED(OF("k")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       {10, RETURNED("gas", "NOT_RESPONSIBLE"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/F@60; CANCELLED gas/R@600; "
        "REASSIGNED xc/lead:0"},
       {20, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {30, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/co:0; WITHDRAWN xc-1/lead:0; REASSIGNED xc/lead:0"})

SCRIPT(who_gets_more_holds_what_was_forwarded_in_its_own_right, city,
       {0, CREATED(OF("w") "," OF("h")),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600; "
        "ASSIGNED heat/co:1; SCHEDULED heat/R@1200"},
       {10, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {20, RETURNED("heat", "DUPLICATE"),
        "WITHDRAWN heat/co:1; CANCELLED heat/R@1200; DISPUTED desk/co:1; "
        "SCHEDULED desk/R@1200"},
       {30, REASSIGNED("xc-1"),
        "WITHDRAWN desk/co:1; CANCELLED desk/R@1200; WITHDRAWN xc/sup:0; "
        "CANCELLED xc/F@60; CANCELLED xc/R@600; REASSIGNED xc-1/lead:01; "
        "SCHEDULED xc-1/F@90; SCHEDULED xc-1/R@600"})

SCRIPT(who_has_answered_answers_no_second_time, city,
       {0, CREATED(OF("w") "," OF("g")),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600; "
        "ASSIGNED gas/co:1; SCHEDULED gas/R@600"},
       {10, BY("contacted", "gas"), "UPDATED xc/lead:0"},
       {20, REASSIGNED("gas"),
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "REASSIGNED gas/lead:01"})

SCRIPT(a_chain_ends_where_the_plan_takes_its_holder, city,
       {0, "'created':{'area':'1','matters':[" OF("w") "]}",
        "ASSIGNED city/lead:0; SCHEDULED city/F@60; SCHEDULED city/R@600"},
       {20, FORWARDED("city", "xc"),
        "FORWARDED xc/lead:0; FORWARDED city/sup:0"},
       {30, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {40, "'reclassified':{'matters':[" OF("t") "," OF("w") "]}",
        "WITHDRAWN xc/sup:0; CANCELLED city/F@60; UPDATED xc-1/lead:0; "
        "SCHEDULED xc-1/F@100; SCHEDULED xc-1/R@600; REASSIGNED city/co:1"})

SCRIPT(
    a_chain_gets_the_planned_matters_as_a_whole, city,
    {0, "'created':{'area':'1','matters':[" OF("w") "," OF("h") "]}",
     "ASSIGNED city/lead:0; SCHEDULED city/F@60; SCHEDULED city/R@600; "
     "ASSIGNED heat/co:1; SCHEDULED heat/R@1200"},
    {20, FORWARDED("city", "xc"), "FORWARDED xc/lead:0; FORWARDED city/sup:0"},
    {30, FORWARDED("xc", "xc-1"), "FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
    {40, "'reclassified':{'matters':[" OF("h") "," OF("w") "]}",
     "CANCELLED city/F@60; REASSIGNED heat/lead:0; REASSIGNED city/sup:1; "
     "REASSIGNED xc/sup:1; REASSIGNED xc-1/co:1"},
    {50, RETURNED("xc-1", "OTHER"), "WITHDRAWN xc-1/co:1; REASSIGNED xc/co:1"})

SCRIPT(the_desk_confirmed_cannot_return_it_either, city,
       {0, CREATED(OF("g")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600"},
       {10, RETURNED("gas", "DUPLICATE"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/F@60; CANCELLED gas/R@600; "
        "DISPUTED desk/lead:0; SCHEDULED desk/R@600"},
       {20, REASSIGNED("desk"), "REASSIGNED desk/lead:0"},
       {30, RETURNED("desk", "OTHER"), "!wrong_state; REFUSED desk/desk"})

SCRIPT(a_question_about_a_co_handler_leaves_a_resolved_part_alone, review,
       {0, CREATED(OF("k") "," OF("h")),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:01; SCHEDULED heat/R@1200"},
       {10, SUGGESTS("heat", "OVERLAPPING_DUTY", "zoo"), "REASSIGNED zoo/co:1"},
       {20, BY("resolved", "gas"),
        "MET gas/F@60; MET gas/R@600; UPDATED heat/co:01; UPDATED zoo/co:1"},
       {30, RETURNED("zoo", "OTHER"), "DISPUTED desk/desk:1"},
       {40, REASSIGNED("gas"), "WITHDRAWN zoo/co:1; REASSIGNED gas/lead:01"},
       {50, BY("resolved", "gas"), "!wrong_state; REFUSED gas/desk"})

/* The event number of the first dispatch is 1. */
static void each_hand_that_a_part_goes_through_counts(void **state)
{
    static const struct {
        const char *event;
        const char *department;
        uint32_t attempt;
    } steps[] = {
        {CREATED(OF("w")), "xc", 1},
        {FORWARDED("xc", "xc-1"), "xc-1", 2},
        {RETURNED("xc-1", "OTHER"), "xc", 3},
        {FORWARDED("xc", "xc-2"), "xc-2", 4},
        {FORWARDED("xc", "xc"), "xc", 5},
        {REASSIGNED("dc"), "dc", 6},
    };
    struct script s;
    char text[SCRIPT_TEXT];
    (void)state;

    script_begin(&s, city);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const struct step step = {(int64_t)i, steps[i].event, ""};

        script_step(&s, &step, text);
        const Dispatch__V1__TicketState *now = script_state(&s);
        assert_string_equal(now->parts[0]->department_id, steps[i].department);
        assert_int_equal(now->parts[0]->attempt, steps[i].attempt);
    }
    script_end(&s);
}

static void the_ticket_s_official_goes_with_the_lead(void **state)
{
    static const struct step named = {
        0,
        "'created':{'area':'1/xc','lead_official':'Tess','matters':[" OF(
            "w") "]}",
        ""};
    static const struct step forwarded = {1, FORWARDED("xc", "xc-1"), ""};
    struct script s;
    char text[SCRIPT_TEXT];
    (void)state;

    script_begin(&s, city);
    script_step(&s, &named, text);
    script_step(&s, &forwarded, text);
    assert_string_equal(script_state(&s)->parts[0]->lead_official, "Tess");
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_return_moves_a_department_s_own_matters_only),
        cmocka_unit_test(who_has_a_matter_already_is_not_told_that_it_gets_it),
        cmocka_unit_test(a_suggestion_that_nobody_knows_is_the_desk_s_question),
        cmocka_unit_test(
            a_co_handler_that_gets_its_own_matter_is_there_by_that_rule),
        cmocka_unit_test(who_returned_an_emergency_gets_only_what_it_is_given),
        cmocka_unit_test(only_who_took_an_emergency_over_frees_who_returned_it),
        cmocka_unit_test(a_shared_duty_is_no_return),
        cmocka_unit_test(a_ruling_may_give_a_part_back_to_who_forwarded_it),
        cmocka_unit_test(a_ruling_looks_at_each_matter),
        cmocka_unit_test(a_clock_goes_on_under_its_own_policy),
        cmocka_unit_test(a_clock_that_has_no_limit_to_begin_anew_goes_on),
        cmocka_unit_test(nobody_forwards_to_who_has_matters_of_its_own),
        cmocka_unit_test(a_co_handler_may_be_forwarded_to),
        cmocka_unit_test(what_is_resolved_is_not_taken_back),
        cmocka_unit_test(a_forwarder_reports_for_the_one_below),
        cmocka_unit_test(who_takes_back_what_it_forwarded_is_told),
        cmocka_unit_test(
            who_gets_more_holds_what_was_forwarded_in_its_own_right),
        cmocka_unit_test(who_has_answered_answers_no_second_time),
        cmocka_unit_test(a_chain_ends_where_the_plan_takes_its_holder),
        cmocka_unit_test(a_chain_gets_the_planned_matters_as_a_whole),
        cmocka_unit_test(the_desk_confirmed_cannot_return_it_either),
        cmocka_unit_test(
            a_question_about_a_co_handler_leaves_a_resolved_part_alone),
        cmocka_unit_test(each_hand_that_a_part_goes_through_counts),
        cmocka_unit_test(the_ticket_s_official_goes_with_the_lead),
    };
    return cmocka_run_group_tests_name("ticket_moves", tests, NULL, NULL);
}
