/*
 * Rules learned from past tickets: small histories by hand, and random ones
 * against a search of all possible sets of rules.
 */
#include "rule_learner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FACTS = 16, TEXT_SIZE = 1024 };

struct fact {
    const char *area;
    const char *category;
    const char *department;
    uint64_t count;
};

struct learning_case {
    const char *name;
    struct rule_learner_options options;
    struct fact history[MAX_FACTS];
    const char *rules; /* "area|category=department support/right" a line */
};

/* The rules as text. */
static void describe(const struct rule_learner *l, char text[TEXT_SIZE])
{
    size_t n, used = 0;
    const struct learned_rule *rules = rule_learner_rules(l, &n);

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, TEXT_SIZE - used,
                                 "%s|%s=%s %d/%d\n", rules[i].area,
                                 rules[i].category, rules[i].department,
                                 (int)rules[i].right, (int)rules[i].support);
}

static void learn(const struct learning_case *c, bool backwards,
                  char text[TEXT_SIZE])
{
    struct rule_learner *l = rule_learner_new();
    size_t n = 0;

    while (n < MAX_FACTS && c->history[n].department != NULL)
        n++;
    for (size_t i = 0; i < n; i++) {
        const struct fact *f = &c->history[backwards ? n - 1 - i : i];

        /* Twice over, so that equal entries are added up. */
        rule_learner_add(l, f->area, f->category, f->department, 1);
        rule_learner_add(l, f->area, f->category, f->department, f->count - 1);
    }
    assert_true(rule_learner_learn(l, &c->options));
    describe(l, text);
    rule_learner_free(&l);
    assert_null(l);
}

static const struct learning_case cases[] = {
    {"an empty history has no rules", {0}, {{0}}, ""},
    {"categories that agree share the rule of what is above them",
     {0},
     {{"", "noise/music", "police", 5}, {"", "noise/dogs", "police", 3}},
     "|noise=police 8/8\n"},
    {"a rule below another stands only where its majority differs",
     {0},
     {{"", "noise/music", "police", 5},
      {"", "noise/dogs", "police", 3},
      {"", "noise/dogs", "vet", 2},
      {"", "noise/works", "building", 4},
      {"", "noise/works", "police", 3}},
     "|noise=police 8/10\n|noise/works=building 4/7\n"},
    {"the general rule is that of most categories, not of most tickets",
     {0},
     {{"", "park/tree", "forest", 90},
      {"", "park/bench", "garden", 1},
      {"", "park/path", "garden", 1},
      {"", "park/pond", "garden", 1}},
     "|park=garden 3/3\n|park/tree=forest 90/90\n"},
    {"an area gets its own rule where it differs",
     {0},
     {{"city/east", "gas", "east gas", 4},
      {"city/west", "gas", "gas", 4},
      {"city/north", "gas", "gas", 1}},
     "|gas=gas 5/5\ncity/east|gas=east gas 4/4\n"},
    {"categories that are divided alike share the division",
     {0},
     {{"east", "animals/dead", "east crew", 2},
      {"west", "animals/dead", "west crew", 9},
      {"east", "animals/stray", "east crew", 9},
      {"west", "animals/stray", "west crew", 2}},
     "|animals=east crew 11/11\nwest|animals=west crew 11/11\n"},
    {"one area of one category can differ",
     {0},
     {{"east", "roads/hole", "roads", 5},
      {"west", "roads/hole", "roads", 5},
      {"east", "roads/lamp", "roads", 5},
      {"west", "roads/lamp", "power", 5}},
     "|roads=roads 15/15\nwest|roads/lamp=power 5/5\n"},
    {"steps are compared, not characters",
     {0},
     {{"", "road", "a", 1}, {"", "road!", "b", 1}, {"", "road/hole", "a", 1}},
     "|road=a 2/2\n|road!=b 1/1\n"},
    {"without --catch-all no rule is for all categories",
     {0},
     {{"", "a", "x", 1}, {"", "b", "x", 1}, {"", "", "x", 1}},
     "|a=x 1/1\n|b=x 1/1\n"},
    {"with it one rule may take all",
     {.catch_all = true},
     {{"", "a", "x", 1}, {"", "b", "x", 1}, {"", "", "x", 1}},
     "|=x 3/3\n"},
    {"a rule that gains exactly what is asked for stays",
     {.min_gain = 2},
     {{"", "a/b", "x", 9}, {"", "a/c", "y", 2}},
     "|a=x 9/9\n|a/c=y 2/2\n"},
    {"a rule that gains less goes",
     {.min_gain = 3},
     {{"", "a/b", "x", 9}, {"", "a/c", "y", 2}},
     "|a=x 9/11\n"},
    {"a rule with too little support goes",
     {.min_support = 3},
     {{"", "a/b", "x", 9}, {"", "a/c", "y", 2}, {"", "d", "z", 2}},
     "|a=x 9/11\n"},
    {"a rule that is not pure enough makes room for those below it",
     {.min_purity = 80},
     {{"", "a/b", "x", 9},
      {"", "a/c", "x", 1},
      {"", "a/c", "y", 1},
      {"", "a/d", "z", 5}},
     "|a=x 10/11\n|a/d=z 5/5\n"},
    {"what history itself disagrees about gets no rule",
     {.min_purity = 80},
     {{"", "b", "x", 1}, {"", "b", "y", 1}, {"", "c", "y", 5}},
     "|c=y 5/5\n"},
};

static void a_history_gives_its_rules(void **state)
{
    char text[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        learn(&cases[i], false, text);
        if (strcmp(text, cases[i].rules) != 0)
            print_error("%s:\n%s", cases[i].name, text);
        assert_string_equal(text, cases[i].rules);
    }
}

