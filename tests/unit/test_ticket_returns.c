/*
 * Returns, disputes and forwarding: who holds the ticket, and whose clocks
 * run.
 */
#include "ticket_script.h"

#define TABLES                                                                 \
    {D("city", "{}")}, {D("xc", "{\"parent\":\"city\"}")},                     \
        {D("xc-1", "{\"parent\":\"xc\"}")},                                    \
        {D("xc-2", "{\"parent\":\"xc\"}")}, {D("dc", "{}")}, {D("gas", "{}")}, \
        {D("gas-north", "{\"parent\":\"gas\"}")}, {D("heat", "{}")},           \
        {D("desk", "{}")}, {D("zoo", "{}")},                                   \
        {TABLE_AREAS, "1", "{\"department\":\"city\"}"},                       \
        {TABLE_AREAS, "1/xc",                                                  \
         "{\"department\":\"xc\",\"units\":{\"heat\":\"heat\"}}"},             \
        {TABLE_AREAS, "1/dc", "{\"department\":\"dc\"}"},                      \
        {P("p", "{\"first_response\":\"1h\",\"resolution\":\"10h\"}")},        \
        {P("q", "{\"resolution\":\"20h\",\"return_within\":\"2h\"}")},         \
        {P("again", "{\"resolution\":\"5h\",\"restart_on_reassign\":true}")},  \
        {P("urgent", "{\"resolution\":\"5h\",\"first_response\":\"1h\"}")},    \
        {R("|g", "{\"department\":\"gas-north\",\"policy\":\"p\"}")},          \
        {R("|g/h", "{\"department\":\"heat\",\"policy\":\"q\"}")},             \
        {R("|w", "{\"department\":\"@area\",\"policy\":\"p\"}")},              \
        {R("|r", "{\"department\":\"heat\",\"policy\":\"q\"}")},               \
        {R("|r/s", "{\"department\":\"gas\",\"policy\":\"again\"}")},          \
        {R("|k", "{\"department\":\"gas\",\"policy\":\"p\",\"co\":"            \
                 "[\"heat\"]}")},                                              \
    {                                                                          \
        M("dispute_department", "desk")                                        \
    }

static const struct test_row automatic[] = {
    TABLES, {M("max_returns", "2")}, {0}};
static const struct test_row review[] = {TABLES, {M("returns", "review")}, {0}};
static const struct test_row without_desk[] = {
    {D("a", "{}")}, {R("|g", "{\"department\":\"a\"}")}, {0}};

#define CREATED(area, category)                                                \
    "'created':{'area':'" area "','matters':[{'category':'" category "'}]}"

#define HEAT_FIRST "ASSIGNED heat/lead:0; SCHEDULED heat/R@1200"

SCRIPT(the_next_best_rule_takes_it_then_the_fallback_then_the_desk, automatic,
       {0, CREATED("1/xc", "g/h"), HEAT_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; "
        "REASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@70; "
        "SCHEDULED gas-north/R@600"},
       {20, RETURNED("gas-north", "NOT_RESPONSIBLE"),
        "WITHDRAWN gas-north/lead:0; CANCELLED gas-north/F@70; "
        "CANCELLED gas-north/R@600; REASSIGNED xc/lead:0"},
       /* Two returns are enough: whatever the reason, the desk has it now. */
       {30, SUGGESTS("xc", "NOT_RESPONSIBLE", "city"),
        "WITHDRAWN xc/lead:0; DISPUTED desk/lead:0"},
       {40, RETURNED("desk", "OTHER"), "!wrong_state; REFUSED desk/desk"},
       {50, REASSIGNED("heat"),
        "WITHDRAWN desk/lead:0; REASSIGNED heat/lead:0; SCHEDULED "
        "heat/R@1200"},
       /* It returned it before and the desk knew. */
       {60, RETURNED("heat", "NOT_RESPONSIBLE"),
        "!wrong_state; REFUSED heat/desk"})

