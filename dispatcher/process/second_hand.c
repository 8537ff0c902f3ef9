/*
 * One piece of work at a time, handed over under a lock.
 */
#include "second_hand.h"

#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct second_hand {
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    void (*work)(void *opaque); /* NULL: nothing to do */
    void *opaque;
    bool ending;
};

static void *loop(void *opaque)
{
    struct second_hand *h = opaque;

    pthread_mutex_lock(&h->lock);
    for (;;) {
        while (!h->work && !h->ending)
            pthread_cond_wait(&h->changed, &h->lock);
        if (!h->work)
            break;
        pthread_mutex_unlock(&h->lock);
        h->work(h->opaque);
        pthread_mutex_lock(&h->lock);
        h->work = NULL;
        pthread_cond_broadcast(&h->changed);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

struct second_hand *second_hand_new(void)
{
    struct second_hand *h = memory_new(sizeof *h);

    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    h->has_thread = pthread_create(&h->thread, NULL, loop, h) == 0;
    return h;
}

void second_hand_free(struct second_hand **h)
{
    if (!*h)
        return;
    pthread_mutex_lock(&(*h)->lock);
    (*h)->ending = true;
    pthread_cond_broadcast(&(*h)->changed);
    pthread_mutex_unlock(&(*h)->lock);
    if ((*h)->has_thread)
        pthread_join((*h)->thread, NULL);
    pthread_cond_destroy(&(*h)->changed);
    pthread_mutex_destroy(&(*h)->lock);
    free(*h);
    *h = NULL;
}

void second_hand_give(struct second_hand *h, void (*work)(void *opaque),
                      void *opaque)
{
    if (!h->has_thread) {
        work(opaque);
        return;
    }
    pthread_mutex_lock(&h->lock);
    assert(!h->work);
    h->work = work;
    h->opaque = opaque;
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

void second_hand_wait(struct second_hand *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->work)
        pthread_cond_wait(&h->changed, &h->lock);
    pthread_mutex_unlock(&h->lock);
}
