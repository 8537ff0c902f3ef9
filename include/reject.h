/*
 * Why a record was refused: the codes of dead letters.
 *
 * The names are part of the contract (header dispatcher.error.code, metric
 * label, manual); the one-line documentation is what the manual prints.
 */
#ifndef DISPATCHER_REJECT_H
#define DISPATCHER_REJECT_H

#include <stddef.h>

/* X(ENUMERATOR, "name", "documentation") */
#define REJECT_CODES(X)                                                        \
    X(TOMBSTONE, "tombstone", "The record has no value.")                      \
    X(EMPTY, "empty", "The value has no bytes.")                               \
    X(TOO_LARGE, "too_large", "The value is larger than input.max.bytes.")     \
    X(BAD_FRAMING, "bad_framing",                                              \
      "The value begins with 00 but has no valid Confluent prefix.")           \
    X(MALFORMED, "malformed",                                                  \
      "The value is no TicketEvent: truncated, a field of a wrong wire "       \
      "type, a group, or a single field that is there twice.")                 \
    X(BAD_TEXT, "bad_text", "A text is not UTF-8 or holds a NUL.")             \
    X(TOO_MANY, "too_many",                                                    \
      "A list is longer than allowed, or the message needs too much memory.")  \
    X(MISSING_ID, "missing_id", "event_id or ticket_id is empty.")             \
    X(KEY_MISMATCH, "key_mismatch",                                            \
      "The record's key is absent or is not ticket_id.")                       \
    X(INVALID_FIELD, "invalid_field",                                          \
      "A field has a value that the contract does not allow.")                 \
    X(NOT_SUPPORTED, "not_supported",                                          \
      "The kind of event is unknown to this version.")                         \
    X(NO_ROUTE, "no_route",                                                    \
      "No rule, no area and no default department takes the ticket.")          \
    X(UNKNOWN_TICKET, "unknown_ticket",                                        \
      "No ticket with this id is known, and the event is no `created`.")       \
    X(WRONG_STATE, "wrong_state",                                              \
      "The ticket's state, or who holds it, does not allow this event.")       \
    X(TOO_OLD, "too_old",                                                      \
      "A `created` for an unknown ticket is older than closed tickets are "    \
      "remembered.")                                                           \
    X(OUTPUT_TOO_LARGE, "output_too_large",                                    \
      "An event made from this record, or the ticket's state, exceeds "        \
      "message.max.bytes.")

enum reject_code {
    REJECT_NONE, /* accepted */
#define REJECT_ENUMERATOR(id, name, doc) REJECT_##id,
    REJECT_CODES(REJECT_ENUMERATOR)
#undef REJECT_ENUMERATOR
        REJECT_COUNT
};

/* Longest explanation of one refusal, with its NUL. */
enum { REJECT_WHY_SIZE = 256 };

/* A refusal: the code, and what, where and what to do, for a person. It
 * names fields and lengths, never the text of the input: contacts could be
 * in it. */
struct reject {
    enum reject_code code;
    char why[REJECT_WHY_SIZE];
};

/* "key_mismatch"; "none" for REJECT_NONE. */
const char *reject_name(enum reject_code code);

/* The one-line documentation; "" for REJECT_NONE. */
const char *reject_doc(enum reject_code code);

/* Fills *r (which may be NULL) and returns `code`. */
enum reject_code reject_set(struct reject *r, enum reject_code code,
                            const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
