/*
 * The search from end to end, and what its rules make of the history.
 */
#include "rule_learner.h"

#include "memory.h"
#include "rule_search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Step 3 gains most in its first round and never loses. */
enum { MAX_ROUNDS = 16 };

struct rule_learner {
    struct history_log log;
    bool counted; /* the search has its history */
    struct rule_search search;
    struct learned_rule *rules;
    struct rule_place *places; /* of the rules, by category and area */
    size_t n_rules;
    struct learned_summary summary;
};

struct rule_learner *rule_learner_new(void)
{
    return memory_new(sizeof(struct rule_learner));
}

static void clear_rules(struct rule_learner *l)
{
    struct rule_search *s = &l->search;

    for (size_t c = 0; s->rules != NULL && c < s->history.categories.n; c++) {
        free(s->rules[c]);
        s->rules[c] = NULL;
    }
    free(l->rules);
    free(l->places);
    l->rules = NULL;
    l->places = NULL;
    l->n_rules = 0;
}

void rule_learner_free(struct rule_learner **l)
{
    if (*l == NULL)
        return;
    clear_rules(*l);
    free((*l)->search.rules);
    free((*l)->search.bans.places);
    free((*l)->search.bans.items);
    free((*l)->search.departments);
    history_deinit(&(*l)->search.history);
    history_log_deinit(&(*l)->log);
    free(*l);
    *l = NULL;
}

void rule_learner_add(struct rule_learner *l, const char *area,
                      const char *category, const char *department,
                      uint64_t count)
{
    assert(!l->counted);
    if (count > 0)
        history_log_add(&l->log, area, category, department, count);
}

/* ------------------------------------------------------------------ search */

/* Counts the history, once. */
static bool count(struct rule_learner *l)
{
    struct rule_search *s = &l->search;
    struct history *h = &s->history;

    if (l->counted)
        return true;
    history_init(h, &l->log);
    size_t areas = h->areas.n, categories = h->categories.n;
    size_t widest = h->n_departments > areas ? h->n_departments : areas;
    size_t other = areas > categories ? areas : categories;
    if (categories > RULE_LEARNER_MAX_PAIRS / areas ||
        other > RULE_LEARNER_MAX_PAIRS / widest) {
        history_deinit(h);
        return false;
    }
    s->rules = memory_new_array(categories, sizeof *s->rules);
    s->bans.places = memory_new_array(categories, areas);
    s->departments = memory_new_array(h->n_departments, sizeof(uint32_t));
    l->counted = true;
    return true;
}

/* Step 3 for one category; true when its rules changed. */
static bool fit_again(struct rule_search *s, uint32_t category)
{
    size_t size = s->history.areas.n * sizeof **s->rules;
    area_rules old = s->rules[category];
    area_rules fitted = memory_new(size);
    struct demand d;
    size_t n;

    demand_init(&d, s, category, DEMAND_LEFT);
    n = rule_fit(s, &d, fitted);
    demand_deinit(&d);
    if (n == 0 || (old != NULL && memcmp(old, fitted, size) == 0)) {
        free(fitted);
        fitted = n == 0 ? NULL : old;
    }
    s->rules[category] = fitted;
    if (fitted != old)
        free(old);
    return fitted != old;
}

static void search(struct rule_search *s)
{
    uint32_t n = (uint32_t)s->history.categories.n;
    bool changed = true;

    rule_choice(s);
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
        changed = false;
        for (uint32_t c = s->options.catch_all ? 0 : 1; c < n; c++)
            changed = fit_again(s, c) || changed;
    }
}

/* ------------------------------------------------------------------ result */

