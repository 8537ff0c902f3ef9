/*
 * Compiling a catalogue: what it says, and what is found wrong with it.
 */
#include "catalogue.h"

#include "calendar.h"
#include "catalogue_rows.h"
#include "match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define D(id, value) TABLE_DEPARTMENTS, id, value
#define A(path, value) TABLE_AREAS, path, value
#define R(key, value) TABLE_ROUTES, key, value
#define P(id, value) TABLE_POLICIES, id, value
#define C(id, value) TABLE_CALENDARS, id, value
#define M(name, value) TABLE_META, name, value

enum { BASE_ROWS = 9, CASE_ROWS = 4 };

/* A good catalogue, to which a case adds what it is about. */
static const struct test_row base[BASE_ROWS] = {
    {D("a", "{\"name\":\"A\",\"calendar\":\"office\"}")},
    {D("b", "{\"parent\":\"a\",\"calendar\":\"office\"}")},
    {A("1", "{\"department\":\"a\"}")},
    {A("1/2", "{\"units\":{\"gas\":\"b\"}}")},
    {A("1/3", "{\"units\":{\"gas\":\"b\",\"water\":\"a\"}}")},
    {P("p", "{\"resolution\":\"7d\"}")},
    {C("office", "{\"time_zone\":\"Asia/"
                 "Shanghai\",\"week\":{\"mon\":[\"09:00-18:00\"]}}")},
    {R("|x", "{\"department\":\"a\",\"policy\":\"p\"}")},
    {M("version", "42")},
};

struct finding_case {
    struct test_row rows[CASE_ROWS];
    const char *field;
    const char *name;
    const char *message; /* a part of it; NULL: nothing is found */
};

static struct catalogue *compile_with(const struct test_row *rows,
                                      struct findings *findings)
{
    struct test_row all[BASE_ROWS + CASE_ROWS + 1] = {0};

    memcpy(all, base, sizeof(base));
    for (size_t i = 0; i < CASE_ROWS && rows[i].field; i++)
        all[BASE_ROWS + i] = rows[i];
    return catalogue_of(all, findings);
}

static void print_findings(const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *f = &findings->items[i];
        printf("# %s '%s' %s: %s\n", table_name(f->table), f->field, f->name,
               f->message);
    }
}

/* Each case has exactly one finding, of this level and about its first row. */
static void check_cases(enum finding_level level,
                        const struct finding_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct findings findings = {0};
        struct catalogue *cat = compile_with(cases[i].rows, &findings);
        const struct finding *f = findings.items;
        size_t expected = cases[i].message != NULL;

        if (findings.n != expected ||
            (f && !strstr(f->message, cases[i].message)))
            print_findings(&findings);
        assert_int_equal(findings.n, expected);
        assert_int_equal(cat == NULL, expected && level == FINDING_ERROR);
        if (expected) {
            assert_int_equal(f->level, level);
            assert_int_equal(f->table, cases[i].rows[0].table);
            assert_string_equal(f->field, cases[i].field);
            assert_string_equal(f->name, cases[i].name);
            assert_non_null(strstr(f->message, cases[i].message));
            assert_true(f->line > BASE_ROWS);
        }
        findings_deinit(&findings);
        catalogue_free(&cat);
    }
}
#define CHECK(level, cases)                                                    \
    check_cases(level, cases, sizeof(cases) / sizeof(*(cases)))

