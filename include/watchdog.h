/*
 * The watchdog: a call that never returns ends the process, with a line that
 * names the call.
 *
 * librdkafka's transactional calls can outlive the time-out they are given
 * (kafka.md A.4b), and restarting is safe. Each watched thread has a slot and
 * says which call it is in; a thread of the watchdog's own measures how long.
 * A loop that hangs between two calls is caught as well: that time counts as
 * the call "loop".
 *
 * Time in which the whole process stood still (suspended, stopped, frozen
 * with its container) does not count.
 */
#ifndef DISPATCHER_WATCHDOG_H
#define DISPATCHER_WATCHDOG_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct watchdog;
struct watchdog_slot;

/* After this long in one call a warning is logged and /readyz says so. */
enum { WATCHDOG_SLOW_MS = 3000 };

/* Starts the thread. `slots` threads will be watched, none of them yet; a call
 * longer than `limit_ms` ends the process with exit code 1. Never NULL. */
struct watchdog *watchdog_start(unsigned slots, int limit_ms);

/* Ends the thread and sets *wd to NULL. NULL is allowed. */
void watchdog_stop(struct watchdog **wd);

/* The slot of one thread, which alone may enter and leave with it. */
struct watchdog_slot *watchdog_slot(struct watchdog *wd, unsigned i);

/* The calling thread is about to call something that may block. `call` is a
 * literal, such as "send_offsets"; it is shown to the operator. Calls may
 * nest up to WATCHDOG_DEPTH deep: a rebalance callback runs inside consume.
 * Costs a few stores. A slot of NULL is not watched, here and below. */
enum { WATCHDOG_DEPTH = 4 };
void watchdog_enter(struct watchdog_slot *slot, const char *call);

/* The call has returned; the outer call, or the loop, goes on. */
void watchdog_leave(struct watchdog_slot *slot);

/* The call has returned without a result and is made again: the limit begins
 * anew, but for who looks on the thread is still in that call. */
void watchdog_again(struct watchdog_slot *slot);

/* The thread ends, or will rest on purpose: not watched until the next
 * enter. */
void watchdog_rest(struct watchdog_slot *slot);

/* What a thread is doing, for any other thread: false if it is not watched.
 * `call` is the literal given to enter, or "loop"; `ms` is exact to a quarter
 * of a second, or to a twentieth of the limit if that is less. */
struct watchdog_call {
    const char *call;
    int64_t ms;       /* in this call, with all its tries */
    int64_t still_ms; /* without a sign of life: the limit is on this */
};
MUST_CHECK bool watchdog_read(const struct watchdog *wd, unsigned i,
                              struct watchdog_call *out);

unsigned watchdog_slots(const struct watchdog *wd);
int watchdog_limit_ms(const struct watchdog *wd);

#endif
