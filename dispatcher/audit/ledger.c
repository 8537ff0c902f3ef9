/*
 * Tickets in chunks that do not move, and an index by hash.
 */
#include "audit_ledger.h"

#include "arena.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
    CHUNK = 1024, /* tickets */
    FIRST_PLACES = 1024,
    FREE = 0,
    MAX_BITS = 32,
    HASH_BITS = 64,
};

struct place {
    uint32_t ticket; /* plus one; FREE: none */
    uint32_t tag;    /* of the hash */
};

struct ledger {
    size_t max_memory;
    struct arena *ids;
    struct ledger_ticket **chunks;
    size_t n;
    struct place *places;
    size_t n_places; /* a power of two */
    size_t journals; /* bytes of all journals and states */

    /* Taken are the tickets whose hashes begin with these bits. */
    unsigned bits;
    uint64_t slice;

    size_t peak;
    size_t peak_tickets;
};

uint64_t ledger_hash(const void *key, size_t size)
{
    return XXH3_64bits(key ? key : "", key ? size : 0);
}

bool ledger_takes(const struct ledger *l, uint64_t hash)
{
    return l->bits == 0 || hash >> (HASH_BITS - l->bits) == l->slice;
}

struct ledger_ticket *ledger_at(const struct ledger *l, size_t i)
{
    return &l->chunks[i / CHUNK][i % CHUNK];
}

size_t ledger_count(const struct ledger *l)
{
    return l->n;
}

/* ----------------------------------------------------------------- memory */

static size_t chunks_of(size_t tickets)
{
    return (tickets + CHUNK - 1) / CHUNK;
}

static size_t memory_used(const struct ledger *l)
{
    return chunks_of(l->n) * CHUNK * sizeof(struct ledger_ticket) +
           l->n_places * sizeof(struct place) + arena_used(l->ids) +
           l->journals;
}

size_t ledger_memory(const struct ledger *l, size_t *tickets)
{
    *tickets = l->peak_tickets;
    return l->peak;
}

static void ticket_deinit(struct ledger_ticket *t)
{
    journal_deinit(&t->journal);
    free(t->state);
    t->state = NULL;
}

static void begin(struct ledger *l)
{
    l->ids = arena_new(SIZE_MAX);
    l->chunks = NULL;
    l->n = 0;
    l->n_places = FIRST_PLACES;
    l->places = memory_new_array(l->n_places, sizeof(*l->places));
    l->journals = 0;
}

/* The memory of the frame; what tickets own is not touched. */
static void end(struct ledger *l)
{
    for (size_t i = 0; i < chunks_of(l->n); i++)
        free(l->chunks[i]);
    free(l->chunks);
    free(l->places);
    arena_free(&l->ids);
}

struct ledger *ledger_new(size_t max_memory)
{
    struct ledger *l = memory_new(sizeof(*l));

    l->max_memory = max_memory;
    begin(l);
    return l;
}

static void clear(struct ledger *l)
{
    for (size_t i = 0; i < l->n; i++)
        ticket_deinit(ledger_at(l, i));
    end(l);
}

void ledger_free(struct ledger **l)
{
    if (!*l)
        return;
    clear(*l);
    free(*l);
    *l = NULL;
}

/* ------------------------------------------------------------------ index */

/* The place of the id, or the free one where it belongs. */
static struct place *find_place(const struct ledger *l, uint64_t hash,
                                const char *id, size_t size)
{
    size_t i = hash & (l->n_places - 1);
    uint32_t tag = (uint32_t)(hash >> 32);

    for (;; i = (i + 1) & (l->n_places - 1)) {
        struct place *place = &l->places[i];

        if (place->ticket == FREE)
            return place;
        if (place->tag != tag)
            continue;
        const char *other = ledger_at(l, place->ticket - 1)->id;
        if (strlen(other) == size && memcmp(other, id, size) == 0)
            return place;
    }
}

static void grow_index(struct ledger *l)
{
    free(l->places);
    l->n_places *= 2;
    l->places = memory_new_array(l->n_places, sizeof(*l->places));
    for (size_t i = 0; i < l->n; i++) {
        const char *id = ledger_at(l, i)->id;
        uint64_t hash = ledger_hash(id, strlen(id));

        *find_place(l, hash, id, strlen(id)) = (struct place){
            .ticket = (uint32_t)i + 1, .tag = (uint32_t)(hash >> 32)};
    }
}

static struct ledger_ticket *add(struct ledger *l, uint64_t hash,
                                 const char *id, size_t size)
{
    if (l->n % CHUNK == 0) {
        l->chunks =
            memory_grow(l->chunks, chunks_of(l->n) + 1, sizeof(*l->chunks));
        l->chunks[l->n / CHUNK] =
            memory_new_array(CHUNK, sizeof(struct ledger_ticket));
    }
    struct ledger_ticket *t = ledger_at(l, l->n);
    *t = (struct ledger_ticket){.id = arena_copy(l->ids, id, size)};
    *find_place(l, hash, id, size) = (struct place){
        .ticket = (uint32_t)++l->n, .tag = (uint32_t)(hash >> 32)};
    if (l->n * 4 > l->n_places * 3)
        grow_index(l);
    return t;
}

struct ledger_ticket *ledger_find(const struct ledger *l, const char *id,
                                  size_t size)
{
    const struct place *place = find_place(l, ledger_hash(id, size), id, size);

    return place->ticket == FREE ? NULL : ledger_at(l, place->ticket - 1);
}

struct ledger_ticket *ledger_ticket(struct ledger *l, const char *id,
                                    size_t size)
{
    struct ledger_ticket *t = ledger_find(l, id, size);

    return t ? t : add(l, ledger_hash(id, size), id, size);
}

/* ----------------------------------------------------------------- slices */

/* Puts the tickets that are still taken into a new frame. */
static void halve(struct ledger *l)
{
    struct ledger old = *l;

    l->bits++;
    l->slice <<= 1;
    begin(l);
    for (size_t i = 0; i < old.n; i++) {
        struct ledger_ticket *t = ledger_at(&old, i);
        uint64_t hash = ledger_hash(t->id, strlen(t->id));

        if (!ledger_takes(l, hash)) {
            ticket_deinit(t);
            continue;
        }
        struct ledger_ticket *kept = add(l, hash, t->id, strlen(t->id));
        const char *id = kept->id;
        *kept = *t;
        kept->id = id;
        l->journals += journal_memory(&t->journal) + t->state_size;
    }
    end(&old);
}

void ledger_settle(struct ledger *l, size_t grown)
{
    l->journals += grown;
    size_t used = memory_used(l);
    if (used > l->peak) {
        l->peak = used;
        l->peak_tickets = l->n;
    }
    while (memory_used(l) > l->max_memory && l->n > 1 && l->bits < MAX_BITS)
        halve(l);
}

bool ledger_next(struct ledger *l)
{
    clear(l);
    begin(l);
    /* The other half; behind a second half that of the half around it. */
    while (l->bits > 0 && l->slice & 1) {
        l->slice >>= 1;
        l->bits--;
    }
    if (l->bits == 0)
        return false;
    l->slice |= 1;
    return true;
}