static void values_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
#define NAME_64                                                                \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG_NAME                                                              \
    NAME_64 NAME_64 NAME_64 NAME_64 NAME_64 NAME_64 NAME_64 NAME_64 "!"
    static const struct finding_case cases[] = {
        {{{D("c", "{")}}, "c", "", "no JSON"},
        {{{D("c", "[]")}}, "c", "", "no JSON object"},
        {{{D("c", "{\"name\":\"x\",\"name\":\"y\"}")}}, "c", "", "duplicate"},
        {{{D("c", "{\"naem\":\"x\"}")}}, "c", "naem", "did you mean name"},
        {{{D("c", "{\"name\":1}")}}, "c", "name", "no text"},
        {{{D("c", "{\"name\":\"" LONG_NAME "\"}")}}, "c", "name", "513 bytes"},
        {{{P("q", "{\"pausable\":\"yes\"}")}}, "q", "pausable", "true nor"},
        {{{P("q", "{\"max_extensions\":-1}")}}, "q", "max_extensions", "0 to"},
        {{{P("q", "{\"max_extensions\":1.5}")}}, "q", "max_extensions", "0 to"},
        {{{P("q", "{\"max_extensions\":1000001}")}},
         "q",
         "max_extensions",
         "0 to"},
        {{{P("q", "{\"resolution\":\"1h30m\"}")}}, "q", "resolution", "1h30m"},
        {{{P("q", "{\"warn\":\"50%\"}")}}, "q", "warn", "no list"},
        {{{P("q", "{\"warn\":[\"100%\"]}")}}, "q", "warn", "100%"},
        {{{P("q", "{\"warn\":[\"1h\"]}")}}, "q", "warn", "'1h'"},
        {{{P("q", "{\"urgency\":{\"HIGH\":{}}}")}}, "q", "HIGH", "unknown"},
        {{{P("q", "{\"urgency\":{\"URGENT\":{\"reply\":\"1h\"}}}")}},
         "q",
         "reply",
         "unknown"},
        {{{P("q", "{\"first_response_by\":\"mail\"}")}},
         "q",
         "first_response_by",
         "'mail'"},
        {{{P("q", "{\"escalate\":[{\"after\":\"1d\"}]}")}},
         "q",
         "to",
         "missing"},
        {{{R("|y", "{\"policy\":\"p\"}")}}, "|y", "department", "missing"},
        {{{R("|y", "{\"department\":\"\"}")}}, "|y", "department", "empty"},
        {{{R("|y", "{\"department\":\"a\",\"types\":[\"COMPLAINTS\"]}")}},
         "|y",
         "types",
         "did you mean COMPLAINT"},
        {{{R("|y", "{\"department\":\"a\",\"urgencies\":[]}")}},
         "|y",
         "urgencies",
         "empty"},
        {{{R("|y", "{\"department\":\"a\",\"from\":\"2026-02-30\"}")}},
         "|y",
         "from",
         "2026-02-30"},
        {{{C("c", "{\"week\":{}}")}}, "c", "", "time_zone"},
        {{{M("max_returns", "two")}}, "max_returns", "", "'two'"},
        {{{M("returns", "never")}}, "returns", "", "'never'"},
        {{{M("report_delay", "soon")}}, "report_delay", "", "'soon'"},
        {{{M("time_zone", "Mars/Base")}}, "time_zone", "", "Mars/Base"},
        {{{M("colour", "red")}}, "colour", "", "unknown in meta"},
    };
    CHECK(FINDING_ERROR, cases);
}

static void every_name_that_is_used_must_exist(void **state)
{
    (void)state;
    static const struct finding_case cases[] = {
        {{{D("c", "{\"parent\":\"aa\"}")}}, "c", "parent", "did you mean a"},
        {{{D("c", "{\"calendar\":\"shop\"}")}}, "c", "calendar", "'shop'"},
        {{{A("1/9", "{\"department\":\"x\"}")}}, "1/9", "department", "'x'"},
        {{{A("1/9", "{\"department\":\"@area\"}")}},
         "1/9",
         "department",
         "'@area'"},
        {{{A("1/9", "{\"units\":{\"gas\":\"x\"}}")}}, "1/9", "units", "'x'"},
        {{{P("q", "{\"calendar\":\"x\"}")}}, "q", "calendar", "'x'"},
        {{{P("q", "{\"escalate\":[{\"after\":\"1d\",\"to\":\"x\"}]}")}},
         "q",
         "to",
         "'x'"},
        {{{C("c", "{\"inherits\":\"x\"}")}}, "c", "inherits", "'x'"},
        {{{R("|y", "{\"department\":\"x\"}")}}, "|y", "department", "'x'"},
        {{{R("|y", "{\"department\":\"@region\"}")}},
         "|y",
         "department",
         "@region"},
        {{{R("|y", "{\"department\":\"@area.\"}")}},
         "|y",
         "department",
         "@area."},
        {{{R("|y", "{\"department\":\"@area.heat\"}")}},
         "|y",
         "department",
         "no area has a unit 'heat'"},
        {{{R("1/2|y", "{\"department\":\"@area.water\"}")}},
         "1/2|y",
         "department",
         "nobody"},
        {{{R("1|y", "{\"department\":\"@area.heat\"}")},
          {A("10/5", "{\"department\":\"a\",\"units\":{\"heat\":\"a\"}}")}},
         "1|y",
         "department",
         "nobody"},
        {{{R("|y", "{\"department\":\"a\",\"co\":[\"x\"]}")}},
         "|y",
         "co",
         "'x'"},
        {{{R("|y", "{\"department\":\"a\",\"policy\":\"x\"}")}},
         "|y",
         "policy",
         "'x'"},
        {{{R("|y", "{\"department\":\"a\",\"when\":\"!x\"}")}},
         "|y",
         "when",
         "'x'"},
        {{{M("default_department", "x")}}, "default_department", "", "'x'"},
        {{{M("default_policy", "x")}}, "default_policy", "", "'x'"},
    };
    CHECK(FINDING_ERROR, cases);
}

