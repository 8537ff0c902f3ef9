/*
 * The list of the versions of the catalogue that are kept, newest first. Where
 * they are kept: redis_versions.h.
 *
 * A version is what events carry: "42", or "42+1f3a9c07" for what somebody
 * had made of it by hand.
 */
#ifndef DISPATCHER_VERSIONS_H
#define DISPATCHER_VERSIONS_H

#include "status.h"
#include "tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bounds of what is kept: versions, and bytes of packed tables. The newest
 * version is kept whatever its size. */
enum { VERSIONS_MAX = 20, VERSIONS_MAX_BYTES = 64 << 20 };

enum { VERSION_TEXT_SIZE = 512 }; /* of author and note, with NUL */

struct version_entry {
    char version[TABLES_VERSION_SIZE];
    int64_t written_at; /* UTC milliseconds; by hand: when it was found */
    char author[VERSION_TEXT_SIZE];
    char note[VERSION_TEXT_SIZE];
    char checksum[TABLES_CHECKSUM_SIZE];
    size_t entries;     /* of all tables */
    size_t packed_size; /* bytes */
    void *packed;       /* owned; NULL: in Redis already */
};

/* Newest first. Start from {0}. */
struct versions {
    struct version_entry *items;
    size_t n;
};

void versions_deinit(struct versions *h);

/* The entry of a version, or NULL. */
const struct version_entry *versions_find(const struct versions *h,
                                          const char *version);

/* Adds a version, in the place of one of the same name: its tables, sorted,
 * with version and checksum in meta. `author` and `note` must be UTF-8 and are
 * cut to fit. */
void versions_add(struct versions *h, const struct catalogue_tables *tables,
                  int64_t written_at, const char *author, const char *note);

/* How many of the newest are within the bounds. */
size_t versions_kept(const struct versions *h);

/* An empty entry at the end, to be filled; then versions_sort. */
struct version_entry *versions_append(struct versions *h);
void versions_sort(struct versions *h);

/* An entry as JSON, without version and tables. Free with free(). */
char *version_entry_format(const struct version_entry *entry);

/* The reverse. False, with *out untouched, when it is none. */
MUST_CHECK bool version_entry_parse(const char *version, const char *text,
                                    size_t size, struct version_entry *out);

#endif
