/*
 * A ring of pieces of work, under a lock.
 */
#include "second_hand.h"

#include "memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct piece {
    void (*work)(void *opaque);
    void *opaque;
};

struct second_hand {
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t given, done;
    struct piece pieces[SECOND_HAND_PIECES];
    size_t first; /* the one at work or next */
    size_t n;
    bool ending;
};

/* The next piece, once there is one; false: none will come. */
static bool wait_for_piece(struct second_hand *h, struct piece *piece)
{
    bool found;

    pthread_mutex_lock(&h->lock);
    while (h->n == 0 && !h->ending)
        pthread_cond_wait(&h->given, &h->lock);
    found = h->n > 0;
    if (found)
        *piece = h->pieces[h->first];
    pthread_mutex_unlock(&h->lock);
    return found;
}

/* A thread that is woken under the lock would only wait for that. */
static void end_piece(struct second_hand *h)
{
    pthread_mutex_lock(&h->lock);
    h->first = (h->first + 1) % SECOND_HAND_PIECES;
    h->n--;
    pthread_mutex_unlock(&h->lock);
    pthread_cond_signal(&h->done);
}

static void *loop(void *opaque)
{
    struct second_hand *h = opaque;
    struct piece piece;

    while (wait_for_piece(h, &piece)) {
        piece.work(piece.opaque);
        end_piece(h);
    }
    return NULL;
}

struct second_hand *second_hand_new(void)
{
    struct second_hand *h = memory_new(sizeof *h);

    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->given, NULL);
    pthread_cond_init(&h->done, NULL);
    h->has_thread = pthread_create(&h->thread, NULL, loop, h) == 0;
    return h;
}

void second_hand_free(struct second_hand **h)
{
    if (!*h)
        return;
    pthread_mutex_lock(&(*h)->lock);
    (*h)->ending = true;
    pthread_cond_signal(&(*h)->given);
    pthread_mutex_unlock(&(*h)->lock);
    if ((*h)->has_thread)
        pthread_join((*h)->thread, NULL);
    pthread_cond_destroy(&(*h)->given);
    pthread_cond_destroy(&(*h)->done);
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
    while (h->n == SECOND_HAND_PIECES)
        pthread_cond_wait(&h->done, &h->lock);
    h->pieces[(h->first + h->n++) % SECOND_HAND_PIECES] =
        (struct piece){.work = work, .opaque = opaque};
    pthread_mutex_unlock(&h->lock);
    pthread_cond_signal(&h->given);
}

void second_hand_wait(struct second_hand *h)
{
    pthread_mutex_lock(&h->lock);
    while (h->n > 0)
        pthread_cond_wait(&h->done, &h->lock);
    pthread_mutex_unlock(&h->lock);
}
