/*
 * Time does nothing to tickets that are held, and to all others as always.
 */
#include "ticket_script.h"
#include "tickets.h"

/* An open ticket with next_due_at (tag e0 01), in one byte. */
#define DUE(at) "\x08\x01\x10\x01\xe0\x01" at

static void load(struct tickets *t, const char *id, const char *value)
{
    const struct ticket_record record = {
        .key = id,
        .key_size = strlen(id),
        .value = value,
        .value_size = value ? strlen(value) : 0,
    };

    assert_int_equal(tickets_load(t, &record), STATUS_OK);
}

static void hold(struct tickets *t, const char *id)
{
    tickets_hold(t, id, strlen(id));
}

static int begin(void **state)
{
    struct tickets *t = tickets_new();

    load(t, "early", DUE("\x0a"));
    load(t, "late", DUE("\x14"));
    load(t, "idle", "\x08\x01\x10\x01");
    *state = t;
    return 0;
}

static int end(void **state)
{
    struct tickets *t = *state;

    tickets_free(&t);
    return 0;
}

static void only_the_held_one_waits(void **state)
{
    struct tickets *t = *state;

    assert_int_equal(tickets_next_due(t), 10);
    hold(t, "early");
    hold(t, "early");
    hold(t, "idle");
    hold(t, "nobody");
    assert_int_equal(tickets_next_due(t), 20);
    hold(t, "late");
    assert_true(tickets_next_due(t) == INT64_MAX);
    tickets_commit(t);
    tickets_release(t);
    tickets_commit(t);
    assert_int_equal(tickets_next_due(t), 10);
    assert_int_equal(tickets_count(t, TICKET_STATUS_ANY), 3);
}

static void what_is_forgotten_or_new_is_released_as_it_is(void **state)
{
    struct tickets *t = *state;

    hold(t, "early");
    hold(t, "late");
    tickets_commit(t);
    load(t, "early", NULL);
    load(t, "late", DUE("\x1e"));
    tickets_release(t);
    assert_int_equal(tickets_next_due(t), 30);
}

static void what_was_seen_before_an_abort_is_seen_again(void **state)
{
    struct tickets *t = *state;

    hold(t, "early");
    tickets_abort(t);
    assert_int_equal(tickets_next_due(t), 10);
    hold(t, "early");
    tickets_commit(t);
    assert_int_equal(tickets_next_due(t), 20);
    tickets_release(t);
    assert_int_equal(tickets_next_due(t), 10);
}

static void an_abort_holds_nothing_again_that_was_released(void **state)
{
    struct tickets *t = *state;

    hold(t, "early");
    tickets_commit(t); /* a timer of another ticket fired */
    tickets_release(t);
    tickets_abort(t);
    assert_int_equal(tickets_next_due(t), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_held_one_waits, begin, end),
        cmocka_unit_test_setup_teardown(
            what_is_forgotten_or_new_is_released_as_it_is, begin, end),
        cmocka_unit_test_setup_teardown(
            what_was_seen_before_an_abort_is_seen_again, begin, end),
        cmocka_unit_test_setup_teardown(
            an_abort_holds_nothing_again_that_was_released, begin, end),
    };

    return cmocka_run_group_tests_name("tickets_hold", tests, NULL, NULL);
}
