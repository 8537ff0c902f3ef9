/*
 * The watched thread only counts its steps and names its call; the watchdog's
 * thread sees that the counts stand still, and for how long: that of calls for
 * what is shown, that of steps, also a repeated try, for the limit.
 *
 * So entering a call costs no clock, and time in which the watchdog itself
 * did not run (suspend, SIGSTOP, a frozen container) is not charged.
 */
#include "watchdog.h"

#include "clock.h"
#include "log.h"
#include "memory.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MAX_MS = 250,
    TICKS_PER_LIMIT = 20,
};

struct watchdog_slot {
    /* Written by the watched thread. */
    _Atomic(const char *) call; /* NULL: not watched */
    _Atomic uint64_t calls;
    _Atomic uint64_t steps;
    const char *outer[WATCHDOG_DEPTH]; /* calls around this one */
    unsigned depth;

    /* Written by the watchdog. */
    uint64_t calls_seen;
    uint64_t steps_seen;
    bool warned;
    _Atomic int64_t call_ms;  /* since calls changed */
    _Atomic int64_t still_ms; /* since steps changed */
};

struct watchdog {
    unsigned n_slots;
    int limit_ms;
    int tick_ms;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    struct watchdog_slot slots[];
};

/* --------------------------------------------------------- watched threads */

/* Only the watched thread counts, so no locked instruction is needed. */
static void count(_Atomic uint64_t *counter)
{
    uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

    atomic_store_explicit(counter, n + 1, memory_order_release);
}

/* The name before the counts: who sees a new count sees the new name. */
static void step(struct watchdog_slot *slot, const char *call)
{
    atomic_store_explicit(&slot->call, call, memory_order_relaxed);
    count(&slot->calls);
    count(&slot->steps);
}

void watchdog_enter(struct watchdog_slot *slot, const char *call)
{
    if (slot == NULL)
        return;
    assert(slot->depth < WATCHDOG_DEPTH);
    slot->outer[slot->depth++] =
        atomic_load_explicit(&slot->call, memory_order_relaxed);
    step(slot, call);
}

void watchdog_leave(struct watchdog_slot *slot)
{
    if (slot == NULL)
        return;
    assert(slot->depth > 0);
    const char *outer = slot->outer[--slot->depth];
    step(slot, outer != NULL ? outer : "loop");
}

void watchdog_again(struct watchdog_slot *slot)
{
    if (slot == NULL)
        return;
    assert(slot->depth > 0);
    count(&slot->steps);
}

void watchdog_rest(struct watchdog_slot *slot)
{
    if (slot == NULL)
        return;
    slot->depth = 0;
    step(slot, NULL);
}

/* ------------------------------------------------------------- the watchdog */

static _Noreturn void end_process(const char *call, int64_t ms, int limit_ms)
{
    log_error("watchdog",
              "call=%s seconds=%.1f limit_seconds=%.1f "
              "text=\"the call does not return; the process ends "
              "so that it can be restarted\"",
              call, (double)ms / 1000, (double)limit_ms / 1000);
    _exit(EXIT_FAILURE);
}

/* How long the thread has been in its call, with all its tries. */
static void measure_call(struct watchdog_slot *slot, const char *call,
                         uint64_t calls, int64_t passed_ms)
{
    int64_t call_ms = atomic_load(&slot->call_ms);

    if (call == NULL || calls != slot->calls_seen) {
        if (slot->warned)
            log_info("call_returned", "seconds=%.1f", (double)call_ms / 1000);
        slot->warned = false;
        slot->calls_seen = calls;
        atomic_store(&slot->call_ms, 0);
        return;
    }
    call_ms += passed_ms;
    atomic_store(&slot->call_ms, call_ms);
    if (call_ms >= WATCHDOG_SLOW_MS && !slot->warned) {
        slot->warned = true;
        log_warn("call_slow", "call=%s seconds=%.1f", call,
                 (double)call_ms / 1000);
    }
}

/* How long the thread has given no sign of life. */
static void measure_still(struct watchdog_slot *slot, const char *call,
                          uint64_t steps, int64_t passed_ms)
{
    int64_t still_ms = atomic_load(&slot->still_ms) + passed_ms;

    if (call == NULL || steps != slot->steps_seen)
        still_ms = 0;
    slot->steps_seen = steps;
    atomic_store(&slot->still_ms, still_ms);
}

