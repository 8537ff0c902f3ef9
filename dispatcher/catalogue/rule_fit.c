/*
 * The cheapest rules over the tree of areas, for the tickets of one category.
 *
 * From the leaves up: what would it cost below this area if the department
 * that applies there came from above? Once for each department, and once for
 * "inherited", which may differ from area to area. A rule at the area itself
 * makes all of these the same: its own cost and the best department's. From
 * the root down the cheaper of the two is taken.
 */
#include "rule_search.h"

#include "memory.h"

#include <stdlib.h>

struct fit {
    const struct rule_search *s;
    const struct demand *d;
    size_t width;      /* departments, and "inherited" as the last */
    rule_cost *costs;  /* [area * width + what comes from above] */
    rule_cost *own;    /* [area]: with a rule here */
    uint32_t *best;    /* [area]: its department */
    uint64_t *support; /* [area]: tickets here and below */
};

/* The cost of the tickets of just this area. */
static void cost_here(struct fit *f, uint32_t area)
{
    const struct demand *d = f->d;
    rule_cost *costs = &f->costs[area * f->width];
    uint64_t total = d->totals[area];

    for (size_t i = 0; i < d->n; i++)
        costs[i] = cost_of_tickets(total - d->counts[area * d->n + i]);
    costs[d->n] = cost_of_tickets(total);
    for (size_t i = 0; i < d->n; i++)
        if (d->departments[i] == d->inherited[area])
            costs[d->n] = costs[i];
    f->support[area] = total;
}

/* Whether a rule at this area can have the support that is asked for. Of the
 * tickets that are left it may have too little just because a rule further
 * down took too much: then it is learned, found weak and banned. */
static bool can_have_support(const struct fit *f, uint32_t area)
{
    return f->support[area] > 0 &&
           (f->d->scope != DEMAND_BELOW ||
            f->support[area] >= f->s->options.min_support);
}

static void choose_best(struct fit *f, uint32_t area)
{
    const struct demand *d = f->d;
    const rule_cost *costs = &f->costs[area * f->width];

    f->own[area] = INT64_MAX;
    f->best[area] = NO_DEPARTMENT;
    if (!can_have_support(f, area))
        return;
    for (uint32_t i = 0; i < d->n; i++) {
        rule_cost own = costs[i] + cost_of_rule(f->s);

        if (own >= f->own[area] ||
            !search_may_say(f->s, d->category, area, d->departments[i]))
            continue;
        f->own[area] = own;
        f->best[area] = i;
    }
}

/* All below `area` is known; makes it part of what is above. */
static void add_to_parent(struct fit *f, uint32_t area)
{
    uint32_t parent = f->s->history.areas.nodes[area].parent;
    const rule_cost *costs = &f->costs[area * f->width];
    rule_cost *above = &f->costs[parent * f->width];

    for (size_t i = 0; i < f->width; i++)
        above[i] += costs[i] < f->own[area] ? costs[i] : f->own[area];
    f->support[parent] += f->support[area];
}

/* A rule that is no dearer than none is taken: it is the more general one of
 * two ways that cost the same. */
static size_t take_rules(const struct fit *f, area_rules out)
{
    size_t n_areas = f->s->history.areas.n, rules = 0;
    uint32_t *above = memory_new_array(n_areas, sizeof *above);

    for (uint32_t a = 0; a < n_areas; a++) {
        uint32_t from = (uint32_t)f->d->n;

        if (a > 0)
            from = above[f->s->history.areas.nodes[a].parent];
        above[a] = from;
        out[a] = NO_DEPARTMENT;
        if (f->own[a] > f->costs[a * f->width + from] || f->best[a] == from)
            continue;
        above[a] = f->best[a];
        out[a] = f->d->departments[f->best[a]];
        rules++;
    }
    free(above);
    return rules;
}

size_t rule_fit(const struct rule_search *s, const struct demand *d,
                area_rules out)
{
    size_t n_areas = s->history.areas.n;
    struct fit f = {.s = s, .d = d, .width = d->n + 1};
    size_t rules;

    f.costs = memory_new_array(n_areas * f.width, sizeof *f.costs);
    f.own = memory_new_array(n_areas, sizeof *f.own);
    f.best = memory_new_array(n_areas, sizeof *f.best);
    f.support = memory_new_array(n_areas, sizeof *f.support);
    for (uint32_t a = 0; a < n_areas; a++)
        cost_here(&f, a);
    for (uint32_t a = (uint32_t)n_areas; a-- > 0;) {
        choose_best(&f, a);
        if (a > 0)
            add_to_parent(&f, a);
    }
    rules = take_rules(&f, out);
    free(f.costs);
    free(f.own);
    free(f.best);
    free(f.support);
    return rules;
}
