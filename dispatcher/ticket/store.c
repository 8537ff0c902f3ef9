/*
 * Tickets in memory.
 *
 *   index   hash of the id -> slot
 *   slots   one for each ticket: block, places in index, heap and undo log
 *   heap    slots with a timer, the earliest first
 *   blocks  ids and values
 *   undo    what the slots that the open transaction changed had before
 *
 * A transaction does not write to a block that was there before it, so that
 * the old block is all that undoing needs. Each block is referred to by its
 * slot, by the slot's entry in the undo log, or by both: when a block moves,
 * that is where to tell it.
 */
#include "ticket_store.h"

#include "blocks.h"
#include "heap.h"
#include "index.h"
#include "memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct undo {
    struct block *block; /* as it was; NULL: the ticket is new */
    int64_t due_at;
    uint32_t slot;
};

struct ticket_store {
    struct segments slots;
    uint32_t n_slots;
    struct index index;
    struct heap heap;
    struct segments undo;
    uint32_t n_undo;
    size_t counts[TICKET_GROUPS];
    struct blocks blocks;
};

static uint32_t hash_of(const char *id, size_t size)
{
    return (uint32_t)XXH3_64bits(id, size);
}

static uint32_t block_hash(const struct block *b)
{
    return hash_of(b->bytes, b->id_size);
}

static bool block_has_id(const struct ticket_store *s, uint32_t number,
                         const char *id, size_t size)
{
    const struct block *b = slot_at(&s->slots, number)->block;

    return b->id_size == size && memcmp(b->bytes, id, size) == 0;
}

/* The number of the ticket's slot plus one, also when it is gone; NONE: it is
 * not there. */
static uint32_t find(const struct ticket_store *s, uint32_t hash,
                     const char *id, size_t size)
{
    struct index_search search = {.hash = hash};
    uint32_t found;

    do {
        found = index_next(&s->index, &search);
    } while (found != NONE && !block_has_id(s, found - 1, id, size));
    return found;
}

static struct undo *undo_at(const struct ticket_store *s, uint32_t i)
{
    return segments_at(&s->undo, i);
}

/* ----------------------------------------------------------------- blocks */

/* Nobody refers to `block` any more; another one may move for it. */
static void give_block(struct ticket_store *s, struct block *block)
{
    const struct block_move move = blocks_give(&s->blocks, block);

    if (!move.to)
        return;
    struct slot *slot = slot_at(&s->slots, move.to->slot);
    if (slot->block == move.from)
        slot->block = move.to;
    if (slot->undo == NONE)
        return;
    struct undo *undo = undo_at(s, slot->undo - 1);
    if (undo->block == move.from)
        undo->block = move.to;
}

/* The block that undoing needs; NULL: none, the slot's own can be changed. */
static const struct block *kept_block(const struct ticket_store *s,
                                      const struct slot *slot)
{
    return slot->undo == NONE ? NULL : undo_at(s, slot->undo - 1)->block;
}

/* Gives a slot another block, or none. */
static void set_block(struct ticket_store *s, struct slot *slot,
                      struct block *block)
{
    struct block *old = slot->block;

    slot->block = block;
    if (old && old != kept_block(s, slot))
        give_block(s, old);
}

static struct block *new_block(struct ticket_store *s, uint32_t slot,
                               const struct ticket_entry *entry)
{
    struct block *b = blocks_take(&s->blocks, (uint16_t)entry->id_size,
                                  (uint32_t)entry->value_size);

    b->slot = slot;
    memcpy(b->bytes, entry->id, entry->id_size);
    return b;
}

/* Puts the value into the slot's block, if that is free to be changed, or
 * into a new one. */
static void set_value(struct ticket_store *s, uint32_t number,
                      const struct ticket_entry *entry)
{
    struct slot *slot = slot_at(&s->slots, number);
    struct block *b = slot->block;
    bool in_place = b && b != kept_block(s, slot) &&
                    blocks_resize(b, (uint32_t)entry->value_size);

    if (!in_place)
        b = new_block(s, number, entry);
    b->group = (uint8_t)entry->group;
    /* The entry may be what the block holds already. */
    if (entry->value_size)
        memmove(b->bytes + b->id_size, entry->value, entry->value_size);
    if (!in_place)
        set_block(s, slot, b);
}

/* ------------------------------------------------------------------- slots */

static void count(struct ticket_store *s, const struct slot *slot, int sign)
{
    if (slot->block && !slot->gone)
        s->counts[slot->block->group] += (size_t)sign;
}

