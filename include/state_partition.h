/*
 * What stands under the reserved key of each partition of the state topic, and
 * whether that partition and the committed offset belong together (invariants
 * 4, 9 and 10).
 */
#ifndef DISPATCHER_STATE_PARTITION_H
#define DISPATCHER_STATE_PARTITION_H

#include "stamp.h"
#include "status.h"
#include "tickets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The reserved key's value. It is written with the first transaction of each
 * memory, and again as time goes on. */
struct state_head {
    bool there;
    uint32_t format_version;
    uint32_t partitions; /* of tickets when the state was begun */
    uint64_t lineage;    /* of the memory that wrote it */
    int64_t latest_ms;   /* latest timestamp of a record read until then */
};

/* Whether this is the reserved key; no ticket id holds a NUL. */
bool state_head_has_key(const struct ticket_record *record);

/* False, with *out untouched, when the value is no StatePartition. */
MUST_CHECK bool state_head_read(const struct ticket_record *record,
                                struct state_head *out);

/* The record of a head of our own format; its value lies in `bytes`. */
enum { STATE_HEAD_SIZE = 64 };
struct ticket_record state_head_record(const struct state_head *head,
                                       uint8_t bytes[STATE_HEAD_SIZE]);

/* What was found of one partition. */
struct state_findings {
    int32_t partition;
    int32_t partitions; /* that tickets has now */
    int64_t offset;     /* committed; negative: none */
    struct stamp stamp; /* committed with it */
    struct state_head head;
    size_t n_tickets;
};

/* OK: the partition may be consumed from the offset. FATAL: an operator must
 * decide; why[STATE_WHY_SIZE] says what is wrong and where the procedure is.
 * REJECT: as OK, but something is unusual; `why` says what. */
enum { STATE_WHY_SIZE = 512 };
MUST_CHECK enum status state_judge(const struct state_findings *found,
                                   char why[STATE_WHY_SIZE]);

#endif
