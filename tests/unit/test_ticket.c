/*
 * Lives of tickets without trouble: dispatched, answered, resolved, called
 * back; and the timers in between.
 */
#include "ticket_script.h"

static const struct test_row city[] = {
    {D("boss", "{}")},
    {D("a", "{\"parent\":\"boss\"}")},
    {D("b", "{\"topic\":\"for-b\"}")},
    {D("c", "{}")},
    {D("desk", "{}")},
    {P("day", "{\"first_response\":\"2h\",\"resolution\":\"24h\","
              "\"warn\":[\"50%\",\"-1h\"],\"escalate\":["
              "{\"after\":\"0m\",\"to\":\"@parent\"},"
              "{\"after\":\"1h\",\"to\":\"c\"}]}")},
    {P("ack", "{\"first_response\":\"1h\",\"resolution\":\"4h\","
              "\"first_response_by\":\"acknowledged\","
              "\"close_after\":\"3h\",\"reopen_on_unsolved\":true,"
              "\"reopen_resolution\":\"2h\"}")},
    {R("|a", "{\"department\":\"a\",\"policy\":\"day\"}")},
    {R("|b", "{\"department\":\"b\",\"policy\":\"ack\",\"co\":[\"c\"]}")},
    {R("|free", "{\"department\":\"c\"}")},
    {M("dispute_department", "desk")},
    {M("default_department", "desk")},
    {0},
};

#define CREATED_A "'created':{'matters':[{'category':'a'}]}"
#define CREATED_B "'created':{'matters':[{'category':'b'}]}"
#define CREATED_AB "'created':{'matters':[{'category':'a'},{'category':'b'}]}"

SCRIPT(a_ticket_is_contacted_resolved_and_called_back, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {5, BY("acknowledged", "a"), ""},
       {30, BY("contacted", "a"), "MET a/F@120"},
       {40, BY("contacted", "a"), ""},
       {60, BY("resolved", "a"), "MET a/R@1440"},
       {90, "'callback':{'solved':'YES'}", "CLOSED a/lead:0"})

SCRIPT(warnings_breach_and_levels_come_in_their_order, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {59, NULL, ""},
       /* Half of two hours, and one hour before their end, are one moment. */
       {60, NULL, "WARNING a/F@120"},
       {2000, NULL,
        "120 BREACHED a/F@120; 120 ESCALATED a/F@120 0>boss; "
        "180 ESCALATED a/F@120 1>c; 720 WARNING a/R@1440; "
        "1380 WARNING a/R@1440; 1440 BREACHED a/R@1440; "
        "1440 ESCALATED a/R@1440 0>boss; 1500 ESCALATED a/R@1440 1>c"},
       {2010, BY("resolved", "a"), "MET a/F@120+1890; MET a/R@1440+570"})

SCRIPT(what_was_due_before_an_event_comes_before_it, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {121, BY("contacted", "a"),
        "60 WARNING a/F@120; 120 BREACHED a/F@120; "
        "120 ESCALATED a/F@120 0>boss; MET a/F@120+1"})

SCRIPT(in_time_at_the_last_moment, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {120, BY("contacted", "a"), "60 WARNING a/F@120; MET a/F@120"})

SCRIPT(by_policy_an_acknowledgement_is_the_first_response, city,
       {0, CREATED_B,
        "ASSIGNED b/lead:0; SCHEDULED b/F@60; SCHEDULED b/R@240; "
        "ASSIGNED c/co:0"},
       {5, BY("acknowledged", "c"), "UPDATED b/lead:0"},
       {10, BY("acknowledged", "b"), "MET b/F@60; UPDATED c/co:0"},
       {20, BY("resolved", "b"), "MET b/R@240; UPDATED c/co:0"},
       /* Three hours after the last `resolved`. */
       {300, NULL, "200 CLOSED b/lead:0; 200 CLOSED c/co:0"})

