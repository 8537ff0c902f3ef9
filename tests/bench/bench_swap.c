/*
 * What a swap among a million rules costs the loop that uses them.
 *
 *   bench_swap [--quick]     --quick: a tenth of the rules, fewer swaps
 *
 * A real watch follows a real Redis; a thread does what a worker does with the
 * catalogue: takes the snapshot at the begin of a transaction, looks tickets
 * up, gives it back at the end. An edit is made, the time until it is in force
 * is taken, and so on. The same turns without any edit before that show what
 * the machine alone does to a loop. A turn that had to wait for somebody shows
 * as a voluntary change of context: there must be none.
 */
#include "bench_city.h"
#include "bench_redis.h"
#include "catalogue.h"
#include "catalogue_watch.h"
#include "log.h"
#include "match.h"
#include "redis_tables.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>

enum {
    QUICK = 10,
    SWAPS = 20,
    QUICK_SWAPS = 3,
    TURN_TICKETS = 20, /* of a transaction */
    TIMEOUT_MS = 60000,
    POLL_US = 1000,
    PAUSE_US = 100,     /* between turns: there are two processors at most */
    STILL_US = 3000000, /* of turns without edits */
    STEADY_US = 600000, /* between edits: a thousand in ten minutes */
};

#define PREFIX "city:"

/* The turns of a while. */
struct turns {
    uint64_t n;
    int64_t longest_ns;     /* by the clock on the wall */
    int64_t longest_cpu_ns; /* of the thread's own time */
    int64_t longest_take_ns;
    long waits;
};

struct loop {
    struct catalogue_watch *watch;
    atomic_bool stopping;
    pthread_mutex_t lock;
    struct turns turns; /* since they were last asked for */
    size_t found;
};

