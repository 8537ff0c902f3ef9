/*
 * What the tickets of a partition cost in memory and time: a million with the
 * states of real lives, then ten million with next to nothing in them.
 *
 *   overhead   resident bytes of the process per ticket, less the packed
 *              states; ids, index, timers and allocator are all in it
 *   longest    the most that 32 operations in a row ever took: growth
 */
#include "bench_store.h"

/* ------------------------------------------------------------------ filling */

static void fill(struct bench *b)
{
    struct watch w = {0};
    double worst = 0;
    size_t worst_at = 0;
    int64_t begin = cpu_ns();

    forget_peak();
    for (size_t i = 0; i < b->n; i++) {
        watch(&w, i);
        put(b, i, open_stage(i), next_due(b));
        b->packed += size_of(b, i, open_stage(i));
        if (i % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
        if (i % SAMPLE_EVERY != 0 || i < b->n / 16)
            continue;
        double now = overhead(b, peak(), i);
        if (now > worst) {
            worst = now;
            worst_at = i;
        }
    }
    ticket_store_commit(b->store);
    printf("%zu tickets of %zu bytes\n", b->n, b->packed / b->n);
    print_time("insert", cpu_ns() - begin, b->n);
    print_longest("longest 32", &w);
    printf("  %-26s %8.1f bytes\n", "overhead", overhead(b, resident(), b->n));
    printf("  %-26s %8.1f bytes, at %zu\n", "overhead at its worst", worst,
           worst_at);
    printf("  %-26s %8.1f bytes\n", "overhead by its own count",
           ((double)ticket_store_memory(b->store) - (double)b->packed) /
               (double)b->n);
}

static void drain(struct bench *b)
{
    struct watch w = {0};
    int64_t begin = cpu_ns();
    size_t step = 7919; /* prime: no order */

    for (size_t i = 0; i < b->n; i++) {
        watch(&w, i);
        drop(b, i * step % b->n);
        if (i % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    print_time("remove", cpu_ns() - begin, b->n);
    print_longest("longest 32", &w);
    printf("  %-26s %8.1f MB\n", "left when all are gone",
           ((double)resident() - (double)b->base) / 1e6);
}

/* --------------------------------------------------------------- operations */

static void look_up(struct bench *b, const char *name, size_t ops, size_t from)
{
    struct ticket_entry got;
    size_t found = 0;
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < ops; i++) {
        char id[ID_SIZE];

        id_of(id, from + pick(b, b->n));
        found += ticket_store_get(b->store, id, ID_SIZE, &got);
    }
    print_time(name, cpu_ns() - begin, ops);
    if (found != (from ? 0 : ops))
        life_fail_bench(name, "not as expected");
}

enum change { REPLACE, SET_TIMER, CANCEL_TIMER };

/* Other bytes, or only another time. */
static void change_one(struct bench *b, enum change change)
{
    size_t number = pick(b, b->n);
    int64_t due = change == CANCEL_TIMER ? TICKET_NEVER : next_due(b);

    put(b, number, open_stage(number), due);
}

static void change_many(struct bench *b, const char *name, size_t ops,
                        enum change change)
{
    struct watch w = {0};
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < ops; i++) {
        watch(&w, i);
        change_one(b, change);
        if (i % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    print_time(name, cpu_ns() - begin, ops);
}

/* What is due comes, and is due again later. */
static void fire(struct bench *b, size_t ops)
{
    struct ticket_entry first;
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < ops; i++) {
        if (!ticket_store_next_due(b->store, &first))
            life_fail_bench("fire", "nothing is due");
        first.due_at = next_due(b);
        ticket_store_put(b->store, &first);
        if (i % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    print_time("next due, put off", cpu_ns() - begin, ops);
}

static void transactions(struct bench *b, size_t changes, size_t times)
{
    int64_t spent[2] = {0}, longest[2] = {0};

    for (size_t i = 0; i < 2 * times; i++) {
        for (size_t j = 0; j < changes; j++)
            change_one(b, REPLACE);
        int64_t begin = cpu_ns();
        if (i % 2)
            ticket_store_abort(b->store);
        else
            ticket_store_commit(b->store);
        int64_t took = cpu_ns() - begin;
        spent[i % 2] += took;
        if (took > longest[i % 2])
            longest[i % 2] = took;
    }
    printf("  %6zu changes: commit %8.1f us (longest %.1f), abort %8.1f us "
           "(longest %.1f)\n",
           changes, (double)spent[0] / 1e3 / (double)times,
           (double)longest[0] / 1e3, (double)spent[1] / 1e3 / (double)times,
           (double)longest[1] / 1e3);
}

static void operations(struct bench *b)
{
    size_t ops = b->n < 1000000 ? b->n : 1000000;

    look_up(b, "look up, there", ops, 0);
    look_up(b, "look up, not there", ops, b->n);
    change_many(b, "replace", ops, REPLACE);
    fire(b, ops);
    change_many(b, "set a timer", ops, SET_TIMER);
    change_many(b, "cancel a timer", ops, CANCEL_TIMER);
    change_many(b, "set it again", 2 * ops, SET_TIMER);
    transactions(b, 1, 2000);
    transactions(b, 100, 100);
    transactions(b, 10000, 10);
}

/* --------------------------------------------------------------------- main */

static void live(struct bench *b)
{
    fill(b);
    operations(b);
    drain(b);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    size_t n = quick ? 100000 : 1000000;

    scenario_run((struct scenario){.run = live, .n = n});
    scenario_run((struct scenario){.run = live, .n = 10 * n, .minimal = true});
    return 0;
}
