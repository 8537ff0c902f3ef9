/*
 * The partitions a worker owns: how far each one is, its tickets, and by what
 * stamp it is known that these are current.
 *
 *             set                 rewound                    ready
 *   assigned ─────> (nothing) ──────────────> restoring ──────────────> ready
 *                                   └─ stamp as before: memory is kept ───^
 */
#ifndef DISPATCHER_PARTITIONS_H
#define DISPATCHER_PARTITIONS_H

#include "consumer.h"
#include "frontier.h"
#include "stamp.h"
#include "state_partition.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct partition_metrics;
struct tickets;

/* Open clocks follow a changed calendar: all are looked at, bit by bit. */
struct calendar_look {
    uint64_t done;    /* the calendars under which all clocks stand; 0: none */
    uint64_t present; /* those for which clocks are being looked at */
    size_t cursor;    /* how far that has come; TICKETS_END: to the end */
};

struct owned {
    int32_t partition;
    int64_t committed;  /* or OFFSET_NONE */
    int64_t next;       /* behind the last record whose outputs were sent */
    bool fetching;      /* its tickets are fetched */
    struct stamp stamp; /* committed with `committed` */

    /* The memory. */
    struct tickets *tickets; /* NULL: none */
    bool ready;              /* `tickets` are as of `stamp`, and the open
                                transaction */
    uint64_t lineage;        /* of the stamps that this memory gives */
    struct state_head head;  /* as the state topic has it */
    int64_t latest_ms;       /* latest timestamp of a record read */

    /* The open transaction. */
    bool touched;                   /* it has state records of this partition */
    struct stamp pending;           /* to be committed; none: not tried */
    struct state_head pending_head; /* not `there`: not written */

    /* Time. */
    struct frontier frontier;
    struct calendar_look calendars;

    /* Restoring. */
    int64_t restored;   /* next offset of the state to be read */
    size_t n_restored;  /* records */
    int64_t begun_us;   /* when that began */
    bool restore_waits; /* read to the end, but a transaction is open */

    struct partition_metrics *metrics; /* shows `committed` */
};

struct partitions {
    struct owned *items; /* sorted by partition */
    size_t n;
    struct partition_offset *offsets; /* scratch for n items */
};

/* Owns exactly these from now on. What is ready stays in memory for those that
 * were owned before; whether it is current, `rewound` finds out. */
void partitions_set(struct partitions *p, const int32_t *ids, size_t n);
void partitions_deinit(struct partitions *p);

/* NULL when it is not owned. */
struct owned *partitions_find(const struct partitions *p, int32_t partition);

/* All of them, at their committed offsets; returns p->offsets. */
struct partition_offset *partitions_committed(struct partitions *p);

/* Takes over what p->offsets says is committed. By the stamp the memory of a
 * partition stands as it was before the open transaction, or as it was after
 * it, or is dropped. Returns how many are kept. */
size_t partitions_rewound(struct partitions *p);

/* A partition's memory is complete: it gets a lineage of its own. */
void partitions_ready(struct owned *o);

/* What was read of a state must be read again from its beginning; a memory that
 * is complete stays. */
void partitions_restore_anew(struct owned *o);

/* Those that moved or were touched since they were committed go to p->offsets,
 * each with the stamp that it will have; how many. */
size_t partitions_moved(struct partitions *p);

/* What the head of this partition must say once its pending stamp is committed:
 * false when it says that, or nearly that, already. */
bool partition_needs_head(const struct owned *o);

/* What partitions_moved gave is committed now. */
void partitions_commit(struct partitions *p);

#endif
