/*
 * The walk: read a field, find it in the descriptor, check it by its type,
 * descend into sub-messages. Every byte is looked at once, the texts' bytes
 * a second time.
 */
#include "wire.h"

#include "utf8.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_I64 = 1,
    WIRE_LEN = 2,
    WIRE_GROUP_START = 3,
    WIRE_GROUP_END = 4,
    WIRE_I32 = 5,
};

enum {
    MAX_FIELDS = 64, /* of a message type */
    MAX_VARINT = 10, /* bytes, by the encoding */
    MAX_VARINT32 = 5,
};

/* The whole walk. */
struct walk {
    const uint8_t *start;
    const struct wire_limits *limits;
    size_t unknown;
    struct reject *r;
};

/* One message on the way. */
struct level {
    const ProtobufCMessageDescriptor *descriptor;
    int depth;
    uint8_t counts[MAX_FIELDS]; /* how often each field was there */
};

/* One field as it stands in the bytes. */
struct field {
    const uint8_t *at;
    uint32_t number;
    enum wire_type type;
    const uint8_t *payload; /* without the length of WIRE_LEN */
    const uint8_t *end;
};

static const uint8_t wire_types[] = {
    [PROTOBUF_C_TYPE_INT32] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_SINT32] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_SFIXED32] = WIRE_I32,
    [PROTOBUF_C_TYPE_INT64] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_SINT64] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_SFIXED64] = WIRE_I64,
    [PROTOBUF_C_TYPE_UINT32] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_FIXED32] = WIRE_I32,
    [PROTOBUF_C_TYPE_UINT64] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_FIXED64] = WIRE_I64,
    [PROTOBUF_C_TYPE_FLOAT] = WIRE_I32,
    [PROTOBUF_C_TYPE_DOUBLE] = WIRE_I64,
    [PROTOBUF_C_TYPE_BOOL] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_ENUM] = WIRE_VARINT,
    [PROTOBUF_C_TYPE_STRING] = WIRE_LEN,
    [PROTOBUF_C_TYPE_BYTES] = WIRE_LEN,
    [PROTOBUF_C_TYPE_MESSAGE] = WIRE_LEN,
};

static enum reject_code malformed(const struct walk *w,
                                  const struct level *level, const uint8_t *at,
                                  const char *what)
{
    reject_set(w->r, REJECT_MALFORMED, "Byte %td, in %s: %s.", at - w->start,
               level->descriptor->short_name, what);
    return REJECT_MALFORMED;
}

/* Reads a varint of at most `max` bytes; NULL when it does not end. */
static const uint8_t *read_varint(const uint8_t *p, const uint8_t *end,
                                  unsigned max, uint64_t *value)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < max && p < end; i++) {
        uint8_t byte = *p++;

        bits |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            *value = bits;
            return p;
        }
    }
    return NULL;
}

/* Finds where the field's payload begins and ends; NULL when it has no end
 * within the message. */
static const uint8_t *read_payload(struct field *f, const uint8_t *p,
                                   const uint8_t *end)
{
    uint64_t value;
    size_t fixed = f->type == WIRE_I64 ? 8 : 4;

    f->payload = p;
    if (f->type == WIRE_VARINT)
        return read_varint(p, end, MAX_VARINT, &value);
    if (f->type != WIRE_LEN)
        return (size_t)(end - p) < fixed ? NULL : p + fixed;
    p = read_varint(p, end, MAX_VARINT32, &value);
    if (!p || value > (size_t)(end - p))
        return NULL;
    f->payload = p;
    return p + value;
}

static enum reject_code read_field(const struct walk *w,
                                   const struct level *level, const uint8_t *p,
                                   const uint8_t *end, struct field *f)
{
    uint64_t tag;

    f->at = p;
    p = read_varint(p, end, MAX_VARINT32, &tag);
    if (!p)
        return malformed(w, level, f->at, "a field's number does not end");
    if (tag >> 3 == 0 || tag > UINT32_MAX)
        return malformed(w, level, f->at, "no such field number");
    f->number = (uint32_t)(tag >> 3);
    f->type = tag & 7;
    if (f->type == WIRE_GROUP_START || f->type == WIRE_GROUP_END)
        return malformed(w, level, f->at, "groups are not supported");
    if (f->type > WIRE_I32)
        return malformed(w, level, f->at, "no such wire type");
    f->end = read_payload(f, p, end);
    if (!f->end)
        return malformed(w, level, f->at, "a value is cut off");
    return REJECT_NONE;
}

/* As protobuf_c_message_descriptor_get_field, in line: it is called for every
 * field of every message. The last range is a sentinel. */
static const ProtobufCFieldDescriptor *
find_field(const ProtobufCMessageDescriptor *d, uint32_t number)
{
    for (unsigned i = 0; i < d->n_field_ranges; i++) {
        const ProtobufCIntRange *range = &d->field_ranges[i];
        uint32_t offset = number - (uint32_t)range->start_value;

        if (offset < range[1].orig_index - range->orig_index)
            return &d->fields[range->orig_index + offset];
    }
    return NULL;
}

static size_t list_limit(const struct wire_limits *limits,
                         const ProtobufCFieldDescriptor *fd)
{
    const struct wire_list_limit *limit = limits->lists;

    while (limit->item && limit->item != fd->descriptor)
        limit++;
    return limit->item ? limit->max : limits->max_list;
}

