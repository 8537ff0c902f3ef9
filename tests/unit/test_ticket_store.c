/*
 * The store of tickets against a plain table, over random transactions.
 */
#include "ticket_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FEW = 300, MANY = 20000, VALUE_MAX = 40000 };

/* What a ticket should be: version 0 is none. */
struct model {
    unsigned version;
    unsigned size;
    int64_t due_at;
};

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* The entry that the model says; its id is in `id`, its value static. */
static struct ticket_entry entry_of(unsigned number, const struct model *m,
                                    char id[32])
{
    static char value[VALUE_MAX];
    int id_size = snprintf(id, 32, "ticket-%u", number);

    memset(value, (int)(m->version % 251), m->size);
    if (m->size >= sizeof(number)) /* no other ticket has this value */
        memcpy(value, &number, sizeof(number));
    return (struct ticket_entry){.id = id,
                                 .id_size = (size_t)id_size,
                                 .value = value,
                                 .value_size = m->size,
                                 .due_at = m->due_at,
                                 .group = m->version % TICKET_GROUPS};
}

static void assert_entry(const struct ticket_entry *got,
                         const struct ticket_entry *want)
{
    assert_int_equal(got->id_size, want->id_size);
    assert_memory_equal(got->id, want->id, want->id_size);
    assert_int_equal(got->value_size, want->value_size);
    if (want->value_size)
        assert_memory_equal(got->value, want->value, want->value_size);
    assert_int_equal(got->due_at, want->due_at);
    assert_int_equal(got->group, want->group);
}

static void assert_counts(const struct ticket_store *s, const size_t *groups,
                          int64_t first)
{
    size_t n = 0, cursor = 0;
    struct ticket_entry got;

    for (unsigned i = 0; i < TICKET_GROUPS; i++) {
        assert_int_equal(ticket_store_count_group(s, i), groups[i]);
        n += groups[i];
    }
    assert_int_equal(ticket_store_count(s), n);
    assert_int_equal(ticket_store_next_due(s, &got), first != TICKET_NEVER);
    if (first != TICKET_NEVER)
        assert_int_equal(got.due_at, first);
    while (ticket_store_each(s, &cursor, &got))
        n--;
    assert_int_equal(n, 0);
}

static void assert_same(const struct ticket_store *s, const struct model *m,
                        unsigned ids)
{
    int64_t first = TICKET_NEVER;
    size_t groups[TICKET_GROUPS] = {0};

    for (unsigned number = 0; number < ids; number++) {
        char id[32];
        struct ticket_entry want = entry_of(number, &m[number], id);
        struct ticket_entry got;
        bool there = ticket_store_get(s, want.id, want.id_size, &got);

        assert_int_equal(there, m[number].version > 0);
        if (!there)
            continue;
        assert_entry(&got, &want);
        groups[got.group]++;
        if (want.due_at < first)
            first = want.due_at;
    }
    assert_counts(s, groups, first);
}

/* Sizes about which something changes come more often. */
static unsigned random_size(void)
{
    static const unsigned edges[] = {0, 32, 64, 928, 4096, 32768};

    switch (pick(8)) {
    case 0:
        return edges[pick(6)] + pick(64);
    case 1:
        return pick(40) ? pick(3000) : pick(VALUE_MAX);
    default:
        return 40 + pick(60);
    }
}

static void change(struct ticket_store *s, struct model *m, unsigned number,
                   unsigned version)
{
    char id[32];
    struct ticket_entry entry;

    m[number].version = pick(4) ? version : 0;
    m[number].due_at = pick(3) ? (int64_t)pick(1000) : TICKET_NEVER;
    m[number].size = pick(3) ? random_size() : m[number].size;
    entry = entry_of(number, &m[number], id);
    if (m[number].version)
        ticket_store_put(s, &entry);
    else
        ticket_store_remove(s, entry.id, entry.id_size);
}

/* As what is put off: the entry is the store's own. */
static void put_off(struct ticket_store *s, struct model *m, unsigned number)
{
    char id[32];
    struct ticket_entry entry = entry_of(number, &m[number], id);

    if (!ticket_store_get(s, entry.id, entry.id_size, &entry))
        return;
    m[number].due_at = entry.due_at = (int64_t)pick(1000);
    ticket_store_put(s, &entry);
}

