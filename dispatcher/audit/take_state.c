/*
 * Records of the state topic: of each ticket the last one counts.
 */
#include "book.h"
#include "state.h"

#include "ticket.h"
#include "utf8.h"

#include <dispatch/v1/state.pb-c.h>
#include <stdlib.h>
#include <string.h>

/* Under this key stands what concerns the whole partition. */
static const char partition_key[] = {'\0', 'p', 'a', 'r', 't',
                                     'i',  't', 'i', 'o', 'n'};

static void refuse(struct audit *a, const struct audit_record *rec,
                   const char *why)
{
    book_find_early(a, AUDIT_STATE_UNREADABLE, rec, NULL, why);
}

static bool is_open(const Dispatch__V1__TicketClock *clock)
{
    return clock->state == DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_RUNNING ||
           clock->state == DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_PAUSED;
}

static void take_part(struct audit *a, const Dispatch__V1__TicketPart *part,
                      struct state *s)
{
    uint32_t department = names_add(a->names, part->department_id);

    *state_add_part(s) = (struct state_part){.department = department,
                                             .role = (uint8_t)part->role};
    for (size_t i = 0; i < part->n_clocks; i++) {
        const Dispatch__V1__TicketClock *clock = part->clocks[i];

        if (!is_open(clock))
            continue;
        *state_add_clock(s) = (struct state_clock){
            .department = department,
            .clock = (uint8_t)clock->kind,
            .paused =
                clock->state == DISPATCH__V1__CLOCK_STATE__CLOCK_STATE_PAUSED,
            .breached = clock->breached_at != 0,
            .due_at = clock->due_at,
        };
    }
}

static void take_value(struct audit *a, const struct audit_record *rec,
                       const Dispatch__V1__TicketState *msg)
{
    struct ledger_ticket *t = ledger_ticket(a->ledger, rec->key, rec->key_size);
    struct state s = {
        .partition = rec->partition,
        .offset = rec->offset,
        .sequence = msg->sequence,
        .status = (uint8_t)msg->status,
        .whole = msg->ticket != NULL,
    };

    for (size_t i = 0; i < msg->n_parts; i++)
        take_part(a, msg->parts[i], &s);
    ledger_settle(a->ledger, state_pack(&s, t));
    state_deinit(&s);
}

/* A ticket that was forgotten. */
static void take_tombstone(struct audit *a, const struct audit_record *rec)
{
    struct ledger_ticket *t = ledger_find(a->ledger, rec->key, rec->key_size);

    if (!t)
        return;
    free(t->state);
    t->state = NULL;
}

void book_take_state(struct audit *a, const struct audit_record *rec)
{
    const Dispatch__V1__TicketState *msg;

    if (rec->key && rec->key_size == sizeof(partition_key) &&
        memcmp(rec->key, partition_key, sizeof(partition_key)) == 0)
        return;
    if (!rec->key || rec->key_size == 0 ||
        !utf8_is_text(rec->key, rec->key_size)) {
        refuse(a, rec, "The record's key is no ticket id.");
        return;
    }
    if (!rec->value) {
        take_tombstone(a, rec);
        return;
    }
    msg = book_unpack(a, rec, &dispatch__v1__ticket_state__descriptor);
    if (!msg || msg->format_version == 0)
        refuse(a, rec, "The record's value is no TicketState.");
    else if (msg->format_version > TICKET_FORMAT_VERSION)
        refuse(a, rec, "The state's format is newer than this version's.");
    else
        take_value(a, rec, msg);
}
