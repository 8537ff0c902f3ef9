/*
 * Which tickets of a wrong catalogue are sent elsewhere by the right one. The
 * lives before are led by the state machine itself.
 */
#include "redispatch.h"

#include "ticket_script.h"

/* The wrong one sends gas leaks to the roads and broken roads to gas. */
#define COMMON                                                                 \
    {D("city", "{}")}, {D("gas", "{\"parent\":\"city\"}")},                    \
        {D("gas-1", "{\"parent\":\"gas\"}")},                                  \
        {D("roads", "{\"parent\":\"city\"}")},                                 \
        {D("roads-1", "{\"parent\":\"roads\"}")}, {D("heat", "{}")},           \
        {D("desk", "{}")}, {D("zoo", "{}")},                                   \
        {TABLE_AREAS, "1", "{\"department\":\"city\"}"},                       \
        {TABLE_CALENDARS, "office",                                            \
         "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-12:00\"]}}"},      \
        {P("day", "{\"first_response\":\"1h\",\"resolution\":\"24h\"}")},      \
        {M("dispute_department", "desk")}, {M("max_returns", "5")},            \
    {                                                                          \
        M("default_policy", "day")                                             \
    }

static const struct test_row wrong[] = {
    COMMON,
    {R("|leak", "{\"department\":\"roads\",\"policy\":\"day\"}")},
    {R("|hole", "{\"department\":\"gas\",\"policy\":\"day\"}")},
    {R("|cold", "{\"department\":\"heat\",\"co\":[\"roads\"]}")},
    {R("|same", "{\"department\":\"heat\"}")},
    {R("|late", "{\"department\":\"heat\",\"policy\":\"day\"}")},
    {R("|hours", "{\"department\":\"gas\",\"when\":\"office\"}")},
    {M("version", "42")},
    {0}};

static const struct test_row right[] = {
    COMMON,
    {P("week", "{\"first_response\":\"1h\",\"resolution\":\"7d\"}")},
    {R("|leak", "{\"department\":\"gas\",\"policy\":\"day\"}")},
    {R("|hole", "{\"department\":\"roads\",\"policy\":\"day\"}")},
    {R("|cold", "{\"department\":\"heat\",\"co\":[\"gas\"]}")},
    {R("|same", "{\"department\":\"heat\"}")},
    {R("|late", "{\"department\":\"heat\",\"policy\":\"week\"}")},
    {R("|hours", "{\"department\":\"gas\",\"when\":\"office\"}")},
    {M("version", "43")},
    {0}};

#define CREATED(category)                                                      \
    "'created':{'area':'1','matters':[{'category':'" category "'}]}"
enum { MAX_EVENTS = 6, NOW = 300 };

/* What happened under the wrong catalogue, and what is made of it: the verdict
 * and who would lead. */
