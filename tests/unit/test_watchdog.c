/*
 * The watchdog: what it reports, when it ends the process, when it must not.
 * The processes that it ends, or not, are children.
 */
#include "watchdog.h"

#include "clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { LIMIT_MS = 100 };

static void sleep_ms(int ms)
{
    const struct timespec span = {ms / 1000, ms % 1000 * 1000000L};

    nanosleep(&span, NULL);
}

/* A child that runs one body, and what it wrote to standard error. All are
 * started at once, so that together they need no longer than the longest. */
struct child {
    pid_t pid;
    int log;
    int status;
    char text[4096];
};

static void child_start(struct child *c, void (*body)(void))
{
    int ends[2];

    *c = (struct child){0};
    assert_int_equal(pipe(ends), 0);
    c->pid = fork();
    if (c->pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    c->log = ends[0];
}

static struct child *child_wait(struct child *c)
{
    ssize_t n;
    size_t used = 0;

    while ((n = read(c->log, c->text + used, sizeof c->text - 1 - used)) > 0)
        used += (size_t)n;
    close(c->log);
    waitpid(c->pid, &c->status, 0);
    return c;
}

static void hang_in_a_call(void)
{
    struct watchdog *wd = watchdog_start(2, LIMIT_MS);

    watchdog_enter(watchdog_slot(wd, 1), "send_offsets");
    for (int i = 0; i < 100; i++) { /* the other one moves */
        watchdog_enter(watchdog_slot(wd, 0), "consume");
        watchdog_leave(watchdog_slot(wd, 0));
        sleep_ms(50);
    }
}

static void hang_between_calls(void)
{
    struct watchdog *wd = watchdog_start(1, LIMIT_MS);

    watchdog_enter(watchdog_slot(wd, 0), "consume");
    watchdog_leave(watchdog_slot(wd, 0));
    sleep_ms(5000);
}

static void work_for_a_while(void)
{
    struct watchdog *wd = watchdog_start(2, LIMIT_MS);
    struct watchdog_slot *slot = watchdog_slot(wd, 0);

    /* Slot 1 is never watched. */
    for (int i = 0; i < 3 * LIMIT_MS / 10; i++) {
        watchdog_enter(slot, "consume");
        sleep_ms(10);
        watchdog_leave(slot);
    }
    watchdog_rest(slot);
    sleep_ms(2 * LIMIT_MS);
    watchdog_stop(&wd);
}

static void be_in_a_call_within_the_limit(void)
{
    struct watchdog *wd = watchdog_start(1, 4 * LIMIT_MS);

    /* In short naps: a long one would go on while the process is stopped. */
    watchdog_enter(watchdog_slot(wd, 0), "commit");
    for (int i = 0; i < 10; i++)
        sleep_ms(LIMIT_MS / 10);
    watchdog_leave(watchdog_slot(wd, 0));
    watchdog_stop(&wd);
}

enum { HANGS_IN_CALL, HANGS_BETWEEN, WORKS, STOPPED, CHILDREN };

static struct child children[CHILDREN];

static int start_children(void **state)
{
    (void)state;
    child_start(&children[HANGS_IN_CALL], hang_in_a_call);
    child_start(&children[HANGS_BETWEEN], hang_between_calls);
    child_start(&children[WORKS], work_for_a_while);
    child_start(&children[STOPPED], be_in_a_call_within_the_limit);
    return 0;
}

static void a_call_over_the_limit_ends_the_process_and_is_named(void **state)
{
    (void)state;
    struct child *c = child_wait(&children[HANGS_IN_CALL]);
    assert_true(WIFEXITED(c->status));
    assert_int_equal(WEXITSTATUS(c->status), EXIT_FAILURE);
    assert_non_null(strstr(c->text, "level=error event=watchdog "
                                    "call=send_offsets seconds=0."));
}

static void a_loop_that_hangs_between_calls_is_caught_as_well(void **state)
{
    (void)state;
    struct child *c = child_wait(&children[HANGS_BETWEEN]);
    assert_int_equal(WEXITSTATUS(c->status), EXIT_FAILURE);
    assert_non_null(strstr(c->text, "call=loop"));
}

static void many_short_calls_and_a_rest_are_no_hang(void **state)
{
    (void)state;
    struct child *c = child_wait(&children[WORKS]);
    assert_true(WIFEXITED(c->status));
    assert_int_equal(WEXITSTATUS(c->status), 0);
    assert_string_equal(c->text, "");
}

static void time_in_which_the_process_is_stopped_does_not_count(void **state)
{
    (void)state;
    struct child *c = &children[STOPPED];

    sleep_ms(50);
    kill(c->pid, SIGSTOP);
    sleep_ms(600);
    kill(c->pid, SIGCONT);
    child_wait(c);
    assert_int_equal(WEXITSTATUS(c->status), 0);
    assert_null(strstr(c->text, "event=watchdog"));
}

static void what_a_thread_is_doing_can_be_read(void **state)
{
    (void)state;
    struct watchdog *wd = watchdog_start(2, 60000);
    struct watchdog_slot *slot = watchdog_slot(wd, 0);
    struct watchdog_call call;

    assert_int_equal(watchdog_slots(wd), 2);
    assert_int_equal(watchdog_limit_ms(wd), 60000);
    assert_false(watchdog_read(wd, 0, &call));
    watchdog_enter(slot, "consume");
    assert_true(watchdog_read(wd, 0, &call));
    assert_string_equal(call.call, "consume");
    watchdog_enter(slot, "commit");
    assert_true(watchdog_read(wd, 0, &call));
    assert_string_equal(call.call, "commit");
    watchdog_leave(slot);
    assert_true(watchdog_read(wd, 0, &call));
    assert_string_equal(call.call, "consume");
    watchdog_leave(slot);
    assert_true(watchdog_read(wd, 0, &call));
    assert_string_equal(call.call, "loop");
    watchdog_rest(slot);
    assert_false(watchdog_read(wd, 0, &call));
    assert_false(watchdog_read(wd, 1, &call));
    watchdog_stop(&wd);
    assert_null(wd);
}

static void the_time_in_a_call_grows_and_begins_anew(void **state)
{
    (void)state;
    struct watchdog *wd = watchdog_start(1, 1000);
    struct watchdog_slot *slot = watchdog_slot(wd, 0);
    struct watchdog_call call = {0};
    int64_t deadline_us = clock_steady_us() + 800000;

    watchdog_enter(slot, "commit");
    while (clock_steady_us() < deadline_us && call.ms < 100) {
        sleep_ms(5);
        assert_true(watchdog_read(wd, 0, &call));
    }
    assert_true(call.ms >= 100);
    watchdog_leave(slot);
    deadline_us = clock_steady_us() + 800000;
    while (clock_steady_us() < deadline_us && call.ms >= 100) {
        sleep_ms(5);
        assert_true(watchdog_read(wd, 0, &call));
    }
    assert_true(call.ms < 100);
    watchdog_stop(&wd);
}

/* The limit is on each try, the operator sees them all as one call. */
static void a_call_that_is_tried_again_is_no_hang_but_shown_as_one(void **state)
{
    (void)state;
    struct watchdog *wd = watchdog_start(1, 1000);
    struct watchdog_slot *slot = watchdog_slot(wd, 0);
    struct watchdog_call call = {0};
    int64_t deadline_us = clock_steady_us() + 3000000;

    watchdog_enter(slot, "send_offsets");
    while (clock_steady_us() < deadline_us && call.ms < 300) {
        sleep_ms(5);
        watchdog_again(slot);
        assert_true(watchdog_read(wd, 0, &call));
        assert_true(call.still_ms < 200);
    }
    assert_true(call.ms >= 300);
    assert_string_equal(call.call, "send_offsets");
    watchdog_leave(slot);
    watchdog_rest(slot);
    watchdog_stop(&wd);
}

static void a_missing_slot_is_not_watched(void **state)
{
    (void)state;
    struct watchdog *wd = NULL;

    watchdog_enter(NULL, "commit");
    watchdog_leave(NULL);
    watchdog_again(NULL);
    watchdog_rest(NULL);
    watchdog_stop(&wd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_in_which_the_process_is_stopped_does_not_count),
        cmocka_unit_test(a_call_over_the_limit_ends_the_process_and_is_named),
        cmocka_unit_test(a_loop_that_hangs_between_calls_is_caught_as_well),
        cmocka_unit_test(many_short_calls_and_a_rest_are_no_hang),
        cmocka_unit_test(what_a_thread_is_doing_can_be_read),
        cmocka_unit_test(the_time_in_a_call_grows_and_begins_anew),
        cmocka_unit_test(
            a_call_that_is_tried_again_is_no_hang_but_shown_as_one),
        cmocka_unit_test(a_missing_slot_is_not_watched),
    };

    return cmocka_run_group_tests(tests, start_children, NULL);
}
