/*
 * Records on their way out: what one input leads to, packed and in order.
 *
 * Outputs are collected in an arena by the pure core and then produced by the
 * worker, so that one input's outputs are in the transaction all or none.
 */
#ifndef DISPATCHER_OUTPUT_H
#define DISPATCHER_OUTPUT_H

#include "calendar_explain.h"
#include "dispatch.h"
#include "reject.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

enum output_topic {
    OUTPUT_ASSIGNMENTS,
    OUTPUT_DEADLINES,
    OUTPUT_DEPARTMENT, /* the topic that the catalogue names */
    OUTPUT_TOPICS
};

/* One packed event. All pointers lie in the arena or in the snapshot. */
struct output {
    enum output_topic topic;
    const char *department_topic; /* for OUTPUT_DEPARTMENT */
    const char *key;              /* the ticket id */
    size_t key_size;
    const void *value;
    size_t value_size;
    /* For the CloudEvents headers. */
    const char *event_id;
    const char *type; /* "dispatch.v1.AssignmentEvent.ASSIGNED": static */
    const char *department_id;
    int64_t occurred_at;
    int kind; /* AssignmentKind or DeadlineKind, for counting */
};

struct outputs {
    struct arena *arena; /* borrowed */
    struct output *items;
    size_t n;
    size_t capacity;
    size_t max_size; /* of a value: message.max.bytes less room for headers */
    /* Of `explanation` in DeadlineEvents; CALENDAR_NO_WORDS: left empty. */
    enum calendar_language language;
};

/* An empty list whose items will lie in `a`; events are not explained unless
 * `language` is set after this. */
void outputs_init(struct outputs *out, struct arena *a, size_t max_size);

/* The events of one ticket that one cause leads to, one after the other.
 *
 * The caller sets the first group of fields, may change them between events,
 * and leaves the second alone. After a failure nothing more is added, so that
 * only `code` must be asked, at the end. */
struct output_batch {
    struct outputs *out;
    const char *ticket_id;
    const char *caused_by; /* event id of the input */
    const char *catalogue_version;
    int64_t occurred_at; /* of the input, or a timer's due time */
    uint32_t sequence;   /* number of the ticket's last event */
    struct reject *r;    /* may be NULL */

    enum reject_code code; /* of the first failure */
    /* The ticket, ready packed: for everyone, and for own topics. */
    ProtobufCMessageUnknownField ticket;
    ProtobufCMessageUnknownField own_ticket;
};

/* Packs the ticket for the AssignmentEvents that follow: it is the largest
 * part of each and the same in all of them. A confidential ticket's contact is
 * left out for everyone and goes only to the department's own topic. */
void output_batch_set_ticket(struct output_batch *b,
                             const Dispatch__V1__TicketCreated *ticket);

/* Adds `msg` to assignments and, unless `topic` is empty, to the department's
 * own topic too, under the same event id. Fills what the batch knows: ids,
 * occurred_at, caused_by, catalogue_version and, but in WITHDRAWN and REFUSED,
 * the ticket. Everything else is the caller's; texts are borrowed until the
 * outputs are gone. */
void output_assignment(struct output_batch *b,
                       Dispatch__V1__AssignmentEvent *msg, const char *topic);

/* Adds `msg` to deadlines, as above. */
void output_deadline(struct output_batch *b, Dispatch__V1__DeadlineEvent *msg);

/* The number on the wire. */
Dispatch__V1__Clock output_clock(enum clock_kind kind);

/* protobuf-c has `char *` for texts, also for those it only reads. */
char *output_text(const char *borrowed);

/* Why a clock that starts at `start_ms` is due after `d`, in the outputs'
 * language, for `explanation` of a DeadlineEvent; lies in the arena. "" without
 * a language, at no cost. */
char *output_explain(struct output_batch *b, const struct calendar *cal,
                     int64_t start_ms, struct duration d);

/* "2018-10-21T23:42:00.000Z" for the header ce_time. Times before the year 0
 * and after 9999 are written as the first and last millisecond of these. */
enum { OUTPUT_TIME_SIZE = 25 };
void output_time(int64_t at_ms, char text[OUTPUT_TIME_SIZE]);

#endif
