/*
 * Which categories get rules of their own: as rule_fit, over the tree of
 * categories.
 *
 * What a category hands down to those below it is nothing, one department for
 * all areas, or a division: rules that differ by area, its own or that of a
 * category further up. Each category has two divisions to choose from, so
 * there are no more of them to keep apart than twice the steps of a path.
 */
#include "rule_search.h"

#include "memory.h"
#include "path.h"

#include <stdlib.h>
#include <string.h>

/* Made for all tickets below the category, or for just its own. */
static const enum demand_scope scopes[] = {DEMAND_BELOW, DEMAND_OWN};
enum { DIVISIONS = 2 };

struct division {
    area_rules rules; /* NULL: one rule or none would be the same */
    size_t n;
};

struct choice {
    struct rule_search *s;
    size_t n_departments;
    size_t width;     /* what may be handed down: hand_down_... below */
    rule_cost *costs; /* [category * width + what comes from above] */
    rule_cost *own;   /* [category]: with the best that it can hand down */
    size_t *best;     /* [category]: what that is */
    struct division *divisions; /* [category * DIVISIONS] */
};

/* A department's number stands for itself. */
static size_t hand_down_nothing(const struct choice *f)
{
    return f->n_departments;
}

static size_t hand_down_division(const struct choice *f, uint32_t depth, int i)
{
    return f->n_departments + 1 + depth * DIVISIONS + (size_t)i;
}

static const struct path_node *category_at(const struct choice *f, uint32_t c)
{
    return &f->s->history.categories.nodes[c];
}

/* --------------------------------------------------------------- divisions */

static void divide(struct choice *f, uint32_t c, int i)
{
    struct division *division = &f->divisions[c * DIVISIONS + (size_t)i];
    struct demand d;
    area_rules rules = memory_new_array(f->s->history.areas.n, sizeof *rules);

    demand_init(&d, f->s, c, scopes[i]);
    division->n = rule_fit(f->s, &d, rules);
    demand_deinit(&d);
    if (division->n > 1 || (division->n == 1 && rules[0] == NO_DEPARTMENT))
        division->rules = rules;
    else
        free(rules);
}

static void divide_all(struct choice *f)
{
    const struct history *h = &f->s->history;

    for (uint32_t c = f->s->options.catch_all ? 0 : 1; c < h->categories.n;
         c++) {
        bool is_leaf = category_at(f, c)->end == c + 1;
        bool has_own = h->first[c] < h->first[c + 1];

        divide(f, c, 0);
        if (has_own && !is_leaf)
            divide(f, c, 1);
    }
}

/* ------------------------------------------------------------- from below */

/* The tickets of just this category that a division sends wrong. */
static rule_cost cost_of_division(const struct choice *f, uint32_t c,
                                  area_rules rules)
{
    const struct history *h = &f->s->history;
    rule_cost cost = 0;

    for (size_t i = h->first[c]; i < h->first[c + 1]; i++) {
        const struct history_cell *cell = &h->cells[i];

        if (area_rules_find(f->s, rules, cell->area, NULL) != cell->department)
            cost += cost_of_tickets(cell->count);
    }
    return cost;
}

/* The cost of just this category's tickets under the divisions of the one at
 * `from`, which is itself or above it. */
static void cost_divisions(struct choice *f, uint32_t c, uint32_t from)
{
    uint32_t depth = category_at(f, from)->depth;

    for (int i = 0; i < DIVISIONS; i++) {
        area_rules rules = f->divisions[from * DIVISIONS + (size_t)i].rules;

        if (rules != NULL)
            f->costs[c * f->width + hand_down_division(f, depth, i)] =
                cost_of_division(f, c, rules);
    }
}

/* The cost of just this category's tickets, whatever comes from above. */
static void cost_here(struct choice *f, uint32_t c)
{
    const struct history *h = &f->s->history;
    rule_cost *costs = &f->costs[c * f->width];
    rule_cost all = 0;

    for (size_t i = h->first[c]; i < h->first[c + 1]; i++)
        all += cost_of_tickets(h->cells[i].count);
    for (size_t i = 0; i < f->width; i++)
        costs[i] = all;
    for (size_t i = h->first[c]; i < h->first[c + 1]; i++)
        costs[h->cells[i].department] -= cost_of_tickets(h->cells[i].count);
    for (uint32_t from = c; from != 0; from = category_at(f, from)->parent)
        cost_divisions(f, c, from);
    cost_divisions(f, c, 0);
}

