/*
 * Who is due first: a heap of slot numbers by time, in which each slot can be
 * found again, so that a timer is moved or cancelled in O(log n).
 */
#ifndef DISPATCHER_TICKET_HEAP_H
#define DISPATCHER_TICKET_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket_heap_item {
    int64_t due_at;
    uint32_t slot;
};

/* Start from {0}. */
struct ticket_heap {
    struct ticket_heap_item *items;
    uint32_t n;
    uint32_t size;
    uint32_t *places; /* by slot: place in items plus one; 0: no timer */
    uint32_t places_size;
};

void ticket_heap_deinit(struct ticket_heap *h);

/* Sets, moves or, with INT64_MAX, cancels the timer of a slot. */
void ticket_heap_set(struct ticket_heap *h, uint32_t slot, int64_t due_at);

/* The slot with the earliest time; of equal times any, but always the same
 * for the same history. False when there is no timer. */
bool ticket_heap_first(const struct ticket_heap *h, uint32_t *slot);

size_t ticket_heap_memory(const struct ticket_heap *h);

#endif
