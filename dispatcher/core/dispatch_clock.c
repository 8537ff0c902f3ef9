/*
 * One clock: when it ends, and when to warn next.
 */
#include "calendar.h"
#include "dispatch.h"

/* `percent` of the time from start to due. In unsigned arithmetic, because an
 * end may lie as far away as a time can; one that cannot lie farther away may
 * be before a start that does. */
static int64_t share_of_time(int64_t start_ms, int64_t due_ms, uint32_t percent)
{
    if (due_ms <= start_ms)
        return due_ms;
    uint64_t span = (uint64_t)due_ms - (uint64_t)start_ms;
    uint64_t part = span / 100 * percent + span % 100 * percent / 100;

    return (int64_t)((uint64_t)start_ms + part);
}

/* When a share of the clock is over; of a working clock: of its open time. */
static int64_t share_at(const struct clock_plan *clock, struct duration limit,
                        uint32_t percent)
{
    if (!duration_is_working(limit))
        return share_of_time(clock->started_at, clock->due_at, percent);
    int64_t open =
        calendar_elapsed(clock->calendar, clock->started_at, clock->due_at);
    return calendar_advance(clock->calendar, clock->started_at,
                            share_of_time(0, open, percent))
        .at;
}

static int64_t next_warning(const struct clock_plan *clock,
                            struct duration limit, int64_t now_ms)
{
    const struct policy *policy = clock->policy;
    int64_t next = 0;

    for (size_t i = 0; i < policy->n_warns; i++) {
        const struct warn_point *warn = &policy->warns[i];
        int64_t at =
            warn->percent > 0
                ? share_at(clock, limit, warn->percent)
                : calendar_before(clock->calendar, clock->due_at, warn->before);
        bool to_come = at > now_ms && at < clock->due_at;
        if (to_come && (next == 0 || at < next))
            next = at;
    }
    return next;
}

static const struct calendar *
choose_calendar(const struct policy *policy,
                const struct department *department)
{
    if (policy->calendar)
        return policy->calendar;
    return department->calendar ? department->calendar : calendar_24x7();
}

struct clock_plan dispatch_clock(const struct policy *policy,
                                 const struct department *department,
                                 enum clock_kind kind, enum urgency urgency,
                                 int64_t start_ms, int64_t now_ms)
{
    struct clock_plan clock = {0};

    if (!policy || policy->limits[urgency][kind].unit == DURATION_NONE)
        return clock;
    const struct duration limit = policy->limits[urgency][kind];
    clock.calendar = choose_calendar(policy, department);
    const struct calendar_due due =
        calendar_due(clock.calendar, start_ms, limit);
    clock.exists = true;
    clock.limit = limit;
    clock.policy = policy;
    clock.started_at = start_ms;
    clock.due_at = due.at;
    clock.provisional = due.provisional;
    clock.warn_at = next_warning(&clock, limit, now_ms);
    return clock;
}
