/*
 * Work that another thread does meanwhile.
 */
#include "second_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void add_one(void *opaque)
{
    int *n = opaque;

    ++*n;
}

static void work_is_done_when_it_was_waited_for(void **state)
{
    struct second_hand *h = second_hand_new();
    int n = 0;

    (void)state;
    for (int i = 1; i <= 10000; i++) {
        second_hand_give(h, add_one, &n);
        second_hand_wait(h);
        assert_int_equal(n, i);
    }
    second_hand_free(&h);
    assert_null(h);
}

static void one_that_had_nothing_to_do_ends_too(void **state)
{
    struct second_hand *h = second_hand_new();

    (void)state;
    second_hand_wait(h);
    second_hand_free(&h);
    second_hand_free(&h);
}

static void work_that_was_given_is_done_before_the_end(void **state)
{
    struct second_hand *h = second_hand_new();
    int n = 0;

    (void)state;
    second_hand_give(h, add_one, &n);
    second_hand_free(&h);
    assert_int_equal(n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_done_when_it_was_waited_for),
        cmocka_unit_test(one_that_had_nothing_to_do_ends_too),
        cmocka_unit_test(work_that_was_given_is_done_before_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
