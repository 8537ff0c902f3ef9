/*
 * What the measuring thread sees and stores, and how a scrape puts it together
 * with what the worker knows.
 */
#include "metrics_lag.h"
#include "metrics_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PARTITION = 3, SECOND = 1000 };
static const int64_t NOW_MS = 1700000000000;

struct fixture {
    struct metrics *metrics;
    struct worker_metrics *worker;
    struct partition_metrics *row;
};

static struct fixture setup(void)
{
    struct fixture f = {.metrics = metrics_new(1)};

    f.worker = metrics_worker(f.metrics, 0);
    f.row = metrics_partition_add(f.worker, PARTITION);
    return f;
}

/* The one owned partition, as the measuring thread finds it. */
static struct metrics_owned owned_of(struct fixture *f)
{
    struct metrics_owned *list;
    struct metrics_owned owned;

    assert_int_equal(metrics_owned(f->metrics, &list), 1);
    owned = list[0];
    free(list);
    return owned;
}

static void measure(struct fixture *f, const struct metrics_owned *owned,
                    int64_t end, int64_t oldest_offset, int64_t oldest_ms)
{
    metrics_measured(f->metrics, owned,
                     &(struct metrics_measured){.committed = -1,
                                                .begin = -1,
                                                .stable_end = end,
                                                .high_end = end,
                                                .oldest_offset = oldest_offset,
                                                .oldest_ms = oldest_ms});
}

static void expect_lag(struct fixture *f, int64_t records, double seconds)
{
    struct metrics_reading *r = metrics_read(f->metrics, NOW_MS);

    assert_int_equal(r->n_partitions, 1);
    assert_int_equal(r->partitions[0].lag_records, records);
    assert_true(r->partitions[0].lag_seconds == seconds);
    metrics_reading_free(&r);
}

static void figures_of_a_lost_partition_are_dropped(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);

    metrics_partitions_clear(f.worker);
    f.row = metrics_partition_add(f.worker, PARTITION + 1);
    metrics_store(&f.row->committed, 5);
    measure(&f, &owned, 100, 5, NOW_MS);
    expect_lag(&f, -1, -1);
    metrics_free(&f.metrics);
}

static void a_partition_that_was_taken_away_is_not_owned(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned *list;

    metrics_partitions_clear(f.worker);
    assert_int_equal(metrics_owned(f.metrics, &list), 0);
    free(list);
    metrics_free(&f.metrics);
}

static void the_workers_offset_wins_over_the_measured_one(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);
    struct metrics_measured measured = {.committed = 7,
                                        .begin = -1,
                                        .stable_end = 10,
                                        .high_end = 10,
                                        .oldest_offset = -1,
                                        .oldest_ms = -1};

    assert_int_equal(owned.committed, -1);
    metrics_measured(f.metrics, &owned, &measured);
    assert_int_equal(owned_of(&f).committed, 7);
    metrics_store(&f.row->committed, 9);
    metrics_measured(f.metrics, &owned, &measured);
    assert_int_equal(owned_of(&f).committed, 9);
    metrics_free(&f.metrics);
}

static void without_a_commit_lag_counts_from_the_first_record(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);
    struct metrics_measured measured = {.committed = METRIC_OFFSET_NONE,
                                        .begin = 20,
                                        .stable_end = 50,
                                        .high_end = 50,
                                        .oldest_offset = 20,
                                        .oldest_ms = NOW_MS - 4 * SECOND};

    metrics_measured(f.metrics, &owned, &measured);
    assert_int_equal(owned_of(&f).committed, METRIC_OFFSET_NONE);
    expect_lag(&f, 30, 4);
    struct metrics_reading *r = metrics_read(f.metrics, NOW_MS);
    assert_int_equal(r->partitions[0].committed, -1);
    metrics_reading_free(&r);
    metrics_free(&f.metrics);
}