static void keys_that_are_no_paths_are_refused(void **state)
{
    (void)state;
    static const struct finding_case cases[] = {
        {{{R("water", "{\"department\":\"a\"}")}}, "water", "", "vertical"},
        {{{R("|y|", "{\"department\":\"a\"}")}}, "|y|", "", "no name"},
        {{{R("|y|z|", "{\"department\":\"a\"}")}}, "|y|z|", "", "too many"},
        {{{R("1//2|", "{\"department\":\"a\"}")}}, "1//2|", "", "empty step"},
        {{{R("|/y", "{\"department\":\"a\"}")}}, "|/y", "", "empty step"},
        {{{R("|1/2/3/4/5/6/7/8/9", "{\"department\":\"a\"}")}},
         "|1/2/3/4/5/6/7/8/9",
         "",
         "9 steps"},
        {{{A("1/", "{\"department\":\"a\"}")}}, "1/", "", "empty step"},
        {{{A("1|2", "{\"department\":\"a\"}")}}, "1|2", "", "vertical bar"},
        {{{D("\xff", "{}")}}, "\xff", "", "UTF-8"},
        {{{D("a\tb", "{}")}}, "a\tb", "", "control"},
        {{{D("@area", "{}")}}, "@area", "", "begins with"},
        {{{D("a", "{}")}}, "a", "", "twice"},
        {{{C("24x7",
             "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-18:00\"]"
             "}}")}},
         "24x7",
         "",
         "always exists"},
    };
    CHECK(FINDING_ERROR, cases);
}

static void circles_are_refused(void **state)
{
    (void)state;
    static const struct finding_case cases[] = {
        {{{D("c", "{\"parent\":\"c\"}")}}, "c", "parent", "own parent"},
        {{{C("c", "{\"inherits\":\"c\"}")}}, "c", "inherits", "itself"},
    };
    static const struct test_row rows[] = {
        {D("c", "{\"parent\":\"d\"}")},
        {D("d", "{\"parent\":\"e\"}")},
        {D("e", "{\"parent\":\"c\"}")},
        {D("f", "{\"parent\":\"e\"}")},
    };
    struct findings findings = {0};

    CHECK(FINDING_ERROR, cases);
    assert_null(compile_with(rows, &findings));
    assert_int_equal(findings.errors, 3);
    findings_deinit(&findings);
}

static void rules_that_can_tie_are_refused(void **state)
{
    (void)state;
#define TIE(first, second)                                                     \
    {                                                                          \
        {{R("|y|2", "{\"department\":\"a\"," second "}")},                     \
         {R("|y|1", "{\"department\":\"a\"," first "}")}},                     \
            "|y|2", "", "ties with '|y|1'"                                     \
    }
#define NO_TIE(first, second)                                                  \
    {                                                                          \
        {{R("|y|2", "{\"department\":\"a\"," second "}")},                     \
         {R("|y|1", "{\"department\":\"a\"," first "}")}},                     \
            NULL, NULL, NULL                                                   \
    }
    static const struct finding_case cases[] = {
        TIE("\"co\":[]", "\"policy\":\"p\""),
        TIE("\"channels\":[\"web\",\"app\"]", "\"channels\":[\"app\"]"),
        TIE("\"channels\":[\"web\"]", "\"types\":[\"HELP\"]"),
        TIE("\"when\":\"office\"", "\"when\":\"24x7\""),
        TIE("\"from\":\"2026-01-01\"", "\"until\":\"2026-01-01\""),
        TIE("\"override\":true", "\"override\":true"),
        NO_TIE("\"channels\":[\"web\"]", "\"channels\":[\"app\"]"),
        NO_TIE("\"urgencies\":[\"NORMAL\"]", "\"urgencies\":[\"URGENT\"]"),
        NO_TIE("\"types\":[\"HELP\"]", "\"types\":[\"REPORT\",\"INQUIRY\"]"),
        NO_TIE("\"when\":\"office\"", "\"when\":\"!office\""),
        NO_TIE("\"until\":\"2026-01-01\"", "\"from\":\"2026-01-02\""),
        NO_TIE("\"channels\":[\"web\"],\"types\":[\"HELP\"]",
               "\"channels\":[\"web\"]"),
    };
    CHECK(FINDING_ERROR, cases);
}

