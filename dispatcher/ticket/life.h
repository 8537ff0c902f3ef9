/*
 * What the files of this folder share while one ticket's life goes on by one
 * event, or by the timers that are due.
 *
 * A failure (refused, or the arena is full) is kept in out.code; from then on
 * nothing is sent, and whatever was changed is a copy that is thrown away. So
 * most functions return nothing and only the entry points ask.
 */
#ifndef DISPATCHER_TICKET_LIFE_H
#define DISPATCHER_TICKET_LIFE_H

#include "catalogue.h"
#include "ticket.h"

struct arena;
struct calendar;

/* Short names for protobuf-c's. */
#define TICKET_UNKNOWN DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED
#define TICKET_OPEN DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_OPEN
#define TICKET_RESOLVED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_RESOLVED
#define TICKET_CLOSED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CLOSED
#define TICKET_MERGED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_MERGED
#define TICKET_CANCELLED DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_CANCELLED

enum { TICKET_STATUSES = TICKET_CANCELLED + 1 };

#define ROLE_LEAD DISPATCH__V1__ROLE__ROLE_LEAD
#define ROLE_CO_HANDLER DISPATCH__V1__ROLE__ROLE_CO_HANDLER
#define ROLE_SUPERVISOR DISPATCH__V1__ROLE__ROLE_SUPERVISOR

#define CLOCK_RUNNING DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_RUNNING
#define CLOCK_PAUSED DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_PAUSED
#define CLOCK_MET DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_MET
#define CLOCK_CANCELLED DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_CANCELLED

#define TELL_ASSIGNED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED
#define TELL_REASSIGNED                                                        \
    DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REASSIGNED
#define TELL_FORWARDED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_FORWARDED
#define TELL_WITHDRAWN DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_WITHDRAWN
#define TELL_DISPUTED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_DISPUTED
#define TELL_UPDATED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_UPDATED
#define TELL_URGED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_URGED
#define TELL_REFUSED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REFUSED
#define TELL_REOPENED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_REOPENED
#define TELL_CLOSED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_CLOSED

#define DEADLINE_SCHEDULED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_SCHEDULED
#define DEADLINE_RESCHEDULED                                                   \
    DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_RESCHEDULED
#define DEADLINE_WARNING DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_WARNING
#define DEADLINE_BREACHED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_BREACHED
#define DEADLINE_ESCALATED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_ESCALATED
#define DEADLINE_MET DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_MET
#define DEADLINE_PAUSED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_PAUSED
#define DEADLINE_RESUMED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_RESUMED
#define DEADLINE_CANCELLED DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_CANCELLED
/* A clock that was set but not told yet: its department hears of the ticket
 * first. */
struct untold {
    struct untold *next;
    const Dispatch__V1__TicketPart *part;
    const Dispatch__V1__TicketClock *clock;
    int kind; /* DEADLINE_SCHEDULED or DEADLINE_RESCHEDULED */
};

struct life {
    const struct ticket_context *ctx;
    const Dispatch__V1__TicketEvent *event; /* NULL: time alone */
    Dispatch__V1__TicketState *state;       /* a copy, ours to change */
    struct arena *arena;
    int64_t at;        /* when it happened */
    int64_t now;       /* warn points before this are skipped */
    const char *actor; /* the department that acts; "": a desk, the citizen */
    const enum urgency *limits; /* whose limits count; NULL: the ticket's */
    bool packed;                /* the ticket is in `out` as it is now */
    bool forgotten;             /* timers: the ticket's time is over */
    struct untold *untold;
    /* The policy that was kept last, and its copy: a dispatch asks for the
     * same one for each part and clock. */
    const struct policy *policy;
    Dispatch__V1__Policy *policy_copy;
    struct output_batch out;
};

/* Begins on a copy of *state, or in place (NULL: a new, empty one). */
void life_begin(struct life *l, const struct ticket_context *ctx,
                Dispatch__V1__TicketState *state, struct outputs *out);

/* From here on things happen at `at`, because of `caused_by`. */
void life_at(struct life *l, int64_t at, const char *caused_by);

/* Memory, all zero; NULL, and failed, when the arena is full. */
void *life_alloc(struct life *l, size_t size);

/* A copy of a list with room for one more; NULL as above. */
void *life_grow(struct life *l, const void *items, size_t n, size_t item_size);

/* "first" or "first: second"; "" as above. */
char *life_text(struct life *l, const char *first, const char *second);

/* Refuses the event. */
void life_fail(struct life *l, enum reject_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);
bool life_failed(const struct life *l);

/* A copy of a message and of every list and message in it; texts are shared.
 * NULL when the arena is full. */
void *message_copy(struct arena *a, const ProtobufCMessage *msg);

/* The catalogue's version, from now on that of the last decision. */
void life_decided(struct life *l);

/* Changes of the ticket's content are to be packed anew. */
void life_content_changed(struct life *l);

const struct department *life_department(const struct life *l, const char *id);

/* Whose limits clocks get: the ticket's urgency, unless it is being raised. */
enum urgency life_urgency(const struct life *l);

/* The number of a policy in the state, which is put there if it is new; 0 for
 * NULL. */
uint32_t policy_keep(struct life *l, const struct policy *policy);

/* Forgets policies that no part and no clock uses any more. */
void policy_drop_unused(struct life *l);

/* NULL for 0. */
const Dispatch__V1__Policy *policy_of(const struct life *l, uint32_t number);

/* DURATION_NONE: no such clock. */
struct duration policy_limit(const Dispatch__V1__Policy *policy,
                             enum urgency urgency, enum clock_kind kind);

/* A duration that the state holds; DURATION_NONE for "". */
struct duration duration_of(const char *text);

/* By what calendar clocks of a department run: the policy's, else the
 * department's, else 24x7; the last also where the catalogue has lost it. */
const struct calendar *policy_calendar(const struct life *l,
                                       const Dispatch__V1__Policy *policy,
                                       const char *department_id);

#endif
