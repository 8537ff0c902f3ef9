/*
 * What the files of this folder share: one audit while it takes records and
 * judges tickets.
 */
#ifndef DISPATCHER_AUDIT_BOOK_H
#define DISPATCHER_AUDIT_BOOK_H

#include "audit.h"
#include "audit_known.h"
#include "audit_ledger.h"
#include "letters.h"
#include "names.h"
#include "status.h"

struct arena;
struct open_clocks;
struct story;

/* A record of tickets that cannot be decoded: where its dead letter would be,
 * and why. */
struct undecoded {
    uint64_t hash; /* of the key */
    struct known_input place;
    int32_t letter_partition;
    enum reject_code code;
    bool is_letter;
};

/* What was found about a record when it was taken. It is told with the other
 * findings about its ticket, in the pass in which that is judged. */
struct early {
    uint64_t hash; /* of the key */
    enum audit_kind kind;
    const char *message; /* static */
    struct audit_place places[2];
    size_t n;
};

struct audit {
    struct audit_options options;
    struct audit_figures figures;
    struct arena *arena; /* for one record */
    struct names *names;

    /* Of this pass. */
    struct ledger *ledger;
    struct letters *letters;
    struct known *known;
    struct undecoded *undecoded;
    size_t n_undecoded;
    struct early *early;
    size_t n_early;

    struct open_clocks *clocks;
    struct story *story; /* memory for one ticket at a time */
};

/* Counts a finding and tells of it. `message` is made from `format`. */
struct audit_evidence {
    const char *ticket_id; /* NULL: none */
    struct audit_place places[2];
    size_t n;
};
void book_find(struct audit *a, enum audit_kind kind,
               const struct audit_evidence *evidence, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Keeps a finding about a record; `other` (may be NULL) is further evidence. */
void book_find_early(struct audit *a, enum audit_kind kind,
                     const struct audit_record *rec,
                     const struct audit_place *other, const char *message);

/* Room for one more in a list of `n`; it grows by doubling. */
void *book_grow(void *list, size_t n, size_t item_size);

/* Adds an entry to a ticket's journal. */
void book_add(struct audit *a, struct ledger_ticket *t, const struct entry *e);

/* The hash by which events and inputs name an input of a ticket. */
uint64_t book_cause(const char *event_id);

/* Unpacks a message into a->arena; NULL: it is none. */
void *book_unpack(struct audit *a, const struct audit_record *rec,
                  const void *descriptor);

/* Whether it was a record of the tickets that are audited. */
bool book_is_ours(const struct audit *a, const struct audit_letter *letter);

/* One record of each topic; what is not taken in this pass was sorted out. */
void book_take_letter(struct audit *a, const struct audit_record *rec);
void book_take_assignment(struct audit *a, const struct audit_record *rec);
void book_take_deadline(struct audit *a, const struct audit_record *rec);
void book_take_input(struct audit *a, const struct audit_record *rec);
void book_take_state(struct audit *a, const struct audit_record *rec);

#endif