/* What comes from Redis has no lines. */
static void a_line_is_named_only_where_there_is_one(void **state)
{
    struct catalogue_tables *t = tables_new();
    struct findings findings = {0};
    struct catalogue *cat = NULL;

    (void)state;
    tables_add(t, TABLE_DEPARTMENTS, "a", 1, "{}", 2, 0);
    tables_add(t, TABLE_ROUTES, "|y|1", 4, "{\"department\":\"a\"}", 18, 0);
    tables_add(t, TABLE_ROUTES, "|y|2", 4, "{\"department\":\"a\"}", 18, 0);
    assert_int_equal(catalogue_compile(t, &findings, &cat), STATUS_REJECT);
    assert_non_null(strstr(findings.items[0].message, "ties with '|y|1': "));
    findings_deinit(&findings);
    tables_free(&t);
}

static void a_rule_that_can_never_win_is_pointed_out(void **state)
{
    (void)state;
    static const struct finding_case cases[] = {
        {{{R("|y", "{\"department\":\"a\",\"from\":\"2026-02-02\","
                   "\"until\":\"2026-02-01\"}")}},
         "|y",
         "",
         "never win"},
        {{{R("|y", "{\"department\":\"a\",\"when\":\"!24x7\"}")}},
         "|y",
         "",
         "never win"},
        {{{R("1|y/z", "{\"department\":\"a\"}")},
          {R("|y", "{\"department\":\"b\",\"override\":true}")}},
         "1|y/z",
         "",
         "'|y' (line 11) comes first"},
        {{{R("|y", "{\"department\":\"a\"}")},
          {R("|y|all", "{\"department\":\"b\",\"urgencies\":[\"NORMAL\","
                       "\"URGENT\",\"EMERGENCY\"]}")}},
         "|y",
         "",
         "'|y|all'"},
        {{{R("|y", "{\"department\":\"a\",\"channels\":[\"web\"]}")},
          {R("|", "{\"department\":\"b\",\"override\":true,"
                  "\"channels\":[\"web\",\"app\"]}")}},
         "|y",
         "",
         "'|' (line 11)"},
        /* Not wherever the overriding rule is narrower in some way. */
        {{{R("|y", "{\"department\":\"a\"}")},
          {R("|y/z", "{\"department\":\"b\",\"override\":true}")},
          {R("1|y", "{\"department\":\"b\",\"override\":true}")},
          {R("|", "{\"department\":\"b\",\"override\":true,"
                  "\"urgencies\":[\"URGENT\"]}")}},
         NULL,
         NULL,
         NULL},
        {{{R("1/3|y", "{\"department\":\"a\"}")},
          {R("1/3|", "{\"department\":\"@area.water\",\"override\":true}")}},
         "1/3|y",
         "",
         "'1/3|'"},
        {{{R("|y", "{\"department\":\"a\"}")},
          {R("|", "{\"department\":\"@area\",\"override\":true}")}},
         NULL,
         NULL,
         NULL},
        {{{R("|y", "{\"department\":\"a\",\"until\":\"2026-02-02\"}")},
          {R("|", "{\"department\":\"b\",\"override\":true,"
                  "\"until\":\"2026-02-01\"}")}},
         NULL,
         NULL,
         NULL},
        {{{R("|y", "{\"department\":\"a\",\"until\":\"2026-02-02\"}")},
          {R("|", "{\"department\":\"b\",\"override\":true,"
                  "\"until\":\"2026-02-02\"}")}},
         "|y",
         "",
         "'|' (line 11)"},
    };
    CHECK(FINDING_WARNING, cases);
}

