/*
 * A list that is cut back when it holds twice as many as are kept.
 */
#include "audit_open_clocks.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct open_clocks {
    struct audit_open_clock *items;
    size_t n, size;
    size_t max;
};

struct open_clocks *open_clocks_new(size_t max)
{
    struct open_clocks *o = memory_new(sizeof(*o));

    o->max = max;
    return o;
}

static void forget_from(struct open_clocks *o, size_t i)
{
    for (size_t j = i; j < o->n; j++)
        free(o->items[j].ticket_id);
    if (i < o->n)
        o->n = i;
}

void open_clocks_free(struct open_clocks **o)
{
    if (!*o)
        return;
    forget_from(*o, 0);
    free((*o)->items);
    free(*o);
    *o = NULL;
}

/* By due time; equal ones in an order that does not depend on the reader. */
static int compare(const void *one, const void *two)
{
    const struct audit_open_clock *a = one, *b = two;

    if (a->due_at != b->due_at)
        return a->due_at < b->due_at ? -1 : 1;
    int order = strcmp(a->ticket_id, b->ticket_id);
    if (order == 0)
        order = strcmp(a->department_id, b->department_id);
    return order ? order : a->clock - b->clock;
}

static void cut_back(struct open_clocks *o)
{
    if (o->n > 0)
        qsort(o->items, o->n, sizeof(*o->items), compare);
    if (o->max > 0)
        forget_from(o, o->max);
}

void open_clocks_add(struct open_clocks *o, const char *ticket_id,
                     const struct audit_open_clock *clock)
{
    if (o->max > 0 && o->n >= 2 * o->max)
        cut_back(o);
    if (o->n == o->size) {
        o->size = o->size ? o->size * 2 : 64;
        o->items = memory_grow(o->items, o->size, sizeof(*o->items));
    }
    o->items[o->n] = *clock;
    o->items[o->n++].ticket_id = memory_copy_text(ticket_id);
}

const struct audit_open_clock *open_clocks_sorted(struct open_clocks *o,
                                                  size_t *n)
{
    cut_back(o);
    *n = o->n;
    return o->items;
}
