/*
 * Metrics: what counts when, lag, partitions that come and go, rates, and the
 * table against its manual.
 */
#include "metrics.h"

#include "../../dispatcher/process/metrics_block.h"
#include "metrics_read.h"
#include "metrics_table.h"
#include "reject.h"

#include <dispatch/v1/dispatch.pb-c.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOW_MS = 1000000 };

static uint64_t counter(const struct metrics *m, enum metric_counter which,
                        unsigned label)
{
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    uint64_t value = r->counters[which][label];

    metrics_reading_free(&r);
    return value;
}

/* ----------------------------------------------------------- transactions */

static void what_is_in_a_transaction_counts_at_its_commit(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);
    const unsigned kind =
        DISPATCH__V1__ASSIGNMENT_KIND__ASSIGNMENT_KIND_ASSIGNED;

    metrics_count(w, METRIC_ASSIGNMENTS, kind);
    metrics_count(w, METRIC_ASSIGNMENTS, kind);
    metrics_record(w, NOW_MS - 20);
    assert_int_equal(counter(m, METRIC_ASSIGNMENTS, kind), 0);
    metrics_committed(w, NOW_MS, 3000);
    assert_int_equal(counter(m, METRIC_ASSIGNMENTS, kind), 2);
    assert_int_equal(counter(m, METRIC_COMMITS, 0), 1);
    metrics_committed(w, NOW_MS, 3000);
    assert_int_equal(counter(m, METRIC_ASSIGNMENTS, kind), 2);
    metrics_free(&m);
    assert_null(m);
}

static void an_aborted_transaction_leaves_only_its_reason(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);

    metrics_count(w, METRIC_DEAD_LETTERS, REJECT_EMPTY);
    metrics_record(w, NOW_MS - 20);
    metrics_aborted(w, METRIC_ABORT_COMMIT);
    metrics_committed(w, NOW_MS, 3000);
    assert_int_equal(counter(m, METRIC_DEAD_LETTERS, REJECT_EMPTY), 0);
    assert_int_equal(counter(m, METRIC_ABORTS, METRIC_ABORT_COMMIT), 1);
    assert_int_equal(counter(m, METRIC_ABORTS, METRIC_ABORT_PRODUCE), 0);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->histograms[METRIC_LATENCY_SECONDS].count, 0);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void what_is_outside_transactions_counts_at_once(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(2);

    metrics_count_now(metrics_worker(m, 0), METRIC_REBALANCES,
                      METRIC_REBALANCE_LOST);
    metrics_count_now(metrics_worker(m, 1), METRIC_REBALANCES,
                      METRIC_REBALANCE_LOST);
    metrics_gauge(metrics_worker(m, 0), METRIC_PRODUCER_QUEUE, 5);
    metrics_gauge(metrics_worker(m, 1), METRIC_PRODUCER_QUEUE, 7);
    assert_int_equal(counter(m, METRIC_REBALANCES, METRIC_REBALANCE_LOST), 2);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->gauges[METRIC_PRODUCER_QUEUE], 12);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void a_timer_becomes_overdue_without_its_worker(void **state)
{
    (void)state;
    static const struct {
        int64_t due_ms, overdue_ms;
    } cases[] = {{NOW_MS - 3000, 3000},
                 {NOW_MS, 0},
                 {NOW_MS + 1, 0},
                 {INT64_MAX, 0},
                 {0, 0}};
    struct metrics *m = metrics_new(1);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        metrics_gauge(metrics_worker(m, 0), METRIC_TIMER_DUE_MS,
                      cases[i].due_ms);
        struct metrics_reading *r = metrics_read(m, NOW_MS);
        assert_int_equal(r->gauges[METRIC_TIMER_DUE_MS], cases[i].overdue_ms);
        metrics_reading_free(&r);
    }
    metrics_free(&m);
}

