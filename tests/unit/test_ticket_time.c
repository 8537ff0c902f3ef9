/*
 * When things count: late reports and late timers, times that nobody gave,
 * pauses and extensions that meet, and limits that change under way.
 */
#include "calendar.h"
#include "ticket_script.h"

#define OFFICE(holidays)                                                       \
    {                                                                          \
        TABLE_CALENDARS, "office",                                             \
            "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-17:00\"],"      \
            "\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"]},"            \
            "\"holidays\":[" holidays "]}"                                     \
    }
#define TABLES                                                                 \
    {D("boss", "{}")}, {D("a", "{\"parent\":\"boss\"}")}, {D("b", "{}")},      \
        {D("c", "{}")}, {D("desk", "{}")},                                     \
        {P("p", "{\"first_response\":\"2h\",\"resolution\":\"10h\","           \
                "\"warn\":[\"-5h\"],\"max_extensions\":3,\"escalate\":["       \
                "{\"after\":\"0m\",\"to\":\"@parent\"}],\"urgency\":{"         \
                "\"EMERGENCY\":{\"resolution\":\"3h\"}}}")},                   \
        {P("q", "{\"resolution\":\"20h\",\"return_within\":\"1h\","            \
                "\"escalate\":[{\"after\":\"0m\",\"to\":\"c\"},"               \
                "{\"after\":\"15h\",\"to\":\"b\"}]}")},                        \
        {P("only", "{\"urgency\":{\"EMERGENCY\":{\"resolution\":\"1h\"}}}")},  \
    {                                                                          \
        P("work", "{\"resolution\":\"10wh\",\"calendar\":\"office\","          \
                  "\"warn\":[\"-9wh\"],\"max_extensions\":3}")                 \
    }
#define ROUTES                                                                 \
    {R("|p", "{\"department\":\"a\",\"policy\":\"p\"}")},                      \
        {R("|q", "{\"department\":\"a\",\"policy\":\"q\"}")},                  \
        {R("|o", "{\"department\":\"a\",\"policy\":\"only\"}")},               \
        {R("|w", "{\"department\":\"a\",\"policy\":\"work\"}")},               \
        {R("|b", "{\"department\":\"b\",\"policy\":\"q\"}")},                  \
        {R("|k", "{\"department\":\"a\",\"policy\":\"p\",\"co\":[\"c\"]}")},   \
        {R("|f", "{\"department\":\"boss\",\"policy\":\"p\"}")},               \
        {R("|f/x", "{\"department\":\"boss\",\"policy\":\"q\"}")},             \
        {R("|n", "{\"department\":\"c\",\"policy\":\"only\"}")},               \
    {                                                                          \
        M("default_department", "desk")                                        \
    }

static const struct test_row city[] = {
    TABLES, ROUTES, OFFICE(""), {M("version", "7")}, {0}};
static const struct test_row holiday[] = {
    TABLES, ROUTES, OFFICE("\"2026-03-03\""), {M("version", "8")}, {0}};
static const struct test_row without_office[] = {
    {D("boss", "{}")},
    {D("a", "{\"parent\":\"boss\"}")},
    {D("desk", "{}")},
    {P("work", "{\"resolution\":\"10h\"}")},
    {R("|w", "{\"department\":\"a\",\"policy\":\"work\"}")},
    {M("version", "9")},
    {0}};

#define CREATED(...) "'created':{'matters':[" __VA_ARGS__ "]}"
#define OF(category) "{'category':'" category "'}"
#define MATTERS(...) "'matters':[" __VA_ARGS__ "]"
#define FIRST_P "ASSIGNED a/lead:0; SCHEDULED a/F@120; SCHEDULED a/R@600"

/* ------------------------------------------------------------ when it was */

static void a_created_in_the_future_counts_as_its_record(void **state)
{
    static const struct step steps[] = {
        {10, CREATED(OF("q")), "7 ASSIGNED a/lead:0; 7 SCHEDULED a/R@1207"},
        {0, NULL, NULL}};
    struct script s;
    (void)state;

    script_begin(&s, city);
    s.timestamp_late_ms = -3 * MINUTE_MS;
    script_run(&s, "future", steps);
    script_end(&s);
}

