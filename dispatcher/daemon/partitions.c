/*
 * The partitions a worker owns.
 */
#include "partitions.h"

#include "memory.h"
#include "metrics.h"

#include <stdlib.h>
#include <string.h>

static int by_partition(const void *a, const void *b)
{
    const struct owned *x = a, *y = b;

    return (x->partition > y->partition) - (x->partition < y->partition);
}

void partitions_set(struct partitions *p, const int32_t *ids, size_t n)
{
    partitions_deinit(p);
    p->items = memory_new_array(n, sizeof *p->items);
    p->offsets = memory_new_array(n, sizeof *p->offsets);
    p->n = n;
    for (size_t i = 0; i < n; i++)
        p->items[i] = (struct owned){
            .partition = ids[i], .committed = OFFSET_NONE, .next = OFFSET_NONE};
    qsort(p->items, n, sizeof *p->items, by_partition);
}

void partitions_deinit(struct partitions *p)
{
    free(p->items);
    free(p->offsets);
    *p = (struct partitions){0};
}

struct owned *partitions_find(const struct partitions *p, int32_t partition)
{
    struct owned key = {.partition = partition};

    if (!p->n)
        return NULL;
    return bsearch(&key, p->items, p->n, sizeof key, by_partition);
}

struct partition_offset *partitions_committed(struct partitions *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->offsets[i] = (struct partition_offset){
            .partition = p->items[i].partition,
            .offset = p->items[i].committed,
        };
    return p->offsets;
}

static void show(const struct owned *o)
{
    metrics_store(&o->metrics->committed, o->committed == OFFSET_NONE
                                              ? METRIC_OFFSET_NONE
                                              : o->committed);
}

void partitions_rewound(struct partitions *p)
{
    for (size_t i = 0; i < p->n; i++) {
        p->items[i].next = p->items[i].committed = p->offsets[i].offset;
        show(&p->items[i]);
    }
}

size_t partitions_moved(struct partitions *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        const struct owned *o = &p->items[i];

        if (o->next != o->committed)
            p->offsets[n++] = (struct partition_offset){
                .partition = o->partition, .offset = o->next};
    }
    return n;
}

void partitions_commit(struct partitions *p)
{
    for (size_t i = 0; i < p->n; i++) {
        p->items[i].committed = p->items[i].next;
        show(&p->items[i]);
    }
}
