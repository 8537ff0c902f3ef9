/*
 * What was read of one ticket, packed: an entry takes 10 to 40 bytes.
 *
 * Entries are packed against the one before (same cause, same time), so they
 * are added and read in one order only.
 */
#ifndef DISPATCHER_AUDIT_JOURNAL_H
#define DISPATCHER_AUDIT_JOURNAL_H

#include "audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags mean what they say in entries of one topic only. */
enum {
    /* assignments */
    ENTRY_MERGED = 2,    /* names the ticket that it was merged into */
    ENTRY_CANCELLED = 4, /* CLOSED because it was cancelled */
    ENTRY_CHANGED = 8,   /* another area or category than the one before */
    ENTRY_RETURNED = 16, /* the first that lists a return; `other`: whose */
    /* deadlines */
    ENTRY_SUPERVISED = 1, /* ESCALATED to who ordered supervision */
    ENTRY_CALENDAR = 2,   /* RESCHEDULED because its calendar changed */
    ENTRY_ALWAYS = 4,     /* runs by 24x7, which never changes */
    /* tickets */
    ENTRY_PLAN = 1,
    ENTRY_REPLY = 2,
    ENTRY_DEAD = 4, /* a dead letter */
};

/* One record. What a topic's records do not have is 0. */
struct entry {
    enum audit_topic topic; /* assignments, deadlines or tickets */
    uint8_t kind;           /* in its enum; of inputs: ENTRY_INPUT */
    uint8_t detail;         /* Role or Clock */
    uint8_t flags;
    int32_t partition;
    int64_t offset;
    uint64_t cause; /* hash of caused_by; of inputs that of event_id */

    /* Of events. */
    uint32_t number;     /* <ticket_id>/<number> */
    uint32_t department; /* also of inputs: who acts; names.h */
    int64_t at;          /* occurred_at */
    int64_t due_at;      /* of a clock; in ASSIGNED of the first response */
    int64_t warn_at;     /* in ASSIGNED the end of the resolution */
    int64_t late_ms;     /* MET */
    uint32_t other;      /* RETURNED: who; ESCALATED: the level */

    /* Of inputs. */
    uint16_t source; /* hash */
    uint8_t code;    /* DEAD: why, enum reject_code */
    int32_t letter_partition;
    int64_t letter_offset;
};

/* Kinds of inputs as `kind` has them, from 0. */
#define ENTRY_INPUT(NAME)                                                      \
    (DISPATCH__V1__TICKET_EVENT__KIND_##NAME -                                 \
     DISPATCH__V1__TICKET_EVENT__KIND_CREATED)

/* Bytes that grow; embedded, all zero is an empty one. */
struct journal {
    uint8_t *bytes;
    uint32_t used;
    uint32_t size;
    uint64_t cause; /* of the last entry */
    int64_t at;
};

void journal_deinit(struct journal *j);

void journal_add(struct journal *j, const struct entry *e);

/* Reading: begin at all zero; false at the end. */
struct journal_cursor {
    uint32_t place;
    uint64_t cause;
    int64_t at;
};
bool journal_next(const struct journal *j, struct journal_cursor *c,
                  struct entry *e);

/* Bytes that it takes beside itself. */
size_t journal_memory(const struct journal *j);

/* Bytes of a ticket's packed state are written and read the same way. */
uint8_t *pack_number(uint8_t *p, uint64_t value);
const uint8_t *unpack_number(const uint8_t *p, uint64_t *value);

#endif
