/*
 * Records on their way out: what one input leads to, packed and in order.
 *
 * Outputs are collected in an arena by the pure core and then produced by the
 * worker, so that one input's outputs are in the transaction all or none.
 */
#ifndef DISPATCHER_OUTPUT_H
#define DISPATCHER_OUTPUT_H

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
};

/* An empty list whose items will lie in `a`. */
void outputs_init(struct outputs *out, struct arena *a, size_t max_size);

/* Adds the events of a first dispatch: for each part ASSIGNED, then SCHEDULED
 * for each of its clocks. `event` is a `created`. Event ids are
 * <ticket_id>/<n> with n from *seq + 1; *seq is left at the last one used. A
 * department that has a topic of its own gets ASSIGNED there too, under the
 * same event id. A confidential ticket's contact is left out of `assignments`
 * and goes only to the department's own topic.
 *
 * REJECT_OUTPUT_TOO_LARGE when a value exceeds max_size or the arena is full;
 * then *seq and the list are as before, though the arena has less room. */
enum reject_code outputs_add_dispatch(struct outputs *out,
                                      const Dispatch__V1__TicketEvent *event,
                                      const struct dispatch_plan *plan,
                                      const char *catalogue_version,
                                      uint32_t *seq, struct reject *r);

/* "2018-10-21T23:42:00.000Z" for the header ce_time. Times before the year 0
 * and after 9999 are written as the first and last millisecond of these. */
enum { OUTPUT_TIME_SIZE = 25 };
void output_time(int64_t at_ms, char text[OUTPUT_TIME_SIZE]);

#endif
