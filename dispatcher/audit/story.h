/*
 * One ticket as the topics tell it: its events in the order of their numbers,
 * its inputs in the order of their offsets, and which led to which.
 */
#ifndef DISPATCHER_AUDIT_STORY_H
#define DISPATCHER_AUDIT_STORY_H

#include "book.h"
#include "output.h"
#include "state.h"

enum { STORY_NO_INPUT = -1 };

struct story_event {
    struct entry e;
    int32_t input; /* that caused it, or STORY_NO_INPUT */
    bool twice;    /* the number is that of the event before */
    bool gap;      /* what happened before it is not all known */
    bool direct;   /* the dispatcher made it when it read the input */
};

struct story_input {
    struct entry e;
    bool answered;
};

struct story {
    struct audit *audit;
    const char *id;
    struct story_event *events;
    size_t n_events, events_size;
    struct story_input *inputs;
    size_t n_inputs, inputs_size;
    uint32_t *by_cause; /* inputs, by cause and then by place */
    struct state state;
    bool has_state;
    bool inputs_whole; /* nothing is missing before the first input */
    bool inputs_known; /* all that the ticket ever accepted are there */

    /* Set by judge_numbers. */
    size_t n_settled; /* so many events are judged; the others are in flight */
    bool whole;       /* nothing happened before the first event */
    bool cut_off;     /* something happened after the last event */
    uint32_t last;    /* number of the last of the settled events; 0: none */
};

struct story *story_new(struct audit *a);
void story_free(struct story **s);

/* Reads a ticket's journal and state. */
void story_read(struct story *s, const struct ledger_ticket *t);

/* The inputs under one event id: [*first, *first + n) of by_cause. */
size_t story_inputs(const struct story *s, uint64_t cause, size_t *first);

/* The kind of the input that caused the event; negative: not known. */
int story_cause_kind(const struct story *s, const struct story_event *event);

/* How many of those under the event's cause are no dead letters. */
size_t story_live(const struct story *s, uint64_t cause);

/* Whether both were made in one step: by one input, or at one time. */
bool story_same_step(const struct story_event *a, const struct story_event *b);

struct known_input story_place_of(const struct story_input *input);

/* Findings about this ticket, with up to two entries as evidence. */
void story_find(struct story *s, enum audit_kind kind, const struct entry *one,
                const struct entry *two, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* A time for a message. */
struct story_time {
    char text[OUTPUT_TIME_SIZE];
};
struct story_time story_time(int64_t at_ms);

/* Other texts for messages; static. */
const char *story_kind_name(const struct entry *e);
const char *story_clock_name(int clock);
const char *story_role_name(int role);
const char *story_department(const struct story *s, uint32_t department);

#endif