SCRIPT(a_suggested_candidate_takes_it, automatic,
       {0, CREATED("1/xc", "g"),
        "ASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@60; "
        "SCHEDULED gas-north/R@600"},
       /* The parent of one that a rule names; the policy is taken over. */
       {10, SUGGESTS("gas-north", "UNCLEAR_OWNERSHIP", "gas"),
        "WITHDRAWN gas-north/lead:0; CANCELLED gas-north/F@60; "
        "CANCELLED gas-north/R@600; REASSIGNED gas/lead:0; "
        "SCHEDULED gas/F@70; SCHEDULED gas/R@600"},
       /* A unit of the area. */
       {20, SUGGESTS("gas", "NOT_RESPONSIBLE", "heat"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/F@70; CANCELLED gas/R@600; "
        "REASSIGNED heat/lead:0; SCHEDULED heat/F@80; SCHEDULED heat/R@600"})

SCRIPT(a_suggestion_that_is_no_candidate_goes_to_the_desk, automatic,
       {0, CREATED("1/xc", "g"),
        "ASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@60; "
        "SCHEDULED gas-north/R@600"},
       {10, SUGGESTS("gas-north", "NOT_RESPONSIBLE", "zoo"),
        "DISPUTED desk/desk:0"},
       {15, RETURNED("gas-north", "OTHER"),
        "!wrong_state; REFUSED gas-north/desk"},
       /* The holder keeps ticket and clocks meanwhile. */
       {20, BY("contacted", "gas-north"), "MET gas-north/F@60"},
       /* The desk keeps it there: no second return. */
       {30, REASSIGNED("gas-north"), "REASSIGNED gas-north/lead:0"},
       {40, RETURNED("gas-north", "OTHER"),
        "!wrong_state; REFUSED gas-north/desk"})

SCRIPT(a_wrong_area_is_matched_again_in_the_one_it_names, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10,
        "'returned':{'department_id':'xc','reason':'WRONG_AREA',"
        "'suggested_area':'1/dc'}",
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "REASSIGNED dc/lead:0; SCHEDULED dc/F@70; SCHEDULED dc/R@600"},
       {20, RETURNED("dc", "WRONG_AREA"),
        "WITHDRAWN dc/lead:0; CANCELLED dc/F@70; CANCELLED dc/R@600; "
        "DISPUTED desk/lead:0; SCHEDULED desk/R@600"})

SCRIPT(missing_information_is_the_desk_s, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, RETURNED("xc", "MISSING_INFORMATION"),
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "DISPUTED desk/lead:0; SCHEDULED desk/R@600"},
       /* The dispute department rules in its own name. */
       {20, FORWARDED("desk", "dc"),
        "WITHDRAWN desk/lead:0; CANCELLED desk/R@600; REASSIGNED dc/lead:0; "
        "SCHEDULED dc/F@80; SCHEDULED dc/R@600"})

SCRIPT(who_is_too_late_to_return_keeps_it, automatic,
       {0, CREATED("1/xc", "r"), HEAT_FIRST},
       {121, RETURNED("heat", "NOT_RESPONSIBLE"), "DISPUTED desk/desk:0"},
       {130, REASSIGNED("dc"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; REASSIGNED dc/lead:0; "
        "SCHEDULED dc/R@1200"})

SCRIPT(under_review_the_holder_keeps_it_until_the_desk_rules, review,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, SUGGESTS("xc", "NOT_RESPONSIBLE", "heat"), "DISPUTED desk/desk:0"},
       {20, REASSIGNED("heat"),
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "REASSIGNED heat/lead:0; SCHEDULED heat/F@80; SCHEDULED heat/R@600"},
       {30, RETURNED("heat", "NOT_RESPONSIBLE"), "DISPUTED desk/desk:0"},
       {40, REASSIGNED("xc"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/F@80; CANCELLED heat/R@600; "
        "REASSIGNED xc/lead:0; SCHEDULED xc/F@100; SCHEDULED xc/R@600"},
       {50, RETURNED("xc", "NOT_RESPONSIBLE"), "!wrong_state; REFUSED xc/desk"})

SCRIPT(the_first_handler_stays_responsible, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, SUGGESTS("xc", "OVERLAPPING_DUTY", "zoo"), "REASSIGNED zoo/co:0"},
       {20, BY("resolved", "xc"),
        "MET xc/F@60; MET xc/R@600; UPDATED zoo/co:0"},
       {30, "'callback':{'solved':'YES'}", "CLOSED xc/lead:0; CLOSED zoo/co:0"})

