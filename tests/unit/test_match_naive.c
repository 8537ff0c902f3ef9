/*
 * The matcher against a naive one that follows the wording of the manual:
 * random small tables, random tickets, all candidates in order.
 *
 *   test_match_naive [seed [tables]]     SOAK=1: a hundred thousand tables
 *
 * The naive side compares texts only and shares no code with the matcher.
 */
#include "catalogue_rows.h"
#include "match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    TICKETS_PER_TABLE = 80,
    RULES_MAX = 24,
    AREAS_MAX = 5,
    AREAS_TOP = 3,
    PATH_SIZE = 32,
    VALUE_SIZE = 512,
};

static uint64_t random_state = 1;
enum { TABLES_SHORT = 1300, TABLES_SOAK = 100000 };
static int tables_wanted = TABLES_SHORT;

/* Steele's splitmix64: any seed is a good one. */
static unsigned pick(unsigned n)
{
    random_state += 0x9e3779b97f4a7c15u;
    uint64_t z = random_state;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % n);
}

static const char *const channels[] = {"web", "phone"};
static const char *const urgencies[] = {"NORMAL", "URGENT", "EMERGENCY"};
static const char *const types[] = {"", "INQUIRY", "HELP"};
static const char *const dates[] = {"2026-03-02", "2026-03-03"};

/* Moments, and what is true at them: Monday 10:00 and 20:00, Tuesday 10:00 in
 * UTC. The office is open on Mondays from 9 to 18. */
static const struct {
    int64_t at_ms;
    bool open;
    int date; /* index into dates */
} moments[] = {
    {1772445600000, true, 0},
    {1772481600000, false, 0},
    {1772532000000, false, 1},
};

/* Whom a rule names. */
static const char *const targets[] = {"d0", "d1", "@area", "@area.gas"};
enum { TARGET_AREA = 2, TARGET_GAS = 3 };

struct rule {
    char area[PATH_SIZE];
    char category[PATH_SIZE];
    char key[2 * PATH_SIZE + 16];
    char value[VALUE_SIZE];
    bool override;
    int target;
    /* Conditions; -1: not given. */
    int channel;
    int urgency;
    int type;
    int when; /* 0: office, 1: !office */
    int from;
    int until;
};

struct area {
    char path[PATH_SIZE];
    char value[VALUE_SIZE];
    int department; /* -1: none */
    int gas;
};

struct table_set {
    struct rule rules[RULES_MAX];
    size_t n_rules;
    struct area areas[AREAS_MAX];
    size_t n_areas;
};

struct ticket {
    char area[PATH_SIZE];
    char category[PATH_SIZE];
    int channel;
    int urgency;
    int type;
    int moment;
};

/* Few steps, of which one is a prefix of another one as text. */
static void random_path(char path[PATH_SIZE], unsigned max_depth)
{
    static const char *const steps[] = {"a", "ab", "b"};
    /* Mostly deep, or most tables would have two rules for the empty path. */
    unsigned depth = max_depth - pick(max_depth + 1) * pick(3) / 2;

    path[0] = '\0';
    for (unsigned i = 0; i < depth; i++) {
        strcat(path, i ? "/" : "");
        strcat(path, steps[pick(3)]);
    }
}

static int random_condition(unsigned n)
{
    return pick(4) == 0 ? (int)pick(n) : -1;
}

__attribute__((format(printf, 2, 3))) static void
append(char *value, const char *format, ...)
{
    size_t used = strlen(value);
    va_list args;

    va_start(args, format);
    vsnprintf(value + used, VALUE_SIZE - used, format, args);
    va_end(args);
}

static void write_value(struct rule *r)
{
    char *value = r->value;

    value[0] = '\0';
    append(value, "{\"department\":\"%s\"", targets[r->target]);
    if (r->override)
        append(value, ",\"override\":true");
    if (r->channel >= 0)
        append(value, ",\"channels\":[\"%s\"]", channels[r->channel]);
    if (r->urgency >= 0)
        append(value, ",\"urgencies\":[\"%s\"]", urgencies[r->urgency]);
    if (r->type >= 0)
        append(value, ",\"types\":[\"%s\"]", types[r->type]);
    if (r->when >= 0)
        append(value, ",\"when\":\"%soffice\"", r->when ? "!" : "");
    if (r->from >= 0)
        append(value, ",\"from\":\"%s\"", dates[r->from]);
    if (r->until >= 0)
        append(value, ",\"until\":\"%s\"", dates[r->until]);
    append(value, "}");
}

