/*
 * A short text that one thread writes and others read, with neither waiting
 * for the other: the metrics and the status page read so what workers write.
 */
#ifndef DISPATCHER_SHARED_TEXT_H
#define DISPATCHER_SHARED_TEXT_H

#include <stdatomic.h>
#include <stdint.h>

enum { SHARED_TEXT_SIZE = 256, SHARED_TEXT_WORDS = SHARED_TEXT_SIZE / 8 };

/* Start from {0}: "". */
struct shared_text {
    _Atomic uint32_t sequence; /* odd while the text is being written */
    _Atomic uint64_t words[SHARED_TEXT_WORDS];
};

/* Stores a text, cut to SHARED_TEXT_SIZE - 1 bytes. Several writers must
 * exclude each other. */
void shared_text_set(struct shared_text *shared, const char *text);

/* A whole text, as it was stored once; returns `text`. */
const char *shared_text_get(const struct shared_text *shared,
                            char text[SHARED_TEXT_SIZE]);

#endif