SCRIPT(overlapping_duty_without_a_suggestion_is_a_dispute, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, RETURNED("xc", "OVERLAPPING_DUTY"), "DISPUTED desk/desk:0"},
       {20, BY("contacted", "xc"), "MET xc/F@60"})

SCRIPT(a_policy_may_restart_the_clock_at_a_reassignment, automatic,
       {0, CREATED("1/xc", "r"), HEAT_FIRST},
       {10, "'reclassified':{'matters':[{'category':'r/s'}]}",
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; "
        "REASSIGNED gas/lead:0; SCHEDULED gas/R@300"},
       {30, REASSIGNED("dc"),
        "WITHDRAWN gas/lead:0; CANCELLED gas/R@300; REASSIGNED dc/lead:0; "
        "SCHEDULED dc/R@330"})

SCRIPT(a_district_forwards_and_stays_answerable, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {5, FORWARDED("xc", "dc"), "!wrong_state; REFUSED xc/desk"},
       {6, FORWARDED("gas", "gas-north"), "!wrong_state; REFUSED gas/desk"},
       {10, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED "
        "xc/sup:0"},
       {15, BY("acknowledged", "xc"), "!wrong_state; REFUSED xc/desk"},
       /* Back first to who forwarded it; that is not counted. */
       {20, SUGGESTS("xc-1", "NOT_RESPONSIBLE", "heat"),
        "WITHDRAWN xc-1/lead:0; REASSIGNED xc/lead:0"},
       {30, FORWARDED("xc", "xc-2"),
        "FORWARDED xc-2/lead:0; FORWARDED "
        "xc/sup:0"},
       {40, BY("contacted", "xc-2"), "MET xc/F@60; UPDATED xc/sup:0"},
       {45, FORWARDED("xc", "xc-1"),
        "WITHDRAWN xc-2/lead:0; FORWARDED xc-1/lead:0; FORWARDED xc/sup:0"},
       {46, FORWARDED("xc", "xc"),
        "WITHDRAWN xc-1/lead:0; REASSIGNED xc/lead:0"},
       {47, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED "
        "xc/sup:0"},
       /* The district may report for it. */
       {50, BY("resolved", "xc"), "MET xc/R@600; UPDATED xc-1/lead:0"},
       {60, "'callback':{'solved':'NO'}",
        "CLOSED xc-1/lead:0; CLOSED "
        "xc/sup:0"},
       {70, "'reopened':{}",
        "REOPENED xc-1/lead:0; REOPENED xc/sup:0; SCHEDULED xc/F@130; "
        "SCHEDULED xc/R@670"},
       {80, BY("resolved", "xc-1"),
        "MET xc/F@130; MET xc/R@670; UPDATED xc/sup:0"})

SCRIPT(a_desk_takes_it_from_the_forwarder_too, automatic,
       {0, CREATED("1/xc", "w"),
        "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600"},
       {10, FORWARDED("xc", "xc-1"),
        "FORWARDED xc-1/lead:0; FORWARDED "
        "xc/sup:0"},
       {20, REASSIGNED("dc"),
        "WITHDRAWN xc-1/lead:0; WITHDRAWN xc/sup:0; CANCELLED xc/F@60; "
        "CANCELLED xc/R@600; REASSIGNED dc/lead:0; SCHEDULED dc/F@80; "
        "SCHEDULED dc/R@600"},
       {30, REASSIGNED("nobody"), "!invalid_field"})

#define TWO                                                                    \
    "'created':{'area':'1/xc','matters':[{'category':'w'},"                    \
    "{'category':'g/h'}]}"
#define TWO_FIRST                                                              \
    "ASSIGNED xc/lead:0; SCHEDULED xc/F@60; SCHEDULED xc/R@600; "              \
    "ASSIGNED heat/co:1; SCHEDULED heat/R@1200"

