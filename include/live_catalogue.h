/*
 * What Redis holds, for commands that are useful without it too: nothing is
 * said, the reason is given.
 */
#ifndef DISPATCHER_LIVE_CATALOGUE_H
#define DISPATCHER_LIVE_CATALOGUE_H

#include "options.h"
#include "redis_address.h"
#include "status.h"

#include <stdbool.h>

struct catalogue;
struct catalogue_tables;
struct zone;

/* Where Redis is and how its keys begin. */
struct live_catalogue {
    const char *redis;
    const char *prefix;
};

/* Their lines in the table of a command whose struct of options has a member
 * `live`, which starts from live_catalogue_default. */
#define LIVE_CATALOGUE_OPTIONS(options)                                        \
    {.name = "redis",                                                          \
     .argument = "URL",                                                        \
     .kind = OPTION_TEXT,                                                      \
     .offset = offsetof(options, live.redis),                                  \
     .help = "of the catalogue: redis://user:password@host:port/db,\n"         \
             "rediss://, unix:///path or\n"                                    \
             "sentinel://host,host/service/db\n"                               \
             "[DISPATCHER_REDIS_URL, else redis://127.0.0.1:6379/0]"},         \
    {                                                                          \
        .name = "prefix", .argument = "TEXT", .kind = OPTION_TEXT,             \
        .offset = offsetof(options, live.prefix),                              \
        .help = "what the names of the keys begin with [dispatch:]"            \
    }

/* From the environment, else the default. */
struct live_catalogue live_catalogue_default(void);

/* Reads a set of tables (redis_tables.h). False with a reason in `why`. */
MUST_CHECK bool live_catalogue_tables(const struct live_catalogue *live,
                                      unsigned wanted,
                                      struct catalogue_tables *tables,
                                      int timeout_ms, char why[REDIS_WHY_SIZE]);

/* The catalogue, compiled as the daemon compiles it; the caller frees it. NULL
 * with a reason in `why`. */
MUST_CHECK struct catalogue *
live_catalogue_read(const struct live_catalogue *live, int timeout_ms,
                    char why[REDIS_WHY_SIZE]);

/* The zone of meta.time_zone, which the caller frees; NULL: not to be had. */
struct zone *live_catalogue_zone(const struct live_catalogue *live,
                                 int timeout_ms);

#endif
