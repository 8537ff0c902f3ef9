/*
 * Explanations: one catalogue, tickets in, the winner, the reason and the
 * deadlines out.
 */
#include "explain.h"

#include "../../dispatcher/core/explain_clock.h"
#include "catalogue_rows.h"
#include "zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define D(id) TABLE_DEPARTMENTS, id, "{\"name\":\"The " id "\"}"
#define R(key, value) TABLE_ROUTES, key, value

/* 2018-10-31 10:00 in New York, before the clocks go back on 4 November. */
static const int64_t occurred_at = 1540994400000;

static const struct test_row city[] = {
    {D("a")},
    {D("b")},
    {D("c")},
    {D("desk")},
    {TABLE_CALENDARS, "ny",
     "{\"time_zone\":\"America/New_York\",\"week\":{\"mon\":"
     "[\"00:00-24:00\"]}}"},
    {TABLE_POLICIES, "week",
     "{\"first_response\":\"2h\",\"resolution\":\"7d\",\"calendar\":\"ny\"}"},
    {TABLE_CALENDARS, "mondays",
     "{\"time_zone\":\"America/New_York\",\"week\":{\"mon\":"
     "[\"09:00-12:00\"]},\"workdays\":[{\"date\":\"2018-11-09\",\"hours\":"
     "[\"10:00-12:00\"]}]}"},
    {TABLE_POLICIES, "hours",
     "{\"resolution\":\"4wh\",\"calendar\":\"mondays\"}"},
    {TABLE_AREAS, "x", "{\"department\":\"desk\"}"},
    {TABLE_META, "time_zone", "America/New_York"},
    {R("|noise", "{\"department\":\"a\",\"policy\":\"week\"}")},
    {R("x|noise", "{\"department\":\"b\",\"policy\":\"week\"}")},
    {R("|noise/loud", "{\"department\":\"c\",\"co\":[\"a\"]}")},
    {R("x|noise|phone", "{\"department\":\"c\",\"channels\":[\"phone\"]}")},
    {R("|flood", "{\"department\":\"a\",\"override\":true}")},
    {R("|flood/cellar", "{\"department\":\"b\"}")},
    {0},
};

struct fixture {
    struct catalogue *cat;
    struct zone *zone;
};

static json_t *explain(const struct fixture *f, const char *area,
                       const char *category, const char *channel,
                       const struct zone *zone)
{
    Dispatch__V1__Matter matter = DISPATCH__V1__MATTER__INIT;
    Dispatch__V1__Matter *matters[] = {&matter};
    Dispatch__V1__TicketCreated created = DISPATCH__V1__TICKET_CREATED__INIT;
    Dispatch__V1__TicketEvent event = DISPATCH__V1__TICKET_EVENT__INIT;
    /* protobuf-c's members have no const; nothing writes through them. */
    matter.category = (char *)(uintptr_t)category;
    created.area = (char *)(uintptr_t)area;
    created.channel = (char *)(uintptr_t)channel;
    created.n_matters = 1;
    created.matters = matters;
    event.occurred_at = occurred_at;
    event.kind_case = DISPATCH__V1__TICKET_EVENT__KIND_CREATED;
    event.created = &created;
    return explain_ticket(f->cat, &event, zone, CALENDAR_ENGLISH);
}