static void a_created_without_a_time_has_its_record_s(void **state)
{
    static const struct step step = {0, CREATED(OF("q")), ""};
    char text[SCRIPT_TEXT] = "";
    struct script s;
    struct outputs out;
    Dispatch__V1__TicketState *now = NULL;
    bool repeat;
    (void)state;

    script_begin(&s, city);
    outputs_init(&out, s.arena, SCRIPT_MAX_SIZE);
    const struct ticket_context ctx = script_context(&s, 0);
    Dispatch__V1__TicketEvent *event = script_event(&s, &step);
    event->occurred_at = 0;
    assert_int_equal(ticket_apply(&ctx, event, &now, &out, &repeat, NULL),
                     REJECT_NONE);
    script_print(&s, &out, 0, text);
    assert_string_equal(text, "ASSIGNED a/lead:0; SCHEDULED a/R@1200");
    script_end(&s);
}

SCRIPT(an_import_may_be_returned_from_today_on, city,
       {600, "'created':{'requested_at':@0," MATTERS(OF("b")) "}",
        "ASSIGNED b/lead:0; SCHEDULED b/R@1200"},
       {659, "'returned':{'department_id':'b','reason':'OTHER'}",
        "WITHDRAWN b/lead:0; CANCELLED b/R@1200; REASSIGNED desk/lead:0"})

/* Lives up to minute `last`, without any timer. */
static void live(struct script *s, const struct step *steps)
{
    char text[SCRIPT_TEXT];

    for (size_t i = 0; steps[i].event; i++)
        script_step(s, &steps[i], text);
}

static void an_ended_ticket_is_forgotten_in_time(void **state)
{
    static const struct step ended[][3] = {
        {{0, CREATED(OF("q")), ""}, {10, "'cancelled':{}", ""}},
        {{0, CREATED(OF("q")), ""},
         {10, "'merged':{'into_ticket_id':'older'}", ""}},
        {{0, CREATED(OF("q")), ""}, {10, BY("resolved", "a"), ""}},
    };
    static const int64_t retention = 30 * 1440, close_after = 7 * 1440;
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    for (size_t i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
        int64_t end = 10 + retention + (i == 2 ? close_after : 0);
        const struct step known = {end, "'created':{}", ""};
        const struct step late = {end + 1, BY("contacted", "a"), ""};
        const struct step again = {end + 1, CREATED(OF("q")), ""};

        live(&s, ended[i]);
        script_step(&s, &known, text);
        assert_string_equal(text, "");
        script_step(&s, &late, text);
        assert_string_equal(text, "!unknown_ticket");
        s.sequence = 0;
        script_step(&s, &again, text);
        assert_memory_equal(text, "ASSIGNED a/lead:0; ", 19);
        script_forget(&s);
    }
    script_end(&s);
}

static void how_late_a_timer_closes_it_makes_no_difference(void **state)
{
    static const struct step resolved[] = {{0, CREATED(OF("q")), ""},
                                           {10, BY("resolved", "a"), ""},
                                           {0, NULL, NULL}};
    static const struct step days_late = {20 * 1440, NULL, ""};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    live(&s, resolved);
    script_step(&s, &days_late, text);
    assert_int_equal(script_state(&s)->forget_at,
                     script_base + (int64_t)(10 + 37 * 1440) * MINUTE_MS);
    script_end(&s);
}

SCRIPT(it_closes_so_long_after_the_last_report, city,
       {0, CREATED(OF("k")), FIRST_P "; ASSIGNED c/co:0"},
       {10, BY("resolved", "a"), "MET a/F@120; MET a/R@600; UPDATED c/co:0"},
       {1000, BY("resolved", "c"), "UPDATED a/lead:0"}, {11079, NULL, ""},
       {11080, NULL, "CLOSED a/lead:0; CLOSED c/co:0"})

/* ------------------------------------------------------ pauses, extensions */

/* Five hours before the end lies in the pause. */
SCRIPT(nobody_is_warned_of_a_moment_in_a_pause, city,
       {0, CREATED(OF("p")), FIRST_P},
       {10, BY("contacted", "a"), "MET a/F@120"},
       {400, "'paused':{'until_at':@800}",
        "300 WARNING a/R@600; PAUSED a/R@600; UPDATED a/lead:0"},
       {999, NULL, "800 RESUMED a/R@1000"})

