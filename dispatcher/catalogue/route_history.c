/*
 * A list of (rule, end, count), merged whenever it is full.
 */
#include "route_history.h"

#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024 };

/* Tickets of one rule with the same end. */
struct ended {
    const struct route *route;
    char *department;
    bool right;
    uint64_t count;
    uint64_t returned;
};

struct route_history {
    const struct catalogue *cat;
    struct ended *items;
    size_t n, capacity;
    struct route_record *contradicted;
    uint64_t tickets, right;
};

struct route_history *route_history_new(const struct catalogue *cat)
{
    struct route_history *h = memory_new(sizeof *h);

    h->cat = cat;
    return h;
}

void route_history_free(struct route_history **h)
{
    if (*h == NULL)
        return;
    for (size_t i = 0; i < (*h)->n; i++)
        free((*h)->items[i].department);
    free((*h)->items);
    free((*h)->contradicted);
    free(*h);
    *h = NULL;
}

static int compare_ended(const void *a, const void *b)
{
    const struct ended *left = a;
    const struct ended *right = b;

    if (left->route != right->route)
        return strcmp(route_key(left->route), route_key(right->route));
    if (left->right != right->right)
        return left->right ? -1 : 1;
    return strcmp(left->department, right->department);
}

static void merge(struct route_history *h)
{
    size_t kept = 0;

    if (h->n == 0)
        return;
    qsort(h->items, h->n, sizeof *h->items, compare_ended);
    for (size_t i = 1; i < h->n; i++) {
        struct ended *last = &h->items[kept];

        if (compare_ended(last, &h->items[i]) != 0) {
            h->items[++kept] = h->items[i];
            continue;
        }
        last->count += h->items[i].count;
        last->returned += h->items[i].returned;
        free(h->items[i].department);
    }
    h->n = kept + 1;
}

static void make_room(struct route_history *h)
{
    if (h->n < h->capacity)
        return;
    merge(h);
    if (h->n < h->capacity - h->capacity / 2)
        return;
    h->capacity = h->capacity > 0 ? 2 * h->capacity : FIRST_CAPACITY;
    h->items = memory_grow(h->items, h->capacity, sizeof *h->items);
}

static bool has_returned(const struct past_end *end, const char *department)
{
    for (size_t i = 0; i < end->n_returned; i++)
        if (strcmp(end->returned[i], department) == 0)
            return true;
    return false;
}

void route_history_add(struct route_history *h, const struct match_query *query,
                       const struct past_end *end)
{
    const struct department *department;
    struct candidate best = {0};
    struct match match;

    h->tickets += end->count;
    match_begin(&match, h->cat, query);
    bool found = match_best(&match, &best);
    department = found ? best.department : match_fallback(&match);
    bool right =
        department != NULL && strcmp(department->id, end->department) == 0;
    h->right += right ? end->count : 0;
    if (!found)
        return;
    make_room(h);
    h->items[h->n++] = (struct ended){
        .route = best.route,
        .department = memory_copy_text(end->department),
        .right = right,
        .count = end->count,
        .returned = has_returned(end, department->id) ? end->count : 0,
    };
}

/* ----------------------------------------------------------- contradicted */

/* The record of the rule whose items begin at `i`; *end gets where the next
 * one's begin. Of two others with as many tickets the first by name counts. */
static struct route_record record_at(const struct route_history *h, size_t i,
                                     size_t *end)
{
    struct route_record r = {.route = h->items[i].route};

    for (; i < h->n && h->items[i].route == r.route; i++) {
        const struct ended *item = &h->items[i];

        r.support += item->count;
        r.returned += item->returned;
        if (item->right) {
            r.right += item->count;
        } else if (item->count > r.instead_count) {
            r.instead = item->department;
            r.instead_count = item->count;
        }
    }
    *end = i;
    return r;
}

static int compare_records(const void *a, const void *b)
{
    const struct route_record *left = a;
    const struct route_record *right = b;
    uint64_t wrong_left = left->support - left->right;
    uint64_t wrong_right = right->support - right->right;

    if (wrong_left != wrong_right)
        return wrong_left > wrong_right ? -1 : 1;
    return strcmp(route_key(left->route), route_key(right->route));
}

const struct route_record *route_history_contradicted(struct route_history *h,
                                                      uint64_t min_support,
                                                      size_t *n)
{
    size_t end;

    merge(h);
    free(h->contradicted);
    h->contradicted = memory_new_array(h->n, sizeof *h->contradicted);
    *n = 0;
    for (size_t i = 0; i < h->n; i = end) {
        struct route_record r = record_at(h, i, &end);

        if (r.support >= min_support &&
            (r.instead_count > r.right || r.returned * 2 > r.support))
            h->contradicted[(*n)++] = r;
    }
    qsort(h->contradicted, *n, sizeof *h->contradicted, compare_records);
    return h->contradicted;
}

uint64_t route_history_right(const struct route_history *h)
{
    return h->right;
}

uint64_t route_history_tickets(const struct route_history *h)
{
    return h->tickets;
}
