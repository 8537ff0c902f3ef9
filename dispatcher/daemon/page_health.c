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

/* Whether worker i has been in its call for too long to be ready. */
static bool is_slow(const struct watchdog *wd, unsigned i,
                    struct watchdog_call *call)
{
    return watchdog_read(wd, i, call) && call->ms >= WATCHDOG_SLOW_MS;
}

static bool any_slow(const struct watchdog *wd)
{
    struct watchdog_call call;

    for (unsigned i = 0; i < watchdog_slots(wd); i++)
        if (is_slow(wd, i, &call))
            return true;
    return false;
}

/* Whether a worker gives no sign of life; one that tries a call again and
 * again, while the broker is away, does. */
static bool any_still(const struct watchdog *wd)
{
    struct watchdog_call call;

    for (unsigned i = 0; i < watchdog_slots(wd); i++)
        if (watchdog_read(wd, i, &call) &&
            call.still_ms >= watchdog_limit_ms(wd))
            return true;
    return false;
}

static void write_slow(const struct watchdog *wd, FILE *out)
{
    struct watchdog_call call;

    for (unsigned i = 0; i < watchdog_slots(wd); i++)
        if (is_slow(wd, i, &call))
            fprintf(out, "worker %u: in %s for %lld s\n", i, call.call,
                    (long long)(call.ms / 1000));
}

bool view_is_ready(const struct http_view *view)
{
    return health_ready(view->health) && !any_slow(view->watchdog);
}

unsigned page_live(const struct http_view *view, FILE *out)
{
    bool alive = !any_still(view->watchdog);

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
