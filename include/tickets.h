/*
 * The tickets of one partition: what is kept of each (ticket_store.h), what
 * events and time make of it (ticket.h), and a way back to before the open
 * transaction.
 *
 *   state topic ──> tickets_load
 *   event ────────> tickets_apply ──┐
 *   time ─────────> tickets_fire ───┼──> outputs, and a record for the topic
 *   new calendar ─> tickets_recalendar
 *
 * Pure but for its memory: no I/O, no clock, no log. One thread uses it.
 */
#ifndef DISPATCHER_TICKETS_H
#define DISPATCHER_TICKETS_H

#include "ticket.h"

struct tickets;

/* A record of the state topic. Bytes lie in the arena of the outputs, or with
 * who gave them. */
struct ticket_record {
    const void *key; /* the ticket id */
    size_t key_size;
    const void *value; /* a packed TicketState; NULL: forget the ticket */
    size_t value_size;
};

/* What one step led to. */
struct ticket_step {
    /* REJECT_NONE, or why the event is a dead letter. */
    enum reject_code code;
    bool repeat; /* the event has been here: nothing changed */
    /* To be written to the state topic; key NULL: nothing. A refused event
     * may have one too (REFUSED takes an event id). */
    struct ticket_record record;
};

/* Never NULL: out of memory ends the process. */
struct tickets *tickets_new(void);
void tickets_free(struct tickets **t);

/* This record will be loaded soon, after a few others: its memory is fetched
 * meanwhile. Only its key is looked at. */
void tickets_expect(const struct tickets *t,
                    const struct ticket_record *record);

/* One record of the state topic, in its order; it is part of no transaction,
 * and none may be open. It takes little longer than a copy of the record.
 * REJECT: the key is no ticket id, or the value no TicketState; FATAL: its
 * format is newer than ours. Then nothing has changed. */
MUST_CHECK enum status tickets_load(struct tickets *t,
                                    const struct ticket_record *record);

/* Applies a checked event; as ticket_apply, whose context it takes but for
 * ticket_id. Outputs are added to `out`. FATAL, and nothing is changed: what
 * the state topic holds of this ticket cannot be read. */
MUST_CHECK enum status
tickets_apply(struct tickets *t, const struct ticket_context *ctx,
              const Dispatch__V1__TicketEvent *event, struct outputs *out,
              struct ticket_step *step, struct reject *r);

/* When time does something next, for any ticket; INT64_MAX: never. */
int64_t tickets_next_due(const struct tickets *t);

/* Fires what is due first of all, all at that moment for that ticket, if it is
 * due at or before until_ms; call it again until nothing comes. What cannot be
 * fired because it would be too large (step->code) is put off by
 * TICKETS_PUT_OFF_MS, in memory only. FATAL as above. */
enum { TICKETS_PUT_OFF_MS = 60000 };
MUST_CHECK enum status tickets_fire(struct tickets *t,
                                    const struct ticket_context *ctx,
                                    int64_t until_ms, struct outputs *out,
                                    struct ticket_step *step);

/* Looks at tickets from *cursor (0: the first) on for clocks whose calendar is
 * another one in ctx->catalogue, moves those of the first such ticket, and
 * stands behind it; looks at `max` tickets at most. Tickets may come and go
 * between two calls: each that was there all the time is looked at. After an
 * abort the cursor is again what it was before the transaction. At the end
 * *cursor becomes TICKETS_END. FATAL as above. */
#define TICKETS_END SIZE_MAX
MUST_CHECK enum status tickets_recalendar(struct tickets *t,
                                          const struct ticket_context *ctx,
                                          size_t *cursor, size_t max,
                                          struct outputs *out,
                                          struct ticket_step *step);

/* An event of this ticket was seen that cannot be applied yet: time does
 * nothing to it until tickets_release, which is for when no transaction is
 * open. In memory only; after an abort see it again. */
void tickets_hold(struct tickets *t, const void *id, size_t id_size);
void tickets_release(struct tickets *t);

/* What was changed since the last of these two calls stays, or never was. */
void tickets_commit(struct tickets *t);
void tickets_abort(struct tickets *t);

/* How many are in this status, or in any. */
#define TICKET_STATUS_ANY DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED
size_t tickets_count(const struct tickets *t,
                     Dispatch__V1__TicketStatus status);

/* Bytes in use, as ticket_store_memory. */
size_t tickets_memory(const struct tickets *t);

#endif