SCRIPT(
    more_time_in_a_pause_is_time_that_is_left, city,
    {0, CREATED(OF("p")), FIRST_P}, {10, BY("contacted", "a"), "MET a/F@120"},
    {100, "'paused':{}", "PAUSED a/R@600; UPDATED a/lead:0"},
    {110, EXTENDED("'until_at':@700"), "UPDATED a/lead:0; RESCHEDULED a/R@700"},
    /* 600 minutes were left since minute 100. */
    {1000, "'resumed':{}", "RESUMED a/R@1600; UPDATED a/lead:0"},
    {1010, "'paused':{'until_at':@1110}", "PAUSED a/R@1600; UPDATED a/lead:0"},
    {1020, EXTENDED("'until_at':@1800"),
     "UPDATED a/lead:0; RESCHEDULED a/R@1800"},
    {1060, "'resumed':{}", "RESUMED a/R@1750; UPDATED a/lead:0"})

SCRIPT(an_extension_is_by_a_duration_or_until_a_time, city,
       {0, CREATED(OF("p")), FIRST_P},
       {10, EXTENDED("'by':'2h','until_at':@900"), "!invalid_field"},
       {20, EXTENDED("'by':'2h'"), "UPDATED a/lead:0; RESCHEDULED a/R@720"})

static int64_t paused_ms_of(const struct outputs *out, int kind)
{
    for (size_t i = 0; i < out->n; i++) {
        const struct output *o = &out->items[i];

        if (o->topic != OUTPUT_DEADLINES || o->kind != kind)
            continue;
        Dispatch__V1__DeadlineEvent *msg =
            dispatch__v1__deadline_event__unpack(NULL, o->value_size, o->value);
        int64_t paused_ms = msg->paused_ms;
        assert_int_equal(msg->warn_at, 0);
        dispatch__v1__deadline_event__free_unpacked(msg, NULL);
        return paused_ms;
    }
    fail_msg("no event of kind %d", kind);
    return 0;
}

static void what_ends_in_a_pause_was_paused_so_far(void **state)
{
    static const struct {
        const char *event;
        int kind;
    } ends[] = {
        {BY("resolved", "a"), DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_MET},
        {"'cancelled':{}",
         DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_CANCELLED},
    };
    static const struct step paused[] = {
        {0, CREATED(OF("q")), ""}, {100, "'paused':{}", ""}, {0, NULL, NULL}};
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        const struct step end = {130, ends[i].event, ""};
        struct outputs out;
        struct script s;

        script_begin(&s, city);
        live(&s, paused);
        outputs_init(&out, s.arena, SCRIPT_MAX_SIZE);
        assert_int_equal(script_apply(&s, &end, &out), REJECT_NONE);
        assert_int_equal(paused_ms_of(&out, ends[i].kind), 30 * MINUTE_MS);
        script_end(&s);
    }
}

/* ------------------------------------------------------- limits that change */

static void an_urgency_that_nobody_knows_changes_nothing(void **state)
{
    static const struct step emergency = {
        0, "'created':{'urgency':'EMERGENCY'," MATTERS(OF("p")) "}", ""};
    static const struct step updated = {1, "'updated':{}", ""};
    static const struct step reclassified = {2, "'reclassified':{}", ""};
    char text[SCRIPT_TEXT] = "";
    struct script s;
    struct outputs out;
    bool repeat;
    (void)state;

    script_begin(&s, city);
    script_step(&s, &emergency, text);
    text[0] = '\0';
    outputs_init(&out, s.arena, SCRIPT_MAX_SIZE);
    const struct ticket_context ctx = script_context(&s, 2);
    Dispatch__V1__TicketState *now = script_state(&s);
    Dispatch__V1__TicketEvent *event = script_event(&s, &updated);
    event->updated->urgency = (Dispatch__V1__Urgency)9;
    assert_int_equal(ticket_apply(&ctx, event, &now, &out, &repeat, NULL),
                     REJECT_NONE);
    event = script_event(&s, &reclassified);
    event->reclassified->urgency = (Dispatch__V1__Urgency)9;
    assert_int_equal(ticket_apply(&ctx, event, &now, &out, &repeat, NULL),
                     REJECT_NONE);
    script_print(&s, &out, 2, text);
    assert_string_equal(text, "1 UPDATED a/lead:0; UPDATED a/lead:0");
    assert_int_equal(now->ticket->urgency,
                     DISPATCH__V1__URGENCY__URGENCY_EMERGENCY);
    script_end(&s);
}

