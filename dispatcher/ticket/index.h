/*
 * From the hash of an id to the slots that may have it: extendible hashing.
 * Growing splits one small table of many, so that it never takes long; when
 * tickets go, tables are joined again. Other memory is not looked at.
 *
 *   first bits of the hash -> directory -> table -> slots with this hash
 */
#ifndef DISPATCHER_TICKET_INDEX_H
#define DISPATCHER_TICKET_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct index_table;

struct index {
    struct index_table **directory;
    unsigned depth;            /* the directory has 2^depth entries */
    size_t n_tables;           /* 32 KiB each */
    struct index_table *spare; /* the one given up last, for the next */
};

void index_init(struct index *x);
void index_deinit(struct index *x);

void index_add(struct index *x, uint32_t hash, uint32_t slot);

/* The slot is in it under this hash. */
void index_remove(struct index *x, uint32_t hash, uint32_t slot);
void index_renumber(struct index *x, uint32_t hash, uint32_t from, uint32_t to);

/* The slots that were added under a hash, one by one; set nothing but
 * `hash`. Returns the slot plus one; 0: there are no more. The index must not
 * change meanwhile. */
struct index_search {
    uint32_t hash;
    uint32_t place;
    const struct index_table *table;
};
uint32_t index_next(const struct index *x, struct index_search *search);

/* Has the memory fetched in which a hash will be looked for soon. */
void index_expect(const struct index *x, uint32_t hash);

size_t index_memory(const struct index *x);

#endif
