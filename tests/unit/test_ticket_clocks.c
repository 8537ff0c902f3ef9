/*
 * Clocks that stand still, get more time, hurry, or move with their calendar;
 * and how tickets end.
 */
#include "calendar.h"
#include "ticket_script.h"

#include <string.h>

#define OFFICE(monday, holidays)                                               \
    {                                                                          \
        TABLE_CALENDARS, "office",                                             \
            "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"" monday "\"],"       \
            "\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"]},"            \
            "\"holidays\":[" holidays "]}"                                     \
    }
#define TABLES                                                                 \
    {D("boss", "{}")}, {D("a", "{\"parent\":\"boss\",\"topic\":\"for-a\"}")},  \
        {D("b", "{}")}, {D("desk", "{}")}, {D("sup", "{}")},                   \
        {P("p", "{\"first_response\":\"2h\",\"resolution\":\"10h\","           \
                "\"warn\":[\"50%\",\"-1h\"],\"max_extensions\":1,"             \
                "\"escalate\":[{\"after\":\"0m\",\"to\":\"@parent\"},"         \
                "{\"after\":\"1h\",\"to\":\"desk\"}],"                         \
                "\"urgency\":{\"EMERGENCY\":{\"first_response\":\"30m\","      \
                "\"resolution\":\"3h\"}}}")},                                  \
        {P("limited", "{\"resolution\":\"10h\",\"max_pause\":\"2h\"}")},       \
        {P("never", "{\"resolution\":\"10h\",\"pausable\":false}")},           \
        {P("work", "{\"resolution\":\"10wh\",\"calendar\":\"office\","         \
                   "\"warn\":[\"50%\"]}")},                                    \
        {P("only", "{\"urgency\":{\"URGENT\":{\"first_response\":\"1h\"}}}")}, \
        {R("|p", "{\"department\":\"a\",\"policy\":\"p\"}")},                  \
        {R("|l", "{\"department\":\"a\",\"policy\":\"limited\"}")},            \
        {R("|n", "{\"department\":\"a\",\"policy\":\"never\"}")},              \
        {R("|w", "{\"department\":\"a\",\"policy\":\"work\"}")},               \
        {R("|o", "{\"department\":\"a\",\"policy\":\"only\"}")},               \
        {R("|b", "{\"department\":\"b\",\"policy\":\"limited\"}")},            \
    {                                                                          \
        M("default_department", "desk")                                        \
    }

static const struct test_row city[] = {
    TABLES, OFFICE("09:00-17:00", ""), {M("version", "7")}, {0}};
static const struct test_row next_year[] = {
    TABLES, OFFICE("09:00-17:00", "\"2026-03-03\""), {M("version", "8")}, {0}};
/* Before `city`: on Monday the office opened at four. */
static const struct test_row late_monday[] = {
    TABLES, OFFICE("16:00-17:00", ""), {M("version", "6")}, {0}};
static const struct test_row rolled_back[] = {
    TABLES, OFFICE("09:00-17:00", "\"2026-03-03\""), {M("version", "6")}, {0}};

#define CREATED(category) "'created':{'matters':[{'category':'" category "'}]}"
#define FIRST_P "ASSIGNED a/lead:0; SCHEDULED a/F@120; SCHEDULED a/R@600"

SCRIPT(a_pause_keeps_the_time_that_was_left, city, {0, CREATED("p"), FIRST_P},
       {30, BY("contacted", "a"), "MET a/F@120"},
       {100, "'paused':{'reason':'waits for parts'}",
        "PAUSED a/R@600; UPDATED a/lead:0"},
       {110, "'paused':{}", "!wrong_state"}, {5000, NULL, ""},
       {5100, "'resumed':{}", "RESUMED a/R@5600; UPDATED a/lead:0"},
       {5101, "'resumed':{}", "!wrong_state"}, {5300, NULL, "WARNING a/R@5600"},
       {5600, NULL,
        "5540 WARNING a/R@5600; BREACHED a/R@5600; "
        "ESCALATED a/R@5600 0>boss"},
       /* Nobody pauses what is overdue. */
       {5610, "'paused':{}", "!wrong_state"})