static void histograms_count_in_the_unit_of_their_name(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);

    for (int i = 0; i < 3000; i++)
        metrics_record(w, NOW_MS - 20); /* 20 ms: bucket up to 25 ms */
    metrics_record(w, NOW_MS + 500);    /* its producer's clock is ahead */
    metrics_record(w, 0);               /* has no timestamp */
    metrics_committed(w, NOW_MS, 1500000);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    const struct metrics_histogram *latency =
        &r->histograms[METRIC_LATENCY_SECONDS];
    assert_int_equal(latency->count, 3001);
    assert_int_equal(latency->counts[0], 1);
    assert_int_equal(latency->counts[2], 3000);
    assert_true(latency->sum > 59.999 && latency->sum < 60.001);
    const struct metrics_histogram *records =
        &r->histograms[METRIC_TRANSACTION_RECORDS];
    assert_true(records->sum > 3001.9 && records->sum < 3002.1);
    assert_int_equal(records->count, 1);
    const struct metrics_histogram *duration =
        &r->histograms[METRIC_TRANSACTION_SECONDS];
    assert_true(duration->sum > 1.4999 && duration->sum < 1.5001);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void a_value_at_a_bound_lies_within_it(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);

    metrics_committed(w, NOW_MS, 1000);
    metrics_committed(w, NOW_MS, 1001);
    metrics_committed(w, NOW_MS, 60000001);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    const uint64_t *counts = r->histograms[METRIC_TRANSACTION_SECONDS].counts;
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 1);
    assert_int_equal(counts[metric_buckets(METRIC_TRANSACTION_SECONDS)->n], 1);
    metrics_reading_free(&r);
    metrics_free(&m);
}

/* ------------------------------------------------------------- partitions */

static void set_row(struct partition_metrics *row, int64_t committed,
                    int64_t stable_end, int64_t high_end, int64_t oldest_ms)
{
    metrics_store(&row->committed, committed);
    metrics_store(&row->stable_end, stable_end);
    metrics_store(&row->high_end, high_end);
    metrics_store(&row->oldest_ms, oldest_ms);
}

static void lag_is_stable_end_less_committed_and_never_negative(void **state)
{
    (void)state;
    static const struct {
        int64_t committed, stable_end, high_end, oldest_ms;
        int64_t records;
        double seconds;
        int64_t held_back;
    } cases[] = {
        {10, 10, 10, -1, 0, 0, 0},
        {10, 10, 10, NOW_MS - 5000, 0, 0, 0}, /* idle: exactly 0 */
        {10, 15, 15, NOW_MS - 5000, 5, 5, 0},
        {10, 15, 18, NOW_MS - 1500, 5, 1.5, 3}, /* open upstream */
        {10, 15, 15, NOW_MS + 700, 5, 0, 0},    /* a clock ahead of ours */
        {10, 15, 15, -1, 5, -1, 0},             /* age not known */
        {10, 8, 8, -1, 0, 0, 0},                /* an old look at the end */
        {10, 8, 7, -1, 0, 0, 0},
        {-1, 15, 15, -1, -1, -1, 0}, /* nothing committed yet */
        {10, -1, -1, -1, -1, -1, -1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct metrics *m = metrics_new(1);
        set_row(metrics_partition_add(metrics_worker(m, 0), 3),
                cases[i].committed, cases[i].stable_end, cases[i].high_end,
                cases[i].oldest_ms);
        struct metrics_reading *r = metrics_read(m, NOW_MS);
        assert_int_equal(r->n_partitions, 1);
        assert_int_equal(r->partitions[0].lag_records, cases[i].records);
        assert_true(r->partitions[0].lag_seconds == cases[i].seconds);
        assert_int_equal(r->partitions[0].held_back, cases[i].held_back);
        assert_true(r->lag_records >= 0 && r->lag_seconds >= 0);
        metrics_reading_free(&r);
        metrics_free(&m);
    }
}

static void sums_run_over_the_workers_and_age_is_the_oldest(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(2);

    set_row(metrics_partition_add(metrics_worker(m, 1), 0), 0, 5, 6,
            NOW_MS - 1000);
    set_row(metrics_partition_add(metrics_worker(m, 0), 2), 0, 7, 9,
            NOW_MS - 9000);
    set_row(metrics_partition_add(metrics_worker(m, 0), 1), 0, -1, -1, -1);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->n_partitions, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(r->partitions[i].partition, i);
    assert_int_equal(r->partitions[0].worker, 1);
    assert_int_equal(r->lag_records, 12);
    assert_int_equal(r->held_back, 3);
    assert_true(r->lag_seconds == 9);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void partitions_that_were_taken_away_disappear(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);

    for (int32_t i = 0; i < 4; i++)
        set_row(metrics_partition_add(w, i), 0, 1, 1, -1);
    metrics_partitions_clear(w);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->n_partitions, 0);
    assert_int_equal(r->lag_records, 0);
    metrics_reading_free(&r);
    /* Nothing of the former owner of a row is left in it. */
    metrics_partition_add(w, 9);
    r = metrics_read(m, NOW_MS);
    assert_int_equal(r->n_partitions, 1);
    assert_int_equal(r->partitions[0].partition, 9);
    assert_int_equal(r->partitions[0].committed, -1);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void more_partitions_than_there_are_rows_do_no_harm(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct worker_metrics *w = metrics_worker(m, 0);

    for (int32_t i = 0; i < METRIC_PARTITIONS + 10; i++)
        set_row(metrics_partition_add(w, i), 0, 1, 1, -1);
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->n_partitions, METRIC_PARTITIONS);
    metrics_reading_free(&r);
    metrics_free(&m);
}

