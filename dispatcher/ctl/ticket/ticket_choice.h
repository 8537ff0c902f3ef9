/*
 * Which tickets a verb is for, and what is remembered of them.
 */
#ifndef DISPATCHER_TICKET_CHOICE_H
#define DISPATCHER_TICKET_CHOICE_H

#include "ticket_job.h"

struct ticket_choice {
    const char **ids;   /* as they were named, each once; or by creation */
    const char **by_id; /* those that were named, sorted; NULL: selected */
    size_t n;
    bool selected; /* not by their ids */
    struct ticket_states *states;
};

/* Reads the states of the tickets that are named, or of those that the job's
 * options select. CTL_OK, or another exit code and said. Free with
 * ticket_choice_deinit in either case. */
MUST_CHECK int ticket_choose(struct ticket_job *job, char **ids,
                             struct ticket_choice *out);
void ticket_choice_deinit(struct ticket_choice *choice);

/* The state of ticket i; NULL: unknown. Lives until the next call. */
const Dispatch__V1__TicketState *
ticket_choice_state(const struct ticket_choice *choice, size_t i);

#endif