SCRIPT(
    a_pause_ends_by_itself, city, {0, CREATED("p"), FIRST_P},
    {60, "'paused':{'until_at':@160}", "PAUSED a/R@600; UPDATED a/lead:0"},
    {160, NULL,
     "60 WARNING a/F@120; 120 BREACHED a/F@120; 120 ESCALATED a/F@120 0>boss; "
     "RESUMED a/R@700"},
    {170, "'paused':{'until_at':@160}", "!invalid_field"})

SCRIPT(a_policy_limits_a_pause_or_forbids_it, city,
       {0, CREATED("l"), "ASSIGNED a/lead:0; SCHEDULED a/R@600"},
       {60, "'paused':{'until_at':@1000}", "PAUSED a/R@600; UPDATED a/lead:0"},
       {90, "'resumed':{}", "RESUMED a/R@630; UPDATED a/lead:0"},
       {100, "'paused':{}", "PAUSED a/R@630; UPDATED a/lead:0"},
       {220, NULL, "RESUMED a/R@750"}, {230, "'resumed':{}", "!wrong_state"})

SCRIPT(not_every_clock_may_be_paused, city,
       {0, CREATED("n"), "ASSIGNED a/lead:0; SCHEDULED a/R@600"},
       {60, "'paused':{}", "!wrong_state"})

/* Ten working hours from Monday 10:00: Tuesday 12:00, minute 1560. */
SCRIPT(a_working_clock_keeps_its_working_time, city,
       {0, CREATED("w"), "ASSIGNED a/lead:0; SCHEDULED a/R@1560"},
       /* Monday 11:00: nine hours are left; Wednesday 08:00. */
       {60, "'paused':{}", "PAUSED a/R@1560; UPDATED a/lead:0"},
       {2760, "'resumed':{}", "RESUMED a/R@10080; UPDATED a/lead:0"},
       /* Half of ten hours: four more after 09:00 on Wednesday. */
       {3060, NULL, "WARNING a/R@10080"}, {10080, NULL, "BREACHED a/R@10080"})

SCRIPT(a_pause_ends_with_a_return_and_is_credited_to_the_next, city,
       {0, CREATED("p"), FIRST_P}, {10, BY("contacted", "a"), "MET a/F@120"},
       {100, "'paused':{}", "PAUSED a/R@600; UPDATED a/lead:0"},
       {200, "'reassigned':{'department_id':'b'}",
        "RESUMED a/R@700; WITHDRAWN a/lead:0; CANCELLED a/R@700; "
        "REASSIGNED b/lead:0; SCHEDULED b/F@320; SCHEDULED b/R@700"})

SCRIPT(an_extension_counts_from_the_present_end, city,
       {0, CREATED("p"), FIRST_P},
       {10, EXTENDED("'by':'0h'"), "!invalid_field"},
       {11, EXTENDED("'by':'soon'"), "!invalid_field"},
       {12, "'extended':{'by':'2h'}", "!invalid_field"},
       {13, BY("contacted", "a"), "MET a/F@120"},
       {14, EXTENDED("'by':'2h'"), "UPDATED a/lead:0; RESCHEDULED a/R@720"},
       {15, EXTENDED("'by':'2h'"), "!wrong_state"},
       {16, "'extended':{'clock':'FIRST_RESPONSE','by':'2h'}", "!wrong_state"},
       {360, NULL, "WARNING a/R@720"}, {660, NULL, "WARNING a/R@720"})

SCRIPT(an_extension_after_a_breach_leaves_the_breach, city,
       {0, CREATED("l"), "ASSIGNED a/lead:0; SCHEDULED a/R@600"},
       {600, NULL, "BREACHED a/R@600"},
       {610, EXTENDED("'until_at':@500"), "!invalid_field"},
       {620, EXTENDED("'until_at':@900"),
        "UPDATED a/lead:0; RESCHEDULED a/R@900"},
       {910, NULL, ""}, {920, BY("resolved", "a"), "MET a/R@900+20"})

SCRIPT(levels_already_sent_are_not_sent_again, city, {0, CREATED("p"), FIRST_P},
       {10, BY("contacted", "a"), "MET a/F@120"},
       {600, NULL,
        "300 WARNING a/R@600; 540 WARNING a/R@600; BREACHED a/R@600; "
        "ESCALATED a/R@600 0>boss"},
       {610, EXTENDED("'by':'2h'"), "UPDATED a/lead:0; RESCHEDULED a/R@720"},
       {780, NULL, "660 WARNING a/R@720; ESCALATED a/R@720 1>desk"})

