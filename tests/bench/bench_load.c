/*
 * A million rules from a Redis on this machine into force: reading, checksum,
 * compiling.
 *
 *   bench_load [--quick]     --quick: a tenth of the rules, fewer rounds
 *
 * The machine has other work to do, so that of several rounds the fastest
 * counts; processor time, all threads together, is steadier.
 */
#include "bench_city.h"
#include "bench_redis.h"
#include "catalogue.h"
#include "catalogue_gate.h"
#include "redis_tables.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { QUICK = 10, ROUNDS = 5, TIMEOUT_MS = 60000 };

#define PREFIX "city:"

static int64_t cpu_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* Wall and processor time of one step; the least of all rounds. */
struct lap {
    const char *name;
    int64_t wall_ns;
    int64_t cpu_ns;
};

static void least(struct lap *lap, int64_t wall_ns, int64_t used_ns)
{
    if (lap->wall_ns == 0 || wall_ns < lap->wall_ns)
        lap->wall_ns = wall_ns;
    if (lap->cpu_ns == 0 || used_ns < lap->cpu_ns)
        lap->cpu_ns = used_ns;
}

static void write_all(struct redis_client *c,
                      const struct catalogue_tables *tables)
{
    struct catalogue_tables *none = tables_new();
    char why[REDIS_WHY_SIZE];

    if (redis_tables_read(c, PREFIX, TABLES_ALL, REDIS_HOLD, none, why) !=
            STATUS_OK ||
        redis_tables_write(c, PREFIX, none, tables, why) != STATUS_OK ||
        redis_tables_commit(c, why) != STATUS_OK)
        die(why);
    tables_free(&none);
}

static void read_all(struct redis_client *c, struct catalogue_tables *tables)
{
    char why[REDIS_WHY_SIZE];

    if (redis_tables_read(c, PREFIX, TABLES_ALL, REDIS_RELEASE, tables, why) !=
        STATUS_OK)
        die(why);
}

static struct catalogue *admit(const struct catalogue_tables *tables)
{
    struct catalogue_gate gate = {0};
    struct catalogue *cat = NULL;
    char why[GATE_WHY_SIZE];

    if (gate_try(&gate, tables, &cat, why) != GATE_NEW)
        die(why);
    return cat;
}

static size_t load(struct redis_client *c, struct lap laps[3])
{
    struct catalogue_tables *tables = tables_new();
    int64_t wall[3], cpu[3];
    struct catalogue *cat;
    size_t n;

    wall[0] = now_ns(), cpu[0] = cpu_ns();
    read_all(c, tables);
    wall[1] = now_ns(), cpu[1] = cpu_ns();
    cat = admit(tables);
    wall[2] = now_ns(), cpu[2] = cpu_ns();
    for (int i = 0; i < 2; i++)
        least(&laps[i], wall[i + 1] - wall[i], cpu[i + 1] - cpu[i]);
    least(&laps[2], wall[2] - wall[0], cpu[2] - cpu[0]);
    n = catalogue_routes_count(cat);
    catalogue_free(&cat);
    tables_free(&tables);
    return n;
}

static size_t peak_memory(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss / 1024;
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    struct lap laps[3] = {
        {.name = "read"}, {.name = "compile"}, {.name = "both"}};
    struct bench_redis redis;
    struct redis_client *c;
    size_t n = 0;

    if (!bench_redis_start(&redis)) {
        printf("not measured: no redis-server starts\n");
        return EXIT_SUCCESS;
    }
    struct catalogue_tables *t =
        make_tables(quick ? CATEGORIES / QUICK : CATEGORIES);
    c = bench_redis_open(&redis, TIMEOUT_MS);
    write_all(c, t);
    tables_free(&t);
    for (int i = 0; i < (quick ? 1 : ROUNDS); i++)
        n = load(c, laps);
    printf("%zu rules, peak %zu MiB\n", n, peak_memory());
    for (int i = 0; i < 3; i++)
        printf("%-8s %6.2f s, %6.2f s of processor time\n", laps[i].name,
               (double)laps[i].wall_ns / 1e9, (double)laps[i].cpu_ns / 1e9);
    redis_client_close(&c);
    bench_redis_stop(&redis);
    return EXIT_SUCCESS;
}