SCRIPT(each_department_with_a_clock_must_resolve, city,
       {0, CREATED_AB,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; SCHEDULED a/R@1440; "
        "ASSIGNED b/co:1; SCHEDULED b/R@240; ASSIGNED c/co:1"},
       {10, BY("resolved", "a"),
        "MET a/F@120; MET a/R@1440; UPDATED b/co:1; UPDATED c/co:1"},
       {20, "'callback':{'solved':'YES'}",
        "UPDATED a/lead:0; UPDATED b/co:1; UPDATED c/co:1"},
       {25, BY("resolved", "a"), "!wrong_state; REFUSED a/desk"},
       {30, BY("resolved", "b"),
        "MET b/R@240; UPDATED a/lead:0; UPDATED c/co:1"},
       {40, "'callback':{'solved':'YES'}",
        "CLOSED a/lead:0; CLOSED b/co:1; CLOSED c/co:1"})

SCRIPT(an_unsolved_ticket_begins_anew_where_the_policy_says_so, city,
       {0, CREATED_B,
        "ASSIGNED b/lead:0; SCHEDULED b/F@60; SCHEDULED b/R@240; "
        "ASSIGNED c/co:0"},
       {20, BY("resolved", "b"), "MET b/F@60; MET b/R@240; UPDATED c/co:0"},
       {30, "'callback':{'solved':'NO'}",
        "REOPENED b/lead:0; SCHEDULED b/F@90; SCHEDULED b/R@150; "
        "REOPENED c/co:0"},
       {40, BY("resolved", "b"), "MET b/F@90; MET b/R@150; UPDATED c/co:0"},
       {50, "'callback':{'solved':'YES'}", "CLOSED b/lead:0; CLOSED c/co:0"})

SCRIPT(else_the_call_back_closes_and_a_desk_may_reopen, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {20, BY("resolved", "a"), "MET a/F@120; MET a/R@1440"},
       {30, "'callback':{'solved':'NO'}", "CLOSED a/lead:0"},
       {40, "'reopened':{'reason':'not solved'}",
        "REOPENED a/lead:0; SCHEDULED a/F@160; SCHEDULED a/R@1480"},
       {50, BY("resolved", "a"), "MET a/F@160; MET a/R@1480"},
       {60, "'callback':{'solved':'NO'}", "CLOSED a/lead:0"},
       /* Seven days after it was resolved it is remembered small. */
       {10200, NULL, ""}, {10210, "'reopened':{}", "!wrong_state"},
       {10220, "'callback':{'solved':'NO'}", ""},
       {10230, BY("contacted", "a"), "!wrong_state; REFUSED a/desk"},
       {10240, CREATED_A, ""},
       /* And after the retention not at all. */
       {60 + 30 * 1440, NULL, ""},
       {61 + 30 * 1440, BY("contacted", "a"), "!unknown_ticket"})

SCRIPT(a_ticket_without_clocks_is_resolved_by_its_lead, city,
       {0, "'created':{'matters':[{'category':'free'}]}", "ASSIGNED c/lead:0"},
       {10, "'reopened':{}", "!wrong_state"}, {20, BY("resolved", "c"), ""},
       {7 * 1440 + 30, NULL, "10100 CLOSED c/lead:0"})

#define MORE_TIME "'extended':{'clock':'RESOLUTION','by':'2h'}"

SCRIPT(strangers_are_refused_without_the_content, city,
       {0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; "
        "SCHEDULED a/R@1440"},
       {1, BY("acknowledged", "b"), "!wrong_state; REFUSED b/desk"},
       {2, BY("returned", "c"), "!wrong_state; REFUSED c/desk"},
       {3, BY("resolved", "nobody knows it"), "!wrong_state"},
       {4, "'resumed':{}", "!wrong_state"},
       {5, BY("contacted", "a"), "MET a/F@120"},
       {6, "'actor_department_id':'b'," MORE_TIME,
        "!wrong_state; REFUSED b/desk"},
       {7, "'actor_department_id':'b','paused':{}",
        "!wrong_state; REFUSED b/desk"},
       {8, "'actor_department_id':'an office'," MORE_TIME,
        "UPDATED a/lead:0; RESCHEDULED a/R@1560"})

