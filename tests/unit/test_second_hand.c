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

struct order {
    int numbers[100];
    int n;
};

struct numbered {
    struct order *order;
    int number;
};

static void note(void *opaque)
{
    const struct numbered *one = opaque;

    one->order->numbers[one->order->n++] = one->number;
}

static void much_work_is_done_in_its_order(void **state)
{
    struct second_hand *h = second_hand_new();
    struct order order = {.n = 0};
    struct numbered pieces[100];

    (void)state;
    for (int i = 0; i < 100; i++) {
        pieces[i] = (struct numbered){&order, i};
        second_hand_give(h, note, &pieces[i]);
    }
    second_hand_wait(h);
    assert_int_equal(order.n, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(order.numbers[i], i);
    second_hand_free(&h);
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
        cmocka_unit_test(much_work_is_done_in_its_order),
        cmocka_unit_test(one_that_had_nothing_to_do_ends_too),
        cmocka_unit_test(work_that_was_given_is_done_before_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
