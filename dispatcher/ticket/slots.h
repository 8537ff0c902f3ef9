/*
 * One slot for each ticket of a store: where all that belongs to it is. Slots
 * lie behind each other; when one goes, the last one takes its number.
 */
#ifndef DISPATCHER_TICKET_SLOTS_H
#define DISPATCHER_TICKET_SLOTS_H

#include "segments.h"

#include <stdbool.h>

struct block;

/* Numbers and places are kept plus one where there may be none. */
enum { NONE = 0 };

struct slot {
    struct block *block; /* id and value */
    uint32_t place;      /* in the heap plus one; NONE: no timer */
    uint32_t undo : 31;  /* in the undo log plus one; NONE: unchanged */
    uint32_t gone : 1;   /* by the open transaction; the block keeps the id */
};

static inline struct slot *slot_at(const struct segments *slots,
                                   uint32_t number)
{
    return segments_at(slots, number);
}

#endif