static void the_winner_and_the_reason_are_named(void **state)
{
    static const struct {
        const char *area, *category, *channel, *rule, *wins;
    } cases[] = {
        {"", "noise", "", "|noise", "no other rule holds"},
        {"x", "noise", "", "x|noise", "its area is longer than the next one's"},
        {"x", "noise", "phone", "x|noise|phone",
         "it has more conditions than the next one"},
        {"x", "noise/loud", "phone", "|noise/loud",
         "its category is longer than the next one's"},
        {"x", "flood/cellar", "", "|flood",
         "it overrides, the next one does not"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *json = explain(*state, cases[i].area, cases[i].category,
                               cases[i].channel, NULL);
        const json_t *matter =
            json_array_get(json_object_get(json, "matters"), 0);
        const json_t *candidates = json_object_get(matter, "candidates");
        size_t winners = 0;
        for (size_t k = 0; k < json_array_size(candidates); k++) {
            const json_t *c = json_array_get(candidates, k);
            const json_t *wins = json_object_get(c, "wins");
            if (wins == NULL)
                continue;
            winners++;
            assert_string_equal(json_string_value(json_object_get(c, "rule")),
                                cases[i].rule);
            assert_string_equal(json_string_value(wins), cases[i].wins);
        }
        assert_int_equal(winners, 1);
        const json_t *lead = json_array_get(json_object_get(json, "parts"), 0);
        assert_string_equal(json_string_value(json_object_get(lead, "rule")),
                            cases[i].rule);
        json_decref(json);
    }
}

static void programs_get_milliseconds(void **state)
{
    json_t *json = explain(*state, "", "noise", "", NULL);
    const json_t *lead = json_array_get(json_object_get(json, "parts"), 0);
    const json_t *resolution = json_object_get(lead, "resolution");
    /* Seven days at the same wall-clock time: one hour more than 168 h. */
    assert_true(json_integer_value(json_object_get(resolution, "due_at")) ==
                occurred_at + INT64_C(169) * 3600 * 1000);
    json_decref(json);
}

static void people_get_text(void **state)
{
    static const char expected[] =
        "Catalogue %s, at 2018-10-31 10:00:00 -04:00\n"
        "\n"
        "Matter 0: area \"x\", category \"noise\"\n"
        "  1. x|noise|phone -> c, if channels=phone\n"
        "       does not hold: channels\n"
        "  2. x|noise -> b\n"
        "       wins: its area is longer than the next one's\n"
        "  3. |noise -> a\n"
        "\n"
        "Departments:\n"
        "  LEAD b (The b), matter 0, by rule x|noise\n"
        "    first response: due 2018-10-31 12:00:00 -04:00 (2h from "
        "2018-10-31 10:00:00 -04:00, policy week, calendar ny)\n"
        "      2 h from Wed 31 Oct 10:00, at any hour\n"
        "      due Wed 31 Oct 2018 12:00 (America/New_York)\n"
        "    resolution: due 2018-11-07 10:00:00 -05:00 (7d from 2018-10-31 "
        "10:00:00 -04:00, policy week, calendar ny)\n"
        "      7 calendar days from Wed 31 Oct 10:00\n"
        "      due Wed 7 Nov 2018 10:00 (America/New_York)\n";
    const struct fixture *f = *state;
    json_t *json = explain(f, "x", "noise", "web", f->zone);
    char with_version[2048];
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    explain_print(out, json);
    fclose(out);
    snprintf(with_version, sizeof with_version, expected,
             catalogue_version(f->cat));
    assert_string_equal(text, with_version);
    free(text);
    json_decref(json);
}

/* Steps of every kind: data beside the words, in either language. */
static void the_steps_of_a_deadline_are_data_and_words(void **state)
{
    static const char *const expected[] = {
        "{\"kind\":\"waits\",\"words\":\"非工作时间，自11月5日（周一）09:"
        "00起算\","
        "\"from\":1540994400000,\"until\":1541426400000}",
        "{\"kind\":\"works\",\"words\":\"11月5日（周一）09:00至12:00计3小时\","
        "\"day\":\"2018-11-05\",\"day_kind\":\"week\",\"from\":1541426400000,"
        "\"until\":1541437200000,\"counted_ms\":10800000}",
        "{\"kind\":\"closed\",\"words\":\"11月6日至11月8日休息\",\"day\":"
        "\"2018-11-06\",\"day_kind\":\"week\",\"last_day\":\"2018-11-08\"}",
        "{\"kind\":\"works\",\"words\":\"11月9日（周五，调休上班）10:00至"
        "11:00计1小时\",\"day\":\"2018-11-09\",\"day_kind\":\"workday\","
        "\"from\":1541775600000,\"until\":1541779200000,\"counted_ms\":"
        "3600000}",
        "{\"kind\":\"due\",\"words\":\"2018年11月9日（周五）11:00到期"
        "（America/New_York）\",\"until\":1541779200000}",
    };
    const struct fixture *f = *state;
    const struct department *a = catalogue_department(f->cat, "a");
    const struct clock_plan clock =
        dispatch_clock(catalogue_policy(f->cat, "hours"), a, CLOCK_RESOLUTION,
                       URGENCY_NORMAL, occurred_at, occurred_at);
    json_t *json = explain_clock(&clock, NULL, CALENDAR_CHINESE);
    const json_t *steps = json_object_get(json, "steps");
    size_t n = sizeof expected / sizeof expected[0];

    assert_int_equal(json_array_size(steps), n);
    for (size_t i = 0; i < n; i++) {
        char *text = json_dumps(json_array_get(steps, i), JSON_COMPACT);
        assert_string_equal(text, expected[i]);
        free(text);
    }
    json_decref(json);
}

/* Nothing more and nothing less than docs/dispatchctl.md says. */
static void each_kind_of_step_has_its_members(void **state)
{
    static const struct {
        struct duration limit;
        size_t step;
        const char *kind, *members;
    } cases[] = {
        {{DURATION_MINUTES, 90}, 0, "elapses", "from until counted_ms "},
        {{DURATION_DAYS, 7}, 0, "days", "count from until "},
        {{DURATION_WORK_DAYS, 2}, 0, "waits", "from until "},
        {{DURATION_WORK_DAYS, 2}, 1, "closed", "day day_kind last_day "},
        {{DURATION_WORK_DAYS, 2}, 2, "workday", "day day_kind count "},
        {{DURATION_WORK_HOURS, 1},
         1,
         "works",
         "day day_kind from until counted_ms "},
        {{DURATION_WORK_HOURS, 500},
         30,
         "left_out",
         "last_day count counted_ms "},
        {{DURATION_WORK_HOURS, 500}, 31, "due", "until "},
    };
    const struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct clock_plan clock = {
            .exists = true,
            .limit = cases[i].limit,
            .started_at = occurred_at,
            .policy = catalogue_policy(f->cat, "hours"),
            .calendar = catalogue_calendar(f->cat, "mondays"),
        };
        char members[128] = "";
        const char *name;
        json_t *value;
        json_t *json = explain_clock(&clock, NULL, CALENDAR_ENGLISH);
        json_t *step =
            json_array_get(json_object_get(json, "steps"), cases[i].step);
        json_object_foreach(step, name, value)
        {
            if (strcmp(name, "kind") == 0)
                assert_string_equal(json_string_value(value), cases[i].kind);
            else if (strcmp(name, "words") != 0)
                snprintf(members + strlen(members),
                         sizeof members - strlen(members), "%s ", name);
        }
        assert_string_equal(members, cases[i].members);
        json_decref(json);
    }
}

