/*
 * How far a long command has come: a bar on a terminal, a line every few
 * seconds elsewhere. Reads no clock.
 */
#ifndef DISPATCHER_PROGRESS_H
#define DISPATCHER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;
    bool terminal;
    int64_t started_ms;
    int64_t shown_ms;
};

/* What to show. */
struct progress_state {
    const char *verb; /* "published" */
    unsigned long done;
    unsigned long refused;
    double fraction; /* of the whole, 0 to 1; 0: unknown */
    bool reading;    /* nothing can be refused */
};

/* Embedded; needs no end. */
void progress_begin(struct progress *p, FILE *out, int64_t now_ms);

/* Shows the state when it is time to; cheap otherwise. */
void progress_show(struct progress *p, const struct progress_state *state,
                   int64_t now_ms);

/* Takes the bar off the terminal, so that a line can be printed. */
void progress_clear(struct progress *p);

#endif