SCRIPT(a_clock_that_is_counted_anew_keeps_the_paused_time, city,
       {0, CREATED("p"), FIRST_P}, {10, BY("contacted", "a"), "MET a/F@120"},
       {100, "'paused':{}", "PAUSED a/R@600; UPDATED a/lead:0"},
       {200, "'resumed':{}", "RESUMED a/R@700; UPDATED a/lead:0"},
       {210, "'reclassified':{'matters':[{'category':'n'}]}",
        "UPDATED a/lead:0; RESCHEDULED a/R@700"})

SCRIPT(a_reclassified_ticket_may_hurry_too, city, {0, CREATED("p"), FIRST_P},
       {50,
        "'reclassified':{'urgency':'EMERGENCY','matters':"
        "[{'category':'p'},{'category':'p'}]}",
        "UPDATED a/lead:01; RESCHEDULED a/F@80; RESCHEDULED a/R@230"})

SCRIPT(an_extension_of_a_paused_clock_is_kept, city,
       {0, CREATED("l"), "ASSIGNED a/lead:0; SCHEDULED a/R@600"},
       {100, "'paused':{'until_at':@200}", "PAUSED a/R@600; UPDATED a/lead:0"},
       {110, EXTENDED("'by':'1h'"), "UPDATED a/lead:0; RESCHEDULED a/R@760"},
       {150, "'resumed':{}", "RESUMED a/R@710; UPDATED a/lead:0"})

SCRIPT(a_raised_urgency_counts_from_now_and_never_later, city,
       {0, CREATED("p"), FIRST_P},
       {10, "'paused':{}", "PAUSED a/R@600; UPDATED a/lead:0"},
       {60, "'updated':{'urgency':'EMERGENCY'}",
        "RESUMED a/R@650; UPDATED a/lead:0; RESCHEDULED a/F@90; "
        "RESCHEDULED a/R@240"},
       {70, "'updated':{'urgency':'NORMAL'}", "UPDATED a/lead:0"},
       {80, "'updated':{'urgency':'EMERGENCY'}",
        "75 WARNING a/F@90; "
        "UPDATED a/lead:0"})

SCRIPT(an_urgency_may_bring_a_clock_of_its_own, city,
       {0, CREATED("o"), "ASSIGNED a/lead:0"},
       {10, "'reclassified':{'urgency':'URGENT'}",
        "UPDATED a/lead:0; SCHEDULED a/F@70"})

SCRIPT(a_supervisor_hears_at_once_and_of_every_level, city,
       {0, CREATED("p"), FIRST_P}, {10, BY("contacted", "a"), "MET a/F@120"},
       {20, "'updated':{'supervised_by':'nobody'}", "!invalid_field"},
       {30, "'updated':{'supervised_by':'sup'}",
        "ESCALATED a/R@600 0>sup ~; UPDATED a/lead:0"},
       {660, NULL,
        "300 WARNING a/R@600; 540 WARNING a/R@600; 600 BREACHED a/R@600; "
        "600 ESCALATED a/R@600 0>boss; 600 ESCALATED a/R@600 0>sup ~; "
        "ESCALATED a/R@600 1>desk; ESCALATED a/R@600 1>sup ~"})

SCRIPT(urged_is_passed_on_to_all_but_who_urges, city,
       {0, "'created':{'matters':[{'category':'p'},{'category':'b'}]}",
        FIRST_P "; ASSIGNED b/co:1; SCHEDULED b/R@600"},
       {10, "'urged':{'reason':'again'}", "URGED a/lead:0; URGED b/co:1"},
       {20, "'urged':{},'actor_department_id':'b'", "URGED a/lead:0"})

SCRIPT(a_merged_ticket_ends_and_may_be_split_off_again, city,
       {0, CREATED("p"), FIRST_P},
       {10, "'merged':{'into_ticket_id':'t'}", "!invalid_field"},
       {11, "'merged':{}", "!invalid_field"},
       {20, "'merged':{'into_ticket_id':'older'}",
        "CLOSED a/lead:0; CANCELLED a/F@120; CANCELLED a/R@600"},
       {30, BY("contacted", "a"), "!wrong_state; REFUSED a/desk"},
       {20000, NULL, ""},
       {20001, "'reopened':{}",
        "REOPENED a/lead:0; SCHEDULED a/F@20121; SCHEDULED a/R@20601"})

