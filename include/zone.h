/*
 * Time zones: the system's TZif files (RFC 8536), read once and kept.
 *
 * A zone is immutable and may be read by any thread. It is right for every
 * moment from the year 1 to 9999: after the last change in the file the rule
 * in its footer goes on. Leap seconds are ignored, as POSIX does.
 *
 * A wall-clock time that a jump skips counts with the offset before the jump
 * (02:30 becomes 03:30), one that occurs twice is the first: the rule of
 * RFC 5545, 3.3.5, and of Python's and Java's libraries.
 */
#ifndef DISPATCHER_ZONE_H
#define DISPATCHER_ZONE_H

#include "status.h"

#include <stddef.h>
#include <stdint.h>

struct zone;

/* A stretch of time with one offset: [from_ms, until_ms) in UTC. */
struct zone_regime {
    int64_t from_ms;
    int64_t until_ms;
    int64_t offset_ms; /* local time minus UTC */
};

enum { ZONE_MAX_FILE = 1 << 20, ZONE_MAX_TRANSITIONS = 4000 };

/* Times are clamped to these, the first day of the year 1 and the last
 * millisecond of the year 9999, so that no sum can overflow. */
#define ZONE_MIN_MS INT64_C(-62135596800000)
#define ZONE_MAX_MS INT64_C(253402300799999)

/* UTC. Static. */
const struct zone *zone_utc(void);

/* Loads an IANA zone such as "Asia/Shanghai" from the folder named by the
 * environment variable TZDIR, else from /usr/share/zoneinfo. NULL when it is
 * unknown or its file is damaged; why[size] then says so. */
MUST_CHECK struct zone *zone_load(const char *name, char *why, size_t size);

/* The same from the bytes of a TZif file; NULL when they are none. */
MUST_CHECK struct zone *zone_parse(const void *bytes, size_t size);

/* Frees a zone (not zone_utc) and sets *zone to NULL. */
void zone_free(struct zone **zone);

/* The stretch around a moment. Its ends may lie before the change of offset
 * proper: the next stretch may have the same offset. */
struct zone_regime zone_regime_at(const struct zone *zone, int64_t utc_ms);

/* Milliseconds of local time since 1970-01-01 00:00 local. */
int64_t zone_to_local(const struct zone *zone, int64_t utc_ms);

/* The moment at which the wall clock shows `local_ms`, by the rule above. */
int64_t zone_to_utc(const struct zone *zone, int64_t local_ms);

#endif