static void list_rules(struct rule_learner *l)
{
    const struct rule_search *s = &l->search;
    const struct history *h = &s->history;
    size_t capacity = 0;

    for (uint32_t c = 0; c < h->categories.n; c++) {
        for (uint32_t a = 0; s->rules[c] != NULL && a < h->areas.n; a++) {
            if (s->rules[c][a] == NO_DEPARTMENT)
                continue;
            if (l->n_rules == capacity) {
                capacity = capacity > 0 ? 2 * capacity : 64;
                l->places = memory_grow(l->places, capacity, sizeof *l->places);
            }
            l->places[l->n_rules++] = (struct rule_place){c, a};
        }
    }
    l->rules = memory_new_array(l->n_rules, sizeof *l->rules);
    for (size_t i = 0; i < l->n_rules; i++) {
        const struct rule_place *p = &l->places[i];

        l->rules[i].area = h->areas.nodes[p->area].text;
        l->rules[i].category = h->categories.nodes[p->category].text;
        l->rules[i].department = h->departments[s->rules[p->category][p->area]];
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct rule_place *left = a;
    const struct rule_place *right = b;

    if (left->category != right->category)
        return left->category < right->category ? -1 : 1;
    return (left->area > right->area) - (left->area < right->area);
}

static struct learned_rule *rule_at(const struct rule_learner *l,
                                    const struct rule_place *place)
{
    const struct rule_place *found =
        bsearch(place, l->places, l->n_rules, sizeof *place, compare_places);

    assert(found != NULL);
    return &l->rules[found - l->places];
}

/* Counts one cell for the rule that decides it. The first cell of a rule says
 * what would decide without it; `mixed` remembers that another one differs. */
static void count_cell(struct rule_learner *l, const struct history_cell *cell,
                       bool *mixed)
{
    const struct rule_search *s = &l->search;
    struct rule_place place = {cell->category, cell->area};
    struct learned_rule *rule, *general = NULL;
    uint32_t said = search_decide(s, cell->area, &place);

    l->summary.tickets += cell->count;
    if (said == NO_DEPARTMENT) {
        l->summary.left += cell->count;
        return;
    }
    rule = rule_at(l, &place);
    uint32_t without = search_decide_next(s, cell->area, &place);
    if (without != NO_DEPARTMENT)
        general = rule_at(l, &place);
    if (rule->support == 0)
        rule->general = general;
    mixed[rule - l->rules] |= rule->general != general;
    rule->support += cell->count;
    rule->right += said == cell->department ? cell->count : 0;
    rule->right_without += without == cell->department ? cell->count : 0;
    l->summary.right += said == cell->department ? cell->count : 0;
}

/* Cells of one leaf follow one another. */
static void count_leaves(struct rule_learner *l)
{
    const struct history *h = &l->search.history;
    uint64_t most = 0;

    for (size_t i = 0; i < h->n_cells; i++) {
        const struct history_cell *cell = &h->cells[i];

        if (i == 0 || cell->category != cell[-1].category ||
            cell->area != cell[-1].area) {
            l->summary.leaves++;
            l->summary.majority += most;
            most = 0;
        }
        most = cell->count > most ? cell->count : most;
    }
    l->summary.majority += most;
}

static void evaluate(struct rule_learner *l)
{
    const struct history *h = &l->search.history;

    list_rules(l);
    bool *mixed = memory_new_array(l->n_rules, sizeof *mixed);
    l->summary = (struct learned_summary){0};
    for (size_t i = 0; i < h->n_cells; i++)
        count_cell(l, &h->cells[i], mixed);
    for (size_t i = 0; i < l->n_rules; i++)
        if (mixed[i])
            l->rules[i].general = NULL;
    free(mixed);
    count_leaves(l);
}

/* Bans rules that are not worth having; false: all are. */
static bool ban_weak(struct rule_learner *l)
{
    struct rule_search *s = &l->search;
    const struct rule_learner_options *o = &s->options;
    bool any = false;

    for (size_t i = 0; i < l->n_rules; i++) {
        const struct learned_rule *rule = &l->rules[i];
        const struct rule_place *p = &l->places[i];

        if (rule->support > 0 && rule->support >= o->min_support &&
            rule->right * 100 >= rule->support * o->min_purity)
            continue;
        search_ban(s, p->category, p->area, s->rules[p->category][p->area]);
        any = true;
    }
    search_sort_bans(s);
    return any;
}

bool rule_learner_learn(struct rule_learner *l,
                        const struct rule_learner_options *options)
{
    clear_rules(l);
    l->summary = (struct learned_summary){0};
    if (!count(l))
        return false;
    struct rule_search *s = &l->search;
    s->options = *options;
    if (s->history.n_cells == 0)
        return true;
    search_forget_bans(s);
    /* Each turn but the last bans at least one rule more. */
    do {
        clear_rules(l);
        search(s);
        evaluate(l);
    } while (ban_weak(l));
    return true;
}

const struct learned_rule *rule_learner_rules(const struct rule_learner *l,
                                              size_t *n)
{
    *n = l->n_rules;
    return l->rules;
}

struct learned_summary rule_learner_summary(const struct rule_learner *l)
{
    return l->summary;
}
