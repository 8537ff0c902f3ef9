/*
 * /livez and /readyz: the first line for machines, the others for people.
 *
 * Alive means that every loop moves; ready, that in addition all is there
 * that the service needs and no call to the broker hangs.
 */
#include "clock.h"
#include "health.h"
#include "pages.h"
#include "watchdog.h"

/* Whether worker i has been in one call for at least `limit_ms`. */
static bool is_slow(const struct watchdog *wd, unsigned i, int64_t limit_ms,
                    struct watchdog_call *call)
{
    return watchdog_read(wd, i, call) && call->ms >= limit_ms;
}

static bool any_slow(const struct watchdog *wd, int64_t limit_ms)
{
    struct watchdog_call call;

    for (unsigned i = 0; i < watchdog_slots(wd); i++)
        if (is_slow(wd, i, limit_ms, &call))
            return true;
    return false;
}

static void write_slow(const struct watchdog *wd, FILE *out)
{
    struct watchdog_call call;

    for (unsigned i = 0; i < watchdog_slots(wd); i++)
        if (is_slow(wd, i, WATCHDOG_SLOW_MS, &call))
            fprintf(out, "worker %u: in %s for %lld s\n", i, call.call,
                    (long long)(call.ms / 1000));
}

bool view_is_ready(const struct http_view *view)
{
    return health_ready(view->health) &&
           !any_slow(view->watchdog, WATCHDOG_SLOW_MS);
}

unsigned page_live(const struct http_view *view, FILE *out)
{
    bool alive = !any_slow(view->watchdog, watchdog_limit_ms(view->watchdog));

    fputs(alive ? "alive\n" : "not alive\n", out);
    write_slow(view->watchdog, out);
    return alive ? HTTP_OK : HTTP_UNAVAILABLE;
}

static void write_condition(const struct health_state *state, int64_t now_ms,
                            FILE *out)
{
    int64_t seconds = (now_ms - state->since_ms) / 1000;

    fprintf(out, "%s: ", state->name);
    if (state->ok)
        fputs("ok", out);
    else
        fprintf(out, "missing for %lld s%s", (long long)seconds,
                state->needed ? "" : " (not needed to be ready)");
    if (state->reason[0] != '\0')
        fprintf(out, ": %s", state->reason);
    fputc('\n', out);
}

unsigned page_ready(const struct http_view *view, FILE *out)
{
    bool ready = view_is_ready(view);
    int64_t now_ms = clock_wall_ms();

    fputs(ready ? "ready\n" : "not ready\n", out);
    write_slow(view->watchdog, out);
    for (int i = 0; i < HEALTH_COUNT; i++) {
        struct health_state state;
        health_read(view->health, (enum health_condition)i, &state);
        write_condition(&state, now_ms, out);
    }
    return ready ? HTTP_OK : HTTP_UNAVAILABLE;
}
