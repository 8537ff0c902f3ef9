/*
 * Lives that the real rules made, each spoilt in one way: the audit names the
 * rule that does not hold any more, and no other.
 */
#include "audit_spoil.h"

static const struct test_row city[] = {
    {D("a", "{\"parent\":\"boss\"}")},
    {D("below", "{\"parent\":\"a\"}")},
    {D("b", "{}")},
    {D("c", "{}")},
    {D("boss", "{}")},
    {D("desk", "{}")},
    {TABLE_AREAS, "1", "{\"department\":\"c\"}"},
    {P("p", "{\"first_response\":\"1h\",\"resolution\":\"4h\",\"warn\":["
            "\"50%\",\"-1h\"],\"escalate\":[{\"after\":\"0m\",\"to\":"
            "\"@parent\"},{\"after\":\"1h\",\"to\":\"desk\"}]}")},
    {P("plain", "{\"resolution\":\"4h\"}")},
    {R("|x", "{\"department\":\"a\",\"co\":[\"b\"],\"policy\":\"p\"}")},
    {R("|y", "{\"department\":\"a\",\"policy\":\"plain\"}")},
    {M("default_department", "desk")},
    {M("default_policy", "p")},
    {0},
};

#define CREATED(category)                                                      \
    {                                                                          \
        0, "'created':{'area':'1','matters':[{'category':'" category "'}]}",   \
            ""                                                                 \
    }

/*  1 ASSIGNED a    2 SCHEDULED F   3 SCHEDULED R  4 ASSIGNED b */
static const struct step begun[] = {CREATED("x"), {0, NULL, NULL}};

/*  5 UPDATED b     6 MET F         7 UPDATED b    8 PAUSED R   9 UPDATED a
 * 10 UPDATED b    11 RESUMED R    12 UPDATED a   13 UPDATED b 14 WARNING R
 * 15 WARNING R    16 BREACHED R   17 ESCALATED R 18 REFUSED c
 * 19 ESCALATED R  20 MET R        21 UPDATED b   22 CLOSED a  23 CLOSED b */
static const struct step whole[] = {
    CREATED("x"),
    {10, "'acknowledged':{'department_id':'a','plan':'dig'}", ""},
    {20, "'contacted':{'department_id':'a'}", ""},
    {30, "'paused':{}", ""},
    {40, "'resumed':{}", ""},
    {255, NULL, ""},
    {310, "'contacted':{'department_id':'c'}", ""},
    {320, "'resolved':{'department_id':'a','reply':'dug'}", ""},
    {400, "'callback':{'solved':'YES'}", ""},
    {0, NULL, NULL},
};

/*  5 WITHDRAWN a   6 CANCELLED F   7 CANCELLED R  8 REASSIGNED c
 *  9 SCHEDULED F  10 SCHEDULED R  11 WITHDRAWN c 12 CANCELLED F
 * 13 CANCELLED R  14 DISPUTED desk 15 SCHEDULED R 16 WITHDRAWN desk
 * 17 CANCELLED R  18 REASSIGNED a 19 SCHEDULED F 20 SCHEDULED R
 * 21 URGED a      22 URGED b */
static const struct step returned[] = {
    CREATED("x"),
    {10, "'returned':{'department_id':'a','reason':'NOT_RESPONSIBLE'}", ""},
    {20, "'returned':{'department_id':'c','reason':'NOT_RESPONSIBLE'}", ""},
    {30, "'reassigned':{'department_id':'a'}", ""},
    {40, "'urged':{}", ""},
    {0, NULL, NULL},
};

/* A desk sends it back to who returned it, who forwards it; whom it was
 * forwarded to returns it to there. */
static const struct step forwarded[] = {
    CREATED("x"),
    {10, "'returned':{'department_id':'a','reason':'NOT_RESPONSIBLE'}", ""},
    {30, "'reassigned':{'department_id':'a'}", ""},
    {40, "'reassigned':{'department_id':'below','by_department_id':'a'}", ""},
    {50, "'returned':{'department_id':'below','reason':'OTHER'}", ""},
    {0, NULL, NULL},
};

/*  1 ASSIGNED a    2 SCHEDULED R   3 BREACHED R   4 MET R */
static const struct step late[] = {
    CREATED("y"),
    {250, NULL, ""},
    {320, "'resolved':{'department_id':'a','plan':'dig','reply':'dug'}", ""},
    {0, NULL, NULL},
};

