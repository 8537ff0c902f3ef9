/*
 * Entries as numbers of variable length; times as differences.
 *
 *   topic, kind, what is as before | detail, flags | partition | offset | ...
 */
#include "audit_journal.h"

#include "memory.h"

#include <assert.h>
#include <dispatch/v1/dispatch.pb-c.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAME_CAUSE = 64, /* in the first byte, beside topic and kind */
    SAME_AT = 128,
    KIND_SHIFT = 2,
    KIND_MASK = 15,
    FLAGS_SHIFT = 2,
    DETAIL_MASK = 3,
    ENTRY_MAX = 160,   /* bytes; each of its numbers takes at most 10 */
    MALLOC_BYTES = 16, /* what an allocation costs beside its bytes */
    FIRST_SIZE = 48,
};

#define DEADLINE(NAME) DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME
#define ASSIGNED DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED

/* The three topics whose records are kept, in two bits. */
static const enum audit_topic topics[] = {AUDIT_ASSIGNMENTS, AUDIT_DEADLINES,
                                          AUDIT_TICKETS};

static unsigned topic_bits(enum audit_topic topic)
{
    unsigned i = 0;

    while (topics[i] != topic)
        i++;
    return i;
}

/* --------------------------------------------------------------- numbers */

uint8_t *pack_number(uint8_t *p, uint64_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

const uint8_t *unpack_number(const uint8_t *p, uint64_t *value)
{
    unsigned shift = 0;

    *value = 0;
    do {
        *value |= (uint64_t)(*p & 0x7f) << shift;
        shift += 7;
    } while (*p++ & 0x80);
    return p;
}

/* Small for small differences in either direction; wraps like the numbers. */
static uint64_t difference(int64_t to, int64_t from)
{
    uint64_t d = (uint64_t)to - (uint64_t)from;

    return d >> 63 ? ~d << 1 | 1 : d << 1;
}

static int64_t sum(int64_t from, uint64_t difference)
{
    uint64_t d = difference & 1 ? ~(difference >> 1) : difference >> 1;

    return (int64_t)((uint64_t)from + d);
}

/* A time near another one; 0 stays 0, "none". */
static uint8_t *pack_time(uint8_t *p, int64_t at, int64_t near)
{
    return pack_number(p, at == 0 ? 0 : difference(at, near) + 1);
}

static const uint8_t *unpack_time(const uint8_t *p, int64_t near, int64_t *at)
{
    uint64_t value;

    p = unpack_number(p, &value);
    *at = value == 0 ? 0 : sum(near, value - 1);
    return p;
}

/* ------------------------------------------------------ what a kind has */

static bool has_times(const struct entry *e)
{
    return e->topic == AUDIT_DEADLINES ||
           (e->topic == AUDIT_ASSIGNMENTS && e->kind == ASSIGNED);
}

static bool has_late(const struct entry *e)
{
    return e->topic == AUDIT_DEADLINES && e->kind == DEADLINE(MET);
}

static bool has_other(const struct entry *e)
{
    return e->topic == AUDIT_DEADLINES ? e->kind == DEADLINE(ESCALATED)
                                       : (e->flags & ENTRY_RETURNED) != 0;
}

/* --------------------------------------------------------------- writing */

static uint8_t *pack_event(uint8_t *p, const struct entry *e)
{
    p = pack_number(p, e->number);
    if (has_times(e)) {
        p = pack_time(p, e->due_at, e->at);
        p = pack_time(p, e->warn_at, e->at);
    }
    if (has_late(e))
        p = pack_number(p, difference(e->late_ms, 0));
    if (has_other(e))
        p = pack_number(p, e->other);
    return p;
}

static uint8_t *pack_input(uint8_t *p, const struct entry *e)
{
    *p++ = (uint8_t)e->source;
    *p++ = (uint8_t)(e->source >> 8);
    if (!(e->flags & ENTRY_DEAD))
        return p;
    *p++ = e->code;
    p = pack_number(p, (uint64_t)e->letter_partition);
    return pack_number(p, (uint64_t)e->letter_offset);
}

static uint8_t *pack_entry(const struct journal *j, uint8_t *p,
                           const struct entry *e)
{
    bool is_event = e->topic != AUDIT_TICKETS;
    bool same_cause = j->cause == e->cause;
    bool same_at = j->at == e->at;

    *p++ = (uint8_t)(topic_bits(e->topic) | (unsigned)e->kind << KIND_SHIFT |
                     (same_cause ? SAME_CAUSE : 0) | (same_at ? SAME_AT : 0));
    p = pack_number(p, e->detail | (uint64_t)e->flags << FLAGS_SHIFT);
    p = pack_number(p, (uint64_t)e->partition);
    p = pack_number(p, (uint64_t)e->offset);
    if (!same_cause) {
        memcpy(p, &e->cause, sizeof(e->cause));
        p += sizeof(e->cause);
    }
    if (is_event && !same_at)
        p = pack_number(p, difference(e->at, j->at));
    p = pack_number(p, e->department);
    return is_event ? pack_event(p, e) : pack_input(p, e);
}

static void grow(struct journal *j, size_t more)
{
    size_t size = j->size + j->size / 2;

    if (size < j->used + more)
        size = j->used + more;
    size = size < FIRST_SIZE ? FIRST_SIZE : (size + 15) & ~(size_t)15;
    assert(size <= UINT32_MAX); /* 100 million events of one ticket */
    j->size = (uint32_t)size;
    j->bytes = memory_grow(j->bytes, size, 1);
}

void journal_add(struct journal *j, const struct entry *e)
{
    uint8_t bytes[ENTRY_MAX];
    uint32_t n = (uint32_t)(pack_entry(j, bytes, e) - bytes);

    if (j->size - j->used < n)
        grow(j, n);
    memcpy(j->bytes + j->used, bytes, n);
    j->used += n;
    j->cause = e->cause;
    if (e->topic != AUDIT_TICKETS)
        j->at = e->at;
}

void journal_deinit(struct journal *j)
{
    free(j->bytes);
    *j = (struct journal){0};
}

size_t journal_memory(const struct journal *j)
{
    return j->bytes ? j->size + MALLOC_BYTES : 0;
}

/* --------------------------------------------------------------- reading */

static const uint8_t *unpack_u32(const uint8_t *p, uint32_t *out)
{
    uint64_t value;

    p = unpack_number(p, &value);
    *out = (uint32_t)value;
    return p;
}

static const uint8_t *unpack_event(const uint8_t *p, struct entry *e)
{
    uint64_t value;

    p = unpack_u32(p, &e->number);
    if (has_times(e)) {
        p = unpack_time(p, e->at, &e->due_at);
        p = unpack_time(p, e->at, &e->warn_at);
    }
    if (has_late(e)) {
        p = unpack_number(p, &value);
        e->late_ms = sum(0, value);
    }
    return has_other(e) ? unpack_u32(p, &e->other) : p;
}

static const uint8_t *unpack_input(const uint8_t *p, struct entry *e)
{
    uint64_t value;

    e->source = (uint16_t)(p[0] | p[1] << 8);
    p += 2;
    if (!(e->flags & ENTRY_DEAD))
        return p;
    e->code = *p++;
    p = unpack_number(p, &value);
    e->letter_partition = (int32_t)value;
    p = unpack_number(p, &value);
    e->letter_offset = (int64_t)value;
    return p;
}

/* What all entries begin with. */
static const uint8_t *unpack_head(const uint8_t *p, struct journal_cursor *c,
                                  struct entry *e)
{
    unsigned first = *p++;
    uint64_t value;

    e->topic = topics[first & 3];
    e->kind = first >> KIND_SHIFT & KIND_MASK;
    p = unpack_number(p, &value);
    e->detail = value & DETAIL_MASK;
    e->flags = (uint8_t)(value >> FLAGS_SHIFT);
    p = unpack_number(p, &value);
    e->partition = (int32_t)value;
    p = unpack_number(p, &value);
    e->offset = (int64_t)value;
    if (!(first & SAME_CAUSE)) {
        memcpy(&c->cause, p, sizeof(c->cause));
        p += sizeof(c->cause);
    }
    if (e->topic != AUDIT_TICKETS && !(first & SAME_AT)) {
        p = unpack_number(p, &value);
        c->at = sum(c->at, value);
    }
    e->cause = c->cause;
    e->at = e->topic == AUDIT_TICKETS ? 0 : c->at;
    return unpack_u32(p, &e->department);
}

bool journal_next(const struct journal *j, struct journal_cursor *c,
                  struct entry *e)
{
    const uint8_t *p;

    if (c->place >= j->used)
        return false;
    p = j->bytes + c->place;
    *e = (struct entry){0};
    p = unpack_head(p, c, e);
    p = e->topic == AUDIT_TICKETS ? unpack_input(p, e) : unpack_event(p, e);
    c->place = (uint32_t)(p - j->bytes);
    return true;
}
