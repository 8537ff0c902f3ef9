/*
 * The inside of a zone, shared by the files that build it.
 *
 * Regimes are sorted; each lasts until the next begins. Where the footer has
 * daylight saving, the table goes on for 400 years, after which weekdays and
 * leap years, and so the whole zone, repeat.
 */
#ifndef DISPATCHER_ZONE_TABLE_H
#define DISPATCHER_ZONE_TABLE_H

#include "zone.h"

#include <stdbool.h>

struct regime {
    int64_t from;        /* UTC seconds */
    int64_t local_until; /* local seconds at which it ends */
    int32_t offset;      /* seconds */
};

enum {
    ZONE_CYCLE_YEARS = 400,
    ZONE_MAX_REGIMES = ZONE_MAX_TRANSITIONS + 2 * (ZONE_CYCLE_YEARS + 2) + 1,
};
#define ZONE_CYCLE_SECONDS (INT64_C(146097) * 86400)

/* Where to begin to look: the regime at each multiple of 97 days from 1970 to
 * 2106. Nearly every question is about these years. */
enum { ZONE_SLOT_SHIFT = 23, ZONE_SLOTS = 512 };

struct zone {
    size_t n;
    bool repeats; /* the last 400 years of the table go on for ever */
    struct regime *regimes;
    uint16_t slots[ZONE_SLOTS];
};

/* Fills the slots of a table that is complete. */
void zone_index(struct zone *zone);

/* Appends a change of offset; one that is not after the last change replaces
 * it, one that changes nothing is left out. The caller reserves the room. */
void zone_append(struct zone *zone, int64_t from, int32_t offset);

/* Appends what the POSIX TZ text of a footer says, text[size], from the last
 * change on. False when the text is malformed. An empty one says nothing. */
MUST_CHECK bool zone_append_footer(struct zone *zone, const char *text,
                                   size_t size);

#endif
