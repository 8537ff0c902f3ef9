/*
 * Confluent's prefix. The schema id is not looked up: the message itself is
 * checked against our own schema, and a registry would be one more server to
 * wait for.
 */
#include "confluent.h"

enum { FIXED_SIZE = 1 + 4, MAX_VARINT32 = 5, MAX_INDEXES = 16 };

/* Takes a zigzag varint off *p; NULL in *p when it does not end. */
static int64_t take_zigzag(const uint8_t **p, const uint8_t *end)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < MAX_VARINT32 && *p < end; i++) {
        uint8_t byte = *(*p)++;

        bits |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80)
            return (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    }
    *p = NULL;
    return 0;
}

enum reject_code confluent_prefix(const uint8_t *bytes, size_t size,
                                  uint32_t index, size_t *prefix_size,
                                  struct reject *r)
{
    const uint8_t *end = bytes + size;
    int64_t found = 0;

    if (size == 0 || bytes[0] != CONFLUENT_MAGIC) {
        *prefix_size = 0;
        return REJECT_NONE;
    }
    if (size < FIXED_SIZE)
        return reject_set(r, REJECT_BAD_FRAMING,
                          "The prefix is cut off in its schema id.");
    const uint8_t *p = bytes + FIXED_SIZE;
    int64_t count = take_zigzag(&p, end);
    if (p && (count < 0 || count > MAX_INDEXES))
        return reject_set(r, REJECT_BAD_FRAMING,
                          "The prefix announces %lld message indexes.",
                          (long long)count);
    if (p && count > 1)
        return reject_set(r, REJECT_BAD_FRAMING,
                          "The prefix names a message within a message.");
    if (p && count == 1)
        found = take_zigzag(&p, end);
    if (!p)
        return reject_set(r, REJECT_BAD_FRAMING,
                          "The prefix is cut off in its message indexes.");
    if (found != index)
        return reject_set(r, REJECT_BAD_FRAMING,
                          "The prefix names message %lld of its file; "
                          "TicketEvent is %u.",
                          (long long)found, index);
    *prefix_size = (size_t)(p - bytes);
    return REJECT_NONE;
}