/* One ticket several times in one transaction. */
static void change_again(struct ticket_store *s, struct model *m, unsigned ids,
                         unsigned version)
{
    unsigned number = pick(ids);

    for (unsigned n = pick(4); n-- > 0;)
        change(s, m, number, version + n);
    if (pick(4) == 0)
        put_off(s, m, number);
}

/* What no transaction is about. */
static void load(struct ticket_store *s, struct model *m, unsigned number,
                 unsigned version)
{
    char id[32];
    struct ticket_entry entry;

    m[number] = (struct model){pick(4) ? version : 0, random_size(),
                               (int64_t)pick(1000)};
    entry = entry_of(number, &m[number], id);
    if (m[number].version)
        ticket_store_load(s, &entry);
    else
        ticket_store_unload(s, entry.id, entry.id_size);
}

static void transactions_are_kept_whole_or_undone_whole(void **state)
{
    struct ticket_store *s = ticket_store_new();
    static struct model now[FEW], before[FEW];

    (void)state;
    seed = 20191107;
    for (unsigned t = 1; t <= 1500; t++) {
        memcpy(before, now, sizeof(now));
        for (unsigned n = pick(40); n-- > 0;)
            change_again(s, now, FEW, t);
        if (t % 10 == 0)
            assert_same(s, now, FEW);
        if (pick(2)) {
            ticket_store_commit(s);
        } else {
            ticket_store_abort(s);
            memcpy(now, before, sizeof(now));
        }
        if (pick(5) == 0)
            load(s, now, pick(FEW), t);
        assert_same(s, now, FEW);
    }
    ticket_store_free(&s);
    assert_null(s);
}

/* Adds nearly all, or removes all but a few that change: the index splits and
 * joins, pieces come and go, also in transactions that are undone. */
static void change_nearly_all(struct ticket_store *s, struct model *m,
                              unsigned version, bool add)
{
    for (unsigned number = 0; number < MANY; number++) {
        char id[32];
        struct ticket_entry entry;

        if (add && pick(50) == 0)
            continue;
        m[number].version = add || pick(50) == 0 ? version : 0;
        m[number].size = pick(200);
        m[number].due_at = (int64_t)pick(1u << 20);
        entry = entry_of(number, &m[number], id);
        if (m[number].version)
            ticket_store_put(s, &entry);
        else
            ticket_store_remove(s, entry.id, entry.id_size);
    }
}

static void growing_and_shrinking_can_be_undone(void **state)
{
    static const bool steps[][2] = {
        /* add, commit */
        {true, false}, {true, true},  {false, false}, {true, false},
        {false, true}, {true, false}, {true, true},   {false, true},
    };
    struct ticket_store *s = ticket_store_new();
    static struct model now[MANY], before[MANY];

    (void)state;
    seed = 1;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        memcpy(before, now, sizeof(now));
        change_nearly_all(s, now, i + 1, steps[i][0]);
        if (steps[i][1]) {
            ticket_store_commit(s);
        } else {
            ticket_store_abort(s);
            memcpy(now, before, sizeof(now));
        }
        assert_same(s, now, MANY);
    }
    ticket_store_free(&s);
}

static void the_next_due_ticket_comes_in_order_of_time(void **state)
{
    struct ticket_store *s = ticket_store_new();
    struct ticket_entry got;
    int64_t last = -1;

    (void)state;
    seed = 7;
    for (unsigned number = 0; number < MANY; number++) {
        char id[32];
        const struct model m = {1, 5, (int64_t)pick(100000)};
        struct ticket_entry entry = entry_of(number, &m, id);

        ticket_store_put(s, &entry);
    }
    ticket_store_commit(s);
    for (unsigned n = 0; ticket_store_next_due(s, &got); n++) {
        char id[32];

        assert_true(got.due_at >= last);
        last = got.due_at;
        memcpy(id, got.id, got.id_size);
        ticket_store_remove(s, id, got.id_size);
        if (n % 100 == 0)
            ticket_store_commit(s);
    }
    assert_int_equal(ticket_store_count(s), 0);
    ticket_store_free(&s);
}

/* ---------------------------------------------------------- looking at all */

/* Tickets that were removed for good, or are new, need not be seen. */
struct watch {
    bool stays[MANY];
    bool seen[MANY];
};

static void see_some(const struct ticket_store *s, size_t *cursor, bool *more,
                     struct watch *w)
{
    struct ticket_entry got;

