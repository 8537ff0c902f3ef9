/*
 * Memory while tickets come, grow, shrink and go: it must stay bounded, and
 * be given back when nearly all are gone.
 */
#include "bench_store.h"

/* --------------------------------------------------------- coming and going */

/* Where each of the tickets is in its life. */
struct crowd {
    uint32_t *numbers;
    uint8_t *stages;
    size_t n;
    uint32_t next;
};

static void crowd_put(struct bench *b, struct crowd *c, size_t i)
{
    b->packed += size_of(b, c->numbers[i], (enum life_stage)c->stages[i]);
    put(b, c->numbers[i], (enum life_stage)c->stages[i], next_due(b));
}

static void crowd_enter(struct bench *b, struct crowd *c, size_t i)
{
    c->numbers[i] = c->next++;
    c->stages[i] = LIFE_CREATED;
    crowd_put(b, c, i);
}

static void crowd_leave(struct bench *b, const struct crowd *c, size_t i)
{
    b->packed -= size_of(b, c->numbers[i], (enum life_stage)c->stages[i]);
}

/* One step of one life; behind the end the next one begins. */
static void crowd_step(struct bench *b, struct crowd *c)
{
    size_t i = pick(b, c->n);

    crowd_leave(b, c, i);
    if (++c->stages[i] < LIFE_STAGES) {
        crowd_put(b, c, i);
        return;
    }
    drop(b, c->numbers[i]);
    crowd_enter(b, c, i);
}

static struct crowd crowd_new(struct bench *b, size_t n)
{
    struct crowd c = {.numbers = malloc(3 * n * sizeof(uint32_t)),
                      .stages = calloc(3 * n, 1)};

    if (!c.numbers || !c.stages)
        life_fail_bench("crowd", "no memory");
    memset(c.numbers, 1, 3 * n * sizeof(uint32_t));
    memset(c.stages, 1, 3 * n);
    b->base = resident();
    for (; c.n < n; c.n++) {
        crowd_enter(b, &c, c.n);
        if (c.n % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    return c;
}

static void print_crowd(const struct bench *b, const struct crowd *c,
                        const char *when)
{
    size_t now = resident();

    printf("  %-26s %8.1f MB, %.1f of them states, overhead %.1f bytes\n", when,
           ((double)now - (double)b->base) / 1e6, (double)b->packed / 1e6,
           overhead(b, now, c->n));
}

static void churn(struct bench *b, struct crowd *c, size_t steps)
{
    struct watch w = {0};
    double worst = 0;
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < steps; i++) {
        watch(&w, i);
        crowd_step(b, c);
        if (i % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
        if (i % (100 * COMMIT_EVERY) != 0)
            continue;
        double now = overhead(b, resident(), c->n);
        worst = now > worst ? now : worst;
    }
    ticket_store_commit(b->store);
    print_time("a step", cpu_ns() - begin, steps);
    print_longest("longest 32", &w);
    printf("  %-26s %8.1f bytes\n", "overhead at its worst", worst);
}

/* Twice as many more come, and nearly all go. */
static void burst(struct bench *b, struct crowd *c)
{
    size_t many = 3 * c->n, few = c->n / 4;

    for (; c->n < many; c->n++) {
        crowd_enter(b, c, c->n);
        if (c->n % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    print_crowd(b, c, "three times as many");
    while (c->n > few) {
        size_t i = pick(b, c->n);

        crowd_leave(b, c, i);
        drop(b, c->numbers[i]);
        c->n--;
        c->numbers[i] = c->numbers[c->n];
        c->stages[i] = c->stages[c->n];
        if (c->n % COMMIT_EVERY == 0)
            ticket_store_commit(b->store);
    }
    ticket_store_commit(b->store);
    print_crowd(b, c, "one in twelve is left");
}

static void come_and_go(struct bench *b)
{
    struct crowd c = crowd_new(b, b->n);
    size_t steps = b->n < 1000000 ? 5 * b->n : 5000000;

    printf("%zu tickets that come and go\n", c.n);
    print_crowd(b, &c, "at first");
    for (int i = 0; i < 4; i++) {
        churn(b, &c, steps);
        print_crowd(b, &c, "then");
    }
    burst(b, &c);
    free(c.numbers);
    free(c.stages);
}

/* --------------------------------------------------------------------- main */

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;

    scenario_run(
        (struct scenario){.run = come_and_go, .n = quick ? 100000 : 1000000});
    return 0;
}