static void fallback_and_dead_letters_are_said(void **state)
{
    static const struct {
        const char *area, *expected;
    } cases[] = {
        {"x/y", "No rule is a candidate; the area's department, or the default "
                "one, takes it: desk\n"},
        {"z", "Dead letter no_route: "},
    };
    const struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *json = explain(f, cases[i].area, "unknown", "", f->zone);
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        explain_print(out, json);
        fclose(out);
        assert_non_null(strstr(text, cases[i].expected));
        free(text);
        json_decref(json);
    }
}

static int set_up(void **state)
{
    static struct fixture f;
    struct findings findings = {0};
    char why[256];
    f.cat = catalogue_of(city, &findings);
    for (size_t i = 0; i < findings.n; i++)
        print_message("%s: %s\n", findings.items[i].field,
                      findings.items[i].message);
    findings_deinit(&findings);
    f.zone = zone_load("America/New_York", why, sizeof why);
    *state = &f;
    return f.cat != NULL && f.zone != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    catalogue_free(&f->cat);
    zone_free(&f->zone);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_winner_and_the_reason_are_named),
        cmocka_unit_test(programs_get_milliseconds),
        cmocka_unit_test(people_get_text),
        cmocka_unit_test(the_steps_of_a_deadline_are_data_and_words),
        cmocka_unit_test(each_kind_of_step_has_its_members),
        cmocka_unit_test(fallback_and_dead_letters_are_said),
    };
    return cmocka_run_group_tests_name("explain", tests, set_up, tear_down);
}