SCRIPT(an_import_keeps_the_time_of_the_request, city,
       {600, "'created':{'requested_at':@0,'matters':[{'category':'a'}]}",
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; SCHEDULED a/R@1440"},
       {600, NULL,
        "120 BREACHED a/F@120; 120 ESCALATED a/F@120 0>boss; "
        "180 ESCALATED a/F@120 1>c"})

/* Runs one step whose record comes `late` minutes after the event. */
static void late_step(struct script *s, int64_t late, const struct step *step)
{
    const struct step steps[] = {*step, {0, NULL, NULL}};

    s->timestamp_late_ms = late * MINUTE_MS;
    script_run(s, "late", steps);
    s->timestamp_late_ms = 0;
}

static void nobody_backdates_a_reply(void **state)
{
    static const struct step created = {
        0, CREATED_A,
        "ASSIGNED a/lead:0; SCHEDULED a/F@120; SCHEDULED a/R@1440"};
    static const struct step breached[] = {
        {120, NULL,
         "60 WARNING a/F@120; BREACHED a/F@120; "
         "ESCALATED a/F@120 0>boss"},
        {0, NULL, NULL}};
    static const struct step in_time = {119, BY("contacted", "a"),
                                        "MET a/F@120 ~"};
    static const struct step too_late = {110, BY("contacted", "a"),
                                         "126 MET a/F@120+6"};
    struct script s;
    (void)state;

    script_begin(&s, city);
    late_step(&s, 0, &created);
    script_run(&s, "breach", breached);
    late_step(&s, 15, &in_time);
    script_forget(&s);
    late_step(&s, 0, &created);
    script_run(&s, "breach", breached);
    late_step(&s, 16, &too_late);
    script_end(&s);
}

static void an_old_created_for_an_unknown_ticket_is_refused(void **state)
{
    static const struct step step = {0, CREATED_A, ""};
    struct script s;
    struct outputs out;
    struct reject r;
    Dispatch__V1__TicketState *known = NULL;
    bool repeat;
    (void)state;

    script_begin(&s, city);
    outputs_init(&out, s.arena, SCRIPT_MAX_SIZE);
    struct ticket_context ctx = script_context(&s, 0);
    Dispatch__V1__TicketEvent *event = script_event(&s, &step);
    ctx.now_ms = ctx.timestamp_ms + ctx.retention_ms + 1;
    assert_int_equal(ticket_apply(&ctx, event, &known, &out, &repeat, &r),
                     REJECT_TOO_OLD);
    assert_null(known);
    ctx.now_ms--;
    assert_int_equal(ticket_apply(&ctx, event, &known, &out, &repeat, &r),
                     REJECT_NONE);
    script_end(&s);
}

static void the_last_64_inputs_are_known_again(void **state)
{
    static const struct step created = {0, CREATED_A, ""};
    static const struct step urged = {1, "'urged':{}", ""};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    script_step(&s, &created, text);
    for (int i = 0; i < 70; i++)
        script_step(&s, &urged, text);
    for (size_t back = 1; back <= 70; back++) {
        size_t last = 71;

        arena_reset(s.arena);
        s.n_events = last - back; /* this event once more */
        script_step(&s, &urged, text);
        /* The step itself is remembered where it was no repeat. */
        if (back <= 64)
            assert_string_equal(text, "");
        else
            assert_string_equal(text, "URGED a/lead:0");
        if (back > 64)
            break;
    }
    script_end(&s);
}

static void each_kind_and_status_has_one_action(void **state)
{
    /* Columns: unknown, open, resolved, closed, merged, cancelled. */
    static const char *const expected =
        "created: created repeat repeat repeat repeat repeat\n"
        "acknowledged: ? acknowledged acknowledged - - -\n"
        "returned: ? returned - - - -\n"
        "reassigned: ? reassigned - - - -\n"
        "reclassified: ? reclassified - - - -\n"
        "paused: ? paused - - - -\n"
        "resumed: ? resumed - - - -\n"
        "extended: ? extended - - - -\n"
        "resolved: ? resolved resolved - - -\n"
        "callback: ? noted callback callback - -\n"
        "reopened: ? - reopened reopened reopened -\n"
        "merged: ? merged merged - - -\n"
        "cancelled: ? cancelled cancelled - - -\n"
        "urged: ? urged urged - - -\n"
        "contacted: ? contacted contacted - - -\n"
        "updated: ? updated updated - - -\n";
    const ProtobufCMessageDescriptor *type =
        &dispatch__v1__ticket_event__descriptor;
    char text[SCRIPT_TEXT];
    size_t n = 0;
    (void)state;

    for (unsigned kind = 10; kind <= 25; kind++) {
        n += (size_t)snprintf(
            text + n, sizeof(text) - n,
            "%s:", protobuf_c_message_descriptor_get_field(type, kind)->name);
        for (int status = 0; status < 6; status++) {
            const char *name =
                ticket_action_name((Dispatch__V1__TicketStatus)status,
                                   (Dispatch__V1__TicketEvent__KindCase)kind);

            if (strcmp(name, "unknown_ticket") == 0)
                name = "?";
            if (strcmp(name, "wrong_state") == 0)
                name = "-";
            n += (size_t)snprintf(text + n, sizeof(text) - n, " %s", name);
        }
        n += (size_t)snprintf(text + n, sizeof(text) - n, "\n");
    }
    assert_string_equal(text, expected);
    assert_null(
        ticket_action_name(DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN,
                           (Dispatch__V1__TicketEvent__KindCase)99));
}

static void a_full_arena_changes_nothing(void **state)
{
    static const struct step step = {0, CREATED_AB, ""};
    struct script s;
    bool done = false;
    (void)state;

    script_begin(&s, city);
    const struct ticket_context ctx = script_context(&s, 0);
    Dispatch__V1__TicketEvent *event = script_event(&s, &step);
    for (size_t cap = 1024; !done; cap += 512) {
        struct arena *small = arena_new(cap);
        Dispatch__V1__TicketState *known = NULL;
        struct outputs out;
        bool repeat;

        outputs_init(&out, small, SCRIPT_MAX_SIZE);
        enum reject_code code =
            ticket_apply(&ctx, event, &known, &out, &repeat, NULL);
        done = code == REJECT_NONE;
        if (!done) {
            assert_int_equal(code, REJECT_OUTPUT_TOO_LARGE);
            assert_int_equal(out.n, 0);
            assert_null(known);
        }
        arena_free(&small);
    }
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_is_contacted_resolved_and_called_back),
        cmocka_unit_test(warnings_breach_and_levels_come_in_their_order),
        cmocka_unit_test(what_was_due_before_an_event_comes_before_it),
        cmocka_unit_test(in_time_at_the_last_moment),
        cmocka_unit_test(by_policy_an_acknowledgement_is_the_first_response),
        cmocka_unit_test(each_department_with_a_clock_must_resolve),
        cmocka_unit_test(
            an_unsolved_ticket_begins_anew_where_the_policy_says_so),
        cmocka_unit_test(else_the_call_back_closes_and_a_desk_may_reopen),
        cmocka_unit_test(a_ticket_without_clocks_is_resolved_by_its_lead),
        cmocka_unit_test(strangers_are_refused_without_the_content),
        cmocka_unit_test(an_import_keeps_the_time_of_the_request),
        cmocka_unit_test(nobody_backdates_a_reply),
        cmocka_unit_test(an_old_created_for_an_unknown_ticket_is_refused),
        cmocka_unit_test(the_last_64_inputs_are_known_again),
        cmocka_unit_test(each_kind_and_status_has_one_action),
        cmocka_unit_test(a_full_arena_changes_nothing),
    };
    return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
