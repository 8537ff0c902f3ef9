/*
 * Chunks of records, filled in turn and handed over when they are full.
 */
#include "loader.h"

#include "clock.h"
#include "memory.h"
#include "second_hand.h"
#include "tickets.h"

#include <stdlib.h>

enum {
    RECORDS = 1000, /* in a chunk */
    /* One is filled while the others wait or are loaded. */
    CHUNKS = SECOND_HAND_PIECES + 1,
    AHEAD = 8, /* records of which the memory is being fetched */
};

struct chunk {
    struct loader *loader;
    struct record recs[RECORDS];
    size_t n;
};

struct loader {
    const struct partitions *partitions;
    struct second_hand *second_hand;
    struct chunk chunks[CHUNKS];
    size_t filling;
    struct loader_refusal refusal; /* the first; the other thread's */
};

struct loader *loader_new(const struct partitions *partitions)
{
    struct loader *l = memory_new(sizeof *l);

    l->partitions = partitions;
    l->second_hand = second_hand_new();
    for (size_t i = 0; i < CHUNKS; i++)
        l->chunks[i].loader = l;
    return l;
}

/* ---------------------------------------------------- in the other thread */

static struct ticket_record ticket_record(const struct record *rec)
{
    return (struct ticket_record){.key = rec->key,
                                  .key_size = rec->key_size,
                                  .value = rec->value,
                                  .value_size = rec->value_size};
}

/* Takes what a record says into its partition's memory. */
static enum status take(struct owned *o, const struct record *rec)
{
    const struct ticket_record record = ticket_record(rec);

    if (!record.key || record.key_size == 0)
        return STATUS_REJECT;
    if (!state_head_has_key(&record))
        return tickets_load(o->tickets, &record);
    return state_head_read(&record, &o->head) ? STATUS_OK : STATUS_REJECT;
}

/* A record that is refused counts as not read: it is met again. */
static enum status load(struct owned *o, const struct record *rec)
{
    enum status status;

    if (o->n_restored == 0)
        o->begun_us = clock_steady_us();
    status = take(o, rec);
    if (status != STATUS_OK)
        return status;
    o->n_restored++;
    o->restored = rec->offset + 1;
    return STATUS_OK;
}

/* What was fetched lies in the other core's cache, and the place of a ticket
 * in no cache at all. */
static void fetch_ahead(const struct owned *o, const struct record *recs,
                        size_t left)
{
    struct ticket_record record;

    if (left > 2 * AHEAD)
        __builtin_prefetch(recs[2 * AHEAD].key);
    if (left <= AHEAD)
        return;
    record = ticket_record(&recs[AHEAD]);
    if (record.key)
        tickets_expect(o->tickets, &record);
}

/* Loads `n` records of one partition. */
static void load_run(struct loader *l, const struct record *recs, size_t n)
{
    struct owned *o = partitions_find(l->partitions, recs->partition);

    if (!o || o->ready)
        return;
    for (size_t i = 0; i < n && l->refusal.status == STATUS_OK; i++) {
        fetch_ahead(o, &recs[i], n - i);
        l->refusal = (struct loader_refusal){.partition = o->partition,
                                             .offset = recs[i].offset,
                                             .status = load(o, &recs[i])};
    }
}

/* How many records from the first on are of the same partition; those that were
 * fetched together lie together. */
static size_t run_length(const struct record *recs, size_t n)
{
    size_t i = 1;

    while (i < n && recs[i].partition == recs->partition)
        i++;
    return i;
}

static void load_chunk(void *opaque)
{
    struct chunk *c = opaque;
    size_t length;

    for (size_t i = 0; i < c->n; i += length) {
        length = run_length(&c->recs[i], c->n - i);
        load_run(c->loader, &c->recs[i], length);
    }
}

/* ------------------------------------------------------- in the worker's */

static void empty(struct chunk *c)
{
    for (size_t i = 0; i < c->n; i++)
        consumer_done(&c->recs[i]);
    c->n = 0;
}

/* There is room for one chunk less in the second hand: the one to be filled
 * next is loaded. */
static void hand_over(struct loader *l)
{
    second_hand_give(l->second_hand, load_chunk, &l->chunks[l->filling]);
    l->filling = (l->filling + 1) % CHUNKS;
    empty(&l->chunks[l->filling]);
}

void loader_add(struct loader *l, struct record *rec)
{
    struct chunk *c = &l->chunks[l->filling];

    c->recs[c->n++] = *rec;
    *rec = (struct record){0};
    if (c->n == RECORDS)
        hand_over(l);
}

bool loader_settle(struct loader *l, struct loader_refusal *refusal)
{
    if (l->chunks[l->filling].n > 0)
        hand_over(l);
    second_hand_wait(l->second_hand);
    for (size_t i = 0; i < CHUNKS; i++)
        empty(&l->chunks[i]);
    *refusal = l->refusal;
    return refusal->status == STATUS_OK;
}

void loader_free(struct loader **l)
{
    struct loader_refusal refusal;

    if (!*l)
        return;
    (void)!loader_settle(*l, &refusal);
    second_hand_free(&(*l)->second_hand);
    free(*l);
    *l = NULL;
}
