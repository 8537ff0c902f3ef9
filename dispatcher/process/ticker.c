/*
 * The rest is a wait for the word to stop.
 */
#include "ticker.h"

#include "log.h"
#include "memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

struct ticker {
    ticker_turn *turn;
    void *opaque;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
};

/* True when the thread is to end. */
static bool rest(struct ticker *t, int ms)
{
    struct timespec until;
    bool stopping;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / MS_PER_S;
    until.tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    pthread_mutex_lock(&t->mutex);
    while (!t->stopping && !pthread_cond_timedwait(&t->wake, &t->mutex, &until))
        continue;
    stopping = t->stopping;
    pthread_mutex_unlock(&t->mutex);
    return stopping;
}

static void *loop(void *opaque)
{
    struct ticker *t = opaque;

    while (!rest(t, t->turn(t->opaque)))
        continue;
    return NULL;
}

struct ticker *ticker_start(const char *name, ticker_turn *turn, void *opaque)
{
    struct ticker *t = memory_new(sizeof *t);
    pthread_condattr_t attr;

    *t = (struct ticker){.turn = turn, .opaque = opaque};
    pthread_mutex_init(&t->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&t->thread, NULL, loop, t)) {
        log_error("thread_failed", "thread=%s", name);
        abort();
    }
    pthread_setname_np(t->thread, name);
    return t;
}

void ticker_stop(struct ticker **ticker)
{
    struct ticker *t = *ticker;

    if (!t)
        return;
    pthread_mutex_lock(&t->mutex);
    t->stopping = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->mutex);
    pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->mutex);
    free(t);
    *ticker = NULL;
}
