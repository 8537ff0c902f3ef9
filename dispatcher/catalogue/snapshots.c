/*
 * The current catalogue and older ones in use: a short list under a lock that
 * is held for a few instructions.
 */
#include "snapshots.h"

#include "catalogue.h"
#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct snapshot {
    struct snapshot *older;
    struct catalogue *catalogue;
    unsigned uses;
};

struct snapshots {
    pthread_mutex_t lock;
    struct snapshot *current; /* then the older ones; NULL: none yet */
};

struct snapshots *snapshots_new(void)
{
    struct snapshots *s = memory_new(sizeof *s);

    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static void free_chain(struct snapshot *snapshot)
{
    while (snapshot != NULL) {
        struct snapshot *older = snapshot->older;

        assert(snapshot->uses == 0);
        catalogue_free(&snapshot->catalogue);
        free(snapshot);
        snapshot = older;
    }
}

void snapshots_free(struct snapshots **s)
{
    if (*s == NULL)
        return;
    free_chain((*s)->current);
    pthread_mutex_destroy(&(*s)->lock);
    free(*s);
    *s = NULL;
}

const struct catalogue *snapshots_take(struct snapshots *s)
{
    const struct catalogue *cat = NULL;

    pthread_mutex_lock(&s->lock);
    if (s->current != NULL) {
        s->current->uses++;
        cat = s->current->catalogue;
    }
    pthread_mutex_unlock(&s->lock);
    return cat;
}

bool snapshots_release(struct snapshots *s, const struct catalogue *cat)
{
    struct snapshot *snapshot;
    bool unused;

    pthread_mutex_lock(&s->lock);
    snapshot = s->current;
    while (snapshot->catalogue != cat)
        snapshot = snapshot->older;
    assert(snapshot->uses > 0);
    snapshot->uses--;
    unused = snapshot->uses == 0 && snapshot != s->current;
    pthread_mutex_unlock(&s->lock);
    return unused;
}

void snapshots_publish(struct snapshots *s, struct catalogue **cat)
{
    struct snapshot *snapshot = memory_new(sizeof *snapshot);

    snapshot->catalogue = *cat;
    *cat = NULL; /* the list owns it now */
    pthread_mutex_lock(&s->lock);
    snapshot->older = s->current;
    s->current = snapshot;
    pthread_mutex_unlock(&s->lock);
}

/* Unlinks under the lock and frees without it. Nobody can take an older one
 * again, so what is unused stays unused. */
void snapshots_collect(struct snapshots *s)
{
    struct snapshot *unused = NULL, **link;

    pthread_mutex_lock(&s->lock);
    link = s->current == NULL ? &s->current : &s->current->older;
    while (*link != NULL) {
        struct snapshot *snapshot = *link;

        if (snapshot->uses > 0) {
            link = &snapshot->older;
            continue;
        }
        *link = snapshot->older;
        snapshot->older = unused;
        unused = snapshot;
    }
    pthread_mutex_unlock(&s->lock);
    free_chain(unused);
}
