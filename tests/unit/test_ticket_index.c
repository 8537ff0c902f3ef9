/*
 * The index of the ticket store, with hashes that ids do not give: all the
 * same, or all on one side.
 */
#include "../../dispatcher/ticket/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

enum { SLOTS = 12000, TABLE = 32 * 1024 };

static uint64_t seed;

static uint32_t pick(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* The hash of each slot, and whether it is in the index. */
struct model {
    uint32_t hashes[SLOTS];
    bool there[SLOTS];
};

static void add(struct index *x, struct model *m, uint32_t slot, uint32_t hash)
{
    m->hashes[slot] = hash;
    m->there[slot] = true;
    index_add(x, hash, slot);
}

static void drop(struct index *x, struct model *m, uint32_t slot)
{
    m->there[slot] = false;
    index_remove(x, m->hashes[slot], slot);
}

/* How many slots a search for the hash finds; each must be one of them. */
static size_t found(const struct index *x, const struct model *m, uint32_t hash)
{
    struct index_search search = {.hash = hash};
    size_t n = 0;

    for (;;) {
        uint32_t slot = index_next(x, &search);

        if (slot == 0)
            return n;
        assert_true(m->there[slot - 1]);
        assert_int_equal(m->hashes[slot - 1], hash);
        n++;
    }
}

static void assert_same(const struct index *x, const struct model *m)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        if (m->there[slot])
            assert_true(found(x, m, m->hashes[slot]) > 0);
        else
            assert_int_equal(found(x, m, m->hashes[slot] ^ 1), 0);
    }
}

static void slots_with_one_hash_are_all_found(void **state)
{
    static struct model m;
    struct index x;
    size_t most;

    (void)state;
    index_init(&x);
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        add(&x, &m, slot, slot % 100 ? 0x80000001 : slot << 16);
    most = x.n_tables;
    assert_int_equal(found(&x, &m, 0x80000001), SLOTS / 100 * 99);
    for (uint32_t slot = 0; slot < SLOTS; slot += 100)
        assert_int_equal(found(&x, &m, slot << 16), 1);
    for (uint32_t slot = 1; slot < SLOTS; slot += 2)
        drop(&x, &m, slot);
    /* The nearest neighbour comes and goes. */
    add(&x, &m, 1, 0x80001001);
    drop(&x, &m, 1);
    assert_int_equal(found(&x, &m, 0x80000001), SLOTS / 100 * 49);
    for (uint32_t slot = 0; slot < SLOTS; slot += 2)
        drop(&x, &m, slot);
    assert_int_equal(found(&x, &m, 0x80000001), 0);
    assert_true(x.n_tables <= most - 3);
    index_deinit(&x);
}

static void a_full_table_is_not_joined_with_an_empty_one(void **state)
{
    enum { UPPER = 3400, LOWER = 1000 };
    static struct model m;
    struct index x;

    (void)state;
    index_init(&x);
    for (uint32_t slot = 0; slot < UPPER; slot++)
        add(&x, &m, slot, 0x80000000 + slot * 9001);
    for (uint32_t slot = UPPER; slot < UPPER + LOWER; slot++)
        add(&x, &m, slot, slot * 9001);
    assert_int_equal(x.n_tables, 2);
    for (uint32_t slot = UPPER; slot < UPPER + LOWER; slot++)
        drop(&x, &m, slot);
    assert_int_equal(x.n_tables, 2);
    for (uint32_t slot = 0; slot < UPPER; slot++)
        assert_int_equal(found(&x, &m, m.hashes[slot]), 1);
    for (uint32_t slot = 0; slot < UPPER; slot++)
        drop(&x, &m, slot);
    assert_int_equal(x.n_tables, 1);
    index_deinit(&x);
}

/* The slots keep their hashes and get other numbers. */
static void renumber(struct index *x, struct model *m)
{
    uint32_t from = pick(SLOTS), to = pick(SLOTS);

    if (!m->there[from] || m->there[to])
        return;
    m->there[from] = false;
    m->there[to] = true;
    m->hashes[to] = m->hashes[from];
    index_renumber(x, m->hashes[from], from, to);
}

static void random_changes(struct index *x, struct model *m, uint32_t percent)
{
    for (int i = 0; i < 2 * SLOTS; i++) {
        uint32_t slot = pick(SLOTS);

        if (pick(10) == 0)
            renumber(x, m);
        else if (m->there[slot] && pick(100) >= percent)
            drop(x, m, slot);
        else if (!m->there[slot] && pick(100) < percent)
            add(x, m, slot, pick(1u << 31) * 2);
    }
}

static void tables_split_and_join(void **state)
{
    static struct model m;
    struct index x;
    size_t most = 0;

    (void)state;
    seed = 3;
    index_init(&x);
    for (int round = 0; round < 12; round++) {
        random_changes(&x, &m, round % 3 == 2 ? 2 : 95);
        assert_same(&x, &m);
        most = x.n_tables > most ? x.n_tables : most;
        assert_true(index_memory(&x) >= x.n_tables * TABLE);
        if (round % 3 == 2)
            assert_true(x.n_tables <= 2);
    }
    assert_true(most >= 4);
    index_deinit(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_with_one_hash_are_all_found),
        cmocka_unit_test(a_full_table_is_not_joined_with_an_empty_one),
        cmocka_unit_test(tables_split_and_join),
    };

    return cmocka_run_group_tests_name("ticket_index", tests, NULL, NULL);
}
