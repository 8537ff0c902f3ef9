/*
 * Words in `reason` and `explanation` of events by which readers tell apart
 * what the kind alone does not.
 */
#ifndef DISPATCHER_EVENT_WORDS_H
#define DISPATCHER_EVENT_WORDS_H

/* reason of CLOSED, alone or before ": " and the reason that was given. */
#define EVENT_WORDS_CANCELLED "cancelled"

/* explanation of ESCALATED to who ordered supervision: at once, for whatever
 * clock there is, and beside each later level. */
#define EVENT_WORDS_SUPERVISED "supervised"

/* explanation of RESCHEDULED that no input led to. */
#define EVENT_WORDS_CALENDAR "the calendar changed"

#endif