struct rebalancing {
    struct worker_metrics *w;
    _Atomic int rounds;
    _Atomic bool stop;
};

/* Rows go from owner to owner, at the ends of cache lines, too; partition p
 * always has p * 1000 committed. */
static void *rebalance(void *opaque)
{
    enum { ROWS = 8 };
    struct rebalancing *r = opaque;

    for (int32_t p = 1; !r->stop; p = p % 100 + ROWS) {
        for (int32_t i = p; i < p + ROWS; i++)
            metrics_store(&metrics_partition_add(r->w, i)->committed, i * 1000);
        metrics_partitions_clear(r->w);
        r->rounds++;
    }
    return NULL;
}

static void a_scrape_never_mixes_two_partitions(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct rebalancing r = {.w = metrics_worker(m, 0)};
    pthread_t thread;

    pthread_create(&thread, NULL, rebalance, &r);
    bool mixed = false;
    for (int i = 0; i < 2000 || r.rounds < 5000; i++) {
        struct metrics_reading *reading = metrics_read(m, NOW_MS);
        for (size_t j = 0; j < reading->n_partitions; j++) {
            const struct metrics_partition *p = &reading->partitions[j];
            mixed = mixed ||
                    (p->committed != -1 && p->committed != p->partition * 1000);
        }
        metrics_reading_free(&reading);
    }
    r.stop = true;
    pthread_join(thread, NULL);
    assert_false(mixed);
    metrics_free(&m);
}

static void rows_that_are_changing_hands_are_left_out(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(2);

    metrics_partition_add(metrics_worker(m, 0), 0);
    metrics_partition_add(metrics_worker(m, 1), 1);
    metrics_worker(m, 0)->assignment++; /* as in the midst of a rebalance */
    struct metrics_reading *r = metrics_read(m, NOW_MS);
    assert_int_equal(r->n_partitions, 1);
    assert_int_equal(r->partitions[0].partition, 1);
    metrics_reading_free(&r);
    metrics_free(&m);
}

/* -------------------------------------------------- catalogue, rates, table */

