/*
 * What is committed beside each offset: which memory wrote the state that
 * belongs to it (invariant 4).
 *
 * A memory is what one worker holds of a partition from the moment it was
 * restored on. It has a random lineage, and counts its transactions. So two
 * equal stamps mean the same transaction of the same memory, and nobody else
 * has changed the state since.
 */
#ifndef DISPATCHER_STAMP_H
#define DISPATCHER_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stamp {
    uint64_t lineage; /* 0: no stamp */
    uint64_t number;  /* of the transaction, from 1 */
    /* Latest timestamp of a record up to the offset; not compared. */
    int64_t latest_ms;
};

enum { STAMP_TEXT_SIZE = 100 };

/* Equal but for latest_ms. Two that are none are equal. */
bool stamp_equal(const struct stamp *a, const struct stamp *b);

/* "dispatcher/1 lineage=9f86d081884c7d65 number=42 latest=1772445600000", as
 * Kafka's tools show it; "" for none. Returns text. */
const char *stamp_format(const struct stamp *stamp, char text[STAMP_TEXT_SIZE]);

/* What stamp_format wrote; none for anything else. `text` may be NULL. */
struct stamp stamp_parse(const char *text, size_t size);

/* A lineage nobody has had: random, never 0. */
uint64_t stamp_new_lineage(void);

#endif
