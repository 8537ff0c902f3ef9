/*
 * What the dispatcher would make of an event, asked beforehand of the same
 * rules. Pure.
 */
#ifndef DISPATCHER_EVENT_FORECAST_H
#define DISPATCHER_EVENT_FORECAST_H

#include "output.h"
#include "reject.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct catalogue;

/* The most memory that one forecast may need. */
enum { FORECAST_MEMORY = 16 << 20 };

struct forecast {
    bool repeat;            /* the event has been here: nothing would change */
    struct reject reject;   /* why it would be a dead letter, or REJECT_NONE */
    struct outputs outputs; /* what it would lead to; in the arena */
};

/* `state` NULL: an unknown ticket. Without a catalogue (NULL) only the
 * ticket's status is asked, and there are no outputs. */
void event_forecast(const struct catalogue *cat, struct arena *a,
                    const Dispatch__V1__TicketState *state,
                    const Dispatch__V1__TicketEvent *event, int64_t now_ms,
                    struct forecast *out);

#endif
