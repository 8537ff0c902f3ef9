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

struct field {
    uint64_t number;
    unsigned wire_type;
    uint64_t value; /* of a varint */
};

static bool read_field(struct bytes *b, struct field *f)
{
    uint64_t tag, size;

    if (!read_varint(b, &tag))
        return false;
    f->number = tag >> 3;
    f->wire_type = tag & 7;
    switch (f->wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(b, &f->value);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        return skip(b, 8);
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        return read_varint(b, &size) && skip(b, size);
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        return skip(b, 4);
    default:
        return false;
    }
}

/* False: one of our fields is of another type. */
static bool keep(const struct field *f, struct state_peek *found)
{
    if (f->number != FORMAT_VERSION && f->number != STATUS &&
        f->number != NEXT_DUE_AT)
        return true;
    if (f->wire_type != PROTOBUF_C_WIRE_TYPE_VARINT)
        return false;
    if (f->number == FORMAT_VERSION)
        found->format_version = (uint32_t)f->value;
    else if (f->number == STATUS)
        found->status = (uint32_t)f->value;
    else
        found->next_due_at = f->value ? (int64_t)f->value : INT64_MAX;
    return true;
}

bool state_peek(const void *bytes, size_t size, struct state_peek *out)
{
    struct bytes b = {.p = bytes, .end = (const uint8_t *)bytes + size};
    struct state_peek found = {.next_due_at = INT64_MAX};
    struct field f;

    while (b.p < b.end) {
        if (!read_field(&b, &f) || !keep(&f, &found))
            return false;
    }
    *out = found;
    return true;
}
