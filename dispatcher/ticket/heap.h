/*
 * Who is due first: a heap of slots by time. Each slot knows its place in it,
 * so that a timer is moved or cancelled in O(log n).
 */
#ifndef DISPATCHER_TICKET_HEAP_H
#define DISPATCHER_TICKET_HEAP_H

#include "slots.h"

struct heap {
    struct segments items;
    uint32_t n;
};

void heap_init(struct heap *h);
void heap_deinit(struct heap *h);

/* Sets, moves or, with INT64_MAX, cancels the timer of a slot. */
void heap_set(struct heap *h, struct segments *slots, uint32_t slot,
              int64_t due_at);

/* The slot has this number now. */
void heap_renumber(struct heap *h, const struct slot *slot, uint32_t number);

/* The time of a slot's timer; INT64_MAX: there is none. */
int64_t heap_due(const struct heap *h, const struct slot *slot);

/* The slot with the earliest time; of equal times any, but always the same
 * for the same history. False when there is no timer. */
bool heap_first(const struct heap *h, uint32_t *slot);

#endif