static void look_at(const struct watchdog *wd, struct watchdog_slot *slot,
                    int64_t passed_ms)
{
    uint64_t steps = atomic_load_explicit(&slot->steps, memory_order_acquire);
    uint64_t calls = atomic_load_explicit(&slot->calls, memory_order_acquire);
    const char *call = atomic_load_explicit(&slot->call, memory_order_relaxed);
    int64_t still_ms;

    measure_call(slot, call, calls, passed_ms);
    measure_still(slot, call, steps, passed_ms);
    still_ms = atomic_load(&slot->still_ms);
    if (still_ms > wd->limit_ms)
        end_process(call, still_ms, wd->limit_ms);
}

/* Sleeps for a tick; true when the watchdog is to stop. */
static bool sleep_tick(struct watchdog *wd)
{
    int64_t until_us = clock_steady_us() + (int64_t)wd->tick_ms * 1000;
    const struct timespec until = {.tv_sec = until_us / 1000000,
                                   .tv_nsec = until_us % 1000000 * 1000};
    int result = 0;

    pthread_mutex_lock(&wd->mutex);
    while (!wd->stopping && result == 0)
        result = pthread_cond_timedwait(&wd->wake, &wd->mutex, &until);
    bool stopping = wd->stopping;
    pthread_mutex_unlock(&wd->mutex);
    return stopping;
}

static void *watch(void *opaque)
{
    struct watchdog *wd = opaque;
    int64_t before_us = clock_steady_us();

    while (!sleep_tick(wd)) {
        int64_t now_us = clock_steady_us();
        int64_t passed_ms = (now_us - before_us) / 1000;

        /* Slept far too long: the others did, too. */
        if (passed_ms > 2 * wd->tick_ms)
            passed_ms = 2 * wd->tick_ms;
        before_us = now_us;
        for (unsigned i = 0; i < wd->n_slots; i++)
            look_at(wd, &wd->slots[i], passed_ms);
    }
    return NULL;
}

static int tick_for(int limit_ms)
{
    int tick_ms = limit_ms / TICKS_PER_LIMIT;

    if (tick_ms > TICK_MAX_MS)
        return TICK_MAX_MS;
    return tick_ms > 0 ? tick_ms : 1;
}

struct watchdog *watchdog_start(unsigned slots, int limit_ms)
{
    struct watchdog *wd = memory_new(sizeof *wd + slots * sizeof wd->slots[0]);
    pthread_condattr_t steady;

    wd->n_slots = slots;
    wd->limit_ms = limit_ms;
    wd->tick_ms = tick_for(limit_ms);
    pthread_mutex_init(&wd->mutex, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&wd->wake, &steady);
    pthread_condattr_destroy(&steady);
    if (pthread_create(&wd->thread, NULL, watch, wd) != 0) {
        log_error("thread_failed", "thread=watchdog");
        abort();
    }
    return wd;
}

void watchdog_stop(struct watchdog **wd)
{
    if (*wd == NULL)
        return;
    pthread_mutex_lock(&(*wd)->mutex);
    (*wd)->stopping = true;
    pthread_cond_signal(&(*wd)->wake);
    pthread_mutex_unlock(&(*wd)->mutex);
    pthread_join((*wd)->thread, NULL);
    pthread_cond_destroy(&(*wd)->wake);
    pthread_mutex_destroy(&(*wd)->mutex);
    free(*wd);
    *wd = NULL;
}

struct watchdog_slot *watchdog_slot(struct watchdog *wd, unsigned i)
{
    assert(i < wd->n_slots);
    return &wd->slots[i];
}

bool watchdog_read(const struct watchdog *wd, unsigned i,
                   struct watchdog_call *out)
{
    assert(i < wd->n_slots);
    const struct watchdog_slot *slot = &wd->slots[i];
    const char *call = atomic_load_explicit(&slot->call, memory_order_relaxed);

    if (call == NULL)
        return false;
    *out = (struct watchdog_call){.call = call,
                                  .ms = atomic_load(&slot->call_ms),
                                  .still_ms = atomic_load(&slot->still_ms)};
    return true;
}

unsigned watchdog_slots(const struct watchdog *wd)
{
    return wd->n_slots;
}

int watchdog_limit_ms(const struct watchdog *wd)
{
    return wd->limit_ms;
}
