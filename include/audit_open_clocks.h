/*
 * The clocks that are open at the end, those due first before the others.
 */
#ifndef DISPATCHER_AUDIT_OPEN_CLOCKS_H
#define DISPATCHER_AUDIT_OPEN_CLOCKS_H

#include "audit.h"

struct open_clocks;

/* Keeps at most `max`, 0: all. */
struct open_clocks *open_clocks_new(size_t max);
void open_clocks_free(struct open_clocks **o);

/* The ticket's id is copied. */
void open_clocks_add(struct open_clocks *o, const char *ticket_id,
                     const struct audit_open_clock *clock);

/* In their order. Borrowed until the next open_clocks_add. */
const struct audit_open_clock *open_clocks_sorted(struct open_clocks *o,
                                                  size_t *n);

#endif