static void what_looks_wrong_is_a_warning(void **state)
{
    (void)state;
    static const struct finding_case cases[] = {
        {{{A("9", "{}")}}, "9", "department", "no fallback"},
        {{{P("q", "{\"resolution\":\"5wd\"}")}, {D("c", "{}")}},
         "q",
         "calendar",
         "'c'"},
        {{{P("q", "{\"resolution\":\"5wd\"}")}}, NULL, NULL, NULL},
        {{{R("|y", "{\"department\":\"@area.water\"}")}},
         "|y",
         "department",
         "nobody in area '1/2'"},
        {{{R("|y", "{\"department\":\"@area.gas\"}")}}, NULL, NULL, NULL},
        {{{R("|x ", "{\"department\":\"a\"}")}}, "|x ", "", "looks like"},
        {{{R("|y/1", "{\"department\":\"a\"}")},
          {R("|Y/2", "{\"department\":\"a\"}")}},
         "|y/1",
         "",
         "'y' looks like 'Y' of routes (line 11)"},
        {{{R("|\xef\xbd\x98", "{\"department\":\"a\"}")}},
         "|\xef\xbd\x98",
         "",
         "looks like 'x' of routes (line 8)"},
        {{{R("|\xef\xbc\xb8", "{\"department\":\"a\"}")}},
         "|\xef\xbc\xb8",
         "",
         "looks like 'x' of routes (line 8)"},
        {{{R("|y/1", "{\"department\":\"a\"}")},
          {R("| y/1", "{\"department\":\"a\"}")}},
         "|y/1",
         "",
         "'y' looks like ' y' of routes (line 11)"},
        {{{R("|\xd1\x85/y", "{\"department\":\"a\"}")},
          {R("|x/y", "{\"department\":\"a\"}")}},
         "|\xd1\x85/y",
         "",
         "looks like 'x'"},
        {{{R("1/\xef\xbc\x93|", "{\"department\":\"a\"}")}},
         "1/\xef\xbc\x93|",
         "",
         "looks like '1/3' of areas (line 5)"},
        {{{R("|xy", "{\"department\":\"a\"}")}}, NULL, NULL, NULL},
    };
    CHECK(FINDING_WARNING, cases);
}