SCRIPT(a_co_handler_returns_its_own_matters_only, automatic,
       {0, TWO, TWO_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/co:1; CANCELLED heat/R@1200; "
        "REASSIGNED gas-north/co:1; SCHEDULED gas-north/R@600"},
       {20, RETURNED("gas-north", "OUT_OF_SCOPE"),
        "WITHDRAWN gas-north/co:1; CANCELLED gas-north/R@600; "
        "DISPUTED desk/co:1; SCHEDULED desk/R@600"},
       {30, BY("resolved", "xc"),
        "MET xc/F@60; MET xc/R@600; UPDATED desk/co:1"},
       /* A ruling without a dispute is about what the desk holds. */
       {40, REASSIGNED("dc"),
        "WITHDRAWN desk/co:1; CANCELLED desk/R@600; REASSIGNED dc/co:1; "
        "SCHEDULED dc/R@600"})

SCRIPT(who_is_there_only_as_co_returns_without_clocks, automatic,
       {0, CREATED("1/xc", "k"),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       {10, SUGGESTS("heat", "NOT_RESPONSIBLE", "xc"),
        "WITHDRAWN heat/co:0; REASSIGNED xc/co:0"})

SCRIPT(both_returns_of_two_departments_are_ruled_in_turn, review,
       {0, TWO, TWO_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"), "DISPUTED desk/desk:1"},
       {20, RETURNED("xc", "NOT_RESPONSIBLE"), "DISPUTED desk/desk:0"},
       {30, REASSIGNED("gas"),
        "WITHDRAWN heat/co:1; CANCELLED heat/R@1200; REASSIGNED gas/co:1; "
        "SCHEDULED gas/R@1200"},
       {40, REASSIGNED("dc"),
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "REASSIGNED dc/lead:0; SCHEDULED dc/F@100; SCHEDULED dc/R@600"})

#define EMERGENCY                                                              \
    "'created':{'area':'1/xc','urgency':'EMERGENCY','matters':"                \
    "[{'category':'g/h'}]}"

SCRIPT(who_returns_an_emergency_answers_until_the_next_acknowledges, automatic,
       {0, EMERGENCY, HEAT_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "CANCELLED heat/R@1200; REASSIGNED gas-north/lead:0; SCHEDULED "
        "gas-north/F@70; SCHEDULED gas-north/R@600; REASSIGNED heat/sup:0"},
       {20, BY("acknowledged", "gas-north"), "WITHDRAWN heat/sup:0"},
       {30, BY("contacted", "heat"), "!wrong_state; REFUSED heat/desk"})

SCRIPT(reclassified_forgets_who_returned_it_but_not_how_often, automatic,
       {0, CREATED("1/xc", "g/h"), HEAT_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; "
        "REASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@70; "
        "SCHEDULED gas-north/R@600"},
       {20, "'reclassified':{'matters':[{'category':'r'}]}",
        "WITHDRAWN gas-north/lead:0; CANCELLED gas-north/F@70; CANCELLED "
        "gas-north/R@600; REASSIGNED heat/lead:0; SCHEDULED heat/R@1200"},
       {30, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; REASSIGNED xc/lead:0"},
       {40, RETURNED("xc", "NOT_RESPONSIBLE"),
        "WITHDRAWN xc/lead:0; DISPUTED desk/lead:0"})

SCRIPT(reclassified_to_nothing_asks_the_catalogue_again, automatic,
       {0, CREATED("1/xc", "g/h"), HEAT_FIRST},
       {10, RETURNED("heat", "NOT_RESPONSIBLE"),
        "WITHDRAWN heat/lead:0; CANCELLED heat/R@1200; "
        "REASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@70; "
        "SCHEDULED gas-north/R@600"},
       {20, REASSIGNED("zoo"),
        "WITHDRAWN gas-north/lead:0; CANCELLED gas-north/F@70; "
        "CANCELLED gas-north/R@600; REASSIGNED zoo/lead:0; "
        "SCHEDULED zoo/F@80; SCHEDULED zoo/R@600"},
       /* heat has the best rule, but has returned it. */
       {30, "'reclassified':{}",
        "WITHDRAWN zoo/lead:0; CANCELLED zoo/F@80; CANCELLED zoo/R@600; "
        "REASSIGNED gas-north/lead:0; SCHEDULED gas-north/F@90; "
        "SCHEDULED gas-north/R@600"},
       {40, RETURNED("gas-north", "NOT_RESPONSIBLE"),
        "WITHDRAWN gas-north/lead:0; CANCELLED gas-north/F@90; "
        "CANCELLED gas-north/R@600; REASSIGNED xc/lead:0"},
       {50, RETURNED("xc", "NOT_RESPONSIBLE"),
        "WITHDRAWN xc/lead:0; DISPUTED desk/lead:0"},
       {60, "'reclassified':{}", "!no_route"})

SCRIPT(reclassified_keeps_who_stays, automatic, {0, TWO, TWO_FIRST},
       {30, "'reclassified':{'matters':[{'category':'w'},{'category':'r/s'}]}",
        "WITHDRAWN heat/co:1; CANCELLED heat/R@1200; UPDATED xc/lead:0; "
        "REASSIGNED gas/co:1; SCHEDULED gas/R@300"},
       {40, "'reclassified':{'matters':[{'category':'r'}]}",
        "WITHDRAWN xc/lead:0; CANCELLED xc/F@60; CANCELLED xc/R@600; "
        "WITHDRAWN gas/co:1; CANCELLED gas/R@300; REASSIGNED heat/lead:0; "
        "SCHEDULED heat/R@1200"})

SCRIPT(reclassified_ends_a_forwarding_between_two_it_names, automatic,
       {0, CREATED("1/xc", "k"),
        "ASSIGNED gas/lead:0; SCHEDULED gas/F@60; SCHEDULED gas/R@600; "
        "ASSIGNED heat/co:0"},
       {10, FORWARDED("gas", "gas-north"),
        "FORWARDED gas-north/lead:0; FORWARDED gas/sup:0"},
       {20, "'reclassified':{'matters':[{'category':'k'},{'category':'g'}]}",
        "REASSIGNED gas/lead:0; UPDATED heat/co:0; REASSIGNED "
        "gas-north/co:1; SCHEDULED gas-north/R@600"})

SCRIPT(without_any_desk_a_dispute_is_no_route, without_desk,
       {0, CREATED("", "g"), "ASSIGNED a/lead:0"},
       {10, RETURNED("a", "OTHER"), "!no_route"},
       {20, BY("contacted", "a"), ""})

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_next_best_rule_takes_it_then_the_fallback_then_the_desk),
        cmocka_unit_test(a_suggested_candidate_takes_it),
        cmocka_unit_test(a_suggestion_that_is_no_candidate_goes_to_the_desk),
        cmocka_unit_test(a_wrong_area_is_matched_again_in_the_one_it_names),
        cmocka_unit_test(missing_information_is_the_desk_s),
        cmocka_unit_test(who_is_too_late_to_return_keeps_it),
        cmocka_unit_test(under_review_the_holder_keeps_it_until_the_desk_rules),
        cmocka_unit_test(the_first_handler_stays_responsible),
        cmocka_unit_test(overlapping_duty_without_a_suggestion_is_a_dispute),
        cmocka_unit_test(a_policy_may_restart_the_clock_at_a_reassignment),
        cmocka_unit_test(a_district_forwards_and_stays_answerable),
        cmocka_unit_test(a_desk_takes_it_from_the_forwarder_too),
        cmocka_unit_test(a_co_handler_returns_its_own_matters_only),
        cmocka_unit_test(who_is_there_only_as_co_returns_without_clocks),
        cmocka_unit_test(both_returns_of_two_departments_are_ruled_in_turn),
        cmocka_unit_test(
            who_returns_an_emergency_answers_until_the_next_acknowledges),
        cmocka_unit_test(
            reclassified_forgets_who_returned_it_but_not_how_often),
        cmocka_unit_test(reclassified_to_nothing_asks_the_catalogue_again),
        cmocka_unit_test(reclassified_keeps_who_stays),
        cmocka_unit_test(reclassified_ends_a_forwarding_between_two_it_names),
        cmocka_unit_test(without_any_desk_a_dispute_is_no_route),
    };
    return cmocka_run_group_tests_name("ticket_returns", tests, NULL, NULL);
}