static void the_order_of_tickets_makes_no_difference(void **state)
{
    char text[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        learn(&cases[i], true, text);
        assert_string_equal(text, cases[i].rules);
    }
}

static void a_rule_says_what_would_happen_without_it(void **state)
{
    struct rule_learner *l = rule_learner_new();
    size_t n;

    (void)state;
    rule_learner_add(l, "", "a/b", "x", 5);
    rule_learner_add(l, "", "a/c", "x", 1);
    rule_learner_add(l, "", "a/c", "y", 3);
    assert_true(rule_learner_learn(l, &(struct rule_learner_options){0}));
    const struct learned_rule *rules = rule_learner_rules(l, &n);
    assert_int_equal(n, 2);
    assert_null(rules[0].general);
    assert_int_equal(rules[0].right_without, 0);
    assert_ptr_equal(rules[1].general, &rules[0]);
    assert_int_equal(rules[1].right_without, 1);

    struct learned_summary sum = rule_learner_summary(l);
    assert_int_equal(sum.tickets, 9);
    assert_int_equal(sum.leaves, 2);
    assert_int_equal(sum.majority, 8);
    assert_int_equal(sum.right, 8);
    assert_int_equal(sum.left, 0);
    rule_learner_free(&l);
}

static void learning_again_forgets_the_options_before(void **state)
{
    struct rule_learner *l = rule_learner_new();
    size_t n;

    (void)state;
    rule_learner_add(l, "", "a", "x", 5);
    assert_true(rule_learner_learn(
        l, &(struct rule_learner_options){.min_support = 6}));
    rule_learner_rules(l, &n);
    assert_int_equal(n, 0);
    assert_int_equal(rule_learner_summary(l).left, 5);
    assert_true(rule_learner_learn(l, &(struct rule_learner_options){0}));
    rule_learner_rules(l, &n);
    assert_int_equal(n, 1);
    rule_learner_free(&l);
}

/* ---------------------------------------------------- all sets of rules */

/* A small world: two top categories with two below each, three departments.
 * Tickets lie on all six. */
enum { NODES = 6, DEPARTMENTS = 3, WORLDS = 300, SETS = 4096 /* 4 ^ 6 */ };
static const char *const nodes[NODES] = {"a", "a/b", "a/c", "d", "d/e", "d/f"};
static const int parents[NODES] = {-1, 0, 0, -1, 3, 3};
static const char *const departments[DEPARTMENTS] = {"x", "y", "z"};

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 16;
}

/* Right tickets and rules of one set: a digit a node, 0 is no rule. */
static void try_set(int counts[NODES][DEPARTMENTS], int set, int *right,
                    int *rules)
{
    int said[NODES];

    *right = *rules = 0;
    for (int i = 0; i < NODES; i++, set /= 4) {
        int above = parents[i] >= 0 ? said[parents[i]] : -1;

        said[i] = set % 4 > 0 ? set % 4 - 1 : above;
        *rules += set % 4 > 0;
        *right += said[i] >= 0 ? counts[i][said[i]] : 0;
    }
}

/* The fewest rules among the sets that route most tickets right. */
static void search_all(int counts[NODES][DEPARTMENTS], int *right, int *rules)
{
    *right = -1;
    *rules = 0;
    for (int set = 0; set < SETS; set++) {
        int r, n;

        try_set(counts, set, &r, &n);
        if (r > *right || (r == *right && n < *rules)) {
            *right = r;
            *rules = n;
        }
    }
}

static void no_smaller_set_of_rules_does_as_well(void **state)
{
    uint32_t random = 7;

    (void)state;
    for (int world = 0; world < WORLDS; world++) {
        struct rule_learner *l = rule_learner_new();
        int counts[NODES][DEPARTMENTS], right, rules;
        size_t n;

        for (int i = 0; i < NODES; i++)
            for (int d = 0; d < DEPARTMENTS; d++) {
                counts[i][d] = (int)(next_random(&random) % 4);
                rule_learner_add(l, "", nodes[i], departments[d],
                                 (uint64_t)counts[i][d]);
            }
        search_all(counts, &right, &rules);
        assert_true(rule_learner_learn(l, &(struct rule_learner_options){0}));
        rule_learner_rules(l, &n);
        assert_int_equal(rule_learner_summary(l).right, right);
        assert_int_equal(n, rules);
        rule_learner_free(&l);
    }
}

/* With both trees the smallest set is not promised, but every majority is. */
static void every_majority_is_followed_in_both_trees(void **state)
{
    static const char *const areas[] = {"",       "east", "east/1",
                                        "east/2", "west", "west/1"};
    uint32_t random = 3;

    (void)state;
    for (int world = 0; world < WORLDS; world++) {
        struct rule_learner *l = rule_learner_new();
        size_t n;

        for (int i = 0; i < 60; i++)
            rule_learner_add(l, areas[next_random(&random) % 6],
                             nodes[next_random(&random) % NODES],
                             departments[next_random(&random) % DEPARTMENTS],
                             1 + next_random(&random) % 3);
        assert_true(rule_learner_learn(l, &(struct rule_learner_options){0}));
        struct learned_summary sum = rule_learner_summary(l);
        rule_learner_rules(l, &n);
        assert_int_equal(sum.right, sum.majority);
        assert_true(n <= sum.leaves);
        rule_learner_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_gives_its_rules),
        cmocka_unit_test(the_order_of_tickets_makes_no_difference),
        cmocka_unit_test(a_rule_says_what_would_happen_without_it),
        cmocka_unit_test(learning_again_forgets_the_options_before),
        cmocka_unit_test(no_smaller_set_of_rules_does_as_well),
        cmocka_unit_test(every_majority_is_followed_in_both_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