static void random_rule(struct rule *r, size_t i)
{
    random_path(r->area, 2);
    random_path(r->category, 3);
    snprintf(r->key, sizeof(r->key), "%s|%s|%zu", r->area, r->category, i);
    r->override = pick(8) == 0;
    r->target = (int)pick(4);
    r->channel = random_condition(2);
    r->urgency = random_condition(3);
    r->type = random_condition(2);
    r->type += r->type >= 0; /* UNSPECIFIED cannot be asked for. */
    r->when = random_condition(2);
    r->from = random_condition(2);
    r->until = random_condition(2);
    write_value(r);
}

static void random_area(struct area *a, size_t i)
{
    static const char *const paths[AREAS_MAX] = {"a", "ab", "b", "a/b", "b/a"};
    bool top = i < AREAS_TOP;

    strcpy(a->path, paths[i]);
    /* A rule for a unit that nobody is would be refused. */
    a->department = top ? (int)pick(2) : (int)pick(3) - 1;
    a->gas = top && pick(8) > 0 ? (int)pick(2) : (int)pick(3) - 1;
    a->value[0] = '\0';
    append(a->value, "{");
    if (a->department >= 0)
        append(a->value, "\"department\":\"d%d\"", a->department);
    if (a->gas >= 0)
        append(a->value, "%s\"units\":{\"gas\":\"d%d\"}",
               a->department >= 0 ? "," : "", a->gas);
    append(a->value, "}");
}

static bool naive_prefix(const char *prefix, const char *path)
{
    size_t size = strlen(prefix);

    return size == 0 || strcmp(prefix, path) == 0 ||
           (strncmp(prefix, path, size) == 0 && path[size] == '/');
}

static int naive_kinds(const struct rule *r)
{
    return (r->channel >= 0) + (r->urgency >= 0) + (r->type >= 0) +
           (r->when >= 0) + (r->from >= 0) + (r->until >= 0);
}

static bool naive_conditions(const struct rule *r, const struct ticket *t)
{
    int date = moments[t->moment].date;

    return (r->channel < 0 || r->channel == t->channel) &&
           (r->urgency < 0 || r->urgency == t->urgency) &&
           (r->type < 0 || r->type == t->type) &&
           (r->when < 0 || (r->when == 0) == moments[t->moment].open) &&
           (r->from < 0 || date >= r->from) &&
           (r->until < 0 || date <= r->until);
}

/* Who it is in the area of a ticket: "d0", "d1" or NULL. */
static const char *naive_department(const struct table_set *s, int target,
                                    const char *area)
{
    const struct area *nearest = NULL;

    if (target < TARGET_AREA)
        return targets[target];
    for (size_t i = 0; i < s->n_areas; i++) {
        const struct area *a = &s->areas[i];
        bool has = target == TARGET_GAS ? a->gas >= 0 : a->department >= 0;
        if (has && naive_prefix(a->path, area) &&
            (!nearest || strlen(a->path) > strlen(nearest->path)))
            nearest = a;
    }
    if (!nearest)
        return NULL;
    return targets[target == TARGET_GAS ? nearest->gas : nearest->department];
}

/* Below 0: `a` comes before `b`. */
static int naive_order(const struct rule *a, const struct rule *b)
{
    if (a->override != b->override)
        return b->override - a->override;
    if (strlen(a->category) != strlen(b->category))
        return strlen(a->category) > strlen(b->category) ? -1 : 1;
    if (strlen(a->area) != strlen(b->area))
        return strlen(a->area) > strlen(b->area) ? -1 : 1;
    if (naive_kinds(a) != naive_kinds(b))
        return naive_kinds(b) - naive_kinds(a);
    return strcmp(a->key, b->key);
}

static int compare_rules(const void *a, const void *b)
{
    return naive_order(*(const struct rule *const *)a,
                       *(const struct rule *const *)b);
}

static size_t naive_candidates(const struct table_set *s,
                               const struct ticket *t,
                               const struct rule *list[RULES_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_rules; i++) {
        if (naive_prefix(s->rules[i].area, t->area) &&
            naive_prefix(s->rules[i].category, t->category))
            list[n++] = &s->rules[i];
    }
    qsort(list, n, sizeof(list[0]), compare_rules);
    return n;
}

/* Two rules of equal rank and a ticket that fulfils both. */
static bool naive_can_tie(const struct rule *a, const struct rule *b)
{
    bool equal = strcmp(a->area, b->area) == 0 &&
                 strcmp(a->category, b->category) == 0 &&
                 a->override == b->override && naive_kinds(a) == naive_kinds(b);

    for (int i = 0; equal && i < 2 * 3 * 3 * 3; i++) {
        const struct ticket t = {.channel = i % 2,
                                 .urgency = i / 2 % 3,
                                 .type = i / 6 % 3,
                                 .moment = i / 18};
        if (naive_conditions(a, &t) && naive_conditions(b, &t))
            return true;
    }
    return false;
}