static void the_catalogue_is_shown_as_it_was_set(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct metrics_reading *r = metrics_read(m, NOW_MS);

    assert_string_equal(r->catalogue.version, "");
    assert_int_equal(r->catalogue.loaded_ms, 0);
    metrics_reading_free(&r);
    metrics_catalogue_load(m, METRIC_LOAD_REFUSED);
    metrics_catalogue_live(m, "42+1f3a9c07", 42, 1000, NOW_MS);
    metrics_catalogue_current(m, NOW_MS + 1);
    r = metrics_read(m, NOW_MS);
    assert_string_equal(r->catalogue.version, "42+1f3a9c07");
    assert_int_equal(r->catalogue.number, 42);
    assert_int_equal(r->catalogue.routes, 1000);
    assert_int_equal(r->catalogue.loaded_ms, NOW_MS);
    assert_int_equal(r->catalogue.confirmed_ms, NOW_MS + 1);
    assert_int_equal(r->catalogue.loads[METRIC_LOAD_REFUSED], 1);
    assert_int_equal(r->catalogue.loads[METRIC_LOAD_ACCEPTED], 0);
    metrics_reading_free(&r);
    metrics_free(&m);
}

static void the_calendars_are_those_that_were_set_last(void **state)
{
    (void)state;
    const struct metric_calendar first[] = {{1000, "china"}, {2000, "boston"}};
    struct metric_calendar read[METRIC_CALENDARS];
    struct metrics *m = metrics_new(1);

    assert_int_equal(metrics_calendars(m, read), 0);
    metrics_calendars_set(m, first, 2);
    assert_int_equal(metrics_calendars(m, read), 2);
    assert_string_equal(read[1].id, "boston");
    assert_int_equal(read[1].runs_out_ms, 2000);
    metrics_calendars_set(m, first, 1);
    assert_int_equal(metrics_calendars(m, read), 1);
    assert_string_equal(read[0].id, "china");
    metrics_free(&m);
}

/* `per_second` tickets in each of `seconds` seconds; the clock goes on. */
static void run_for(struct metrics *m, int64_t *now_ms, int seconds,
                    int per_second)
{
    struct worker_metrics *w = metrics_worker(m, 0);

    for (int i = 0; i < seconds; i++) {
        for (int j = 0; j < per_second; j++)
            metrics_count_now(w, METRIC_TICKETS, 10);
        *now_ms += 1000;
        metrics_tick(m, *now_ms);
    }
}

static bool is_near(double value, double expected)
{
    return value > expected - 0.2 && value < expected + 0.2;
}

static void rates_run_over_1_5_and_15_minutes(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct metrics_rates rates;
    int64_t now_ms = NOW_MS;

    metrics_rates(m, &rates);
    assert_true(rates.per_second[METRICS_RATE_TICKETS][0] == 0);
    metrics_tick(m, now_ms);
    run_for(m, &now_ms, 30, 10); /* younger than each window */
    metrics_rates(m, &rates);
    for (int i = 0; i < METRICS_WINDOWS; i++)
        assert_true(is_near(rates.per_second[METRICS_RATE_TICKETS][i], 10));
    run_for(m, &now_ms, 1000, 0);
    run_for(m, &now_ms, 60, 30);
    metrics_rates(m, &rates);
    assert_true(is_near(rates.per_second[METRICS_RATE_TICKETS][0], 30));
    assert_true(is_near(rates.per_second[METRICS_RATE_TICKETS][1], 6));
    assert_true(is_near(rates.per_second[METRICS_RATE_TICKETS][2], 2));
    assert_true(rates.per_second[METRICS_RATE_DEADLINES][0] == 0);
    metrics_free(&m);
}

static void a_clock_that_is_set_back_does_no_harm(void **state)
{
    (void)state;
    struct metrics *m = metrics_new(1);
    struct metrics_rates rates;
    int64_t now_ms = NOW_MS;

    metrics_tick(m, now_ms);
    run_for(m, &now_ms, 60, 10);
    now_ms -= 3600000;
    run_for(m, &now_ms, 30, 10);
    metrics_rates(m, &rates);
    for (int i = 0; i < METRICS_WINDOWS; i++)
        assert_true(is_near(rates.per_second[METRICS_RATE_TICKETS][i], 10));
    metrics_free(&m);
}