static void age_is_that_of_the_record_in_hand_if_there_is_one(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);

    /* Long ago a record waited at 10. */
    metrics_store(&f.row->committed, 10);
    measure(&f, &owned, 20, 10, NOW_MS - 3600 * SECOND);
    expect_lag(&f, 10, 3600);
    /* The worker goes on at 15 and takes the record there. */
    metrics_store(&f.row->committed, 15);
    metrics_in_hand(f.row, 15, NOW_MS - 2 * SECOND);
    expect_lag(&f, 5, 2);
    /* Committed, and nobody has looked at 18 yet: not an hour. */
    metrics_store(&f.row->committed, 18);
    expect_lag(&f, 2, 2);
    measure(&f, &owned, 20, 18, NOW_MS - 1 * SECOND);
    expect_lag(&f, 2, 1);
    /* Only markers and aborted records are left: nothing waits. */
    metrics_store(&f.row->committed, 19);
    measure(&f, &owned, 20, 19, 0);
    expect_lag(&f, 1, 0);
    metrics_free(&f.metrics);
}

static void a_worker_that_takes_records_is_not_asked_about(void **state)
{
    (void)state;
    struct fixture f = setup();

    metrics_store(&f.row->committed, 10);
    assert_false(owned_of(&f).moving);
    metrics_in_hand(f.row, 10, NOW_MS);
    struct metrics_owned owned = owned_of(&f);
    assert_true(owned.moving);
    measure(&f, &owned, 20, -1, -1);
    /* Still open: the record in hand is the oldest. */
    assert_true(owned_of(&f).moving);
    /* Committed since the last measurement. */
    metrics_store(&f.row->committed, 12);
    owned = owned_of(&f);
    assert_true(owned.moving);
    measure(&f, &owned, 20, -1, -1);
    /* And not a record since: it stands still. */
    assert_false(owned_of(&f).moving);
    metrics_free(&f.metrics);
}

static void a_sum_without_a_new_partition_is_not_known(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);

    metrics_store(&f.row->committed, 10);
    measure(&f, &owned, 20, 10, NOW_MS);
    struct metrics_reading *r = metrics_read(f.metrics, NOW_MS);
    assert_true(r->lag_known);
    metrics_reading_free(&r);
    metrics_partition_add(f.worker, PARTITION + 1);
    r = metrics_read(f.metrics, NOW_MS);
    assert_false(r->lag_known);
    metrics_reading_free(&r);
    metrics_free(&f.metrics);
}

static void an_older_high_watermark_holds_nothing_back(void **state)
{
    (void)state;
    struct fixture f = setup();
    struct metrics_owned owned = owned_of(&f);
    struct metrics_measured measured = {.committed = 10,
                                        .begin = -1,
                                        .stable_end = 12,
                                        .high_end = 11,
                                        .oldest_offset = -1,
                                        .oldest_ms = -1};

    metrics_measured(f.metrics, &owned, &measured);
    struct metrics_reading *r = metrics_read(f.metrics, NOW_MS);
    assert_int_equal(r->held_back, 0);
    assert_int_equal(r->lag_measured_ms, 0);
    metrics_reading_free(&r);
    metrics_lag_current(f.metrics, NOW_MS - 5);
    r = metrics_read(f.metrics, NOW_MS);
    assert_int_equal(r->lag_measured_ms, NOW_MS - 5);
    metrics_reading_free(&r);
    metrics_free(&f.metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_a_lost_partition_are_dropped),
        cmocka_unit_test(a_partition_that_was_taken_away_is_not_owned),
        cmocka_unit_test(the_workers_offset_wins_over_the_measured_one),
        cmocka_unit_test(without_a_commit_lag_counts_from_the_first_record),
        cmocka_unit_test(age_is_that_of_the_record_in_hand_if_there_is_one),
        cmocka_unit_test(a_worker_that_takes_records_is_not_asked_about),
        cmocka_unit_test(a_sum_without_a_new_partition_is_not_known),
        cmocka_unit_test(an_older_high_watermark_holds_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