/* The slot of this id, a new one if need be. */
static uint32_t take_slot(struct ticket_store *s,
                          const struct ticket_entry *entry)
{
    uint32_t hash = hash_of(entry->id, entry->id_size);
    uint32_t found = find(s, hash, entry->id, entry->id_size);

    if (found != NONE)
        return found - 1;
    uint32_t number = s->n_slots++;
    segments_reserve(&s->slots, s->n_slots);
    *slot_at(&s->slots, number) = (struct slot){0};
    index_add(&s->index, hash, number);
    return number;
}

/* Moves the last slot to the number of one that is free. */
static void move_last_slot(struct ticket_store *s, uint32_t number)
{
    uint32_t last = s->n_slots - 1;
    struct slot *slot = slot_at(&s->slots, number);

    *slot = *slot_at(&s->slots, last);
    index_renumber(&s->index, block_hash(slot->block), last, number);
    heap_renumber(&s->heap, slot, number);
    slot->block->slot = number;
    if (slot->undo == NONE)
        return;
    struct undo *undo = undo_at(s, slot->undo - 1);
    undo->slot = number;
    if (undo->block)
        undo->block->slot = number;
}

/* Forgets a slot, counted no more, with its block. */
static void give_slot(struct ticket_store *s, uint32_t number)
{
    struct slot *slot = slot_at(&s->slots, number);

    heap_set(&s->heap, &s->slots, number, TICKET_NEVER);
    index_remove(&s->index, block_hash(slot->block), number);
    set_block(s, slot, NULL);
    if (number < s->n_slots - 1)
        move_last_slot(s, number);
    segments_trim(&s->slots, --s->n_slots);
}

/* Keeps what the slot holds now, once in a transaction. */
static void remember(struct ticket_store *s, uint32_t number)
{
    struct slot *slot = slot_at(&s->slots, number);

    if (slot->undo != NONE)
        return;
    segments_reserve(&s->undo, (size_t)s->n_undo + 1);
    *undo_at(s, s->n_undo) = (struct undo){
        .block = slot->block,
        .due_at = heap_due(&s->heap, slot),
        .slot = number,
    };
    slot->undo = ++s->n_undo;
}

static void fill(const struct ticket_store *s, uint32_t number,
                 struct ticket_entry *out)
{
    const struct slot *slot = slot_at(&s->slots, number);
    const struct block *b = slot->block;

    *out = (struct ticket_entry){
        .id = b->bytes,
        .id_size = b->id_size,
        .value = b->bytes + b->id_size,
        .value_size = b->value_size,
        .due_at = heap_due(&s->heap, slot),
        .group = b->group,
    };
}

/* --------------------------------------------------------------- interface */

struct ticket_store *ticket_store_new(void)
{
    struct ticket_store *s = memory_new(sizeof(*s));

    s->slots.item_size = sizeof(struct slot);
    index_init(&s->index);
    heap_init(&s->heap);
    s->undo.item_size = sizeof(struct undo);
    return s;
}

/* The shelves give theirs back by themselves. */
static void give_large_blocks(struct ticket_store *s)
{
    for (uint32_t i = 0; s->blocks.n_large > 0 && i < s->n_slots; i++) {
        struct slot *slot = slot_at(&s->slots, i);

        if (blocks_is_large(slot->block))
            set_block(s, slot, NULL);
    }
}

void ticket_store_free(struct ticket_store **s)
{
    if (!*s)
        return;
    ticket_store_commit(*s);
    give_large_blocks(*s);
    blocks_deinit(&(*s)->blocks);
    heap_deinit(&(*s)->heap);
    index_deinit(&(*s)->index);
    segments_deinit(&(*s)->slots);
    segments_deinit(&(*s)->undo);
    free(*s);
    *s = NULL;
}

bool ticket_store_get(const struct ticket_store *s, const char *id,
                      size_t id_size, struct ticket_entry *out)
{
    uint32_t found = find(s, hash_of(id, id_size), id, id_size);

    if (found == NONE || slot_at(&s->slots, found - 1)->gone)
        return false;
    fill(s, found - 1, out);
    return true;
}

/* Makes the slot what the entry says. */
static void set(struct ticket_store *s, uint32_t number,
                const struct ticket_entry *entry)
{
    struct slot *slot = slot_at(&s->slots, number);

    count(s, slot, -1);
    set_value(s, number, entry);
    slot->gone = false;
    count(s, slot, 1);
    heap_set(&s->heap, &s->slots, number, entry->due_at);
}

