/*
 * A ticket's events once more, one after the other: who holds it and what
 * clocks run, and what may happen then.
 *
 * Where a gap hides events all is forgotten, and only what later events tell
 * counts: one loss gives one finding.
 */
#ifndef DISPATCHER_AUDIT_REPLAY_H
#define DISPATCHER_AUDIT_REPLAY_H

#include "audit_clock_table.h"
#include "story.h"

struct replay_holder {
    uint32_t department;
    uint8_t role;
    uint8_t role_before; /* the present step; 0: it did not hold the ticket */
    bool closed;         /* told of the end */
    bool resolved;       /* reported so, in this round */
};

struct replay_clock {
    uint32_t department;
    uint8_t clock;
    enum clock_state state;
    int64_t due_at;
    int64_t warn_at; /* the next warning; 0: none */
    bool always;     /* it runs by 24x7 */
    uint64_t levels; /* bit i: level i has escalated */
    size_t step;     /* that told of it last */
    const struct story_event *last;
};

/* A department that returned the ticket. */
struct replay_return {
    uint32_t department;
    const struct entry *told; /* the first event that lists it */
};

struct replay {
    struct story *story;
    bool known; /* holders, clocks and the end are known, not only some */
    struct replay_holder *holders;
    size_t n_holders;
    struct replay_clock *clocks;
    size_t n_clocks;
    struct replay_return *returns; /* since the ticket was reclassified */
    size_t n_returns;

    size_t n_leads;  /* after the last step */
    bool dispatched; /* ASSIGNED was there */
    bool ended;
    size_t ended_step;
    enum audit_end end; /* if it has ended */
    const struct entry *end_event;
    bool plan, reply; /* were given */

    /* The present step: events [first, until). */
    size_t step;
    size_t first;
    size_t until;
    size_t next_input; /* to be judged */
};

/* Embedded; lists keep their memory from one ticket to the next. */
void replay_deinit(struct replay *r);

/* Judges all settled events and all inputs that were read. */
void replay_run(struct replay *r, struct story *s);

/* Whether the ticket is known to be open: the last that was told of it is no
 * end. */
bool replay_is_open(const struct replay *r);

/* Whether what follows on the present step is there, so that nothing of the
 * step itself can be missing. */
bool replay_step_is_whole(const struct replay *r);

/* NULL: it holds nothing. */
struct replay_holder *replay_holder(const struct replay *r,
                                    uint32_t department);

/* The open clock; NULL: none is known to be open. */
struct replay_clock *replay_open_clock(const struct replay *r,
                                       uint32_t department, int clock);

/* One event of the step (replay_holders.c, replay_clocks.c). */
void replay_assignment(struct replay *r, const struct story_event *event);
void replay_deadline(struct replay *r, const struct story_event *event);

/* Before a step: what must have happened before it. */
void replay_due(struct replay *r);
void replay_returns(struct replay *r);

/* After a step: what must hold now. */
void replay_check_holders(struct replay *r);
void replay_check_clocks(struct replay *r);

#endif
