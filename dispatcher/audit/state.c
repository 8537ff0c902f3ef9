/*
 * Packing: numbers of variable length, one after the other.
 */
#include "state.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEAD_MAX = 48, /* bytes */
    PART_MAX = 8,
    CLOCK_MAX = 20,
    PAUSED = 1,
    BREACHED = 2,
};

void state_deinit(struct state *s)
{
    free(s->parts);
    free(s->clocks);
    *s = (struct state){0};
}

struct state_part *state_add_part(struct state *s)
{
    s->parts = memory_grow(s->parts, s->n_parts + 1, sizeof(*s->parts));
    return &s->parts[s->n_parts++];
}

struct state_clock *state_add_clock(struct state *s)
{
    s->clocks = memory_grow(s->clocks, s->n_clocks + 1, sizeof(*s->clocks));
    return &s->clocks[s->n_clocks++];
}

static uint8_t *pack(const struct state *s, uint8_t *p)
{
    p = pack_number(p, (uint64_t)s->partition);
    p = pack_number(p, (uint64_t)s->offset);
    p = pack_number(p, s->sequence);
    p = pack_number(p, s->status);
    p = pack_number(p, s->whole);
    p = pack_number(p, s->n_parts);
    p = pack_number(p, s->n_clocks);
    for (size_t i = 0; i < s->n_parts; i++) {
        p = pack_number(p, s->parts[i].department);
        p = pack_number(p, s->parts[i].role);
    }
    for (size_t i = 0; i < s->n_clocks; i++) {
        const struct state_clock *c = &s->clocks[i];

        p = pack_number(p, c->department);
        p = pack_number(p, c->clock);
        p = pack_number(p, (c->paused ? PAUSED : 0u) |
                               (c->breached ? BREACHED : 0u));
        p = pack_number(p, (uint64_t)c->due_at);
    }
    return p;
}

size_t state_pack(const struct state *s, struct ledger_ticket *t)
{
    uint8_t *bytes = memory_grow(
        NULL, HEAD_MAX + s->n_parts * PART_MAX + s->n_clocks * CLOCK_MAX, 1);
    uint32_t before = t->state_size;

    free(t->state);
    t->state_size = (uint32_t)(pack(s, bytes) - bytes);
    t->state = memory_grow(bytes, t->state_size, 1);
    return t->state_size > before ? t->state_size - before : 0;
}

static const uint8_t *unpack_head(const uint8_t *p, struct state *s,
                                  uint64_t *n_parts, uint64_t *n_clocks)
{
    uint64_t value;

    p = unpack_number(p, &value);
    s->partition = (int32_t)value;
    p = unpack_number(p, &value);
    s->offset = (int64_t)value;
    p = unpack_number(p, &value);
    s->sequence = (uint32_t)value;
    p = unpack_number(p, &value);
    s->status = (uint8_t)value;
    p = unpack_number(p, &value);
    s->whole = value != 0;
    p = unpack_number(p, n_parts);
    return unpack_number(p, n_clocks);
}

static const uint8_t *unpack_part(const uint8_t *p, struct state_part *part)
{
    uint64_t value;

    p = unpack_number(p, &value);
    part->department = (uint32_t)value;
    p = unpack_number(p, &value);
    part->role = (uint8_t)value;
    return p;
}

static const uint8_t *unpack_clock(const uint8_t *p, struct state_clock *clock)
{
    uint64_t value;

    p = unpack_number(p, &value);
    clock->department = (uint32_t)value;
    p = unpack_number(p, &value);
    clock->clock = (uint8_t)value;
    p = unpack_number(p, &value);
    clock->paused = value & PAUSED;
    clock->breached = (value & BREACHED) != 0;
    p = unpack_number(p, &value);
    clock->due_at = (int64_t)value;
    return p;
}

bool state_unpack(const struct ledger_ticket *t, struct state *s)
{
    const uint8_t *p = t->state;
    uint64_t n_parts, n_clocks;

    if (!p)
        return false;
    p = unpack_head(p, s, &n_parts, &n_clocks);
    s->n_parts = 0;
    s->n_clocks = 0;
    for (uint64_t i = 0; i < n_parts; i++)
        p = unpack_part(p, state_add_part(s));
    for (uint64_t i = 0; i < n_clocks; i++)
        p = unpack_clock(p, state_add_clock(s));
    return true;
}
