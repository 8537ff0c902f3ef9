/*
 * Which tickets a filter lets through.
 */
#include "ticket_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "state_json.h"

#define MATTERS                                                                \
    "'ticket':{'area':'bj/xc','matters':[{'category':'gas/leak'},"             \
    "{'category':'roads','area':'bj/dc/007'}]}"
#define PART(department, role, more)                                           \
    "{'department_id':'" department "','role':'" role "'" more "}"
#define CLOCK(kind, state, due)                                                \
    "{'kind':'" kind "','state':'" state "','due_at':" due "}"
#define OPEN "'status':'open','created_at':1000,"

/* Options in one text: "category=gas area=bj disputed". */
static void set_option(struct ticket_filter *f, char *option)
{
    static const struct {
        const char *name;
        size_t offset;
    } lists[] = {{"category", offsetof(struct ticket_filter, categories)},
                 {"area", offsetof(struct ticket_filter, areas)},
                 {"department", offsetof(struct ticket_filter, departments)}},
      flags[] = {{"disputed", offsetof(struct ticket_filter, disputed)},
                 {"fallback", offsetof(struct ticket_filter, fallback)},
                 {"not-acknowledged",
                  offsetof(struct ticket_filter, not_acknowledged)},
                 {"overdue", offsetof(struct ticket_filter, overdue)},
                 {"paused", offsetof(struct ticket_filter, paused)},
                 {"supervised", offsetof(struct ticket_filter, supervised)}};
    char *value = strchr(option, '=');

    if (value != NULL)
        *value++ = '\0';
    if (strcmp(option, "status") == 0)
        assert_true(ticket_filter_add_status(f, value));
    if (strcmp(option, "from") == 0)
        f->created_from = atoll(value);
    if (strcmp(option, "to") == 0)
        f->created_before = atoll(value);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct option_list *list = (void *)((char *)f + lists[i].offset);

        if (strcmp(option, lists[i].name) == 0)
            list->items[list->n++] = value;
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (strcmp(option, flags[i].name) == 0)
            *(bool *)((char *)f + flags[i].offset) = true;
}

static bool matches(const char *options, const char *state)
{
    struct ticket_filter f = {.now_ms = 5000};
    struct arena *a = arena_new(1 << 20);
    char text[256];
    bool result;

    snprintf(text, sizeof text, "%s", options);
    for (char *p = strtok(text, " "); p != NULL; p = strtok(NULL, " "))
        set_option(&f, p);
    result = ticket_filter_matches(&f, state_of(a, state));
    arena_free(&a);
    return result;
}

