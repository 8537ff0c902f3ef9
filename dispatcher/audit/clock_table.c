/*
 * The table.
 */
#include "audit_clock_table.h"

#include <dispatch/v1/dispatch.pb-c.h>

enum { KINDS = DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_CANCELLED + 1 };

#define K(NAME) [DISPATCH__V1__DEADLINE_KIND__DEADLINE_KIND_##NAME]

/* CLOCK_UNKNOWN, which is 0: it cannot happen. */
static const unsigned char after[CLOCK_STATES][KINDS] = {
    [CLOCK_UNKNOWN] =
        {
            K(SCHEDULED) = CLOCK_RUNS,
            K(RESCHEDULED) = CLOCK_OPEN,
            K(WARNING) = CLOCK_RUNS_MAYBE,
            K(BREACHED) = CLOCK_BREACHED,
            K(ESCALATED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(PAUSED) = CLOCK_PAUSED_MAYBE,
            K(RESUMED) = CLOCK_RUNS_MAYBE,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_IDLE] = {K(SCHEDULED) = CLOCK_RUNS},
    [CLOCK_RUNS] =
        {
            K(RESCHEDULED) = CLOCK_RUNS,
            K(WARNING) = CLOCK_RUNS,
            K(BREACHED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(PAUSED) = CLOCK_PAUSED,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_BREACHED] =
        {
            K(RESCHEDULED) = CLOCK_BREACHED,
            /* Of an end that was extended after the breach. */
            K(WARNING) = CLOCK_BREACHED,
            K(ESCALATED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(PAUSED) = CLOCK_PAUSED_BREACHED,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_PAUSED] =
        {
            K(RESCHEDULED) = CLOCK_PAUSED,
            K(RESUMED) = CLOCK_RUNS,
            K(MET) = CLOCK_IDLE,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_PAUSED_BREACHED] =
        {
            K(RESCHEDULED) = CLOCK_PAUSED_BREACHED,
            K(RESUMED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_OPEN] =
        {
            K(RESCHEDULED) = CLOCK_OPEN,
            K(WARNING) = CLOCK_RUNS_MAYBE,
            K(BREACHED) = CLOCK_BREACHED,
            K(ESCALATED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(PAUSED) = CLOCK_PAUSED_MAYBE,
            K(RESUMED) = CLOCK_RUNS_MAYBE,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_RUNS_MAYBE] =
        {
            K(RESCHEDULED) = CLOCK_RUNS_MAYBE,
            K(WARNING) = CLOCK_RUNS_MAYBE,
            K(BREACHED) = CLOCK_BREACHED,
            K(ESCALATED) = CLOCK_BREACHED,
            K(MET) = CLOCK_IDLE,
            K(PAUSED) = CLOCK_PAUSED_MAYBE,
            K(CANCELLED) = CLOCK_IDLE,
        },
    [CLOCK_PAUSED_MAYBE] =
        {
            K(RESCHEDULED) = CLOCK_PAUSED_MAYBE,
            K(RESUMED) = CLOCK_RUNS_MAYBE,
            K(MET) = CLOCK_IDLE,
            K(CANCELLED) = CLOCK_IDLE,
        },
};
#undef K

enum clock_state clock_after(enum clock_state state, int kind, bool *legal)
{
    bool known = kind > 0 && kind < KINDS;
    enum clock_state next =
        known ? (enum clock_state)after[state][kind] : CLOCK_UNKNOWN;

    if (legal)
        *legal = next != CLOCK_UNKNOWN;
    if (next == CLOCK_UNKNOWN && known)
        next = (enum clock_state)after[CLOCK_UNKNOWN][kind];
    return next;
}

bool clock_is_open(enum clock_state state)
{
    return state >= CLOCK_RUNS;
}

bool clock_is_breached(enum clock_state state)
{
    return state == CLOCK_BREACHED || state == CLOCK_PAUSED_BREACHED;
}

bool clock_is_paused(enum clock_state state)
{
    return state == CLOCK_PAUSED || state == CLOCK_PAUSED_BREACHED ||
           state == CLOCK_PAUSED_MAYBE;
}

const char *clock_state_name(enum clock_state state)
{
    static const char *const names[CLOCK_STATES] = {
        [CLOCK_UNKNOWN] = "is unknown",
        [CLOCK_IDLE] = "is not open",
        [CLOCK_RUNS] = "runs",
        [CLOCK_BREACHED] = "runs and is breached",
        [CLOCK_PAUSED] = "is paused",
        [CLOCK_PAUSED_BREACHED] = "is paused and breached",
        [CLOCK_OPEN] = "is open",
        [CLOCK_RUNS_MAYBE] = "runs",
        [CLOCK_PAUSED_MAYBE] = "is paused",
    };

    return names[state];
}
