/*
 * Clients on their way out.
 */
#include "kafka_destroy.h"

#include "clock.h"
#include "memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_NS = 5 * 1000000 };

struct leaving {
    rd_kafka_t *rk;
    void *opaque;
};

static atomic_int pending;

static void *destroy(void *opaque)
{
    struct leaving *leaving = opaque;

    rd_kafka_destroy(leaving->rk);
    free(leaving->opaque);
    free(leaving);
    atomic_fetch_sub(&pending, 1);
    return NULL;
}

void kafka_destroy_with(rd_kafka_t *rk, void *opaque)
{
    struct leaving *leaving = memory_new(sizeof *leaving);
    pthread_t thread;

    *leaving = (struct leaving){.rk = rk, .opaque = opaque};
    atomic_fetch_add(&pending, 1);
    if (pthread_create(&thread, NULL, destroy, leaving))
        destroy(leaving);
    else
        pthread_detach(thread);
}

void kafka_destroy(rd_kafka_t *rk)
{
    kafka_destroy_with(rk, NULL);
}

bool kafka_destroy_wait(int timeout_ms)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    int64_t end_us = clock_steady_us() + (int64_t)timeout_ms * 1000;

    while (atomic_load(&pending) && clock_steady_us() < end_us)
        nanosleep(&look, NULL);
    return !atomic_load(&pending);
}
