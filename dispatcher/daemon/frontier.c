/*
 * How far a partition was read.
 */
#include "frontier.h"

void frontier_reset(struct frontier *f)
{
    *f = (struct frontier){.read_ms = INT64_MIN, .end = -1};
}

static void advance(struct frontier *f, int64_t to_ms)
{
    if (to_ms > f->read_ms)
        f->read_ms = to_ms;
}

void frontier_record(struct frontier *f, int64_t timestamp_ms, int64_t now_ms)
{
    advance(f, timestamp_ms < now_ms ? timestamp_ms : now_ms);
}

void frontier_end(struct frontier *f, int64_t asked_ms, int64_t end)
{
    f->asked_ms = asked_ms;
    f->end = end;
}

void frontier_position(struct frontier *f, int64_t position)
{
    if (f->end < 0 || position < f->end)
        return;
    advance(f, f->asked_ms);
    f->end = -1;
}

bool frontier_is_waiting(const struct frontier *f)
{
    return f->end >= 0;
}