SCRIPT(no_clock_begins_once_all_is_resolved, city,
       {0, CREATED(OF("p") "," OF("n")), FIRST_P "; ASSIGNED c/co:1"},
       {10, BY("resolved", "a"), "MET a/F@120; MET a/R@600; UPDATED c/co:1"},
       {20, "'updated':{'urgency':'EMERGENCY'}",
        "UPDATED a/lead:0; UPDATED c/co:1"})

SCRIPT(who_stays_under_its_policy_keeps_its_end, city,
       {0, CREATED(OF("p")), FIRST_P},
       {10, EXTENDED("'by':'2h'"), "UPDATED a/lead:0; RESCHEDULED a/R@720"},
       {20, "'reclassified':{" MATTERS(OF("p") "," OF("p")) "}",
        "UPDATED a/lead:01"},
       {200, "'updated':{'urgency':'EMERGENCY'}",
        "120 BREACHED a/F@120; 120 ESCALATED a/F@120 0>boss; UPDATED a/lead:01;"
        " RESCHEDULED a/R@380"},
       /* From requested_at it would be over. */
       {250, "'reclassified':{" MATTERS(OF("p")) "}", "UPDATED a/lead:0"},
       {260,
        "'reclassified':{'urgency':'NORMAL'," MATTERS(OF("p") "," OF("p")) "}",
        "UPDATED a/lead:01; RESCHEDULED a/R@600"})

SCRIPT(a_limit_for_the_raised_urgency_alone_counts_from_now, city,
       {0, CREATED(OF("q")), "ASSIGNED a/lead:0; SCHEDULED a/R@1200"},
       {100, "'reclassified':{'urgency':'EMERGENCY'," MATTERS(OF("o")) "}",
        "UPDATED a/lead:0; RESCHEDULED a/R@160"})

SCRIPT(who_has_resolved_must_do_what_is_new, city,
       {0, CREATED(OF("b") "," OF("q")),
        "ASSIGNED b/lead:0; SCHEDULED b/R@1200; ASSIGNED a/co:1; SCHEDULED "
        "a/R@1200"},
       {10, BY("resolved", "b"), "MET b/R@1200; UPDATED a/co:1"},
       {20, "'reclassified':{" MATTERS(OF("b") "," OF("p")) "}",
        "UPDATED b/lead:0; UPDATED a/co:1; RESCHEDULED a/R@600"},
       {30, BY("resolved", "b"), "!wrong_state; REFUSED b/desk"},
       {40, "'reclassified':{" MATTERS(OF("b") "," OF("p") "," OF("b")) "}",
        "UPDATED b/lead:02; SCHEDULED b/R@1200; UPDATED a/co:1"},
       {50, BY("resolved", "b"), "MET b/R@1200; UPDATED a/co:1"})

SCRIPT(a_new_policy_s_levels_are_all_sent, city, {0, CREATED(OF("p")), FIRST_P},
       {10, BY("contacted", "a"), "MET a/F@120"},
       {600, NULL,
        "300 WARNING a/R@600; BREACHED a/R@600; ESCALATED a/R@600 0>boss"},
       {700, "'reclassified':{" MATTERS(OF("q")) "}",
        "UPDATED a/lead:0; RESCHEDULED a/R@1200"},
       /* Level 0 was sent; the breach stands. */
       {2100, NULL, "ESCALATED a/R@1200 1>b"})

static void who_has_a_part_from_another_has_its_policy(void **state)
{
    static const struct step steps[] = {
        {0, CREATED(OF("f")), ""},
        {1, "'reassigned':{'department_id':'a','by_department_id':'boss'}", ""},
        {2, "'reclassified':{" MATTERS(OF("f/x")) "}", ""},
        {0, NULL, NULL}};
    struct script s;
    (void)state;

    script_begin(&s, city);
    live(&s, steps);
    const Dispatch__V1__TicketState *now = script_state(&s);
    assert_string_equal(now->parts[0]->department_id, "a");
    uint32_t number = now->parts[0]->policy_number;
    assert_string_equal(now->policies[number - 1]->id, "q");
    script_end(&s);
}

/* ------------------------------------------------------- another catalogue */

static void change(struct script *s, const struct test_row *rows)
{
    catalogue_free(&s->cat);
    s->cat = script_catalogue(rows);
}

