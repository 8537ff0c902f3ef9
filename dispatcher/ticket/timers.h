/*
 * Firing what is due, inside one step of a ticket's life.
 */
#ifndef DISPATCHER_TICKET_TIMERS_H
#define DISPATCHER_TICKET_TIMERS_H

#include "life.h"

/* Fires all that is due at or before until_ms; sets l->forgotten and stops
 * when the ticket's time is over. */
void timers_fire(struct life *l, int64_t until_ms);

#endif