static bool naive_has_tie(const struct table_set *s)
{
    for (size_t i = 0; i < s->n_rules; i++) {
        for (size_t j = 0; j < i; j++) {
            if (naive_can_tie(&s->rules[i], &s->rules[j]))
                return true;
        }
    }
    return false;
}

static void random_tables(struct table_set *s)
{
    s->n_areas = AREAS_TOP + pick(AREAS_MAX - AREAS_TOP + 1);
    for (size_t i = 0; i < s->n_areas; i++)
        random_area(&s->areas[i], i);
    s->n_rules = pick(RULES_MAX + 1);
    for (size_t i = 0; i < s->n_rules; i++)
        random_rule(&s->rules[i], i);
}

static struct catalogue *compile(const struct table_set *s)
{
    struct test_row rows[RULES_MAX + AREAS_MAX + 4] = {
        {TABLE_DEPARTMENTS, "d0", "{}"},
        {TABLE_DEPARTMENTS, "d1", "{}"},
        {TABLE_CALENDARS, "office",
         "{\"time_zone\":\"UTC\",\"week\":{\"mon\":[\"09:00-18:00\"]}}"},
    };
    struct findings findings = {0};
    size_t n = 3;

    for (size_t i = 0; i < s->n_areas; i++)
        rows[n++] =
            (struct test_row){TABLE_AREAS, s->areas[i].path, s->areas[i].value};
    for (size_t i = 0; i < s->n_rules; i++)
        rows[n++] =
            (struct test_row){TABLE_ROUTES, s->rules[i].key, s->rules[i].value};
    struct catalogue *cat = catalogue_of(rows, &findings);
    findings_deinit(&findings);
    return cat;
}

static void compare_one(const struct catalogue *cat, const struct table_set *s,
                        const struct ticket *t)
{
    const struct match_query query = {
        .area = t->area,
        .category = t->category,
        .channel = channels[t->channel],
        .urgency = (enum urgency)t->urgency,
        .type = (Dispatch__V1__RequestType)t->type,
        .at_ms = moments[t->moment].at_ms,
    };
    const struct rule *expected[RULES_MAX];
    size_t n = naive_candidates(s, t, expected);
    struct candidate found;
    struct match m;

    match_begin(&m, cat, &query);
    for (size_t i = 0; i < n; i++) {
        const char *department =
            naive_department(s, expected[i]->target, t->area);
        bool holds = department && naive_conditions(expected[i], t);

        assert_true(match_next(&m, &found));
        assert_string_equal(route_key(found.route), expected[i]->key);
        assert_int_equal(found.failed == CONDITIONS, holds);
        assert_int_equal(found.department == NULL, department == NULL);
        if (department)
            assert_string_equal(found.department->id, department);
    }
    assert_false(match_next(&m, &found));
    const char *fallback = naive_department(s, TARGET_AREA, t->area);
    const struct department *own = match_fallback(&m);
    assert_string_equal(own ? own->id : "", fallback ? fallback : "");
}

static void compare_tables(const struct catalogue *cat,
                           const struct table_set *s)
{
    for (int i = 0; i < TICKETS_PER_TABLE; i++) {
        struct ticket t = {.channel = (int)pick(2),
                           .urgency = (int)pick(3),
                           .type = (int)pick(3),
                           .moment = (int)pick(3)};
        random_path(t.area, 3);
        random_path(t.category, 4);
        compare_one(cat, s, &t);
    }
}

static void random_tables_match_as_the_naive_matcher_does(void **state)
{
    static struct table_set s;
    int compared = 0;
    int refused = 0;
    (void)state;

    while (compared < tables_wanted) {
        random_tables(&s);
        struct catalogue *cat = compile(&s);
        if (!cat) {
            refused++;
            continue;
        }
        assert_false(naive_has_tie(&s));
        compare_tables(cat, &s);
        catalogue_free(&cat);
        compared++;
    }
    printf("# %d tables with %d tickets each; %d refused\n", compared,
           TICKETS_PER_TABLE, refused);
    assert_true(refused < 2 * compared);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_tables_match_as_the_naive_matcher_does),
    };

    if (getenv("SOAK") != NULL)
        tables_wanted = TABLES_SOAK;
    if (argc > 1)
        random_state = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        tables_wanted = (int)strtol(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
