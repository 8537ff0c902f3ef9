/*
 * Looking up the rules as they stand, and the tickets of one category.
 */
#include "rule_search.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

uint32_t area_rules_find(const struct rule_search *s, area_rules rules,
                         uint32_t area, uint32_t *at)
{
    if (rules == NULL)
        return NO_DEPARTMENT;
    while (rules[area] == NO_DEPARTMENT && area != 0)
        area = s->history.areas.nodes[area].parent;
    if (at != NULL)
        *at = area;
    return rules[area];
}

uint32_t search_decide(const struct rule_search *s, uint32_t area,
                       struct rule_place *place)
{
    for (;;) {
        uint32_t found = area_rules_find(s, s->rules[place->category],
                                         place->area, &place->area);
        if (found != NO_DEPARTMENT || place->category == 0)
            return found;
        place->category = s->history.categories.nodes[place->category].parent;
        place->area = area;
    }
}

uint32_t search_decide_next(const struct rule_search *s, uint32_t area,
                            struct rule_place *place)
{
    if (place->area != 0) {
        place->area = s->history.areas.nodes[place->area].parent;
    } else if (place->category != 0) {
        place->category = s->history.categories.nodes[place->category].parent;
        place->area = area;
    } else {
        return NO_DEPARTMENT;
    }
    return search_decide(s, area, place);
}

/* -------------------------------------------------------------------- bans */

static int compare_bans(const void *a, const void *b)
{
    const struct rule_ban *left = a;
    const struct rule_ban *right = b;

    if (left->category != right->category)
        return left->category < right->category ? -1 : 1;
    if (left->area != right->area)
        return left->area < right->area ? -1 : 1;
    return (left->department > right->department) -
           (left->department < right->department);
}

static uint8_t *place_of(const struct rule_search *s, uint32_t category,
                         uint32_t area)
{
    return &s->bans.places[category * s->history.areas.n + area];
}

bool search_may_say(const struct rule_search *s, uint32_t category,
                    uint32_t area, uint32_t department)
{
    const struct rule_ban ban = {category, area, department};

    return !*place_of(s, category, area) ||
           bsearch(&ban, s->bans.items, s->bans.n_sorted, sizeof ban,
                   compare_bans) == NULL;
}

void search_ban(struct rule_search *s, uint32_t category, uint32_t area,
                uint32_t department)
{
    struct rule_bans *bans = &s->bans;

    if ((bans->n & (bans->n - 1)) == 0) /* a power of two, or none */
        bans->items = memory_grow(bans->items, bans->n == 0 ? 1 : 2 * bans->n,
                                  sizeof *bans->items);
    bans->items[bans->n++] = (struct rule_ban){category, area, department};
    *place_of(s, category, area) = 1;
}

void search_sort_bans(struct rule_search *s)
{
    if (s->bans.n == 0)
        return;
    qsort(s->bans.items, s->bans.n, sizeof *s->bans.items, compare_bans);
    s->bans.n_sorted = s->bans.n;
}

void search_forget_bans(struct rule_search *s)
{
    memset(s->bans.places, 0, s->history.categories.n * s->history.areas.n);
    s->bans.n = s->bans.n_sorted = 0;
}

/* ------------------------------------------------------------------ demand */

/* Whether a rule of a category between the cell's and `top` decides. */
static bool decided_below(const struct rule_search *s,
                          const struct history_cell *cell, uint32_t top)
{
    uint32_t c = cell->category;

    for (; c != top; c = s->history.categories.nodes[c].parent)
        if (area_rules_find(s, s->rules[c], cell->area, NULL) != NO_DEPARTMENT)
            return true;
    return false;
}

/* The cells of a category, and in most scopes of those below it. */
static void find_cells(const struct history *h, uint32_t category,
                       enum demand_scope scope, size_t *first, size_t *end)
{
    uint32_t next =
        scope == DEMAND_OWN ? category + 1 : h->categories.nodes[category].end;

    *first = h->first[category];
    *end = h->first[next];
}

/* Lists the departments that occur, and notes each one's place. */
static void list_departments(struct demand *d, struct rule_search *s,
                             size_t first, size_t end)
{
    const struct history *h = &s->history;

    for (size_t i = 0; i < h->n_departments; i++)
        s->departments[i] = NO_DEPARTMENT;
    for (size_t i = first; i < end; i++)
        s->departments[h->cells[i].department] = 0;
    d->departments = memory_new_array(h->n_departments, sizeof *d->departments);
    for (uint32_t i = 0; i < h->n_departments; i++) {
        if (s->departments[i] == NO_DEPARTMENT)
            continue;
        s->departments[i] = (uint32_t)d->n;
        d->departments[d->n++] = i;
    }
}

/* What applies to the tickets of an area when this category has no rule. */
static uint32_t inherited(const struct rule_search *s, uint32_t category,
                          uint32_t area)
{
    struct rule_place place = {.area = area};

    if (category == 0)
        return NO_DEPARTMENT;
    place.category = s->history.categories.nodes[category].parent;
    return search_decide(s, area, &place);
}

void demand_init(struct demand *d, struct rule_search *s, uint32_t category,
                 enum demand_scope scope)
{
    const struct history *h = &s->history;
    size_t first, end;

    *d = (struct demand){.category = category, .scope = scope};
    find_cells(h, category, scope, &first, &end);
    list_departments(d, s, first, end);
    d->counts = memory_new_array(h->areas.n * d->n, sizeof *d->counts);
    d->totals = memory_new_array(h->areas.n, sizeof *d->totals);
    d->inherited = memory_new_array(h->areas.n, sizeof *d->inherited);
    for (size_t i = first; i < end; i++) {
        const struct history_cell *cell = &h->cells[i];
        size_t place = cell->area * d->n + s->departments[cell->department];

        if (scope == DEMAND_LEFT && decided_below(s, cell, category))
            continue;
        d->counts[place] += cell->count;
        d->totals[cell->area] += cell->count;
    }
    for (uint32_t a = 0; a < h->areas.n; a++)
        d->inherited[a] = scope == DEMAND_LEFT && d->totals[a] > 0
                              ? inherited(s, category, a)
                              : NO_DEPARTMENT;
}

void demand_deinit(struct demand *d)
{
    free(d->departments);
    free(d->counts);
    free(d->totals);
    free(d->inherited);
    *d = (struct demand){0};
}
