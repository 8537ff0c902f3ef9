/*
 * Times as the people of one city read and write them. No I/O.
 */
#ifndef DISPATCHER_LOCAL_TIME_H
#define DISPATCHER_LOCAL_TIME_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct zone;

struct local_time {
    const struct zone *zone; /* NULL: nobody knows it; times are shown in UTC */
};

/* Reads "2019-11-07T08:02", with or without seconds and offset, or
 * "2019-11-07", its midnight. False with a reason in `why`: it is none of
 * these, or has no offset while the zone is unknown. */
enum { LOCAL_TIME_WHY = 128 };
MUST_CHECK bool local_time_read(const struct local_time *local,
                                const char *text, int64_t *at_ms,
                                char why[LOCAL_TIME_WHY]);

/* "2019-11-07 08:02:00 +08:00", or "... Z" in UTC. Returns text. */
enum { LOCAL_TIME_SIZE = 32 };
const char *local_time_text(const struct local_time *local, int64_t at_ms,
                            char text[LOCAL_TIME_SIZE]);

/* A span's two largest units: "2 d 3 h", "3 h 20 min", "12 s", "0 s"; that of
 * a negative one without its sign. Returns text. */
enum { SPAN_SIZE = 32 };
const char *span_text(int64_t span_ms, char text[SPAN_SIZE]);

#endif
