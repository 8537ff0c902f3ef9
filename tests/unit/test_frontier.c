/*
 * How far a partition is known to have been read.
 */
#include "frontier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void nothing_is_known_at_first(void **state)
{
    struct frontier f;

    (void)state;
    frontier_reset(&f);
    assert_int_equal(f.read_ms, INT64_MIN);
    assert_false(frontier_is_waiting(&f));
    frontier_position(&f, 100);
    assert_int_equal(f.read_ms, INT64_MIN);
}

static void records_move_it_up_to_our_own_clock(void **state)
{
    struct frontier f;

    (void)state;
    frontier_reset(&f);
    frontier_record(&f, 500, 1000);
    assert_int_equal(f.read_ms, 500);
    frontier_record(&f, 400, 1000); /* a late record takes nothing back */
    assert_int_equal(f.read_ms, 500);
    frontier_record(&f, 5000, 1000); /* a producer's clock is ahead */
    assert_int_equal(f.read_ms, 1000);
}

static void an_end_counts_when_reading_gets_there(void **state)
{
    struct frontier f;

    (void)state;
    frontier_reset(&f);
    frontier_end(&f, 2000, 50);
    assert_true(frontier_is_waiting(&f));
    frontier_position(&f, 49);
    assert_int_equal(f.read_ms, INT64_MIN);
    assert_true(frontier_is_waiting(&f));
    frontier_position(&f, 50);
    assert_int_equal(f.read_ms, 2000);
    assert_false(frontier_is_waiting(&f));
}

static void an_end_asked_for_earlier_takes_nothing_back(void **state)
{
    struct frontier f;

    (void)state;
    frontier_reset(&f);
    frontier_end(&f, 2000, 0);
    frontier_record(&f, 2500, 3000);
    frontier_position(&f, 7);
    assert_int_equal(f.read_ms, 2500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first),
        cmocka_unit_test(records_move_it_up_to_our_own_clock),
        cmocka_unit_test(an_end_counts_when_reading_gets_there),
        cmocka_unit_test(an_end_asked_for_earlier_takes_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