static void each_row_with_the_same_bad_value_is_named(void **state)
{
    (void)state;
    static const struct test_row rows[] = {
        {R("|1", "{\"department\":\"x\"}")},
        {R("|2", "{\"department\":\"x\"}")},
        {R("|3", "{\"department\":\"x\"}")},
        {R("|4", "{\"department\":\"a\"}")},
    };
    struct findings findings = {0};

    assert_null(compile_with(rows, &findings));
    assert_int_equal(findings.errors, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(findings.items[i].line, BASE_ROWS + 1 + i);
    findings_deinit(&findings);
}

static void values_have_their_defaults_and_their_meaning(void **state)
{
    (void)state;
    static const struct test_row rows[CASE_ROWS] = {
        {P("full",
           "{\"first_response\":\"2h\",\"resolution\":\"7d\",\"urgency\":{"
           "\"EMERGENCY\":{\"resolution\":\"2h\"}},\"warn\":[\"50%\",\"-1h\"],"
           "\"escalate\":[{\"after\":\"0m\",\"to\":\"@parent\"},"
           "{\"after\":\"1d\",\"to\":\"a\"}],\"calendar\":\"24x7\","
           "\"first_response_by\":\"acknowledged\",\"max_extensions\":0}")},
        {M("max_returns", "3")},
        {M("returns", "review")},
        {M("default_department", "b")},
    };
    struct findings findings = {0};
    struct catalogue *cat = compile_with(rows, &findings);

    assert_non_null(cat);
    const struct policy *p = catalogue_policy(cat, "p");
    assert_int_equal(p->limits[URGENCY_URGENT][CLOCK_RESOLUTION].count, 7);
    assert_int_equal(p->limits[URGENCY_NORMAL][CLOCK_FIRST_RESPONSE].unit,
                     DURATION_NONE);
    assert_true(p->pausable);
    assert_int_equal(p->max_extensions, 1);
    assert_int_equal(p->close_after.count, 7);
    const struct policy *full = catalogue_policy(cat, "full");
    assert_int_equal(full->limits[URGENCY_EMERGENCY][CLOCK_RESOLUTION].unit,
                     DURATION_HOURS);
    assert_int_equal(
        full->limits[URGENCY_EMERGENCY][CLOCK_FIRST_RESPONSE].count, 2);
    assert_int_equal(full->n_warns, 2);
    assert_int_equal(full->warns[0].percent, 50);
    assert_int_equal(full->warns[1].before.unit, DURATION_HOURS);
    assert_null(full->escalations[0].to);
    assert_string_equal(full->escalations[1].to->id, "a");
    assert_ptr_equal(full->calendar, calendar_24x7());
    assert_true(full->first_response_by_acknowledged);
    assert_int_equal(full->max_extensions, 0);
    const struct department *b = catalogue_department(cat, "b");
    assert_string_equal(b->name, "b");
    assert_string_equal(b->parent->name, "A");
    assert_string_equal(b->topic, "");
    const struct catalogue_meta *meta = catalogue_meta(cat);
    assert_ptr_equal(meta->default_department, b);
    assert_ptr_equal(meta->dispute_department, b);
    assert_null(meta->default_policy);
    assert_true(meta->returns_review);
    assert_int_equal(meta->max_returns, 3);
    assert_int_equal(meta->report_delay.count, 15);
    findings_deinit(&findings);
    catalogue_free(&cat);
    assert_null(cat);
}

static void a_version_without_its_checksum_was_edited_by_hand(void **state)
{
    (void)state;
    static const struct test_row rows[CASE_ROWS] = {{0}};
    struct findings findings = {0};
    struct catalogue *cat = compile_with(rows, &findings);

    assert_int_equal(catalogue_version_number(cat), 42);
    assert_memory_equal(catalogue_version(cat), "42+", 3);
    assert_int_equal(strlen(catalogue_version(cat)), 3 + 8);
    findings_deinit(&findings);
    catalogue_free(&cat);
}

static void an_empty_catalogue_is_a_catalogue(void **state)
{
    (void)state;
    static const struct test_row rows[] = {{0}};
    const struct match_query query = {
        .area = "1", .category = "x", .channel = ""};
    struct findings findings = {0};
    struct catalogue *cat = catalogue_of(rows, &findings);
    struct candidate best;
    struct match m;

    assert_non_null(cat);
    assert_int_equal(findings.n, 0);
    match_begin(&m, cat, &query);
    assert_false(match_best(&m, &best));
    assert_null(match_fallback(&m));
    assert_null(catalogue_department(cat, "a"));
    catalogue_free(&cat);
}

static void topics_must_be_permitted(void **state)
{
    (void)state;
    static const struct test_row rows[] = {
        {D("a", "{\"topic\":\"dept-a\"}")},
        {D("b", "{}")},
        {0},
    };
    static const struct {
        const char *permitted;
        bool good;
    } cases[] = {
        {"", false},        {"dept-a", true}, {"x, dept-a ,y", true},
        {"dept-ab", false}, {"dept", false},  {",,dept-a", true},
    };
    struct findings findings = {0};
    struct catalogue_tables *tables = tables_of(rows);
    struct catalogue *cat = catalogue_of(rows, &findings);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(
            catalogue_check_topics(cat, tables, cases[i].permitted, &findings),
            cases[i].good);
    assert_int_equal(findings.errors, 3);
    assert_string_equal(findings.items[0].field, "a");
    assert_string_equal(findings.items[0].name, "topic");
    findings_deinit(&findings);
    tables_free(&tables);
    catalogue_free(&cat);
}

static void findings_are_counted_beyond_those_that_are_kept(void **state)
{
    (void)state;
    struct findings findings = {0};

    for (int i = 0; i < FINDINGS_MAX + 10; i++)
        findings_add(&findings, FINDING_WARNING, TABLE_META, NULL, NULL, "%d",
                     i);
    assert_int_equal(findings.n, FINDINGS_MAX);
    assert_int_equal(findings.warnings, FINDINGS_MAX + 10);
    assert_string_equal(findings.items[FINDINGS_MAX - 1].message, "999");
    findings_deinit(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_cannot_be_read_are_refused),
        cmocka_unit_test(every_name_that_is_used_must_exist),
        cmocka_unit_test(keys_that_are_no_paths_are_refused),
        cmocka_unit_test(circles_are_refused),
        cmocka_unit_test(rules_that_can_tie_are_refused),
        cmocka_unit_test(a_line_is_named_only_where_there_is_one),
        cmocka_unit_test(a_rule_that_can_never_win_is_pointed_out),
        cmocka_unit_test(what_looks_wrong_is_a_warning),
        cmocka_unit_test(each_row_with_the_same_bad_value_is_named),
        cmocka_unit_test(values_have_their_defaults_and_their_meaning),
        cmocka_unit_test(a_version_without_its_checksum_was_edited_by_hand),
        cmocka_unit_test(an_empty_catalogue_is_a_catalogue),
        cmocka_unit_test(topics_must_be_permitted),
        cmocka_unit_test(findings_are_counted_beyond_those_that_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
