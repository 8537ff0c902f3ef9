/*
 * The current catalogue and those before it that somebody still uses.
 *
 * Any thread takes and releases; one thread publishes and frees, so that a
 * worker never pays for freeing a million rules.
 */
#ifndef DISPATCHER_SNAPSHOTS_H
#define DISPATCHER_SNAPSHOTS_H

#include "status.h"

#include <stdbool.h>

struct catalogue;
struct snapshots;

struct snapshots *snapshots_new(void);

/* Frees all of them; none may be taken. Sets *s to NULL. */
void snapshots_free(struct snapshots **s);

/* The current one, or NULL; it lives until it is released. */
MUST_CHECK const struct catalogue *snapshots_take(struct snapshots *s);

/* True when this was the last use of one that is not current any more: it is
 * time for snapshots_collect. */
bool snapshots_release(struct snapshots *s, const struct catalogue *cat);

/* Makes *cat the current one and takes it over. */
void snapshots_publish(struct snapshots *s, struct catalogue **cat);

/* Frees those that nobody uses any more. */
void snapshots_collect(struct snapshots *s);

#endif