static void recalendar(struct script *s, int64_t minute, char text[SCRIPT_TEXT])
{
    struct outputs out;

    arena_reset(s->arena);
    outputs_init(&out, s->arena, s->max_size);
    struct ticket_context ctx = script_context(s, minute);
    Dispatch__V1__TicketState *now = script_state(s);
    assert_int_equal(ticket_recalendar(&ctx, &now, &out), REJECT_NONE);
    script_keep(s, now);
    text[0] = '\0';
    script_print(s, &out, minute, text);
}

/* Ten working hours from Monday 10:00 end on Tuesday 12:00, minute 1560; nine
 * before that is Monday 11:00, minute 60. */
static void a_warning_that_is_due_is_not_lost_by_a_new_calendar(void **state)
{
    static const struct step created[] = {{0, CREATED(OF("w")), ""},
                                          {0, NULL, NULL}};
    static const struct step later[] = {{90, NULL, "60 WARNING a/R@3000"},
                                        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    live(&s, created);
    change(&s, holiday);
    recalendar(&s, 80, text);
    assert_string_equal(text, "RESCHEDULED a/R@3000 ~");
    script_run(&s, "late warning", later);
    script_end(&s);
}

static void what_was_due_before_a_new_calendar_is_due_as_it_was(void **state)
{
    static const struct step created[] = {{0, CREATED(OF("w")), ""},
                                          {0, NULL, NULL}};
    static const struct step later[] = {
        {1700, NULL, "60 WARNING a/R@1560; 1560 BREACHED a/R@1560"},
        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    script_begin(&s, city);
    live(&s, created);
    change(&s, holiday);
    recalendar(&s, 1600, text);
    assert_string_equal(text, "");
    script_run(&s, "late breach", later);
    script_end(&s);
}

static void an_extension_counts_from_the_end_that_was_told(void **state)
{
    static const struct step created[] = {{0, CREATED(OF("w")), ""},
                                          {0, NULL, NULL}};
    static const struct step extended[] = {
        {30, EXTENDED("'by':'1h'"), "UPDATED a/lead:0; RESCHEDULED a/R@1620"},
        {0, NULL, NULL}};
    char text[SCRIPT_TEXT];
    struct script s;
    (void)state;

    /* The calendar is lost: ten hours at any hour would end before. */
    script_begin(&s, city);
    live(&s, created);
    change(&s, without_office);
    script_run(&s, "lost", extended);
    script_forget(&s);
    /* It has a holiday more, which moves the end, but not silently. */
    change(&s, city);
    live(&s, created);
    change(&s, holiday);
    script_run(&s, "moved", extended);
    recalendar(&s, 40, text);
    assert_string_equal(text, "RESCHEDULED a/R@3060 ~");
    script_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_created_in_the_future_counts_as_its_record),
        cmocka_unit_test(a_created_without_a_time_has_its_record_s),
        cmocka_unit_test(an_import_may_be_returned_from_today_on),
        cmocka_unit_test(an_ended_ticket_is_forgotten_in_time),
        cmocka_unit_test(how_late_a_timer_closes_it_makes_no_difference),
        cmocka_unit_test(it_closes_so_long_after_the_last_report),
        cmocka_unit_test(nobody_is_warned_of_a_moment_in_a_pause),
        cmocka_unit_test(more_time_in_a_pause_is_time_that_is_left),
        cmocka_unit_test(an_extension_is_by_a_duration_or_until_a_time),
        cmocka_unit_test(what_ends_in_a_pause_was_paused_so_far),
        cmocka_unit_test(an_urgency_that_nobody_knows_changes_nothing),
        cmocka_unit_test(no_clock_begins_once_all_is_resolved),
        cmocka_unit_test(who_stays_under_its_policy_keeps_its_end),
        cmocka_unit_test(a_limit_for_the_raised_urgency_alone_counts_from_now),
        cmocka_unit_test(who_has_resolved_must_do_what_is_new),
        cmocka_unit_test(a_new_policy_s_levels_are_all_sent),
        cmocka_unit_test(who_has_a_part_from_another_has_its_policy),
        cmocka_unit_test(a_warning_that_is_due_is_not_lost_by_a_new_calendar),
        cmocka_unit_test(what_was_due_before_a_new_calendar_is_due_as_it_was),
        cmocka_unit_test(an_extension_counts_from_the_end_that_was_told),
    };
    return cmocka_run_group_tests_name("ticket_time", tests, NULL, NULL);
}
