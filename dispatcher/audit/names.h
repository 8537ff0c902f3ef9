/*
 * Texts that come again and again, departments and catalogue versions, as
 * small numbers.
 */
#ifndef DISPATCHER_AUDIT_NAMES_H
#define DISPATCHER_AUDIT_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names;

enum {
    NAMES_EMPTY = 0,   /* the number of "" */
    NAMES_UNKNOWN = 1, /* of a text that names_find does not know */
};

struct names *names_new(void);
void names_free(struct names **n);

/* The number of a text, a new one if need be. */
uint32_t names_add(struct names *n, const char *text);

/* The number of a text, or NAMES_UNKNOWN. */
uint32_t names_find(const struct names *n, const char *text);

/* Borrowed until names_free. */
const char *names_text(const struct names *n, uint32_t number);

#endif
