/*
 * Records of the state, loaded while more of them come.
 */
#include "loader.h"
#include "tickets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ANY DISPATCH__V1__TICKET_STATUS__TICKET_STATUS_UNSPECIFIED

enum { PARTITIONS = 6, ID_SIZE = 16, TICKETS = 60000 };

/* Tags: version 08, status 10. */
static const char open_ticket[] = "\x08\x01\x10\x01";
static const char later_version[] = "\x08\x02\x10\x01";

struct city {
    struct partitions partitions;
    struct loader *loader;
    char (*ids)[ID_SIZE];
};

static struct owned *owned(struct city *c, int32_t partition)
{
    return partitions_find(&c->partitions, partition);
}

static int set_up(void **state)
{
    const int32_t ids[PARTITIONS] = {0, 1, 2, 3, 4, 5};
    struct city *c = calloc(1, sizeof *c);

    c->ids = calloc(TICKETS, sizeof *c->ids);
    for (int i = 0; i < TICKETS; i++)
        snprintf(c->ids[i], ID_SIZE, "T%d", i);
    partitions_set(&c->partitions, ids, PARTITIONS);
    for (int i = 0; i < PARTITIONS; i++)
        owned(c, i)->tickets = tickets_new();
    c->loader = loader_new(&c->partitions);
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    struct city *c = *state;

    loader_free(&c->loader);
    loader_free(&c->loader);
    partitions_deinit(&c->partitions);
    free(c->ids);
    free(c);
    return 0;
}

static void add(struct city *c, int32_t partition, int64_t offset,
                const char *id, const char *value)
{
    struct record rec = {
        .topic = CONSUMER_STATE,
        .partition = partition,
        .offset = offset,
        .key = id,
        .key_size = strlen(id),
        .value = value,
        .value_size = value ? 4 : 0,
    };

    loader_add(c->loader, &rec);
    assert_null(rec.key);
}

static size_t count(struct city *c, int32_t partition)
{
    return tickets_count(owned(c, partition)->tickets, ANY);
}

/* As they come: runs of one partition, of whatever length. */
static void all_that_was_added_is_loaded(void **state)
{
    struct city *c = *state;
    struct loader_refusal refusal;
    int64_t offsets[PARTITIONS] = {0};
    size_t n[PARTITIONS] = {0};

    for (int i = 0; i < TICKETS; i++) {
        int partition = (i / 700 + i / 1300) % PARTITIONS;

        add(c, partition, offsets[partition]++, c->ids[i], open_ticket);
        n[partition]++;
        if (i % 17000 == 16999)
            assert_true(loader_settle(c->loader, &refusal));
    }
    assert_true(loader_settle(c->loader, &refusal));
    for (int i = 0; i < PARTITIONS; i++) {
        assert_int_equal(count(c, i), n[i]);
        assert_int_equal(owned(c, i)->n_restored, n[i]);
        assert_int_equal(owned(c, i)->restored, offsets[i]);
    }
    assert_true(loader_settle(c->loader, &refusal)); /* nothing is left */
}

static void the_last_record_of_a_ticket_counts(void **state)
{
    struct city *c = *state;
    struct loader_refusal refusal;

    for (int i = 0; i < 3000; i++)
        add(c, 0, i, c->ids[i], open_ticket);
    for (int i = 0; i < 2999; i++)
        add(c, 0, 3000 + i, c->ids[i], NULL);
    assert_true(loader_settle(c->loader, &refusal));
    assert_int_equal(count(c, 0), 1);
    assert_int_equal(owned(c, 0)->restored, 5999);
}

static void nothing_behind_a_record_that_is_refused_is_loaded(void **state)
{
    struct city *c = *state;
    struct loader_refusal refusal;

    add(c, 3, 100, c->ids[0], open_ticket);
    add(c, 3, 101, c->ids[1], later_version);
    for (int i = 2; i < 5000; i++)
        add(c, i % PARTITIONS, 100 + i, c->ids[i], open_ticket);
    assert_false(loader_settle(c->loader, &refusal));
    assert_int_equal(refusal.partition, 3);
    assert_int_equal(refusal.offset, 101);
    assert_int_equal(refusal.status, STATUS_FATAL);
    for (int i = 0; i < PARTITIONS; i++)
        assert_int_equal(count(c, i), i == 3);
    assert_int_equal(owned(c, 3)->restored, 101); /* where it is read again */
}

static void records_of_other_partitions_are_dropped(void **state)
{
    struct city *c = *state;
    struct loader_refusal refusal;

    owned(c, 1)->ready = true;
    add(c, 1, 0, c->ids[0], open_ticket);
    add(c, 99, 0, c->ids[1], later_version);
    add(c, 2, 0, c->ids[2], open_ticket);
    assert_true(loader_settle(c->loader, &refusal));
    assert_int_equal(count(c, 1), 0);
    assert_int_equal(count(c, 2), 1);
    owned(c, 1)->ready = false;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_that_was_added_is_loaded),
        TEST(the_last_record_of_a_ticket_counts),
        TEST(nothing_behind_a_record_that_is_refused_is_loaded),
        TEST(records_of_other_partitions_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
