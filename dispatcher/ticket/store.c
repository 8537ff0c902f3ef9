/*
 * Tickets in memory.
 *
 *   index  open addressing, hash -> number of a slot
 *   slots  one for each ticket: block, due time, places in heap and undo log
 *   heap   4-ary, slots with a timer, the earliest first
 *   undo   the blocks that the open transaction replaced
 *
 * A block holds a ticket's id and value. It is replaced, never written to, so
 * the old block is all that undoing needs.
 */
#include "ticket_store.h"

#include "memory.h"
#include "ticket_heap.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { INITIAL_INDEX = 64, NONE = 0 };

struct block {
    uint32_t id_size;
    uint32_t value_size;
    char bytes[]; /* the id, then the value */
};

struct slot {
    struct block *block; /* NULL: the slot is free */
    uint64_t hash;
    int64_t due_at;
    uint32_t undo; /* place in the undo log plus one; NONE: unchanged */
    uint32_t next_free;
    bool gone; /* removed by the open transaction; the block keeps the id */
};

struct undo {
    uint32_t slot;
    struct block *block; /* as it was; NULL: the ticket is new */
    int64_t due_at;
};

struct ticket_store {
    uint32_t *index; /* slot plus one; NONE: empty */
    size_t index_size;
    struct slot *slots;
    uint32_t n_slots;
    uint32_t slots_size;
    uint32_t first_free; /* slot plus one */
    size_t n_indexed;    /* slots in the index, removed ones included */
    size_t n_tickets;
    size_t value_bytes;
    struct ticket_heap heap;
    struct undo *undo;
    uint32_t n_undo;
    uint32_t undo_size;
};

/* ----------------------------------------------------------------- blocks */

static size_t block_size(const struct block *b)
{
    return b ? sizeof *b + b->id_size + b->value_size : 0;
}

static struct block *block_new(const struct ticket_entry *entry)
{
    struct block *b =
        memory_grow(NULL, 1, sizeof *b + entry->id_size + entry->value_size);

    b->id_size = (uint32_t)entry->id_size;
    b->value_size = (uint32_t)entry->value_size;
    memcpy(b->bytes, entry->id, entry->id_size);
    if (entry->value_size)
        memcpy(b->bytes + entry->id_size, entry->value, entry->value_size);
    return b;
}

static bool block_has_id(const struct block *b, const char *id, size_t size)
{
    return b->id_size == size && !memcmp(b->bytes, id, size);
}

/* ------------------------------------------------------------------ index */

static size_t place_of(const struct ticket_store *s, uint64_t hash)
{
    return hash & (s->index_size - 1);
}

/* The place of this id in the index, or the empty place where it belongs. */
static size_t find_place(const struct ticket_store *s, uint64_t hash,
                         const char *id, size_t id_size)
{
    size_t place = place_of(s, hash);

    for (; s->index[place] != NONE; place = (place + 1) & (s->index_size - 1)) {
        const struct slot *slot = &s->slots[s->index[place] - 1];

        if (slot->hash == hash && block_has_id(slot->block, id, id_size))
            break;
    }
    return place;
}

static void index_insert(struct ticket_store *s, uint32_t slot)
{
    size_t place = place_of(s, s->slots[slot].hash);

    while (s->index[place] != NONE)
        place = (place + 1) & (s->index_size - 1);
    s->index[place] = slot + 1;
}

static void index_grow(struct ticket_store *s)
{
    uint32_t *old = s->index;
    size_t old_size = s->index_size;

    s->index_size = old_size ? old_size * 2 : INITIAL_INDEX;
    s->index = memory_new_array(s->index_size, sizeof *s->index);
    for (size_t i = 0; i < old_size; i++)
        if (old[i] != NONE)
            index_insert(s, old[i] - 1);
    free(old);
}

/* Empties a place and moves up what had been pushed behind it. */
static void index_remove(struct ticket_store *s, size_t place)
{
    size_t mask = s->index_size - 1, hole = place;

    for (size_t i = (hole + 1) & mask; s->index[i] != NONE;
         i = (i + 1) & mask) {
        size_t home = place_of(s, s->slots[s->index[i] - 1].hash);

        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        s->index[hole] = s->index[i];
        hole = i;
    }
    s->index[hole] = NONE;
    s->n_indexed--;
}

/* ------------------------------------------------------------------- slots */

static uint32_t slot_new(struct ticket_store *s)
{
    uint32_t slot;

    if (s->first_free != NONE) {
        slot = s->first_free - 1;
        s->first_free = s->slots[slot].next_free;
        return slot;
    }
    if (s->n_slots == s->slots_size) {
        /* By half: a store of millions wastes little. */
        s->slots_size = s->slots_size ? s->slots_size + s->slots_size / 2 : 64;
        s->slots = memory_grow(s->slots, s->slots_size, sizeof *s->slots);
    }
    return s->n_slots++;
}

static void slot_free(struct ticket_store *s, uint32_t slot)
{
    s->slots[slot] = (struct slot){.next_free = s->first_free};
    s->first_free = slot + 1;
}

/* Keeps what the slot holds now, once in a transaction. */
static bool remember(struct ticket_store *s, uint32_t slot)
{
    struct slot *this = &s->slots[slot];

    if (this->undo != NONE)
        return false;
    if (s->n_undo == s->undo_size) {
        s->undo_size = s->undo_size ? s->undo_size * 2 : 64;
        s->undo = memory_grow(s->undo, s->undo_size, sizeof *s->undo);
    }
    s->undo[s->n_undo++] = (struct undo){
        .slot = slot, .block = this->block, .due_at = this->due_at};
    this->undo = s->n_undo;
    return true;
}