enum { MAX_LINES = 4 };
static const struct spoilt {
    const struct step *life;
    const char *lines[MAX_LINES];
    const char *expected; /* kinds in their order */
    bool stateless;       /* nobody writes the state */
} cases[] = {
    {begun, {0}, "", false},
    {whole, {0}, "", false},
    {returned, {0}, "", false},
    {late, {0}, "", false},
    {forwarded, {0}, "", false},

    {begun, {"raw assignments"}, "unreadable_event", false},
    {begun, {"raw deadlines"}, "unreadable_event", false},
    {whole,
     {"edit event 5 ticket_id=u"},
     "unreadable_event event_missing",
     false},
    {whole, {"again event 5"}, "event_twice", false},
    {whole, {"again event 16"}, "event_twice", false},
    {whole, {"edit event 7 event_id=t/6"}, "event_twice event_missing", false},
    {whole, {"drop event 1"}, "event_missing", false},
    {whole, {"drop event 16"}, "event_missing", false},
    {whole, {"drop event 22"}, "event_missing", false},
    {whole, {"drop event 23"}, "event_missing", false},
    {begun,
     {"drop event 1", "drop event 2", "drop event 3", "drop event 4"},
     "event_missing input_lost",
     false},
    {whole, {"swap event 12 13"}, "event_order", false},
    {whole, {"drop input 1"}, "cause_unknown no_plan", false},
    {whole,
     {"edit event 5 caused_by=nobody"},
     "cause_unknown input_lost no_plan",
     false},
    {returned, {"edit event 21 caused_by=e1"}, "cause_order", false},
    {returned,
     {"new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@40,"
      "'kind':'URGED','department_id':'b','role':'CO_HANDLER',"
      "'caused_by':'e5'}"},
     "answered_twice",
     true},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','urged':{}}"},
     "input_lost",
     false},
    {returned,
     {"new tickets {'event_id':'e5','ticket_id':'t','urged':{}}"},
     "", /* a repeat */
     false},
    {returned, {"raw tickets"}, "input_lost", false},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','urged':{}}",
      "letter 5 unknown_ticket"},
     "ticket_forgotten",
     false},

    {whole, {"again letter 0"}, "dead_letter_twice", false},
    {whole, {"letter 1 wrong_state"}, "dead_letter_answered no_plan", false},
    {whole, {"letter 99 malformed"}, "dead_letter_unfounded", false},
    {whole, {"edit letter 0 source=changed"}, "dead_letter_changed", false},
    {whole, {"drop letter 0"}, "input_lost refused_unfounded", false},
    {whole,
     {"drop letter 0", "letter 5 invalid_field"},
     "refused_unfounded",
     false},

    {returned,
     {"new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@50,"
      "'kind':'ASSIGNED','department_id':'c','role':'CO_HANDLER',"
      "'caused_by':'e5'}"},
     "assigned_again",
     true},
    {returned, {"edit event 22 department_id=c"}, "not_holder", true},
    {returned, {"edit event 16 department_id=c"}, "not_holder leads", true},
    {begun, {"edit event 4 role=LEAD"}, "leads", true},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','returned':"
      "{'department_id':'b'}}",
      "new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@50,"
      "'kind':'WITHDRAWN','department_id':'b','role':'CO_HANDLER',"
      "'caused_by':'e9'}",
      "new assignments {'event_id':'t/24','ticket_id':'t','occurred_at':@50,"
      "'kind':'REASSIGNED','department_id':'c','role':'CO_HANDLER',"
      "'caused_by':'e9','ticket':{'area':'1','matters':[{'category':'x'}]},"
      "'returns':[{'department_id':'b','returned_at':@50}]}"},
     "returned_to",
     true},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','returned':"
      "{'department_id':'b'}}",
      "new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@50,"
      "'kind':'WITHDRAWN','department_id':'b','role':'CO_HANDLER',"
      "'caused_by':'e9'}",
      "new assignments {'event_id':'t/24','ticket_id':'t','occurred_at':@50,"
      "'kind':'REASSIGNED','department_id':'c','role':'CO_HANDLER',"
      "'caused_by':'e9','ticket':{'area':'2','matters':[{'category':'x'}]},"
      "'returns':[{'department_id':'b','returned_at':@50}]}"},
     "returned_to", /* in the wrong area, which was corrected */
     true},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','reclassified':{}}",
      "new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@50,"
      "'kind':'REASSIGNED','department_id':'c','role':'CO_HANDLER',"
      "'caused_by':'e9','ticket':{'area':'1','matters':[{'category':'x'}]}}"},
     "returned_to",
     true},
    {returned,
     {"new tickets {'event_id':'e9','ticket_id':'t','reclassified':"
      "{'area':'2'}}",
      "new assignments {'event_id':'t/23','ticket_id':'t','occurred_at':@50,"
      "'kind':'REASSIGNED','department_id':'c','role':'CO_HANDLER',"
      "'caused_by':'e9','ticket':{'area':'2','matters':[{'category':'x'}]}}"},
     "", /* the returns are forgotten */
     true},
    {whole, {"drop event 23"}, "not_closed", true},
    {whole,
     {"new assignments {'event_id':'t/24','ticket_id':'t','occurred_at':@500,"
      "'kind':'URGED','department_id':'b','role':'CO_HANDLER',"
      "'caused_by':'e8'}"},
     "after_end",
     true},

    {whole, {"edit event 8 kind=RESUMED"}, "clock_order", false},
    {whole, {"edit event 11 kind=SCHEDULED"}, "clock_order", false},
    {begun,
     {"edit event 1 resolution_due_at=1772460000001"},
     "clock_promised",
     false},
    {begun, {"drop event 4", "drop event 3"}, "clock_promised", true},
    {begun,
     {"edit event 3 department_id=c"},
     "clock_promised clock_holder",
     true},
    {whole, {"edit event 20 kind=RESCHEDULED"}, "clock_left", false},
    {late, {"edit event 3 kind=RESCHEDULED"}, "breach_missing", false},
    {whole, {"edit event 17 kind=BREACHED"}, "breach_twice", false},
    {whole, {"edit event 16 occurred_at=1772460600001"}, "breach_time", false},
    {whole,
     {"edit event 15 kind=RESCHEDULED", "edit event 15 warn_at=1772457000000"},
     "warning_missing",
     false},
    {whole, {"edit event 14 occurred_at=1772453399000"}, "warning_time", false},
    {whole, {"edit event 19 level=0"}, "escalation", false},
    {whole, {"edit event 17 occurred_at=1772460599000"}, "escalation", false},
    {whole, {"edit event 20 late_ms=5"}, "late", false},

    {returned, {"raw state"}, "state_unreadable", false},
    {returned, {"move state"}, "state_partition", false},
    {returned, {"drop state"}, "state_number", false},
    {returned, {"forget state"}, "state_missing", false},
    {returned, {"edit state status=CLOSED"}, "state_status", false},
    {returned, {"edit state parts.1.role=SUPERVISOR"}, "state_holder", false},
    {returned, {"edit state parts.0.clocks.1.due_at=7"}, "state_clock", false},
    {returned,
     {"edit state parts.0.clocks.1.state=PAUSED"},
     "state_clock",
     false},
    {returned, {"edit state parts.0.clocks.0.state=MET"}, "state_clock", false},
    {whole, {"edit state status=OPEN"}, "state_status", false},

    {whole, {"edit input 1 acknowledged.plan= "}, "no_plan", false},
    {whole, {"edit input 6 resolved.reply="}, "no_reply", false},
};