static const struct {
    const char *name;
    const char *events[MAX_EVENTS]; /* ten minutes apart */
    const char *expected;
} cases[] = {
    {"it was sent wrong", {CREATED("leak")}, "moves gas"},
    {"it was sent right", {CREATED("same")}, "stays heat"},
    {"only the co-handler was wrong", {CREATED("cold")}, "moves heat"},
    {"only the time limit was wrong", {CREATED("late")}, "deadline heat"},
    {"the office has closed since: no reason", {CREATED("hours")}, "stays gas"},
    {"signing off is not yet work",
     {CREATED("leak"), BY("acknowledged", "roads")},
     "moves gas"},
    {"the citizen was spoken with",
     {CREATED("leak"), BY("contacted", "roads")},
     "begun gas"},
    {"it is paused", {CREATED("leak"), "'paused':{}"}, "moves gas"},
    {"it was urged and updated",
     {CREATED("leak"), "'urged':{}", "'updated':{'description':'x'}"},
     "moves gas"},

    /* Returns. */
    {"returned and matched again by the wrong one",
     {CREATED("leak"), RETURNED("roads", "NOT_RESPONSIBLE")},
     "moves gas"},
    {"returned by who is right: never there again",
     {CREATED("leak"), "'reassigned':{'department_id':'gas'}",
      RETURNED("gas", "NOT_RESPONSIBLE")},
     "moves city"},
    {"a desk has it, and the catalogue was why",
     {CREATED("leak"), RETURNED("roads", "OUT_OF_SCOPE")},
     "moves gas"},
    {"a desk has it, and the catalogue is right",
     {CREATED("same"), RETURNED("heat", "OUT_OF_SCOPE")},
     "with-desk heat"},
    {"a suggestion is with the desk, and the catalogue was why",
     {CREATED("leak"), "'returned':{'department_id':'roads','reason':'OTHER',"
                       "'suggested_department_id':'zoo'}"},
     "moves gas"},
    {"who joined beside a right lead does not disturb",
     {CREATED("same"),
      "'returned':{'department_id':'heat','reason':'OVERLAPPING_DUTY',"
      "'suggested_department_id':'zoo'}"},
     "stays heat"},

    {"nobody is left whom the catalogue names",
     {"'created':{'matters':[{'category':'leak'}]}", REASSIGNED("gas"),
      RETURNED("gas", "NOT_RESPONSIBLE")},
     "nobody nobody"},

    /* Desks and districts. */
    {"a desk sent it right", {CREATED("leak"), REASSIGNED("gas")}, "stays gas"},
    {"a desk sent it elsewhere",
     {CREATED("leak"), REASSIGNED("zoo")},
     "ruled gas"},
    {"a desk confirmed who returned it",
     {CREATED("leak"),
      "'returned':{'department_id':'roads','reason':'OTHER',"
      "'suggested_department_id':'zoo'}",
      REASSIGNED("roads")},
     "ruled gas"},
    {"a return after a ruling is the catalogue's again",
     {CREATED("leak"), REASSIGNED("zoo"), RETURNED("zoo", "NOT_RESPONSIBLE"),
      RETURNED("roads", "NOT_RESPONSIBLE")},
     "moves gas"},
    {"what was forwarded is held",
     {CREATED("leak"), FORWARDED("roads", "roads-1")},
     "forwarded gas"},
    {"a right district has forwarded it: nothing to do",
     {CREATED("leak"), REASSIGNED("gas"), FORWARDED("gas", "gas-1")},
     "stays gas"},
    {"forwarded and given back",
     {CREATED("leak"), FORWARDED("roads", "roads-1"),
      RETURNED("roads-1", "OTHER")},
     "moves gas"},
    {"a new round changes nothing about it",
     {CREATED("leak"), BY("resolved", "roads"),
      "'reopened':{'reason':'again'}"},
     "moves gas"},
};

static struct step step_of(const char *event, size_t i)
{
    return (struct step){.minute = (int64_t)i * 10, .event = event};
}

static void judged(const char *const *events, char text[64])
{
    struct dispatch_plan *plan = malloc(sizeof *plan);
    struct catalogue *today = script_catalogue(right);
    char outputs[SCRIPT_TEXT];
    struct script s;

    script_begin(&s, wrong);
    for (size_t i = 0; i < MAX_EVENTS && events[i]; i++) {
        const struct step step = step_of(events[i], i);

        script_step(&s, &step, outputs);
        if (outputs[0] == '!')
            fail_msg("%s: %s", events[i], outputs);
    }
    enum redispatch_verdict verdict = redispatch_judge(
        today, script_state(&s), script_base + NOW * MINUTE_MS, plan);
    snprintf(text, 64, "%s %s", redispatch_name(verdict),
             plan->n_parts > 0 ? plan->parts[0].department->id : "nobody");
    script_end(&s);
    catalogue_free(&today);
    free(plan);
}

static void only_the_catalogue_s_own_decisions_are_taken_back(void **state)
{
    char text[64];
    size_t wrong_ones = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        judged(cases[i].events, text);
        if (strcmp(text, cases[i].expected) != 0) {
            fprintf(stderr, "%s: %s, but was %s\n", cases[i].name,
                    cases[i].expected, text);
            wrong_ones++;
        }
    }
    assert_int_equal(wrong_ones, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_catalogue_s_own_decisions_are_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
