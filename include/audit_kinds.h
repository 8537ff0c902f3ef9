/*
 * What an audit may find. The names are part of the contract (--json, the
 * manual); the rule is what an audit proves for everything that it read.
 */
#ifndef DISPATCHER_AUDIT_KINDS_H
#define DISPATCHER_AUDIT_KINDS_H

#include <stdbool.h>

/* X(ENUMERATOR, "name", "the rule that does not hold") */
#define AUDIT_VIOLATIONS(X)                                                    \
    X(UNREADABLE_EVENT, "unreadable_event",                                    \
      "Each record of assignments and deadlines is an event, under the key "   \
      "of its ticket.")                                                        \
    X(EVENT_TWICE, "event_twice", "No event id is there twice.")               \
    X(EVENT_MISSING, "event_missing",                                          \
      "The numbers of a ticket's events have no gap over both topics.")        \
    X(EVENT_ORDER, "event_order",                                              \
      "A ticket's events stand in each topic in the order of their numbers.")  \
    X(CAUSE_UNKNOWN, "cause_unknown",                                          \
      "Each event names an input of its ticket as its cause.")                 \
    X(CAUSE_ORDER, "cause_order",                                              \
      "Events follow the order of the inputs that caused them.")               \
    X(ANSWERED_TWICE, "answered_twice", "No input is applied twice.")          \
    X(INPUT_LOST, "input_lost",                                                \
      "Each input that was read is answered or a dead letter.")                \
    X(TICKET_FORGOTTEN, "ticket_forgotten",                                    \
      "No ticket is unknown before it has ended.")                             \
    X(LETTER_TWICE, "dead_letter_twice", "No record is a dead letter twice.")  \
    X(LETTER_ANSWERED, "dead_letter_answered",                                 \
      "No input is both applied and a dead letter.")                           \
    X(LETTER_UNFOUNDED, "dead_letter_unfounded",                               \
      "Each dead letter names the record that it was.")                        \
    X(LETTER_CHANGED, "dead_letter_changed",                                   \
      "A dead letter has the original key and bytes.")                         \
    X(REFUSED_UNFOUNDED, "refused_unfounded",                                  \
      "REFUSED answers an input that is a dead letter wrong_state, once.")     \
    X(ASSIGNED_AGAIN, "assigned_again",                                        \
      "ASSIGNED is for the first dispatch alone, once for each department.")   \
    X(NOT_HOLDER, "not_holder",                                                \
      "What a department is told agrees with what it holds.")                  \
    X(LEADS, "leads", "A ticket has exactly one lead.")                        \
    X(RETURNED_TO, "returned_to",                                              \
      "The dispatcher itself assigns no department a ticket that it "          \
      "returned.")                                                             \
    X(NOT_CLOSED, "not_closed",                                                \
      "Each department that holds a ticket is told of its end.")               \
    X(AFTER_END, "after_end",                                                  \
      "After its end nothing happens to a ticket unless it is reopened.")      \
    X(CLOCK_ORDER, "clock_order",                                              \
      "A clock is scheduled, then runs, pauses and resumes until it is met "   \
      "or cancelled.")                                                         \
    X(CLOCK_PROMISED, "clock_promised",                                        \
      "What ASSIGNED says is due is scheduled, and no other clock.")           \
    X(CLOCK_HOLDER, "clock_holder",                                            \
      "Clocks are scheduled for departments that hold the ticket.")            \
    X(CLOCK_LEFT, "clock_left", "No clock is open after the ticket's end.")    \
    X(BREACH_MISSING, "breach_missing",                                        \
      "A clock whose end has passed is breached before anything else.")        \
    X(BREACH_TWICE, "breach_twice",                                            \
      "A clock is breached at most once each time it is scheduled.")           \
    X(BREACH_TIME, "breach_time", "A breach happens at the due time.")         \
    X(WARNING_MISSING, "warning_missing",                                      \
      "An announced warning comes before anything later.")                     \
    X(WARNING_TIME, "warning_time",                                            \
      "A warning happens when it was announced, before the due time.")         \
    X(ESCALATION, "escalation",                                                \
      "Each level escalates once, after the breach and the due time.")         \
    X(LATE, "late", "late_ms is the time between due_at and the event.")       \
    X(STATE_UNREADABLE, "state_unreadable",                                    \
      "Each record of the state topic is a ticket's state.")                   \
    X(STATE_PARTITION, "state_partition",                                      \
      "A ticket's state lies in the number of its inputs' partition.")         \
    X(STATE_NUMBER, "state_number",                                            \
      "The state's sequence is the number of the ticket's last event.")        \
    X(STATE_MISSING, "state_missing", "The state has each open ticket.")       \
    X(STATE_STATUS, "state_status",                                            \
      "The state says open, closed, merged, cancelled as the events do.")      \
    X(STATE_HOLDER, "state_holder",                                            \
      "The state has the departments and roles that the events tell.")         \
    X(STATE_CLOCK, "state_clock",                                              \
      "The state has the open clocks and ends that the events tell.")

/* Nobody's fault that the dispatcher could mend: listed, no violation. */
#define AUDIT_SHORTCOMINGS(X)                                                  \
    X(NO_PLAN, "no_plan", "A resolved ticket has a plan.")                     \
    X(NO_REPLY, "no_reply", "A resolved ticket has a reply.")

enum audit_kind {
#define AUDIT_ENUMERATOR(id, name, rule) AUDIT_##id,
    AUDIT_VIOLATIONS(AUDIT_ENUMERATOR) AUDIT_SHORTCOMINGS(AUDIT_ENUMERATOR)
#undef AUDIT_ENUMERATOR
        AUDIT_KINDS
};

/* "event_twice" */
const char *audit_kind_name(enum audit_kind kind);
const char *audit_kind_rule(enum audit_kind kind);

/* False: a shortcoming. */
bool audit_kind_is_violation(enum audit_kind kind);

#endif
