/*
 * The audit: what the topics prove about every ticket.
 *
 *   records of all topics ──> audit_take ──> a journal for each ticket
 *                             audit_judge ─> findings, figures
 *
 * Pure but for its memory: no I/O, no clock, no log. It never says that
 * something is wrong where a log that begins too late, an open transaction or
 * a transaction that was only partly read could explain it. For that its
 * caller takes the ends of the logs in this order, before it reads a record:
 *
 *   1. the group's committed offsets in `tickets`      committed
 *   2. last stable offsets of all topics but tickets   settled
 *   3. high watermarks of the same topics              end
 *   4. the last stable offsets of tickets              end
 *
 * A transaction of which something stands before `settled` was decided when 3
 * was asked, so all of it stands before the ends; and so does every input that
 * led to something read, before the end of `tickets`.
 */
#ifndef DISPATCHER_AUDIT_H
#define DISPATCHER_AUDIT_H

#include "audit_kinds.h"
#include "reject.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit;

/* In the order in which they are to be read: what is looked up is read before
 * what looks it up. */
enum audit_topic {
    AUDIT_DEAD_LETTERS,
    AUDIT_ASSIGNMENTS,
    AUDIT_DEADLINES,
    AUDIT_TICKETS,
    AUDIT_STATE, /* none of its partitions: it is not compared */
    AUDIT_TOPICS
};

/* One partition: what of it is read. */
struct audit_log {
    int64_t begin; /* the first offset */
    bool whole;    /* nothing was ever before it */
    int64_t settled;
    int64_t end;
    bool held_back;    /* an open transaction hides records before `end` */
    int64_t committed; /* only of tickets; negative: not known */
};

struct audit_logs {
    struct {
        const char *name;
        struct audit_log *partitions;
        int32_t n;
    } topics[AUDIT_TOPICS];
};

/* The headers of a dead letter. */
struct audit_letter {
    const char *code;  /* "": none */
    const char *topic; /* "": none */
    int64_t partition; /* negative: none */
    int64_t offset;
    bool truncated;
};

/* A record as a read_committed reader gets it. Bytes are borrowed. */
struct audit_record {
    enum audit_topic topic;
    int32_t partition;
    int64_t offset;
    const void *key;
    size_t key_size; /* key NULL: none */
    const void *value;
    size_t value_size;                 /* value NULL: a tombstone */
    const struct audit_letter *letter; /* of dead letters */
};

/* Where the evidence is. */
struct audit_place {
    enum audit_topic topic;
    int32_t partition;
    int64_t offset;
    uint32_t number; /* of the event, <ticket_id>/<number>; 0: it is none */
};

struct audit_finding {
    enum audit_kind kind;
    const char *ticket_id; /* "": it is about no ticket */
    const char *message;   /* one sentence */
    struct audit_place places[2];
    size_t n_places;
};

/* A clock that is open. */
struct audit_open_clock {
    char *ticket_id;
    const char *department_id;
    int clock; /* dispatch.v1.Clock */
    int64_t due_at;
    bool paused;
    bool breached;
    uint32_t number; /* of the last event of the clock */
};

/* Where tickets are in their lives. */
enum audit_end {
    AUDIT_END_OPEN,
    AUDIT_END_RESOLVED,
    AUDIT_END_CLOSED,
    AUDIT_END_MERGED,
    AUDIT_END_CANCELLED,
    AUDIT_END_DEAD_LETTER, /* its `created` */
    AUDIT_END_WAITING,     /* its `created` was not read yet */
    AUDIT_END_UNKNOWN,     /* its events lie before the logs */
    AUDIT_ENDS
};

enum { AUDIT_EVENT_KINDS = 16 };

struct audit_figures {
    uint64_t found[AUDIT_KINDS];
    uint64_t violations; /* the sum of those that are */
    uint64_t records[AUDIT_TOPICS];
    uint64_t tickets[AUDIT_ENDS];
    uint64_t begun_before; /* tickets of which the first events are unknown */

    uint64_t applied; /* inputs that led to events */
    uint64_t silent;  /* inputs that concerned nobody else */
    uint64_t repeats; /* inputs that had been there */
    uint64_t refused; /* inputs that are dead letters */
    uint64_t waiting; /* inputs that were not read yet */
    uint64_t unknown; /* inputs whose outputs may lie before the logs */
    uint64_t lost;    /* inputs that are gone */
    uint64_t letters[REJECT_COUNT]; /* dead letters; REJECT_NONE: of a code
                                       that is unknown */
    uint64_t foreign_letters;       /* of another topic, or without headers */

    uint64_t assignments[AUDIT_EVENT_KINDS]; /* by kind */
    uint64_t deadlines[AUDIT_EVENT_KINDS];

    uint64_t clocks; /* that were scheduled */
    uint64_t met;    /* of them, those below too */
    uint64_t met_late;
    uint64_t cancelled;
    uint64_t breached; /* whatever became of them later */
    uint64_t open;
    uint64_t paused;  /* of the open ones */
    uint64_t overdue; /* of the open ones */

    uint64_t states; /* of tickets that were compared */

    size_t memory;         /* the most bytes that tickets took */
    size_t memory_tickets; /* how many tickets there were then */
    unsigned passes;       /* over the topics */
};

struct audit_options {
    const struct audit_logs *logs; /* borrowed; may change until audit_judge */
    int64_t now_ms;                /* what is overdue */
    size_t max_memory;             /* for tickets, in bytes */
    size_t max_clocks;             /* open clocks to list; 0: all */
    /* Called from audit_take and audit_judge; the finding is borrowed. */
    void (*found)(void *opaque, const struct audit_finding *finding);
    void *opaque;
};

/* Never NULL: out of memory ends the process. */
struct audit *audit_new(const struct audit_options *options);
void audit_free(struct audit **a);

/* Takes one record; topics one after the other, each partition's records in
 * the order of their offsets. */
void audit_take(struct audit *a, const struct audit_record *rec);

/* Judges and forgets all tickets that were taken. */
void audit_judge(struct audit *a);

/* True when max_memory was too little for all tickets: then all topics are to
 * be read and judged once more, for others than before. */
bool audit_next(struct audit *a);

const struct audit_figures *audit_figures(const struct audit *a);

/* By how much it is overdue; 0: it is not. */
int64_t audit_overdue_ms(const struct audit_open_clock *clock, int64_t now_ms);

/* The first max_clocks open clocks, those due first before the others.
 * Borrowed. */
const struct audit_open_clock *audit_open_clocks(const struct audit *a,
                                                 size_t *n);

#endif
