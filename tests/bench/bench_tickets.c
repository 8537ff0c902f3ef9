/*
 * Reading tickets back from the state topic, against a loop that only copies
 * the records; and what a step of a ticket's life costs, by kind of event.
 */
#include "bench_store.h"

enum { ROUNDS = 20, AHEAD = 8 };

/* The record of a ticket at a stage, as it lies in the topic. */
static struct ticket_record record_of(const struct bench *b, char id[ID_SIZE],
                                      size_t number, enum life_stage stage)
{
    const struct life_state state = value_of(b, number, stage);

    id_of(id, number);
    return (struct ticket_record){.key = id,
                                  .key_size = ID_SIZE,
                                  .value = state.bytes,
                                  .value_size = state.size};
}

/* Nanoseconds a record of a loop that keeps a copy of each. */
static double copy_all(struct bench *b)
{
    char **copies = malloc(b->n * sizeof(*copies));
    char id[ID_SIZE];

    if (!copies)
        life_fail_bench("copy", "no memory");
    int64_t begin = cpu_ns();
    for (size_t i = 0; i < b->n; i++) {
        struct ticket_record record = record_of(b, id, i, open_stage(i));

        copies[i] = malloc(record.key_size + record.value_size);
        if (!copies[i])
            life_fail_bench("copy", "no memory");
        memcpy(copies[i], record.key, record.key_size);
        memcpy(copies[i] + record.key_size, record.value, record.value_size);
    }
    double ns = (double)(cpu_ns() - begin) / (double)b->n;
    for (size_t i = 0; i < b->n; i++)
        free(copies[i]);
    free(copies);
    return ns;
}

/* As the dispatcher does while it reads tickets back. */
static void expect(const struct bench *b, const struct tickets *t, size_t i)
{
    char id[ID_SIZE];
    const struct ticket_record record = {.key = id, .key_size = ID_SIZE};

    if (i >= b->n)
        return;
    id_of(id, i);
    tickets_expect(t, &record);
}

static double load_all(struct bench *b, struct tickets *t, size_t later)
{
    char id[ID_SIZE];
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < b->n; i++) {
        const struct ticket_record record =
            record_of(b, id, i, open_stage(i + later));

        expect(b, t, i + AHEAD);
        if (tickets_load(t, &record) != STATUS_OK)
            life_fail_bench("load", "refused");
    }
    return (double)(cpu_ns() - begin) / (double)b->n;
}

static double forget_all(struct bench *b, struct tickets *t)
{
    char id[ID_SIZE];
    int64_t begin = cpu_ns();

    for (size_t i = 0; i < b->n; i++) {
        const struct ticket_record record = {.key = id, .key_size = ID_SIZE};

        expect(b, t, i + AHEAD);
        id_of(id, i);
        if (tickets_load(t, &record) != STATUS_OK)
            life_fail_bench("load", "refused");
    }
    return (double)(cpu_ns() - begin) / (double)b->n;
}

/* Copying costs what the pages of the process cost, too: each in its own
 * process. */
static void copy(struct bench *b)
{
    printf("%zu records of the state topic\n", b->n);
    printf("  %-26s %8.0f ns\n", "copy", copy_all(b));
}

static void load(struct bench *b)
{
    struct tickets *t = tickets_new();
    double ns = load_all(b, t, 0);

    printf("  %-26s %8.0f ns, %.2f million/s\n", "load", ns, 1e3 / ns);
    printf("  %-26s %8.0f ns\n", "load a later state",
           load_all(b, t, LIFE_SAMPLES));
    printf("  %-26s %8.0f ns\n", "load a tombstone", forget_all(b, t));
    tickets_free(&t);
}

/* ------------------------------------------------------------------- steps */

static void step(struct bench *b)
{
    static const char *const names[LIFE_SHRUNK] = {
        "created", "acknowledged", "contacted", "updated",
        "urged",   "resolved",     "callback"};
    int64_t spent[LIFE_SHRUNK] = {0};
    struct life_world w;

    (void)b;
    life_world_init(&w);
    for (int round = 0; round < ROUNDS; round++) {
        for (int stage = 0; stage < LIFE_SHRUNK; stage++) {
            for (int i = 0; i < LIFE_SAMPLES; i++) {
                int number = round * LIFE_SAMPLES + i;

                life_event(&w.event, number, (enum life_stage)stage, 0);
                int64_t begin = cpu_ns();
                life_apply(&w);
                spent[stage] += cpu_ns() - begin;
                tickets_commit(w.tickets);
            }
        }
    }
    printf("a step, committed\n");
    for (int stage = 0; stage < LIFE_SHRUNK; stage++)
        print_time(names[stage], spent[stage], (size_t)ROUNDS * LIFE_SAMPLES);
    life_world_deinit(&w);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    size_t n = quick ? 100000 : 1000000;

    scenario_run((struct scenario){.run = copy, .n = n});
    scenario_run((struct scenario){.run = load, .n = n});
    scenario_run((struct scenario){.run = step, .n = n});
    return 0;
}
