/*
 * Clients on their way out.
 */
#include "kafka_destroy.h"

#include "clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { LOOK_NS = 5 * 1000000 };

static atomic_int pending;

static void *destroy(void *rk)
{
    rd_kafka_destroy(rk);
    atomic_fetch_sub(&pending, 1);
    return NULL;
}

void kafka_destroy(rd_kafka_t *rk)
{
    pthread_t thread;

    atomic_fetch_add(&pending, 1);
    if (pthread_create(&thread, NULL, destroy, rk))
        destroy(rk);
    else
        pthread_detach(thread);
}

bool kafka_destroy_wait(int timeout_ms)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    int64_t end_us = clock_steady_us() + (int64_t)timeout_ms * 1000;

    while (atomic_load(&pending) && clock_steady_us() < end_us)
        nanosleep(&look, NULL);
    return !atomic_load(&pending);
}
