/*
 * The current catalogue: a thread that follows Redis and swaps snapshots.
 *
 *   Redis ──push: a table changed──> read it ──> compile ──> swap
 *     │ away                                        │ inconsistent, empty,
 *     └──> the last snapshot stays, try again       └──> or of a lower
 *                                                        version: it stays
 *
 * Workers never wait for Redis, for a compilation or for the freeing of an
 * old snapshot: all of that is done on the thread of the watch.
 */
#ifndef DISPATCHER_CATALOGUE_WATCH_H
#define DISPATCHER_CATALOGUE_WATCH_H

#include "status.h"
#include "tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalogue;
struct catalogue_watch;
struct health;
struct metrics;

struct catalogue_watch_options {
    const char *url;         /* redis.url */
    const char *prefix;      /* redis.prefix */
    const char *cache_path;  /* catalogue.cache; "" or NULL: none */
    const char *topics;      /* topics.departments: those that a department may
                                name, comma-separated; NULL: not checked */
    struct health *health;   /* conditions REDIS and CATALOGUE; NULL: none */
    struct metrics *metrics; /* NULL: none */
};

/* Starts the thread; the texts are copied, the rest is borrowed until stop.
 * NULL when the URL is wrong or the thread cannot be made: it was logged. A
 * Redis that is away is no failure. With a cache file the snapshot of the last
 * run, marked stale, is there before this returns. */
MUST_CHECK struct catalogue_watch *
catalogue_watch_start(const struct catalogue_watch_options *options);

/* Ends the thread, frees all snapshots (none may be taken) and sets *w to
 * NULL. NULL is allowed. Returns within the time that one call to Redis may
 * take [2 s]. */
void catalogue_watch_stop(struct catalogue_watch **w);

/* The current snapshot, or NULL when there has been none yet. It stays as it
 * is until it is released. From any thread; a lock is held for nanoseconds. */
MUST_CHECK const struct catalogue *
catalogue_watch_take(struct catalogue_watch *w);
void catalogue_watch_release(struct catalogue_watch *w,
                             const struct catalogue *cat);

enum { CATALOGUE_WHY_SIZE = 512 };

/* What an operator wants to know. Times are UTC milliseconds, 0: never. */
struct catalogue_watch_status {
    bool connected;
    int64_t connected_since;             /* of connected or not */
    char connection[CATALOGUE_WHY_SIZE]; /* where to, or why not */

    bool loaded; /* there is a snapshot */
    bool stale;  /* it is from the cache file; Redis has not confirmed it */
    char version[TABLES_VERSION_SIZE];
    int64_t version_number;
    size_t routes;
    int64_t loaded_at;
    int64_t confirmed_at; /* Redis said last that this is the current one */

    uint64_t loads;
    uint64_t refused;
    int64_t refused_at;
    char refusal[CATALOGUE_WHY_SIZE]; /* why what Redis holds now is not in
                                         force; "": it is */
};
void catalogue_watch_status(struct catalogue_watch *w,
                            struct catalogue_watch_status *out);

#endif