/* How many numbers a packed list holds; false when the last one is cut off. */
static bool count_packed(const struct field *f, enum wire_type type, size_t *n)
{
    size_t size = (size_t)(f->end - f->payload);
    size_t fixed = type == WIRE_I64 ? 8 : 4;
    size_t count = 0;

    if (type != WIRE_VARINT) {
        *n = size / fixed;
        return size % fixed == 0;
    }
    for (const uint8_t *p = f->payload; p < f->end; count++) {
        uint64_t value;

        p = read_varint(p, f->end, MAX_VARINT, &value);
        if (!p)
            return false;
    }
    *n = count;
    return true;
}

static enum reject_code check_list(const struct walk *w, struct level *level,
                                   const ProtobufCFieldDescriptor *fd,
                                   const struct field *f)
{
    uint8_t *count = &level->counts[fd - level->descriptor->fields];
    enum wire_type type = wire_types[fd->type];
    size_t max = list_limit(w->limits, fd);
    size_t n = 1;

    if (f->type != type && (f->type != WIRE_LEN || !count_packed(f, type, &n)))
        return malformed(w, level, f->at, "a list of another type");
    if (n > max - *count)
        return reject_set(w->r, REJECT_TOO_MANY,
                          "%s of %s has more than %zu entries.", fd->name,
                          level->descriptor->short_name, max);
    *count += n;
    return REJECT_NONE;
}

/* All members of a oneof are counted as its first member. */
static size_t single_index(const ProtobufCMessageDescriptor *d,
                           const ProtobufCFieldDescriptor *fd)
{
    size_t i = 0;

    if (!(fd->flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
        return (size_t)(fd - d->fields);
    while (!(d->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
           d->fields[i].quantifier_offset != fd->quantifier_offset)
        i++;
    return i;
}

/* Messages and oneofs are there once. Other single fields may be repeated,
 * but not without end: protobuf-c needs memory for each time. */
static enum reject_code check_single(const struct walk *w, struct level *level,
                                     const ProtobufCFieldDescriptor *fd,
                                     const struct field *f)
{
    uint8_t *count = &level->counts[single_index(level->descriptor, fd)];
    bool once = fd->type == PROTOBUF_C_TYPE_MESSAGE ||
                (fd->flags & PROTOBUF_C_FIELD_FLAG_ONEOF);

    if (f->type != (enum wire_type)wire_types[fd->type])
        return malformed(w, level, f->at, "a field of another type");
    if (once && *count > 0)
        return malformed(w, level, f->at, "a single field is there twice");
    if (*count == w->limits->max_list)
        return reject_set(w->r, REJECT_TOO_MANY,
                          "%s of %s is there more than %zu times.", fd->name,
                          level->descriptor->short_name, w->limits->max_list);
    ++*count;
    return REJECT_NONE;
}

static enum reject_code check_unknown(struct walk *w)
{
    if (++w->unknown <= w->limits->max_unknown)
        return REJECT_NONE;
    return reject_set(w->r, REJECT_TOO_MANY, "More than %zu unknown fields.",
                      w->limits->max_unknown);
}

static enum reject_code check_text(const struct walk *w,
                                   const struct level *level,
                                   const ProtobufCFieldDescriptor *fd,
                                   const struct field *f)
{
    if (utf8_is_text(f->payload, (size_t)(f->end - f->payload)))
        return REJECT_NONE;
    return reject_set(w->r, REJECT_BAD_TEXT,
                      "%s of %s, at byte %td, is not UTF-8 or holds a NUL.",
                      fd->name, level->descriptor->short_name,
                      f->payload - w->start);
}

static enum reject_code check_message(struct walk *w,
                                      const ProtobufCMessageDescriptor *d,
                                      const uint8_t *p, const uint8_t *end,
                                      int depth);

static enum reject_code check_field(struct walk *w, struct level *level,
                                    const struct field *f)
{
    const ProtobufCFieldDescriptor *fd =
        find_field(level->descriptor, f->number);
    enum reject_code code;

    if (!fd)
        return check_unknown(w);
    if (fd->label == PROTOBUF_C_LABEL_REPEATED)
        code = check_list(w, level, fd, f);
    else
        code = check_single(w, level, fd, f);
    if (code != REJECT_NONE)
        return code;
    if (fd->type == PROTOBUF_C_TYPE_STRING)
        return check_text(w, level, fd, f);
    if (fd->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message(w, fd->descriptor, f->payload, f->end,
                             level->depth + 1);
    return REJECT_NONE;
}

static enum reject_code check_message(struct walk *w,
                                      const ProtobufCMessageDescriptor *d,
                                      const uint8_t *p, const uint8_t *end,
                                      int depth)
{
    struct level level = {.descriptor = d, .depth = depth};

    assert(d->n_fields <= MAX_FIELDS);
    if (depth > WIRE_MAX_DEPTH)
        return malformed(w, &level, p, "messages are nested too deeply");
    while (p < end) {
        struct field f;
        enum reject_code code = read_field(w, &level, p, end, &f);

        if (code == REJECT_NONE)
            code = check_field(w, &level, &f);
        if (code != REJECT_NONE)
            return code;
        p = f.end;
    }
    return REJECT_NONE;
}

enum reject_code wire_check(const ProtobufCMessageDescriptor *descriptor,
                            const void *bytes, size_t size,
                            const struct wire_limits *limits, struct reject *r)
{
    struct walk w = {.start = bytes, .limits = limits, .r = r};

    /* Counts of a list are kept in a byte. */
    assert(limits->max_list < UINT8_MAX);
    return check_message(&w, descriptor, w.start, w.start + size, 1);
}
