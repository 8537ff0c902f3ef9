/*
 * The life of one clock, as its events tell it: a table of states and events.
 *
 *           SCHEDULED            BREACHED
 *   idle ───────────────> running ─────────> breached
 *    ^                     │   ^              │   ^
 *    │               PAUSED│   │RESUMED PAUSED│   │RESUMED
 *    │                     v   │              v   │
 *    └── MET, CANCELLED ── paused      paused_breached
 *        from each of them
 */
#ifndef DISPATCHER_AUDIT_CLOCK_TABLE_H
#define DISPATCHER_AUDIT_CLOCK_TABLE_H

#include <stdbool.h>

enum clock_state {
    CLOCK_UNKNOWN, /* what was before was not read */
    CLOCK_IDLE,    /* not scheduled, or met, or cancelled */
    CLOCK_RUNS,
    CLOCK_BREACHED, /* and runs */
    CLOCK_PAUSED,
    CLOCK_PAUSED_BREACHED,
    /* Where what was before was not read: */
    CLOCK_OPEN,         /* runs or is paused */
    CLOCK_RUNS_MAYBE,   /* may be breached */
    CLOCK_PAUSED_MAYBE, /* may be breached */
    CLOCK_STATES
};

/* The state after an event of this kind (DeadlineKind). *legal (may be NULL)
 * becomes false when the event cannot happen in the state; then the state is
 * what the event alone tells. */
enum clock_state clock_after(enum clock_state state, int kind, bool *legal);

bool clock_is_open(enum clock_state state);
bool clock_is_breached(enum clock_state state);
bool clock_is_paused(enum clock_state state);

/* For messages: "runs". */
const char *clock_state_name(enum clock_state state);

#endif
