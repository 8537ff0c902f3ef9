/*
 * Inputs and dead letters, from records to entries.
 */
#include "book.h"

#include "decode.h"
#include "murmur2.h"
#include "ticket.h"

#include <string.h>
#include <xxhash.h>

/* ----------------------------------------------------------- dead letters */

/* REJECT_NONE: a code that this version does not know. */
static enum reject_code find_code(const char *name)
{
    for (enum reject_code code = REJECT_NONE + 1; code < REJECT_COUNT; code++) {
        if (strcmp(reject_name(code), name) == 0)
            return code;
    }
    return REJECT_NONE;
}

bool book_is_ours(const struct audit *a, const struct audit_letter *letter)
{
    const struct audit_logs *logs = a->options.logs;

    return strcmp(letter->topic, logs->topics[AUDIT_TICKETS].name) == 0 &&
           letter->partition >= 0 &&
           letter->partition < logs->topics[AUDIT_TICKETS].n &&
           letter->offset >= 0;
}

static struct audit_place letter_place(const struct letter *letter)
{
    return (struct audit_place){.topic = AUDIT_DEAD_LETTERS,
                                .partition = letter->letter_partition,
                                .offset = letter->letter_offset};
}

void book_take_letter(struct audit *a, const struct audit_record *rec)
{
    const struct audit_letter *from = rec->letter;

    if (!book_is_ours(a, from))
        return;
    const struct letter letter = {
        .hash = ledger_hash(rec->key, rec->key_size),
        .partition = (int32_t)from->partition,
        .offset = from->offset,
        .letter_partition = rec->partition,
        .letter_offset = rec->offset,
        .digest = letters_digest(rec->key, rec->key_size, rec->value,
                                 rec->value_size),
        .code = find_code(from->code),
        .truncated = from->truncated,
    };
    const struct letter *other =
        letters_find(a->letters, letter.partition, letter.offset);

    known_note(a->known, AUDIT_DEAD_LETTERS, rec->partition, rec->offset,
               (struct known_input){letter.partition, letter.offset});
    if (!other) {
        letters_add(a->letters, &letter);
        return;
    }
    const struct audit_place place = letter_place(other);
    book_find_early(a, AUDIT_LETTER_TWICE, rec, &place,
                    "One record of tickets is here and there.");
}

/* ---------------------------------------------------------------- inputs */

static bool has_text(const char *text)
{
    return text[strspn(text, " \t\r\n")] != '\0';
}

static uint8_t input_flags(const Dispatch__V1__TicketEvent *event)
{
    const char *plan = "", *reply = "";

    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_ACKNOWLEDGED)
        plan = event->acknowledged->plan;
    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_RESOLVED) {
        plan = event->resolved->plan;
        reply = event->resolved->reply;
    }
    return (uint8_t)((has_text(plan) ? ENTRY_PLAN : 0) |
                     (has_text(reply) ? ENTRY_REPLY : 0));
}

/* The record's dead letter, which must have its bytes; NULL: it is none. */
static const struct letter *match_letter(struct audit *a,
                                         const struct audit_record *rec)
{
    struct letter *letter =
        letters_find(a->letters, rec->partition, rec->offset);

    if (!letter)
        return NULL;
    letter->found = true;
    if (letter->truncated ||
        letter->digest == letters_digest(rec->key, rec->key_size, rec->value,
                                         rec->value_size))
        return letter;
    const struct audit_place place = letter_place(letter);
    book_find_early(a, AUDIT_LETTER_CHANGED, rec, &place,
                    "The dead letter's key or value is not the record's.");
    return letter;
}

/* It must be a dead letter; that is judged when it is known how far the
 * dispatcher has come. */
static void take_undecoded(struct audit *a, const struct audit_record *rec,
                           enum reject_code code, bool is_letter)
{
    int32_t n = a->options.logs->topics[AUDIT_DEAD_LETTERS].n;

    a->undecoded =
        book_grow(a->undecoded, a->n_undecoded, sizeof(*a->undecoded));
    a->undecoded[a->n_undecoded++] = (struct undecoded){
        .hash = ledger_hash(rec->key, rec->key_size),
        .place = {rec->partition, rec->offset},
        .letter_partition = rec->key
                                ? murmur2_partition(rec->key, rec->key_size, n)
                                : rec->partition % n,
        .code = code,
        .is_letter = is_letter,
    };
}

void book_take_input(struct audit *a, const struct audit_record *rec)
{
    const struct decode_input in = {
        .key = rec->key,
        .key_size = rec->key_size,
        .value = rec->value,
        .value_size = rec->value_size,
        .max_size = SIZE_MAX,
    };
    const struct letter *letter = match_letter(a, rec);
    Dispatch__V1__TicketEvent *event;
    enum reject_code code = decode_ticket_event(a->arena, &in, &event, NULL);

    if (code != REJECT_NONE) {
        take_undecoded(a, rec, code, letter != NULL);
        return;
    }
    struct ledger_ticket *t = ledger_ticket(a->ledger, rec->key, rec->key_size);
    struct entry e = {
        .topic = AUDIT_TICKETS,
        .kind = (uint8_t)(event->kind_case -
                          DISPATCH__V1__TICKET_EVENT__KIND_CREATED),
        .flags = input_flags(event),
        .partition = rec->partition,
        .offset = rec->offset,
        .cause = book_cause(event->event_id),
        .department = names_find(a->names, ticket_actor(event)),
        .source = (uint16_t)XXH3_64bits(event->source, strlen(event->source)),
    };
    if (letter) {
        e.flags |= ENTRY_DEAD;
        e.code = (uint8_t)letter->code;
        e.letter_partition = letter->letter_partition;
        e.letter_offset = letter->letter_offset;
    }
    book_add(a, t, &e);
}