    for (unsigned n = 1 + pick(100); n-- > 0 && *more;) {
        char id[32] = "";

        *more = ticket_store_each(s, cursor, &got);
        if (!*more)
            break;
        memcpy(id, got.id, got.id_size);
        w->seen[strtoul(id + strlen("ticket-"), NULL, 10)] = true;
    }
}

static void come_and_go(struct ticket_store *s, struct model *m,
                        struct watch *w)
{
    bool commits = pick(3) > 0;
    static struct model before[MANY];

    memcpy(before, m, sizeof(before));
    for (unsigned n = pick(pick(9) ? 200 : MANY / 4); n-- > 0;) {
        unsigned number = pick(MANY);

        change(s, m, number, 1);
        if (!m[number].version && commits)
            w->stays[number] = false;
    }
    if (commits) {
        ticket_store_commit(s);
    } else {
        ticket_store_abort(s);
        memcpy(m, before, sizeof(before));
    }
}

static void each_ticket_that_stays_is_looked_at(void **state)
{
    static struct model m[MANY];
    static struct watch w;
    struct ticket_store *s = ticket_store_new();

    (void)state;
    seed = 42;
    change_nearly_all(s, m, 1, true);
    ticket_store_commit(s);
    for (int round = 0; round < 5; round++) {
        size_t cursor = 0;
        bool more = true;

        for (unsigned number = 0; number < MANY; number++) {
            w.stays[number] = m[number].version > 0;
            w.seen[number] = false;
        }
        while (more) {
            see_some(s, &cursor, &more, &w);
            come_and_go(s, m, &w);
        }
        for (unsigned number = 0; number < MANY; number++)
            assert_true(w.seen[number] || !w.stays[number]);
    }
    ticket_store_free(&s);
}

static void looking_at_all_ends_when_the_others_are_gone(void **state)
{
    static struct model m[MANY];
    struct ticket_store *s = ticket_store_new();
    struct ticket_entry got;
    size_t cursor = 0;

    (void)state;
    change_nearly_all(s, m, 1, true);
    ticket_store_commit(s);
    assert_true(ticket_store_each(s, &cursor, &got));
    for (unsigned number = 0; number < MANY; number++) {
        char id[32];
        struct ticket_entry entry = entry_of(number, &m[number], id);

        ticket_store_remove(s, entry.id, entry.id_size);
    }
    assert_false(ticket_store_each(s, &cursor, &got));
    ticket_store_commit(s);
    assert_false(ticket_store_each(s, &cursor, &got));
    ticket_store_free(&s);
}

/* ------------------------------------------------------------------- memory */

static void a_ticket_costs_its_bytes_and_at_most_160_more(void **state)
{
    enum { N = 200000 };
    struct ticket_store *s = ticket_store_new();
    size_t bytes = 0;

    (void)state;
    for (unsigned number = 0; number < N; number++) {
        char id[32];
        const struct model m = {1, number % 2000, number};
        struct ticket_entry entry = entry_of(number, &m, id);

        ticket_store_load(s, &entry);
        bytes += entry.value_size;
        if (number > 4000)
            assert_in_range((ticket_store_memory(s) - bytes) / number, 1, 160);
    }
    ticket_store_free(&s);
}

static void memory_goes_back_with_the_tickets(void **state)
{
    struct ticket_store *s = ticket_store_new();
    static struct model m[MANY];
    (void)state;
    change_nearly_all(s, m, 1, true);
    ticket_store_commit(s);
    assert_true(ticket_store_memory(s) > (size_t)MANY * 150);
    for (unsigned number = 0; number < MANY; number++) {
        char id[32];
        struct ticket_entry entry = entry_of(number, &m[number], id);

        ticket_store_remove(s, entry.id, entry.id_size);
        ticket_store_commit(s);
    }
    assert_int_equal(ticket_store_count(s), 0);
    /* What is left are spare pieces. */
    assert_true(ticket_store_memory(s) < 1024 * 1024);
    ticket_store_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_kept_whole_or_undone_whole),
        cmocka_unit_test(growing_and_shrinking_can_be_undone),
        cmocka_unit_test(the_next_due_ticket_comes_in_order_of_time),
        cmocka_unit_test(each_ticket_that_stays_is_looked_at),
        cmocka_unit_test(looking_at_all_ends_when_the_others_are_gone),
        cmocka_unit_test(a_ticket_costs_its_bytes_and_at_most_160_more),
        cmocka_unit_test(memory_goes_back_with_the_tickets),
    };

    return cmocka_run_group_tests_name("ticket_store", tests, NULL, NULL);
}
