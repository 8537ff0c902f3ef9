/*
 * Events to be published, each for a ticket of its own: first what the
 * dispatcher would make of them, later what it did.
 */
#ifndef DISPATCHER_EVENT_PLAN_H
#define DISPATCHER_EVENT_PLAN_H

#include <dispatch/v1/dispatch.pb-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct forecast;
struct told;

enum plan_verdict {
    PLAN_SEND,
    PLAN_REPEAT,  /* the ticket has had it: there is nothing to do */
    PLAN_REFUSED, /* the dispatcher would refuse it */
};

enum plan_answer { PLAN_SILENCE, PLAN_ACCEPTED, PLAN_DEAD_LETTER };

struct planned_event {
    Dispatch__V1__TicketEvent *event;
    uint8_t *value; /* packed */
    size_t size;
    enum plan_verdict verdict;
    bool forced; /* sent although it would be refused */
    char *code;  /* of the refusal, foreseen or real; NULL: none */
    char *why;
    uint32_t sequence; /* number of the ticket's last output, as far as known */
    enum plan_answer answer;
    /* What it would lead to, or led to: by their numbers. */
    struct told **outputs;
    size_t n_outputs;
};

/* Start from {0}. */
struct event_plan {
    struct planned_event *items;
    size_t n;
    size_t capacity;
    struct planned_event **by_id; /* set by event_plan_index */
};

void event_plan_deinit(struct event_plan *plan);

/* Adds an event, whose value was packed already; bytes are copied. `forced`:
 * it is sent also if it would be refused. `sequence` is the state's, 0 for an
 * unknown ticket. The outputs of the forecast are kept if `preview`. */
void event_plan_add(struct event_plan *plan,
                    const Dispatch__V1__TicketEvent *event, uint32_t sequence,
                    const struct forecast *forecast, bool forced, bool preview);

/* To be called once all are added. */
void event_plan_index(struct event_plan *plan);

/* The event for the ticket with this id; NULL: none. */
struct planned_event *event_plan_find(const struct event_plan *plan,
                                      const char *id, size_t size);

/* How many have this verdict; how many of those that were sent have this
 * answer. */
size_t event_plan_count(const struct event_plan *plan,
                        enum plan_verdict verdict);
size_t event_plan_answers(const struct event_plan *plan,
                          enum plan_answer answer);

/* Adds an output to those of the event; takes it over. */
void planned_event_add_output(struct planned_event *item, struct told *told);

/* Says that and why it was or would be refused. */
void planned_event_refuse(struct planned_event *item, const char *code,
                          const char *why);

#endif