static void labels_are_the_names_of_the_contract(void **state)
{
    (void)state;
    static const struct {
        enum metric_counter counter;
        unsigned label;
        const char *text;
    } cases[] = {
        {METRIC_TICKETS, 0, NULL},
        {METRIC_TICKETS, 9, NULL},
        {METRIC_TICKETS, 10, "created"},
        {METRIC_TICKETS, 25, "updated"},
        {METRIC_TICKETS, 26, NULL},
        {METRIC_ASSIGNMENTS, 0, NULL},
        {METRIC_ASSIGNMENTS, 1, "assigned"},
        {METRIC_ASSIGNMENTS, 10, "closed"},
        {METRIC_ASSIGNMENTS, 11, NULL},
        {METRIC_DEADLINES, 1, "scheduled"},
        {METRIC_DEADLINES, 9, "cancelled"},
        {METRIC_DEAD_LETTERS, REJECT_NONE, NULL},
        {METRIC_DEAD_LETTERS, REJECT_TOMBSTONE, "tombstone"},
        {METRIC_DEAD_LETTERS, REJECT_COUNT, NULL},
        {METRIC_COMMITS, 0, ""},
        {METRIC_COMMITS, 1, NULL},
        {METRIC_ABORTS, METRIC_ABORT_OFFSETS, "send_offsets"},
        {METRIC_ABORTS, METRIC_ABORT_COUNT, NULL},
        {METRIC_REBALANCES, METRIC_REBALANCE_LOST, "lost"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *label = metric_label(cases[i].counter, cases[i].label);
        if (cases[i].text == NULL)
            assert_null(label);
        else
            assert_string_equal(label, cases[i].text);
    }
}

static void every_name_follows_the_conventions(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_ID_COUNT; i++) {
        const struct metric_family *f = metric_family((enum metric_id)i);
        size_t size = strlen(f->name);
        bool total = size > 6 && strcmp(f->name + size - 6, "_total") == 0;
        assert_int_equal(total, f->type == METRIC_COUNTER);
        assert_true(strncmp(f->name, "dispatcher_", 11) == 0 ||
                    strncmp(f->name, "process_", 8) == 0);
        assert_int_equal(f->help[strlen(f->help) - 1], '.');
        for (int j = 0; j < i; j++)
            assert_string_not_equal(f->name,
                                    metric_family((enum metric_id)j)->name);
    }
}

static void buckets_rise(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_HISTOGRAMS; i++) {
        const struct metric_buckets *b =
            metric_buckets((enum metric_histogram)i);
        assert_in_range(b->n, 1, METRIC_BUCKETS);
        for (size_t j = 1; j < b->n; j++)
            assert_true(b->bounds[j] > b->bounds[j - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_a_transaction_counts_at_its_commit),
        cmocka_unit_test(an_aborted_transaction_leaves_only_its_reason),
        cmocka_unit_test(what_is_outside_transactions_counts_at_once),
        cmocka_unit_test(a_timer_becomes_overdue_without_its_worker),
        cmocka_unit_test(histograms_count_in_the_unit_of_their_name),
        cmocka_unit_test(a_value_at_a_bound_lies_within_it),
        cmocka_unit_test(lag_is_stable_end_less_committed_and_never_negative),
        cmocka_unit_test(sums_run_over_the_workers_and_age_is_the_oldest),
        cmocka_unit_test(partitions_that_were_taken_away_disappear),
        cmocka_unit_test(more_partitions_than_there_are_rows_do_no_harm),
        cmocka_unit_test(a_scrape_never_mixes_two_partitions),
        cmocka_unit_test(rows_that_are_changing_hands_are_left_out),
        cmocka_unit_test(the_catalogue_is_shown_as_it_was_set),
        cmocka_unit_test(the_calendars_are_those_that_were_set_last),
        cmocka_unit_test(rates_run_over_1_5_and_15_minutes),
        cmocka_unit_test(a_clock_that_is_set_back_does_no_harm),
        cmocka_unit_test(labels_are_the_names_of_the_contract),
        cmocka_unit_test(every_name_follows_the_conventions),
        cmocka_unit_test(buckets_rise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
