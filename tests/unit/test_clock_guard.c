/*
 * Clocks that jump, as a table of looks.
 */
#include "clock_guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { HOUR_MS = 3600 * 1000 };

struct look {
    int64_t wall_ms;
    int64_t steady_ms;
    enum clock_news news;
    bool held;
};

static void run(const struct look *looks, size_t n)
{
    struct clock_guard g = {0};

    for (size_t i = 0; i < n; i++) {
        int64_t jump_ms;

        assert_int_equal(clock_guard_look(&g, looks[i].wall_ms,
                                          looks[i].steady_ms, &jump_ms),
                         looks[i].news);
        assert_int_equal(g.held, looks[i].held);
    }
}
#define RUN(looks) run(looks, sizeof(looks) / sizeof(looks)[0])

static void time_that_passes_is_no_jump(void **state)
{
    /* Also if nobody looked for an hour. */
    static const struct look looks[] = {
        {5000, 0, CLOCK_AS_BEFORE, false},
        {5100, 100, CLOCK_AS_BEFORE, false},
        {5100 + HOUR_MS, 100 + HOUR_MS, CLOCK_AS_BEFORE, false},
    };

    (void)state;
    RUN(looks);
}

static void small_steps_are_obeyed_at_once(void **state)
{
    static const struct look looks[] = {
        {0, 0, CLOCK_AS_BEFORE, false},
        {60000, 0, CLOCK_AS_BEFORE, false},
        {120000, 0, CLOCK_AS_BEFORE, false}, /* again a minute */
        {60001, 1, CLOCK_AS_BEFORE, false},
    };

    (void)state;
    RUN(looks);
}

static void a_jump_forward_is_held_for_a_minute(void **state)
{
    static const struct look looks[] = {
        {0, 0, CLOCK_AS_BEFORE, false},
        {HOUR_MS, 100, CLOCK_JUMPED, true},
        {HOUR_MS + 59999, 60099, CLOCK_AS_BEFORE, true},
        {HOUR_MS + 60000, 60100, CLOCK_OBEYED, false},
        {HOUR_MS + 61000, 61100, CLOCK_AS_BEFORE, false},
    };

    (void)state;
    RUN(looks);
}

static void a_clock_that_is_set_right_meanwhile_is_obeyed_at_once(void **state)
{
    static const struct look looks[] = {
        {0, 0, CLOCK_AS_BEFORE, false},
        {HOUR_MS, 100, CLOCK_JUMPED, true},
        {10100, 10100, CLOCK_OBEYED, false},
        {10200, 10200, CLOCK_AS_BEFORE, false},
        {HOUR_MS, 10300, CLOCK_JUMPED, true},
    };

    (void)state;
    RUN(looks);
}

static void a_clock_that_is_set_back_is_obeyed(void **state)
{
    static const struct look looks[] = {
        {HOUR_MS, 0, CLOCK_AS_BEFORE, false},
        {0, 100, CLOCK_BACK, false},
        {100, 200, CLOCK_AS_BEFORE, false},
        {HOUR_MS, 300, CLOCK_JUMPED, true},
    };

    (void)state;
    RUN(looks);
}

static void a_second_jump_while_one_is_held_does_not_hold_longer(void **state)
{
    static const struct look looks[] = {
        {0, 0, CLOCK_AS_BEFORE, false},
        {HOUR_MS, 100, CLOCK_JUMPED, true},
        {24 * HOUR_MS, 30000, CLOCK_AS_BEFORE, true},
        {24 * HOUR_MS + 30100, 60100, CLOCK_OBEYED, false},
    };

    (void)state;
    RUN(looks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_that_passes_is_no_jump),
        cmocka_unit_test(small_steps_are_obeyed_at_once),
        cmocka_unit_test(a_jump_forward_is_held_for_a_minute),
        cmocka_unit_test(a_clock_that_is_set_right_meanwhile_is_obeyed_at_once),
        cmocka_unit_test(a_clock_that_is_set_back_is_obeyed),
        cmocka_unit_test(a_second_jump_while_one_is_held_does_not_hold_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