void ticket_store_put(struct ticket_store *s, const struct ticket_entry *entry)
{
    assert(entry->id_size <= TICKET_ID_MAX && entry->value_size <= UINT32_MAX &&
           entry->group < TICKET_GROUPS);
    uint32_t number = take_slot(s, entry);

    remember(s, number);
    set(s, number, entry);
}

void ticket_store_expect(const struct ticket_store *s, const char *id,
                         size_t id_size)
{
    index_expect(&s->index, hash_of(id, id_size));
}

void ticket_store_load(struct ticket_store *s, const struct ticket_entry *entry)
{
    assert(entry->id_size <= TICKET_ID_MAX && entry->value_size <= UINT32_MAX &&
           entry->group < TICKET_GROUPS && s->n_undo == 0);
    set(s, take_slot(s, entry), entry);
}

void ticket_store_remove(struct ticket_store *s, const char *id, size_t id_size)
{
    uint32_t found = find(s, hash_of(id, id_size), id, id_size);
    struct slot *slot;

    if (found == NONE)
        return;
    slot = slot_at(&s->slots, found - 1);
    if (slot->gone)
        return;
    remember(s, found - 1);
    count(s, slot, -1);
    slot->gone = true;
    heap_set(&s->heap, &s->slots, found - 1, TICKET_NEVER);
}

void ticket_store_unload(struct ticket_store *s, const char *id, size_t id_size)
{
    uint32_t found = find(s, hash_of(id, id_size), id, id_size);

    assert(s->n_undo == 0);
    if (found == NONE)
        return;
    count(s, slot_at(&s->slots, found - 1), -1);
    give_slot(s, found - 1);
}

bool ticket_store_next_due(const struct ticket_store *s,
                           struct ticket_entry *out)
{
    uint32_t number;

    if (!heap_first(&s->heap, &number))
        return false;
    fill(s, number, out);
    return true;
}

static void end_transaction(struct ticket_store *s)
{
    s->n_undo = 0;
    segments_trim(&s->undo, 0);
}

static void commit_slot(struct ticket_store *s, const struct undo *undo)
{
    struct slot *slot = slot_at(&s->slots, undo->slot);
    struct block *before = undo->block;

    slot->undo = NONE;
    if (before && before != slot->block)
        give_block(s, before);
    if (slot->gone)
        give_slot(s, undo->slot);
}

void ticket_store_commit(struct ticket_store *s)
{
    for (uint32_t i = 0; i < s->n_undo; i++)
        commit_slot(s, undo_at(s, i));
    end_transaction(s);
}

static void abort_slot(struct ticket_store *s, const struct undo *undo)
{
    struct slot *slot = slot_at(&s->slots, undo->slot);

    count(s, slot, -1);
    slot->gone = false;
    if (!undo->block) {
        slot->undo = NONE;
        give_slot(s, undo->slot);
        return;
    }
    set_block(s, slot, undo->block);
    slot->undo = NONE;
    count(s, slot, 1);
    heap_set(&s->heap, &s->slots, undo->slot, undo->due_at);
}

void ticket_store_abort(struct ticket_store *s)
{
    for (uint32_t i = s->n_undo; i-- > 0;)
        abort_slot(s, undo_at(s, i));
    end_transaction(s);
}

/* Backwards, because slots move to lower numbers only: one that was not looked
 * at yet cannot get behind the cursor, which is the number of those left, plus
 * one. */
bool ticket_store_each(const struct ticket_store *s, size_t *cursor,
                       struct ticket_entry *out)
{
    size_t left = *cursor == 0 ? s->n_slots : *cursor - 1;

    if (left > s->n_slots)
        left = s->n_slots;
    while (left > 0 && slot_at(&s->slots, (uint32_t)left - 1)->gone)
        left--;
    if (left == 0)
        return false;
    *cursor = left;
    fill(s, (uint32_t)left - 1, out);
    return true;
}

size_t ticket_store_count(const struct ticket_store *s)
{
    size_t n = 0;

    for (unsigned i = 0; i < TICKET_GROUPS; i++)
        n += s->counts[i];
    return n;
}

size_t ticket_store_count_group(const struct ticket_store *s, unsigned group)
{
    return group < TICKET_GROUPS ? s->counts[group] : 0;
}

size_t ticket_store_memory(const struct ticket_store *s)
{
    return sizeof(*s) - sizeof(s->blocks) + blocks_memory(&s->blocks) +
           segments_memory(&s->slots) + index_memory(&s->index) +
           segments_memory(&s->heap.items) + segments_memory(&s->undo);
}
