/*
 * Shelves of blocks of one size each, in chunks from the system.
 */
#include "blocks.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* With AddressSanitizer what is behind a block's value, and whatever is on no
 * shelf, is out of bounds; otherwise the macros are empty. */
#if defined(__has_include)
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(p, size) ((void)(p), (void)(size))
#endif

static size_t size_of(size_t id_size, size_t value_size)
{
    return offsetof(struct block, bytes) + id_size + value_size;
}

/* The number of the shelf for blocks of this size; BLOCK_SHELVES: none. */
static size_t shelf_of(size_t size)
{
    if (size <= BLOCK_SMALL)
        return (size - 1) / BLOCK_STEP;
    if (size <= BLOCK_LARGE)
        return BLOCK_SMALL / BLOCK_STEP +
               (size - BLOCK_SMALL - 1) / BLOCK_LARGE_STEP;
    return BLOCK_SHELVES;
}

/* How blocks on a shelf are cut. */
static size_t cut_of(size_t shelf)
{
    const size_t small = BLOCK_SMALL / BLOCK_STEP;

    if (shelf < small)
        return (shelf + 1) * BLOCK_STEP;
    return BLOCK_SMALL + (shelf - small + 1) * BLOCK_LARGE_STEP;
}

/* ----------------------------------------------------------------- chunks */

static void *take_spare(struct blocks *b)
{
    void *chunk = b->spares;

    ASAN_UNPOISON_MEMORY_REGION(chunk, BLOCK_CHUNK);
    memcpy(&b->spares, chunk, sizeof(b->spares));
    b->n_spares--;
    return chunk;
}

static void drop_spare(struct blocks *b)
{
    memory_unmap(take_spare(b), BLOCK_CHUNK);
}

/* A shelf that has one already will fill the next; other shelves may stay
 * nearly empty. */
static char *take_chunk(struct blocks *b, bool will_fill)
{
    void *chunk;

    if (b->n_spares > 0) {
        chunk = take_spare(b);
    } else {
        chunk = memory_map(BLOCK_CHUNK);
        if (will_fill)
            memory_populate(chunk, BLOCK_CHUNK);
    }
    ASAN_POISON_MEMORY_REGION(chunk, BLOCK_CHUNK);
    b->n_chunks++;
    return chunk;
}

/* A transaction's new blocks need some chunks for a while; only what is more
 * than that goes back, a little at a time. */
static void give_chunk(struct blocks *b, void *chunk)
{
    ASAN_UNPOISON_MEMORY_REGION(chunk, sizeof(b->spares));
    memcpy(chunk, &b->spares, sizeof(b->spares));
    b->spares = chunk;
    b->n_spares++;
    b->n_chunks--;
    for (int i = 0; i < 2; i++) {
        if (b->n_spares > BLOCK_SPARES + b->n_chunks / BLOCK_SPARE_PER)
            drop_spare(b);
    }
}

static void add_chunk(struct blocks *b, struct shelf *shelf)
{
    char *chunk = take_chunk(b, shelf->n > 0);

    /* The room doubles at each power of two. */
    if ((shelf->n & (shelf->n - 1)) == 0)
        shelf->chunks = memory_grow(shelf->chunks, shelf->n ? shelf->n * 2 : 1,
                                    sizeof(*shelf->chunks));
    shelf->chunks[shelf->n++] = chunk;
    shelf->last = 0;
}

static void drop_chunk(struct blocks *b, struct shelf *shelf, size_t cut)
{
    give_chunk(b, shelf->chunks[--shelf->n]);
    if (shelf->n > 0) {
        shelf->last = (uint32_t)(BLOCK_CHUNK / cut);
        return;
    }
    free(shelf->chunks);
    *shelf = (struct shelf){0};
}

void blocks_deinit(struct blocks *b)
{
    for (size_t i = 0; i < BLOCK_SHELVES; i++) {
        struct shelf *shelf = &b->shelves[i];

        while (shelf->n > 0)
            drop_chunk(b, shelf, cut_of(i));
    }
    while (b->n_spares > 0)
        drop_spare(b);
}

/* ----------------------------------------------------------------- blocks */

static void *last_block(const struct shelf *shelf, size_t cut)
{
    return shelf->chunks[shelf->n - 1] + (shelf->last - 1) * cut;
}

static void *take_place(struct blocks *b, size_t size)
{
    size_t number = shelf_of(size);
    size_t cut;

    if (number == BLOCK_SHELVES) {
        b->n_large++;
        b->bytes += size;
        return memory_grow(NULL, 1, size);
    }
    struct shelf *shelf = &b->shelves[number];
    cut = cut_of(number);
    if (shelf->n == 0 || shelf->last == BLOCK_CHUNK / cut)
        add_chunk(b, shelf);
    shelf->last++;
    b->bytes += cut;
    return last_block(shelf, cut);
}

struct block *blocks_take(struct blocks *b, uint16_t id_size,
                          uint32_t value_size)
{
    size_t size = size_of(id_size, value_size);
    struct block *block = take_place(b, size);

    ASAN_UNPOISON_MEMORY_REGION(block, size);
    block->id_size = id_size;
    block->value_size = value_size;
    return block;
}

bool blocks_resize(struct block *block, uint32_t value_size)
{
    size_t shelf = shelf_of(size_of(block->id_size, block->value_size));
    size_t size = size_of(block->id_size, value_size);

    if (shelf == BLOCK_SHELVES || shelf_of(size) != shelf)
        return false;
    block->value_size = value_size;
    ASAN_UNPOISON_MEMORY_REGION(block, size);
    ASAN_POISON_MEMORY_REGION((char *)block + size, cut_of(shelf) - size);
    return true;
}

bool blocks_is_large(const struct block *block)
{
    return shelf_of(size_of(block->id_size, block->value_size)) ==
           BLOCK_SHELVES;
}

static void give_large(struct blocks *b, struct block *block)
{
    b->n_large--;
    b->bytes -= size_of(block->id_size, block->value_size);
    free(block);
}

/* Moves a block into the place of another one. */
static void move_block(struct block *to, const struct block *from, size_t cut)
{
    size_t size = size_of(from->id_size, from->value_size);

    ASAN_UNPOISON_MEMORY_REGION(to, size);
    memcpy(to, from, size);
    ASAN_POISON_MEMORY_REGION((char *)to + size, cut - size);
}

struct block_move blocks_give(struct blocks *b, struct block *block)
{
    size_t number = shelf_of(size_of(block->id_size, block->value_size));
    struct block_move move = {NULL, NULL};

    if (number == BLOCK_SHELVES) {
        give_large(b, block);
        return move;
    }
    struct shelf *shelf = &b->shelves[number];
    size_t cut = cut_of(number);
    struct block *last = last_block(shelf, cut);
    if (last != block) {
        move_block(block, last, cut);
        move = (struct block_move){last, block};
    }
    ASAN_POISON_MEMORY_REGION(last, cut);
    b->bytes -= cut;
    if (--shelf->last == 0)
        drop_chunk(b, shelf, cut);
    return move;
}

size_t blocks_memory(const struct blocks *b)
{
    return sizeof(*b) + b->bytes + b->n_spares * BLOCK_CHUNK;
}