static void append(char text[256], const char *name)
{
    size_t n = strlen(text);

    snprintf(text + n, 256 - n, "%s%s", n > 0 ? " " : "", name);
}

static const char *kinds_found(const struct feed *f, char text[256])
{
    text[0] = '\0';
    for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++) {
        if (f->figures.found[kind] > 0)
            append(text, audit_kind_name(kind));
    }
    return text;
}

/* The same kinds, in whatever order they were written down. */
static bool same_kinds(const char *expected, const char *found)
{
    char words[256], sorted[256] = "", *save = NULL;
    bool named[AUDIT_KINDS] = {false};

    snprintf(words, sizeof(words), "%s", expected);
    for (char *word = strtok_r(words, " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++)
            named[kind] |= strcmp(audit_kind_name(kind), word) == 0;
    }
    for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++) {
        if (named[kind])
            append(sorted, audit_kind_name(kind));
    }
    return strcmp(sorted, found) == 0;
}

static void make(struct feed *f, const struct spoilt *c)
{
    feed_clear(f);
    f->script.n_events = 0;
    feed_steps(f, c->life);
    for (size_t i = 0; i < MAX_LINES && c->lines[i]; i++)
        spoil(f, c->lines[i]);
    for (size_t i = 0; c->stateless && i < f->n; i++)
        f->records[i].gone |= f->records[i].topic == AUDIT_STATE;
    feed_close(f);
}

static void each_fault_is_named(void **state)
{
    struct feed f;
    char found[256];

    (void)state;
    feed_begin(&f, city);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        make(&f, &cases[i]);
        feed_audit(&f);
        if (same_kinds(cases[i].expected, kinds_found(&f, found)))
            continue;
        feed_print(&f);
        fail_msg("case %zu, %s\n  expected: %s\n  but was:  %s\n%s", i,
                 cases[i].lines[0] ? cases[i].lines[0] : "", cases[i].expected,
                 found, f.findings);
    }
    feed_end(&f);
}

static void every_kind_has_a_case(void **state)
{
    (void)state;
    for (enum audit_kind kind = 0; kind < AUDIT_KINDS; kind++) {
        bool found = false;

        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
            found |= strstr(cases[i].expected, audit_kind_name(kind)) != NULL;
        if (!found)
            fail_msg("no case for %s", audit_kind_name(kind));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(every_kind_has_a_case),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
