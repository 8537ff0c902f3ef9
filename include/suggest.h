/*
 * "Did you mean ...?": the nearest of several names to one that is unknown.
 */
#ifndef DISPATCHER_SUGGEST_H
#define DISPATCHER_SUGGEST_H

#include <stddef.h>

/* A search for the nearest name. Start with suggest_begin, show it every
 * name that is allowed, then ask for the best. All texts are borrowed. */
struct suggest {
    const char *unknown;
    const char *best; /* NULL: nothing is near */
    size_t distance;
};

void suggest_begin(struct suggest *s, const char *unknown);
void suggest_consider(struct suggest *s, const char *candidate);

/* "; did you mean category?" in `text`, or "" when no name is near. Returns
 * text. */
enum { SUGGEST_TEXT_SIZE = 96 };
const char *suggest_text(const struct suggest *s, char text[SUGGEST_TEXT_SIZE]);

#endif
