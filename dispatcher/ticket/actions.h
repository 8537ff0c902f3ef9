/*
 * What each kind of event does. Each action finds life ready: the copy of the
 * state, the time, who acts; it changes the copy and sends what is to be sent,
 * or refuses.
 */
#ifndef DISPATCHER_TICKET_ACTIONS_H
#define DISPATCHER_TICKET_ACTIONS_H

#include "life.h"

void act_created(struct life *l);
void act_acknowledged(struct life *l);
void act_contacted(struct life *l);
void act_returned(struct life *l);
void act_reassigned(struct life *l);
void act_reclassified(struct life *l);
void act_paused(struct life *l);
void act_resumed(struct life *l);
void act_extended(struct life *l);
void act_resolved(struct life *l);
void act_callback(struct life *l);
void act_callback_noted(struct life *l);
void act_reopened(struct life *l);
void act_merged(struct life *l);
void act_cancelled(struct life *l);
void act_urged(struct life *l);
void act_updated(struct life *l);

/* Ends a pause, if there is one: RESUMED for each clock that stands. */
void pause_end(struct life *l);

/* A pause is over by itself: as pause_end, but the ends were found when it
 * began. */
void pause_run_out(struct life *l);

/* Where all whom the ticket waited for have resolved it waits for the
 * call-back, and closes by itself after a while. */
void life_check_resolved(struct life *l);

/* Ends the ticket: CLOSED to each department, open clocks CANCELLED. */
void life_end(struct life *l, int status, const char *reason);

/* Keeps of an ended ticket what is needed to know it. */
void life_shrink(struct life *l);

/* Gives the ticket this urgency. Only one that is higher touches clocks, and
 * unspecified changes nothing. */
void urgency_change(struct life *l, Dispatch__V1__Urgency urgency);

/* As above, but no clock is touched. */
void urgency_set(struct life *l, Dispatch__V1__Urgency urgency);

/* The limits of the ticket's urgency count from now. */
void urgency_raised(struct life *l);

#endif
