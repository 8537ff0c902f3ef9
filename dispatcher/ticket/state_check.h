/*
 * Whether a state that was read back has what the code of this folder takes
 * for granted. protobuf-c has read it; nobody else should have written it.
 */
#ifndef DISPATCHER_TICKET_STATE_CHECK_H
#define DISPATCHER_TICKET_STATE_CHECK_H

#include <dispatch/v1/state.pb-c.h>
#include <stdbool.h>

bool state_is_sound(const Dispatch__V1__TicketState *state);

#endif