SCRIPT(a_cancelled_ticket_is_over, city, {0, CREATED("p"), FIRST_P},
       {20, "'cancelled':{'reason':'a mistake'}",
        "CLOSED a/lead:0; CANCELLED a/F@120; CANCELLED a/R@600"},
       {30, "'reopened':{}", "!wrong_state"},
       {40, "'updated':{'description':'x'}", "!wrong_state"},
       {50, CREATED("p"), ""})

/* Applies another catalogue to the open deadlines. */
static void recalendar(struct script *s, const struct test_row *rows,
                       int64_t minute, char text[SCRIPT_TEXT])
{
    struct outputs out;

    arena_reset(s->arena);
    catalogue_free(&s->cat);
    s->cat = script_catalogue(rows);
    outputs_init(&out, s->arena, s->max_size);
    struct ticket_context ctx = script_context(s, minute);
    Dispatch__V1__TicketState *state = script_state(s);
    bool needed = ticket_needs_recalendar(s->cat, state);
    assert_int_equal(ticket_recalendar(&ctx, &state, &out), REJECT_NONE);
    assert_true(needed || out.n == 0);
    assert_false(ticket_needs_recalendar(s->cat, state) && rows != rolled_back);
    script_keep(s, state);
    text[0] = '\0';
    script_print(s, &out, minute, text);
}

