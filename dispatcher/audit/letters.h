/*
 * Dead letters, found by the record that each one was.
 */
#ifndef DISPATCHER_AUDIT_LETTERS_H
#define DISPATCHER_AUDIT_LETTERS_H

#include "reject.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct letters;

struct letter {
    uint64_t hash; /* of the key */
    /* Of the record in tickets. */
    int32_t partition;
    int64_t offset;
    /* Of the dead letter. */
    int32_t letter_partition;
    int64_t letter_offset;
    uint64_t digest; /* of key and value */
    enum reject_code code;
    bool truncated;
    bool found; /* the record was read */
};

struct letters *letters_new(void);
void letters_free(struct letters **l);

/* NULL: the record is no dead letter. Borrowed until the next letters_add. */
struct letter *letters_find(const struct letters *l, int32_t partition,
                            int64_t offset);

/* Adds one that is not there yet. */
void letters_add(struct letters *l, const struct letter *letter);

/* In the order in which they were added. */
const struct letter *letters_at(const struct letters *l, size_t i);
size_t letters_count(const struct letters *l);

/* The digest of a record's key and value; NULL stands for what is absent. */
uint64_t letters_digest(const void *key, size_t key_size, const void *value,
                        size_t value_size);

#endif
