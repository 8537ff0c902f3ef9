/*
 * A clock that jumps.
 */
#include "clock_guard.h"

static enum clock_news trust(struct clock_guard *g, int64_t offset_ms,
                             enum clock_news news)
{
    g->trusted_ms = offset_ms;
    g->held = false;
    return news;
}

enum clock_news clock_guard_look(struct clock_guard *g, int64_t wall_ms,
                                 int64_t steady_ms, int64_t *jump_ms)
{
    int64_t offset_ms = wall_ms - steady_ms;

    if (!g->begun) {
        g->begun = true;
        g->trusted_ms = offset_ms;
    }
    *jump_ms = offset_ms - g->trusted_ms;
    if (*jump_ms < -CLOCK_GUARD_JUMP_MS)
        return trust(g, offset_ms, CLOCK_BACK);
    if (*jump_ms <= CLOCK_GUARD_JUMP_MS)
        return trust(g, offset_ms, g->held ? CLOCK_OBEYED : CLOCK_AS_BEFORE);
    if (!g->held) {
        g->held = true;
        g->held_since_ms = steady_ms;
        return CLOCK_JUMPED;
    }
    if (steady_ms - g->held_since_ms < CLOCK_GUARD_HOLD_MS)
        return CLOCK_AS_BEFORE;
    return trust(g, offset_ms, CLOCK_OBEYED);
}
