/*
 * Memory for the ids and values of tickets, without holes.
 *
 * Blocks of one size class lie behind each other like the books on a shelf.
 * When one goes, the last one of its shelf takes its place, so that a shelf
 * is always full but for its end, whatever comes, grows and goes; and what is
 * behind the end goes back to the system.
 *
 *   shelf of 928 bytes -> [ b b b b b ] [ b b b b b ] [ b b . . . ]
 *                             ^ freed                     | moves there
 *
 * Whoever frees a block must be ready that another one moves.
 */
#ifndef DISPATCHER_TICKET_BLOCKS_H
#define DISPATCHER_TICKET_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint32_t slot; /* whose block it is */
    uint32_t value_size;
    uint16_t id_size;
    uint8_t group;
    char bytes[]; /* the id, then the value */
};

/* Each class is so much larger than the one before it; large blocks, which
 * are beyond all classes, are malloc's. */
enum {
    BLOCK_STEP = 32,
    BLOCK_SMALL = 4096, /* up to here; */
    BLOCK_LARGE_STEP = 64,
    BLOCK_LARGE = 32768, /* then up to here */
    BLOCK_SHELVES = BLOCK_SMALL / BLOCK_STEP +
                    (BLOCK_LARGE - BLOCK_SMALL) / BLOCK_LARGE_STEP,
    BLOCK_CHUNK = 256 * 1024,
    BLOCK_SPARES = 2, /* chunks that are kept, and one for so many in use: */
    BLOCK_SPARE_PER = 64,
};

struct shelf {
    char **chunks;
    uint32_t n;    /* chunks */
    uint32_t last; /* blocks in the last one; 0 only without any chunk */
};

struct blocks {
    struct shelf shelves[BLOCK_SHELVES];
    void *spares; /* chunks for whichever shelf is next, each with the next */
    size_t n_spares;
    size_t n_chunks; /* in use */
    size_t n_large;
    size_t bytes; /* of all blocks as they are cut */
};

/* From zeros. Frees all blocks but the large ones. */
void blocks_deinit(struct blocks *b);

/* A block for an id and a value of these sizes, which are set; the rest is
 * not. */
struct block *blocks_take(struct blocks *b, uint16_t id_size,
                          uint32_t value_size);

/* Gives the block another size where it is; false: it does not fit there. */
bool blocks_resize(struct block *block, uint32_t value_size);

/* A block that is at another address now. */
struct block_move {
    const struct block *from; /* only to be compared */
    struct block *to;         /* NULL: none moved */
};
struct block_move blocks_give(struct blocks *b, struct block *block);

bool blocks_is_large(const struct block *block);

/* Bytes that it has of the system, or keeps. */
size_t blocks_memory(const struct blocks *b);

#endif