static void count(struct ticket_store *s, const struct slot *slot, int sign)
{
    if (!slot->block || slot->gone)
        return;
    s->n_tickets += (size_t)sign;
    s->value_bytes += (size_t)sign * block_size(slot->block);
}

/* Gives a slot another block and due time. */
static void set(struct ticket_store *s, uint32_t slot, struct block *block,
                int64_t due_at, bool gone)
{
    struct slot *this = &s->slots[slot];

    count(s, this, -1);
    this->block = block;
    this->due_at = due_at;
    this->gone = gone;
    count(s, this, 1);
    ticket_heap_set(&s->heap, slot, gone ? TICKET_NEVER : due_at);
}

static void replace(struct ticket_store *s, uint32_t slot, struct block *block,
                    int64_t due_at, bool gone)
{
    struct block *old = s->slots[slot].block;
    bool kept = remember(s, slot);

    set(s, slot, block, due_at, gone);
    if (!kept)
        free(old); /* made by this transaction, needed by nobody */
}

static void drop(struct ticket_store *s, uint32_t slot)
{
    struct slot *this = &s->slots[slot];
    const struct block *b = this->block;

    index_remove(s, find_place(s, this->hash, b->bytes, b->id_size));
    set(s, slot, this->block, TICKET_NEVER, true);
    free(this->block);
    slot_free(s, slot);
}

/* --------------------------------------------------------------- interface */

struct ticket_store *ticket_store_new(void)
{
    struct ticket_store *s = memory_new(sizeof *s);

    index_grow(s);
    return s;
}

void ticket_store_free(struct ticket_store **s)
{
    if (!*s)
        return;
    ticket_store_commit(*s);
    for (uint32_t i = 0; i < (*s)->n_slots; i++)
        free((*s)->slots[i].block);
    ticket_heap_deinit(&(*s)->heap);
    free((*s)->undo);
    free((*s)->slots);
    free((*s)->index);
    free(*s);
    *s = NULL;
}

static void fill(const struct ticket_store *s, uint32_t slot,
                 struct ticket_entry *out)
{
    const struct block *b = s->slots[slot].block;

    *out = (struct ticket_entry){
        .id = b->bytes,
        .id_size = b->id_size,
        .value = b->bytes + b->id_size,
        .value_size = b->value_size,
        .due_at = s->slots[slot].due_at,
    };
}

bool ticket_store_get(const struct ticket_store *s, const char *id,
                      size_t id_size, struct ticket_entry *out)
{
    size_t place = find_place(s, XXH3_64bits(id, id_size), id, id_size);
    uint32_t slot = s->index[place];

    if (slot == NONE || s->slots[slot - 1].gone)
        return false;
    fill(s, slot - 1, out);
    return true;
}

void ticket_store_put(struct ticket_store *s, const struct ticket_entry *entry)
{
    uint64_t hash = XXH3_64bits(entry->id, entry->id_size);
    struct block *block = block_new(entry);
    size_t place = find_place(s, hash, entry->id, entry->id_size);
    uint32_t slot;

    if (s->index[place] != NONE) {
        replace(s, s->index[place] - 1, block, entry->due_at, false);
        return;
    }
    slot = slot_new(s);
    s->slots[slot] = (struct slot){.hash = hash, .due_at = TICKET_NEVER};
    s->index[place] = slot + 1;
    s->n_indexed++;
    replace(s, slot, block, entry->due_at, false);
    if (s->n_indexed * 4 > s->index_size * 3)
        index_grow(s);
}

void ticket_store_remove(struct ticket_store *s, const char *id, size_t id_size)
{
    const struct ticket_entry bare = {.id = id, .id_size = id_size};
    size_t place = find_place(s, XXH3_64bits(id, id_size), id, id_size);
    uint32_t slot = s->index[place];

    if (slot != NONE && !s->slots[slot - 1].gone)
        replace(s, slot - 1, block_new(&bare), TICKET_NEVER, true);
}

bool ticket_store_next_due(const struct ticket_store *s,
                           struct ticket_entry *out)
{
    uint32_t slot;

    if (!ticket_heap_first(&s->heap, &slot))
        return false;
    fill(s, slot, out);
    return true;
}

void ticket_store_commit(struct ticket_store *s)
{
    for (uint32_t i = 0; i < s->n_undo; i++) {
        uint32_t slot = s->undo[i].slot;

        free(s->undo[i].block);
        s->slots[slot].undo = NONE;
        if (s->slots[slot].gone)
            drop(s, slot);
    }
    s->n_undo = 0;
}

void ticket_store_abort(struct ticket_store *s)
{
    for (uint32_t i = s->n_undo; i-- > 0;) {
        const struct undo *u = &s->undo[i];
        struct slot *slot = &s->slots[u->slot];

        slot->undo = NONE;
        if (!u->block) {
            drop(s, u->slot);
            continue;
        }
        struct block *now = slot->block;
        set(s, u->slot, u->block, u->due_at, false);
        free(now);
    }
    s->n_undo = 0;
}

bool ticket_store_each(const struct ticket_store *s, size_t *cursor,
                       struct ticket_entry *out)
{
    for (; *cursor < s->n_slots; ++*cursor) {
        const struct slot *slot = &s->slots[*cursor];

        if (!slot->block || slot->gone)
            continue;
        fill(s, (uint32_t)(*cursor)++, out);
        return true;
    }
    return false;
}

size_t ticket_store_count(const struct ticket_store *s)
{
    return s->n_tickets;
}

size_t ticket_store_memory(const struct ticket_store *s)
{
    return sizeof *s + s->index_size * sizeof *s->index +
           s->slots_size * sizeof *s->slots + s->undo_size * sizeof *s->undo +
           ticket_heap_memory(&s->heap) + s->value_bytes;
}
