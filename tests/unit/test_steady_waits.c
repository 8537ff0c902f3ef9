/*
 * The waits that stand in for the C library's.
 */
#include "steady_waits.h"

#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <threads.h>
#include <time.h>

#include <cmocka.h>

enum { MS_NS = 1000000, SECOND_NS = 1000000000 };

static mtx_t mutex;
static cnd_t condition;

static int wait_ms(int64_t ms, int64_t *lasted_ms)
{
    int64_t begun_us = clock_steady_us();
    struct timespec end;
    int64_t ns;
    int result;

    timespec_get(&end, TIME_UTC);
    ns = end.tv_nsec + ms * MS_NS;
    end.tv_sec += (time_t)(ns / SECOND_NS);
    end.tv_nsec = (long)(ns % SECOND_NS);
    mtx_lock(&mutex);
    result = cnd_timedwait(&condition, &mutex, &end);
    mtx_unlock(&mutex);
    *lasted_ms = (clock_steady_us() - begun_us) / 1000;
    return result;
}

static void a_wait_lasts_as_long_as_it_should(void **state)
{
    int64_t lasted_ms;

    (void)state;
    assert_int_equal(wait_ms(50, &lasted_ms), thrd_timedout);
    assert_true(lasted_ms >= 49);
}

static void what_is_over_is_not_waited_for(void **state)
{
    const struct timespec long_ago = {0};

    (void)state;
    mtx_lock(&mutex);
    assert_int_equal(cnd_timedwait(&condition, &mutex, &long_ago),
                     thrd_timedout);
    mtx_unlock(&mutex);
}

static int signal_soon(void *unused)
{
    const struct timespec pause = {.tv_nsec = 20 * MS_NS};

    (void)unused;
    thrd_sleep(&pause, NULL);
    mtx_lock(&mutex);
    cnd_signal(&condition);
    mtx_unlock(&mutex);
    return 0;
}

static void a_signal_ends_it(void **state)
{
    int64_t lasted_ms;
    thrd_t thread;

    (void)state;
    assert_int_equal(thrd_create(&thread, signal_soon, NULL), thrd_success);
    assert_int_equal(wait_ms(60000, &lasted_ms), thrd_success);
    assert_true(lasted_ms < 50000);
    thrd_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_lasts_as_long_as_it_should),
        cmocka_unit_test(what_is_over_is_not_waited_for),
        cmocka_unit_test(a_signal_ends_it),
    };

    steady_waits_use();
    mtx_init(&mutex, mtx_plain);
    cnd_init(&condition);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
