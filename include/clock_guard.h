/*
 * Whether the machine's clock may be obeyed: after a jump forward of more than
 * a minute timers are held for a minute, in which somebody may set it right.
 *
 * Pure: both clocks are given. The wall clock is compared with the steady one.
 */
#ifndef DISPATCHER_CLOCK_GUARD_H
#define DISPATCHER_CLOCK_GUARD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CLOCK_GUARD_JUMP_MS = 60000, /* further than this counts as a jump */
    CLOCK_GUARD_HOLD_MS = 60000,
};

/* Start from {0}. */
struct clock_guard {
    bool begun;
    int64_t trusted_ms;    /* wall less steady, as it is trusted */
    int64_t held_since_ms; /* steady; of `held` */
    bool held;
};

enum clock_news {
    CLOCK_AS_BEFORE,
    CLOCK_JUMPED, /* forward: held from now on */
    CLOCK_BACK,   /* it was set back, far; obeyed */
    CLOCK_OBEYED, /* held no longer */
};

/* One look at the clocks, at least every few seconds. *jump_ms is set to how
 * far the clock is from where it was trusted. Read g->held afterwards. */
enum clock_news clock_guard_look(struct clock_guard *g, int64_t wall_ms,
                                 int64_t steady_ms, int64_t *jump_ms);

#endif
