/*
 * The thread that does one thing again and again.
 */
#include "ticker.h"

#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

enum { PAUSE_MS = 20, LONG_MS = 60000, US_PER_MS = 1000 };

struct work {
    atomic_int turns;
    int pause_ms;
};

static int turn(void *opaque)
{
    struct work *work = opaque;

    atomic_fetch_add(&work->turns, 1);
    return work->pause_ms;
}

static void wait_for_turns(struct work *work, int n)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    while (atomic_load(&work->turns) < n)
        nanosleep(&pause, NULL);
}

static void it_rests_between_two_turns(void **state)
{
    (void)state;
    struct work work = {.pause_ms = PAUSE_MS};
    int64_t begun_us = clock_steady_us();
    struct ticker *ticker = ticker_start("test", turn, &work);

    wait_for_turns(&work, 4);
    assert_true(clock_steady_us() - begun_us >= 3 * PAUSE_MS * US_PER_MS);
    ticker_stop(&ticker);
    assert_null(ticker);
    ticker_stop(&ticker);
}

static void a_stop_does_not_wait_for_the_rest(void **state)
{
    (void)state;
    struct work work = {.pause_ms = LONG_MS};
    struct ticker *ticker = ticker_start("test", turn, &work);
    int64_t begun_us = clock_steady_us();

    wait_for_turns(&work, 1);
    ticker_stop(&ticker);
    assert_true(clock_steady_us() - begun_us < LONG_MS / 2 * US_PER_MS);
    assert_int_equal(atomic_load(&work.turns), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_rests_between_two_turns),
        cmocka_unit_test(a_stop_does_not_wait_for_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
