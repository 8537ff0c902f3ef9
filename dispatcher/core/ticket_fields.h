/*
 * The values that the contract allows in a TicketEvent, beyond what the wire
 * format and UTF-8 say. Part of decode.
 */
#ifndef DISPATCHER_CORE_TICKET_FIELDS_H
#define DISPATCHER_CORE_TICKET_FIELDS_H

#include "reject.h"

#include <dispatch/v1/dispatch.pb-c.h>

/* REJECT_INVALID_FIELD for an id that is too long, a path that is none, or a
 * coordinate that is no number; event_id and ticket_id are decode's part. */
enum reject_code ticket_fields_check(const Dispatch__V1__TicketEvent *event,
                                     struct reject *r);

#endif
