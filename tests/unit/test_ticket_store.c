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

enum { IDS = 300, TRANSACTIONS = 2000, CHANGES = 40 };

/* What a ticket should be: version 0 is none. */
struct model {
    unsigned version;
    int64_t due_at;
};

static struct ticket_entry entry_of(unsigned id, const struct model *m,
                                    char text[2][32])
{
    int id_size = snprintf(text[0], sizeof text[0], "ticket-%u", id);
    int size = snprintf(text[1], sizeof text[1], "%.*s%u", m->version % 9,
                        "xxxxxxxxx", m->version);

    return (struct ticket_entry){.id = text[0],
                                 .id_size = (size_t)id_size,
                                 .value = text[1],
                                 .value_size = (size_t)size,
                                 .due_at = m->due_at};
}

static void assert_same(const struct ticket_store *s, const struct model *m)
{
    size_t n = 0, cursor = 0;
    int64_t first = TICKET_NEVER;
    struct ticket_entry got;

    for (unsigned id = 0; id < IDS; id++) {
        char text[2][32];
        struct ticket_entry want = entry_of(id, &m[id], text);
        bool there = ticket_store_get(s, want.id, want.id_size, &got);

        assert_int_equal(there, m[id].version > 0);
        if (!there)
            continue;
        n++;
        assert_int_equal(got.value_size, want.value_size);
        assert_memory_equal(got.value, want.value, want.value_size);
        assert_int_equal(got.due_at, want.due_at);
        if (m[id].due_at < first)
            first = m[id].due_at;
    }
    assert_int_equal(ticket_store_count(s), n);
    assert_int_equal(ticket_store_next_due(s, &got), first != TICKET_NEVER);
    if (first != TICKET_NEVER)
        assert_int_equal(got.due_at, first);
    while (ticket_store_each(s, &cursor, &got))
        n--;
    assert_int_equal(n, 0);
}

static void change(struct ticket_store *s, struct model *m, unsigned version)
{
    unsigned id = (unsigned)rand() % IDS;
    char text[2][32];
    struct ticket_entry entry;

    m[id].version = rand() % 4 ? version : 0;
    m[id].due_at = rand() % 3 ? rand() % 1000 : TICKET_NEVER;
    entry = entry_of(id, &m[id], text);
    if (m[id].version)
        ticket_store_put(s, &entry);
    else
        ticket_store_remove(s, entry.id, entry.id_size);
}

static void transactions_are_kept_whole_or_undone_whole(void **state)
{
    struct ticket_store *s = ticket_store_new();
    struct model now[IDS] = {{0}}, before[IDS];

    (void)state;
    srand(20191107);
    for (unsigned t = 1; t <= TRANSACTIONS; t++) {
        int changes = rand() % CHANGES;

        memcpy(before, now, sizeof now);
        for (int i = 0; i < changes; i++)
            change(s, now, t);
        assert_same(s, now);
        if (rand() % 2) {
            ticket_store_commit(s);
        } else {
            ticket_store_abort(s);
            memcpy(now, before, sizeof now);
        }
        assert_same(s, now);
    }
    ticket_store_free(&s);
    assert_null(s);
}

static void the_next_due_ticket_comes_in_order_of_time(void **state)
{
    struct ticket_store *s = ticket_store_new();
    struct ticket_entry got;
    int64_t last = -1;

    (void)state;
    srand(7);
    for (unsigned id = 0; id < 5000; id++) {
        char text[2][32];
        const struct model m = {.version = 1, .due_at = rand() % 100000};
        struct ticket_entry entry = entry_of(id, &m, text);

        ticket_store_put(s, &entry);
    }
    ticket_store_commit(s);
    for (unsigned n = 0; ticket_store_next_due(s, &got); n++) {
        char id[32];

        assert_true(got.due_at >= last);
        last = got.due_at;
        memcpy(id, got.id, got.id_size);
        ticket_store_remove(s, id, got.id_size);
    }
    assert_int_equal(ticket_store_count(s), 0);
    ticket_store_commit(s);
    ticket_store_free(&s);
}

static void a_ticket_costs_its_bytes_and_at_most_160_more(void **state)
{
    enum { N = 200000 };
    struct ticket_store *s = ticket_store_new();
    size_t bytes = 0;

    (void)state;
    for (unsigned id = 0; id < N; id++) {
        char text[2][32];
        const struct model m = {.version = 1 + id, .due_at = id};
        struct ticket_entry entry = entry_of(id, &m, text);

        ticket_store_put(s, &entry);
        if (id % 1000 == 0)
            ticket_store_commit(s);
        bytes += entry.value_size;
    }
    ticket_store_commit(s);
    /* 16 bytes a block are the allocator's. */
    assert_in_range((ticket_store_memory(s) - bytes) / N + 16, 1, 160);
    ticket_store_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transactions_are_kept_whole_or_undone_whole),
        cmocka_unit_test(the_next_due_ticket_comes_in_order_of_time),
        cmocka_unit_test(a_ticket_costs_its_bytes_and_at_most_160_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
