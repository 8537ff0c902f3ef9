/*
 * Conditions: ready or not, why, since when, and what is logged.
 */
#include "health.h"

#include "stderr_capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct capture captured;

static void all_needed(struct health *h, unsigned workers)
{
    health_set(h, 0, HEALTH_BROKER, true, "%s", "");
    health_set(h, 0, HEALTH_TOPICS, true, "%s", "");
    health_set(h, 0, HEALTH_CATALOGUE, true, "version %d", 42);
    for (unsigned i = 0; i < workers; i++) {
        health_set(h, i, HEALTH_GROUP, true, "%s", "");
        health_set(h, i, HEALTH_STATE, true, "%s", "");
        health_set(h, i, HEALTH_TIMERS, true, "%s", "");
    }
}

static void nothing_is_there_at_first_and_reasons_say_so(void **state)
{
    (void)state;
    struct health *h = health_new(1);

    assert_false(health_ready(h));
    for (int i = 0; i < HEALTH_COUNT; i++) {
        struct health_state condition;
        health_read(h, (enum health_condition)i, &condition);
        assert_false(condition.ok);
        assert_non_null(strstr(condition.reason, " yet"));
        assert_true(condition.since_ms > 1500000000000);
    }
    health_free(&h);
    assert_null(h);
}

static void ready_needs_everything_but_redis(void **state)
{
    (void)state;
    struct health *h = health_new(1);
    static const enum health_condition needed[] = {
        HEALTH_BROKER, HEALTH_TOPICS, HEALTH_GROUP,
        HEALTH_STATE,  HEALTH_TIMERS, HEALTH_CATALOGUE};

    capture_begin(&captured);
    all_needed(h, 1);
    assert_true(health_ready(h));
    health_set(h, 0, HEALTH_REDIS, false, "Redis is away");
    assert_true(health_ready(h));
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        health_set(h, 0, needed[i], false, "gone");
        assert_false(health_ready(h));
        health_set(h, 0, needed[i], true, "%s", "");
        assert_true(health_ready(h));
    }
    capture_end(&captured);
    health_free(&h);
}

static void the_group_is_needed_by_each_worker(void **state)
{
    (void)state;
    struct health *h = health_new(3);
    struct health_state group;

    capture_begin(&captured);
    all_needed(h, 3);
    assert_true(health_ready(h));
    health_set(h, 2, HEALTH_GROUP, false, "the group is rebalancing");
    assert_false(health_ready(h));
    health_read(h, HEALTH_GROUP, &group);
    assert_false(group.ok);
    assert_string_equal(group.reason, "the group is rebalancing");
    capture_end(&captured);
    health_free(&h);
}

static void each_change_is_logged_once(void **state)
{
    (void)state;
    struct health *h = health_new(1);

    capture_begin(&captured);
    for (int i = 0; i < 3; i++)
        health_set(h, 0, HEALTH_BROKER, false, "no broker at %s", "h:1");
    for (int i = 0; i < 3; i++)
        health_set(h, 0, HEALTH_BROKER, true, "%d brokers", i);
    health_set(h, 0, HEALTH_BROKER, false, "no broker at %s", "h:1");
    health_set(h, 0, HEALTH_BROKER, false, "wrong password");
    capture_end(&captured);
    static const char *const expected[] = {
        "level=warn event=unavailable what=broker "
        "reason=\"no broker at h:1\"\n",
        "level=info event=available what=broker reason=\"0 brokers\"\n",
        "level=warn event=unavailable what=broker "
        "reason=\"no broker at h:1\"\n",
        "level=warn event=unavailable what=broker "
        "reason=\"wrong password\"\n",
    };
    const char *line = captured.text;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        line = strstr(line, "level=");
        assert_non_null(line);
        assert_memory_equal(line, expected[i], strlen(expected[i]));
        line += strlen(expected[i]);
    }
    assert_string_equal(line, "");
    health_free(&h);
}

static void the_time_of_a_condition_begins_when_it_turns(void **state)
{
    (void)state;
    struct health *h = health_new(1);
    struct health_state first, same, turned;

    capture_begin(&captured);
    health_read(h, HEALTH_REDIS, &first);
    usleep(3000);
    health_set(h, 0, HEALTH_REDIS, false, "another reason");
    health_read(h, HEALTH_REDIS, &same);
    health_set(h, 0, HEALTH_REDIS, true, "%s", "");
    health_read(h, HEALTH_REDIS, &turned);
    capture_end(&captured);
    assert_true(same.since_ms == first.since_ms);
    assert_true(turned.since_ms > first.since_ms);
    health_free(&h);
}

static void a_reason_that_is_too_long_is_cut(void **state)
{
    (void)state;
    struct health *h = health_new(1);
    struct health_state redis;

    capture_begin(&captured);
    health_set(h, 0, HEALTH_REDIS, false, "%0*d", 2 * HEALTH_REASON_SIZE, 1);
    capture_end(&captured);
    health_read(h, HEALTH_REDIS, &redis);
    assert_int_equal(strlen(redis.reason), HEALTH_REASON_SIZE - 1);
    health_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_there_at_first_and_reasons_say_so),
        cmocka_unit_test(ready_needs_everything_but_redis),
        cmocka_unit_test(the_group_is_needed_by_each_worker),
        cmocka_unit_test(each_change_is_logged_once),
        cmocka_unit_test(the_time_of_a_condition_begins_when_it_turns),
        cmocka_unit_test(a_reason_that_is_too_long_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