static int64_t thread_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static long thread_waits(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

static void longest(int64_t *of, int64_t ns)
{
    if (*of < ns)
        *of = ns;
}

static size_t look_up(const struct catalogue *cat, int first)
{
    size_t found = 0;

    for (int i = 0; i < TURN_TICKETS; i++) {
        const struct ticket *t = &tickets[(first + i) % TICKETS];
        const struct match_query query = {
            .area = t->area, .category = t->category, .channel = "phone"};
        struct candidate best;
        struct match m;

        match_begin(&m, cat, &query);
        found += match_best(&m, &best);
    }
    return found;
}

static void turn(struct loop *l, struct turns *turns)
{
    int64_t began_ns = now_ns(), cpu_ns = thread_ns();
    long waits = thread_waits();
    const struct catalogue *cat = catalogue_watch_take(l->watch);
    int64_t taken_ns = now_ns() - began_ns, given_ns;

    if (cat == NULL)
        die("there is no catalogue");
    l->found += look_up(cat, (int)(turns->n * TURN_TICKETS % TICKETS));
    given_ns = now_ns();
    catalogue_watch_release(l->watch, cat);
    longest(&turns->longest_take_ns, taken_ns + now_ns() - given_ns);
    longest(&turns->longest_ns, now_ns() - began_ns);
    longest(&turns->longest_cpu_ns, thread_ns() - cpu_ns);
    turns->waits += thread_waits() - waits;
    turns->n++;
}

static void *run(void *context)
{
    struct loop *l = context;

    while (!atomic_load(&l->stopping)) {
        pthread_mutex_lock(&l->lock);
        turn(l, &l->turns);
        pthread_mutex_unlock(&l->lock);
        usleep(PAUSE_US);
    }
    return NULL;
}

static struct turns take_turns(struct loop *l)
{
    struct turns turns;

    pthread_mutex_lock(&l->lock);
    turns = l->turns;
    l->turns = (struct turns){0};
    pthread_mutex_unlock(&l->lock);
    return turns;
}

static uint64_t loads(struct catalogue_watch *watch)
{
    struct catalogue_watch_status status;

    catalogue_watch_status(watch, &status);
    return status.loads;
}

static void await_load(struct catalogue_watch *watch, uint64_t n)
{
    int64_t until_ns = now_ns() + INT64_C(1000000) * TIMEOUT_MS;

    while (loads(watch) < n) {
        if (now_ns() > until_ns)
            die("an edit does not come into force");
        usleep(POLL_US);
    }
}

/* Adds a rule. */
static void edit(struct redis_client *c, int number)
{
    char field[KEY_SIZE], why[REDIS_WHY_SIZE];
    const char *const words[] = {"HSET", PREFIX "routes", field,
                                 "{\"department\":\"department-1\"}"};

    snprintf(field, sizeof field, "110000|edit %d", number);
    if (redis_client_do(c, 4, words, why) != STATUS_OK)
        die(why);
}

static void print(const char *what, const struct turns *t)
{
    printf("%-14s longest turn %8.3f ms, %7.3f ms of processor time, "
           "take and release %7.3f ms; %ld waits in %llu turns\n",
           what, (double)t->longest_ns / 1e6, (double)t->longest_cpu_ns / 1e6,
           (double)t->longest_take_ns / 1e6, t->waits,
           (unsigned long long)t->n);
}

static void bench(struct redis_client *c, struct loop *l, int swaps)
{
    int64_t sum_ns = 0, longest_ns = 0, shortest_ns = INT64_MAX;
    struct turns turns;

    take_turns(l);
    usleep(STILL_US);
    turns = take_turns(l);
    print("no swap", &turns);
    for (int i = 0; i < swaps; i++) {
        int64_t began_ns = now_ns(), took_ns;

        edit(c, i);
        await_load(l->watch, (uint64_t)i + 2);
        took_ns = now_ns() - began_ns;
        sum_ns += took_ns;
        longest(&longest_ns, took_ns);
        shortest_ns = took_ns < shortest_ns ? took_ns : shortest_ns;
    }
    turns = take_turns(l);
    print("swaps", &turns);
    printf("%d edits in force after %.2f s at least, %.2f s on average, %.2f s "
           "at most\n",
           swaps, (double)shortest_ns / 1e9, (double)sum_ns / swaps / 1e9,
           (double)longest_ns / 1e9);
}

/* How many rules are in force. */
static size_t rules(struct catalogue_watch *watch)
{
    struct catalogue_watch_status status;

    catalogue_watch_status(watch, &status);
    return status.routes;
}

/* Somebody edits all the time, so that no reading is undisturbed. Each edit
 * adds a rule: the number of rules tells which one is in force. */
static void bench_steady(struct redis_client *c, struct loop *l, int edits)
{
    size_t before = rules(l->watch), in_force = 0, made = 0;
    int64_t made_ns[SWAPS], sum_ns = 0, longest_ns = 0;
    uint64_t loads_before = loads(l->watch);

    while (in_force < (size_t)edits) {
        size_t seen = rules(l->watch) - before;

        for (; in_force < seen; in_force++) {
            sum_ns += now_ns() - made_ns[in_force];
            longest(&longest_ns, now_ns() - made_ns[in_force]);
        }
        if (made < (size_t)edits &&
            (made == 0 ||
             now_ns() - made_ns[made - 1] > INT64_C(1000) * STEADY_US)) {
            made_ns[made] = now_ns();
            edit(c, SWAPS + (int)made++);
        }
        usleep(POLL_US);
    }
    printf("%d edits, one in %.1f s: in force after %.2f s on average, %.2f s "
           "at most, in %llu swaps\n",
           edits, STEADY_US / 1e6, (double)sum_ns / edits / 1e9,
           (double)longest_ns / 1e9,
           (unsigned long long)(loads(l->watch) - loads_before));
}

static void fill(struct redis_client *c, int categories)
{
    struct catalogue_tables *all = make_tables(categories);
    struct catalogue_tables *none = tables_new();
    char why[REDIS_WHY_SIZE];

    if (redis_tables_read(c, PREFIX, TABLES_ALL, REDIS_HOLD, none, why) !=
            STATUS_OK ||
        redis_tables_write(c, PREFIX, none, all, why) != STATUS_OK ||
        redis_tables_commit(c, why) != STATUS_OK)
        die(why);
    tables_free(&none);
    tables_free(&all);
}

int main(int argc, char **argv)
{
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    int categories = quick ? CATEGORIES / QUICK : CATEGORIES;
    struct bench_redis redis;
    struct loop l = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    struct redis_client *c;

    log_setup(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
    if (!bench_redis_start(&redis)) {
        printf("not measured: no redis-server starts\n");
        return EXIT_SUCCESS;
    }
    c = bench_redis_open(&redis, TIMEOUT_MS);
    fill(c, categories);
    make_tickets(categories);
    l.watch = catalogue_watch_start(
        &(struct catalogue_watch_options){.url = redis.url, .prefix = PREFIX});
    if (l.watch == NULL)
        die("the watch does not start");
    await_load(l.watch, 1);
    if (pthread_create(&thread, NULL, run, &l) != 0)
        die("no thread");
    bench(c, &l, quick ? QUICK_SWAPS : SWAPS);
    bench_steady(c, &l, quick ? QUICK_SWAPS : SWAPS);
    atomic_store(&l.stopping, true);
    pthread_join(thread, NULL);
    catalogue_watch_stop(&l.watch);
    redis_client_close(&c);
    bench_redis_stop(&redis);
    return l.found > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
