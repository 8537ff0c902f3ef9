/*
 * A walk over the outermost fields; what lies inside one is skipped.
 */
#include "state_peek.h"

#include <dispatch/v1/state.pb-c.h>

enum {
    FORMAT_VERSION = 1,
    STATUS = 2,
    NEXT_DUE_AT = 28,
};

struct bytes {
    const uint8_t *p;
    const uint8_t *end;
};

static bool read_varint(struct bytes *b, uint64_t *out)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && b->p < b->end; shift += 7) {
        uint8_t byte = *b->p++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = value;
            return true;
        }
    }
    return false;
}

static bool skip(struct bytes *b, uint64_t size)
{
    if (size > (uint64_t)(b->end - b->p))
        return false;
    b->p += size;
    return true;
}

/* Takes one field; *value is that of a varint. */
static bool read_field(struct bytes *b, uint64_t *number, uint64_t *value)
{
    uint64_t tag;

    if (!read_varint(b, &tag))
        return false;
    *number = tag >> 3;
    *value = 0;
    switch (tag & 7) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(b, value);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip(b, 8);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED: {
        uint64_t size;

        return read_varint(b, &size) && skip(b, size);
    }
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip(b, 4);
    default:
        return false;
    }
}

bool state_peek(const void *bytes, size_t size, struct state_peek *out)
{
    struct bytes b = {.p = bytes, .end = (const uint8_t *)bytes + size};
    struct state_peek found = {.next_due_at = INT64_MAX};

    while (b.p < b.end) {
        uint64_t number, value;

        if (!read_field(&b, &number, &value))
            return false;
        if (number == FORMAT_VERSION)
            found.format_version = (uint32_t)value;
        else if (number == STATUS)
            found.status = (uint32_t)value;
        else if (number == NEXT_DUE_AT && value != 0)
            found.next_due_at = (int64_t)value;
    }
    *out = found;
    return true;
}
