/*
 * From what a verb's options say to a plan of events, checked beforehand as
 * the dispatcher will check them.
 */
#ifndef DISPATCHER_TICKET_BUILD_H
#define DISPATCHER_TICKET_BUILD_H

#include "event_plan.h"
#include "reject.h"
#include "ticket_job.h"

#include <jansson.h>

struct arena;
struct catalogue;

struct ticket_build {
    struct ticket_job *job;
    struct catalogue *cat; /* NULL: it cannot be had */
    struct arena *source;
    struct arena *forecast;
    int64_t occurred_at;
    bool several; /* event ids need the ticket's */
    struct event_plan plan;
};

/* Begins with a catalogue (NULL: it cannot be had), which is taken over. */
void ticket_build_init(struct ticket_build *b, struct ticket_job *job,
                       struct catalogue **cat);

/* Checks the options without any ticket, reads the catalogue and checks the
 * departments against it. CTL_OK, or another exit code and said. Free with
 * ticket_build_end in either case. */
MUST_CHECK int ticket_build_begin(struct ticket_build *b,
                                  struct ticket_job *job);
void ticket_build_end(struct ticket_build *b);

/* Adds an event of this kind for a ticket; takes over the message. `state`
 * NULL: unknown. `objection` (may be NULL) is a reason of our own not to send
 * it. False, and said: it is no event that anybody could send. */
MUST_CHECK bool ticket_build_add(struct ticket_build *b, const char *ticket_id,
                                 const Dispatch__V1__TicketState *state,
                                 const char *kind, json_t *message,
                                 const struct reject *objection);

/* The message of the job's verb for a ticket in this state. NULL, and said. */
json_t *ticket_build_message(struct ticket_build *b,
                             const Dispatch__V1__TicketState *state);

/* Adds the events of dispatchctl ticket merge: operands are the younger ones.
 * CTL_OK, or another exit code and said. */
MUST_CHECK int ticket_merge_build(struct ticket_build *b, char **operands);

#endif