static uint64_t support(const struct history *h, uint32_t c)
{
    size_t end = h->first[h->categories.nodes[c].end];
    uint64_t sum = 0;

    for (size_t i = h->first[c]; i < end; i++)
        sum += h->cells[i].count;
    return sum;
}

static void consider(struct choice *f, uint32_t c, size_t what, size_t rules)
{
    rule_cost cost =
        f->costs[c * f->width + what] + cost_of_rule(f->s) * (rule_cost)rules;

    if (cost >= f->own[c])
        return;
    f->own[c] = cost;
    f->best[c] = what;
}

static void choose_best(struct choice *f, uint32_t c)
{
    uint64_t tickets = support(&f->s->history, c);

    f->own[c] = INT64_MAX;
    f->best[c] = hand_down_nothing(f);
    if (tickets == 0 || tickets < f->s->options.min_support ||
        (c == 0 && !f->s->options.catch_all))
        return;
    for (uint32_t i = 0; i < f->n_departments; i++)
        if (search_may_say(f->s, c, 0, i))
            consider(f, c, i, 1);
    for (int i = 0; i < DIVISIONS; i++) {
        const struct division *d = &f->divisions[c * DIVISIONS + (size_t)i];

        if (d->rules != NULL)
            consider(f, c, hand_down_division(f, category_at(f, c)->depth, i),
                     d->n);
    }
}

static void add_to_parent(struct choice *f, uint32_t c)
{
    const rule_cost *costs = &f->costs[c * f->width];
    rule_cost *above = &f->costs[category_at(f, c)->parent * f->width];

    for (size_t i = 0; i < f->width; i++)
        above[i] += costs[i] < f->own[c] ? costs[i] : f->own[c];
}

/* ------------------------------------------------------------- from above */

/* Makes what is best for a category its rules. */
static void take(struct choice *f, uint32_t c)
{
    struct rule_search *s = f->s;

    if (f->best[c] > hand_down_nothing(f)) {
        bool second =
            f->best[c] == hand_down_division(f, category_at(f, c)->depth, 1);
        struct division *d = &f->divisions[c * DIVISIONS + second];

        s->rules[c] = d->rules;
        d->rules = NULL; /* owned by the search now */
        return;
    }
    s->rules[c] = memory_new_array(s->history.areas.n, sizeof **s->rules);
    for (size_t a = 0; a < s->history.areas.n; a++)
        s->rules[c][a] = NO_DEPARTMENT;
    s->rules[c][0] = (uint32_t)f->best[c];
}

static void take_rules(struct choice *f)
{
    size_t n = f->s->history.categories.n;
    size_t *above = memory_new_array(n, sizeof *above);

    for (uint32_t c = 0; c < n; c++) {
        above[c] =
            c == 0 ? hand_down_nothing(f) : above[category_at(f, c)->parent];
        if (f->own[c] > f->costs[c * f->width + above[c]] ||
            f->best[c] == above[c])
            continue;
        take(f, c);
        above[c] = f->best[c];
    }
    free(above);
}

void rule_choice(struct rule_search *s)
{
    size_t n = s->history.categories.n;
    struct choice f = {.s = s, .n_departments = s->history.n_departments};

    f.width = f.n_departments + 1 + (PATH_MAX_STEPS + 1) * DIVISIONS;
    f.costs = memory_new_array(n * f.width, sizeof *f.costs);
    f.own = memory_new_array(n, sizeof *f.own);
    f.best = memory_new_array(n, sizeof *f.best);
    f.divisions = memory_new_array(n * DIVISIONS, sizeof *f.divisions);
    divide_all(&f);
    for (uint32_t c = 0; c < n; c++)
        cost_here(&f, c);
    for (uint32_t c = (uint32_t)n; c-- > 0;) {
        choose_best(&f, c);
        if (c > 0)
            add_to_parent(&f, c);
    }
    take_rules(&f);
    for (size_t i = 0; i < n * DIVISIONS; i++)
        free(f.divisions[i].rules);
    free(f.costs);
    free(f.own);
    free(f.best);
    free(f.divisions);
}