static void a_new_holiday_moves_the_open_deadlines_once(void **state)
{
    static const struct step steps[] = {
        {0, CREATED("w"), "ASSIGNED a/lead:0; SCHEDULED a/R@1560"},
        {0, NULL, NULL}};
    static const struct step later[] = {
        {3000, NULL, "300 WARNING a/R@3000; BREACHED a/R@3000"},
        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    script_run(&s, "holiday", steps);
    recalendar(&s, city, 60, text);
    assert_string_equal(text, "");
    recalendar(&s, rolled_back, 60, text);
    assert_string_equal(text, "");
    recalendar(&s, next_year, 60, text);
    assert_string_equal(text, "RESCHEDULED a/R@3000 ~");
    recalendar(&s, next_year, 61, text);
    assert_string_equal(text, "");
    script_run(&s, "holiday", later);
    script_end(&s);
}

static void
a_warning_that_is_late_stays_if_it_is_before_the_new_end(void **state)
{
    static const struct {
        const struct test_row *rows;
        const char *moved, *then;
    } cases[] = {
        {city, "RESCHEDULED a/R@1560 ~", "1560 BREACHED a/R@1560"},
        {next_year, "RESCHEDULED a/R@3000 ~",
         "1620 WARNING a/R@3000; BREACHED a/R@3000"},
    };
    static const struct step steps[] = {
        {0, CREATED("w"), "ASSIGNED a/lead:0; SCHEDULED a/R@2880"},
        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct step later[] = {{3000, NULL, cases[i].then},
                                     {0, NULL, NULL}};

        script_begin(&s, late_monday);
        script_run(&s, "late Monday", steps);
        recalendar(&s, cases[i].rows, 1700, text); /* no timer has fired */
        assert_string_equal(text, cases[i].moved);
        script_run(&s, "late Monday", later);
        script_end(&s);
    }
}

static void a_paused_deadline_moves_when_it_resumes(void **state)
{
    static const struct step steps[] = {
        {0, CREATED("w"), "ASSIGNED a/lead:0; SCHEDULED a/R@1560"},
        {60, "'paused':{'until_at':@120}", "PAUSED a/R@1560; UPDATED a/lead:0"},
        {0, NULL, NULL}};
    static const struct step later[] = {{120, NULL, "RESUMED a/R@3060"},
                                        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    script_run(&s, "paused holiday", steps);
    recalendar(&s, next_year, 70, text);
    assert_string_equal(text, "");
    script_run(&s, "paused holiday", later);
    script_end(&s);
}

static void a_ticket_that_grows_too_large_is_refused(void **state)
{
    static const struct step created = {0, CREATED("p"), ""};
    char more[SCRIPT_TEXT];
    char text[SCRIPT_TEXT];
    struct script s;
    size_t refused = 0;
    (void)state;

    script_begin(&s, city);
    s.max_size = 2 * TICKET_ROOM;
    script_step(&s, &created, text);
    snprintf(more, sizeof(more), "'updated':{'description':'%0700d'}", 7);
    for (int i = 1; i <= 20; i++) {
        const struct step step = {i, more, ""};

        script_step(&s, &step, text);
        if (strcmp(text, "!output_too_large") == 0)
            refused++;
        else
            assert_string_equal(text, "UPDATED a/lead:0");
    }
    assert_in_range(refused, 10, 17);
    script_end(&s);
}

static void descriptions_contacts_and_officials_are_passed_on(void **state)
{
    static const struct step created = {
        0,
        "'created':{'description':'dark','confidential':true,"
        "'contact':{'phone':'555-0100'},'matters':[{'category':'p'}]}",
        ""};
    static const struct step updated = {
        1,
        "'updated':{'description':'still dark','lead_official':'Li',"
        "'contact':{'phone':'555-0101'},'merged_ticket_ids':['t9'],"
        "'attachments':[{'uri':'http://x/1'}]}",
        ""};
    struct script s;
    struct outputs out;
    char text[SCRIPT_TEXT];
    (void)state;

    script_begin(&s, city);
    script_step(&s, &created, text);
    arena_reset(s.arena);
    outputs_init(&out, s.arena, s.max_size);
    assert_int_equal(script_apply(&s, &updated, &out), REJECT_NONE);
    assert_int_equal(out.n, 2);
    assert_string_equal(out.items[1].department_topic, "for-a");
    for (size_t i = 0; i < 2; i++) {
        Dispatch__V1__AssignmentEvent *msg =
            dispatch__v1__assignment_event__unpack(
                NULL, out.items[i].value_size, out.items[i].value);

        assert_string_equal(msg->ticket->description, "dark\nstill dark");
        assert_string_equal(msg->lead_official, "Li");
        assert_string_equal(msg->ticket->related_ticket_ids[0], "t9");
        assert_int_equal(msg->ticket->n_attachments, 1);
        if (i == 0)
            assert_null(msg->ticket->contact);
        else
            assert_string_equal(msg->ticket->contact->phone, "555-0101");
        dispatch__v1__assignment_event__free_unpacked(msg, NULL);
    }
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pause_keeps_the_time_that_was_left),
        cmocka_unit_test(a_pause_ends_by_itself),
        cmocka_unit_test(a_policy_limits_a_pause_or_forbids_it),
        cmocka_unit_test(not_every_clock_may_be_paused),
        cmocka_unit_test(a_working_clock_keeps_its_working_time),
        cmocka_unit_test(
            a_pause_ends_with_a_return_and_is_credited_to_the_next),
        cmocka_unit_test(an_extension_counts_from_the_present_end),
        cmocka_unit_test(an_extension_after_a_breach_leaves_the_breach),
        cmocka_unit_test(levels_already_sent_are_not_sent_again),
        cmocka_unit_test(a_clock_that_is_counted_anew_keeps_the_paused_time),
        cmocka_unit_test(a_reclassified_ticket_may_hurry_too),
        cmocka_unit_test(an_extension_of_a_paused_clock_is_kept),
        cmocka_unit_test(a_raised_urgency_counts_from_now_and_never_later),
        cmocka_unit_test(an_urgency_may_bring_a_clock_of_its_own),
        cmocka_unit_test(a_supervisor_hears_at_once_and_of_every_level),
        cmocka_unit_test(urged_is_passed_on_to_all_but_who_urges),
        cmocka_unit_test(a_merged_ticket_ends_and_may_be_split_off_again),
        cmocka_unit_test(a_cancelled_ticket_is_over),
        cmocka_unit_test(a_new_holiday_moves_the_open_deadlines_once),
        cmocka_unit_test(
            a_warning_that_is_late_stays_if_it_is_before_the_new_end),
        cmocka_unit_test(a_paused_deadline_moves_when_it_resumes),
        cmocka_unit_test(a_ticket_that_grows_too_large_is_refused),
        cmocka_unit_test(descriptions_contacts_and_officials_are_passed_on),
    };
    return cmocka_run_group_tests_name("ticket_clocks", tests, NULL, NULL);
}
