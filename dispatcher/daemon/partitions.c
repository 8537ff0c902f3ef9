/*
 * The partitions a worker owns.
 */
#include "partitions.h"

#include "memory.h"
#include "metrics.h"
#include "tickets.h"

#include <stdlib.h>
#include <string.h>

/* The latest timestamp is in every stamp; if that is lost it may be so old. */
enum { HEAD_AGE_MS = 3600 * 1000 };

static int by_partition(const void *a, const void *b)
{
    const struct owned *x = a, *y = b;

    return (x->partition > y->partition) - (x->partition < y->partition);
}

static struct owned new_owned(int32_t partition)
{
    return (struct owned){
        .partition = partition, .committed = OFFSET_NONE, .next = OFFSET_NONE};
}

/* As it was, or new. What was half restored is read again: meanwhile the topic
 * may have lost what would have been read. */
static struct owned take_over(struct partitions *p, int32_t partition)
{
    struct owned *old = partitions_find(p, partition);
    struct owned owned = new_owned(partition);

    if (!old || !old->ready)
        return owned;
    owned = *old;
    owned.metrics = NULL;
    old->tickets = NULL; /* it has moved */
    return owned;
}

void partitions_set(struct partitions *p, const int32_t *ids, size_t n)
{
    struct owned *items = memory_new_array(n, sizeof *items);

    for (size_t i = 0; i < n; i++)
        items[i] = take_over(p, ids[i]);
    partitions_deinit(p);
    qsort(items, n, sizeof *items, by_partition);
    p->items = items;
    p->offsets = memory_new_array(n, sizeof *p->offsets);
    p->n = n;
}

void partitions_deinit(struct partitions *p)
{
    for (size_t i = 0; i < p->n; i++)
        tickets_free(&p->items[i].tickets);
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
            .topic = CONSUMER_TICKETS,
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

/* ---------------------------------------------------------------- rewinding */

/* As the last transaction left it. A stamp that was lost leaves the head. */
static int64_t latest_before(const struct owned *o)
{
    return o->stamp.latest_ms > o->head.latest_ms ? o->stamp.latest_ms
                                                  : o->head.latest_ms;
}

/* The open transaction was committed. */
static void keep_new(struct owned *o)
{
    tickets_commit(o->tickets);
    o->stamp = o->pending;
    if (o->pending_head.there)
        o->head = o->pending_head;
    if (o->calendars.cursor == TICKETS_END)
        o->calendars.done = o->calendars.present;
}

/* It was not, or there was none. A look at the calendars begins again. */
static void keep_old(struct owned *o)
{
    tickets_abort(o->tickets);
    o->latest_ms = latest_before(o);
    o->calendars.cursor = 0;
}

static void end_transaction(struct owned *o)
{
    o->touched = false;
    o->pending = (struct stamp){0};
    o->pending_head = (struct state_head){0};
}

/* True when the memory is current. */
static bool keep_memory(struct owned *o, const struct partition_offset *found)
{
    if (!o->ready)
        return false;
    if (o->pending.lineage && stamp_equal(&found->stamp, &o->pending)) {
        keep_new(o);
        return true;
    }
    if (stamp_equal(&found->stamp, &o->stamp) &&
        found->offset == o->committed) {
        keep_old(o);
        return true;
    }
    return false;
}

/* Restoring goes on where it was, as long as nobody wrote anything. */
static void begin_restoring(struct owned *o,
                            const struct partition_offset *found)
{
    bool goes_on = !o->ready && o->tickets && found->offset == o->committed &&
                   stamp_equal(&found->stamp, &o->stamp);

    if (goes_on)
        return;
    tickets_free(&o->tickets);
    *o = (struct owned){.partition = o->partition,
                        .tickets = tickets_new(),
                        .restored = OFFSET_NONE,
                        .stamp = found->stamp,
                        .metrics = o->metrics};
}

size_t partitions_rewound(struct partitions *p)
{
    size_t n_kept = 0;

    for (size_t i = 0; i < p->n; i++) {
        struct owned *o = &p->items[i];

        if (keep_memory(o, &p->offsets[i]))
            n_kept++;
        else
            begin_restoring(o, &p->offsets[i]);
        o->next = o->committed = p->offsets[i].offset;
        end_transaction(o);
        frontier_reset(&o->frontier);
        show(o);
    }
    return n_kept;
}

void partitions_ready(struct owned *o)
{
    o->ready = true;
    o->restore_waits = false;
    o->lineage = stamp_new_lineage();
    o->latest_ms = latest_before(o);
}

void partitions_restore_anew(struct owned *o)
{
    if (!o->ready)
        tickets_free(&o->tickets);
}

/* --------------------------------------------------------------- committing */

/* Numbers count from 1 in each lineage. */
static struct stamp next_stamp(const struct owned *o)
{
    return (struct stamp){
        .lineage = o->lineage,
        .number = o->stamp.lineage == o->lineage ? o->stamp.number + 1 : 1,
        .latest_ms = o->latest_ms,
    };
}

size_t partitions_moved(struct partitions *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++) {
        struct owned *o = &p->items[i];

        if (!o->ready || (o->next == o->committed && !o->touched))
            continue;
        o->pending = next_stamp(o);
        p->offsets[n++] = (struct partition_offset){.topic = CONSUMER_TICKETS,
                                                    .partition = o->partition,
                                                    .offset = o->next,
                                                    .stamp = o->pending};
    }
    return n;
}

bool partition_needs_head(const struct owned *o)
{
    return o->head.lineage != o->pending.lineage ||
           o->pending.latest_ms - o->head.latest_ms > HEAD_AGE_MS;
}

void partitions_commit(struct partitions *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct owned *o = &p->items[i];

        if (!o->pending.lineage)
            continue;
        keep_new(o);
        end_transaction(o);
        o->committed = o->next;
        show(o);
    }
}