static const struct {
    const char *options;
    const char *state;
    bool matches;
} cases[] = {
    {"", "{" OPEN MATTERS "}", true},
    {"", "{'status':'resolved'}", false},
    {"status=resolved", "{'status':'resolved'}", true},
    {"status=open status=Closed", "{'status':'closed'}", true},
    {"status=all", "{'status':'merged'}", true},

    {"category=gas", "{" OPEN MATTERS "}", true},
    {"category=gas/leak", "{" OPEN MATTERS "}", true},
    {"category=gas/", "{" OPEN MATTERS "}", true},
    {"category=ga", "{" OPEN MATTERS "}", false},
    {"category=gas/leak/deep", "{" OPEN MATTERS "}", false},
    {"category=roads", "{" OPEN MATTERS "}", true},
    {"category=water category=roads", "{" OPEN MATTERS "}", true},
    {"area=bj/xc", "{" OPEN MATTERS "}", true},
    {"area=bj/dc", "{" OPEN MATTERS "}", true},
    {"area=bj/d", "{" OPEN MATTERS "}", false},
    /* Both of one matter. */
    {"area=bj/dc category=roads", "{" OPEN MATTERS "}", true},
    {"area=bj/dc category=gas", "{" OPEN MATTERS "}", false},
    {"area=bj", "{" OPEN "'ticket':{'area':'bj/xc'}}", true},
    {"category=gas", "{" OPEN "'ticket':{'area':'bj/xc'}}", false},
    {"status=all area=bj", "{'status':'closed'}", false},

    {"from=1000", "{" OPEN MATTERS "}", true},
    {"from=1001", "{" OPEN MATTERS "}", false},
    {"to=1001", "{" OPEN MATTERS "}", true},
    {"to=1000", "{" OPEN MATTERS "}", false},

    {"department=a", "{" OPEN "'parts':[" PART("a", "lead", "") "]}", true},
    {"department=b", "{" OPEN "'parts':[" PART("a", "lead", "") "]}", false},
    {"department=a", "{" OPEN "'parts':[" PART("a", "supervisor", "") "]}",
     true},
    {"fallback",
     "{" OPEN "'parts':[" PART("a", "lead", ",'fallback':true") "]}", true},
    {"fallback department=b",
     "{" OPEN "'parts':[" PART("a", "lead", ",'fallback':true") "," PART(
         "b", "co_handler", "") "]}",
     false},
    {"not-acknowledged", "{" OPEN "'parts':[" PART("a", "lead", "") "]}", true},
    {"not-acknowledged",
     "{" OPEN "'parts':[" PART("a", "lead", ",'acknowledged_at':7") "," PART(
         "b", "supervisor", "") "]}",
     false},

    {"disputed", "{" OPEN "'disputes':[{'raised_by':'a'}]}", true},
    {"disputed", "{" OPEN "'parts':[" PART("desk", "lead", ",'desk':true") "]}",
     true},
    {"disputed", "{" OPEN "'parts':[" PART("a", "lead", "") "]}", false},
    {"paused", "{" OPEN "'pause':{'since_at':1}}", true},
    {"paused", "{" OPEN MATTERS "}", false},
    {"supervised", "{" OPEN "'supervised_by':'office'}", true},
    {"supervised", "{" OPEN MATTERS "}", false},

    {"overdue",
     "{" OPEN "'parts':[" PART(
         "a", "lead",
         ",'clocks':[" CLOCK("resolution", "running", "4999") "]") "]}",
     true},
    {"overdue",
     "{" OPEN "'parts':[" PART(
         "a", "lead",
         ",'clocks':[" CLOCK("resolution", "running", "5000") "]") "]}",
     false},
    {"overdue",
     "{" OPEN "'parts':[" PART(
         "a", "lead",
         ",'clocks':[" CLOCK("first_response", "met", "1") "," CLOCK(
             "resolution", "paused", "2") "]") "]}",
     false},
    /* A forwarded part has the clocks of who forwarded it. */
    {"overdue department=b",
     "{" OPEN "'parts':[" PART("b", "lead", ",'forwarded_by':'a'") "," PART(
         "a", "supervisor",
         ",'clocks':[" CLOCK("resolution", "running", "1") "]") "]}",
     true},
    /* Nobody can be above himself, whatever a state says. */
    {"overdue",
     "{" OPEN "'parts':[" PART("a", "lead", ",'forwarded_by':'a'") "]}", false},
};

static void a_filter_lets_through_what_is_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (matches(cases[i].options, cases[i].state) != cases[i].matches)
            fail_msg("\"%s\" %s %s", cases[i].options,
                     cases[i].matches ? "must match" : "must not match",
                     cases[i].state);
}

static void a_status_of_a_newer_schema_matches_nothing(void **state)
{
    Dispatch__V1__TicketState ticket = DISPATCH__V1__TICKET_STATE__INIT;
    struct ticket_filter f = {0};
    (void)state;
    assert_true(ticket_filter_add_status(&f, "all"));
    ticket.status = (Dispatch__V1__TicketStatus)99;
    assert_false(ticket_filter_matches(&f, &ticket));
    ticket.status = (Dispatch__V1__TicketStatus)-1;
    assert_false(ticket_filter_matches(&f, &ticket));
}

static void an_unknown_status_is_refused(void **state)
{
    struct ticket_filter f = {0};
    (void)state;
    assert_false(ticket_filter_add_status(&f, "opened"));
    assert_int_equal(f.statuses, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_lets_through_what_is_asked_for),
        cmocka_unit_test(a_status_of_a_newer_schema_matches_nothing),
        cmocka_unit_test(an_unknown_status_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
