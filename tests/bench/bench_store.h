/*
 * What the benchmarks of the ticket store share: tickets to put in, and
 * figures of memory and time.
 *
 * Times are CPU time: what else the machine does must not count. Memory is
 * what the system says of the process, and each scenario has a process of its
 * own; it runs in a thread that is not the first, as a worker does.
 */
#ifndef TESTS_BENCH_STORE_H
#define TESTS_BENCH_STORE_H

#include "bench_lives.h"
#include "ticket_store.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMIT_EVERY = 1000, WATCHED = 32, SAMPLE_EVERY = 4096 };
enum { ID_SIZE = 17, MINIMAL_SIZE = 16 };

struct bench {
    struct ticket_store *store;
    const struct life_samples *samples; /* NULL: next to nothing */
    size_t n;
    size_t base;   /* resident before the first ticket */
    size_t packed; /* bytes of all values */
    uint64_t seed;
    int64_t due;
};

/* ------------------------------------------------------------------ figures */

static inline int64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Bytes of the process in memory. */
static inline size_t resident(void)
{
    char text[64] = "";
    int fd = open("/proc/self/statm", O_RDONLY);
    size_t pages = 0;

    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 ||
        sscanf(text, "%*u %zu", &pages) != 1)
        life_fail_bench("memory", "/proc/self/statm cannot be read");
    close(fd);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The most that `resident` ever was since forget_peak. */
static inline size_t peak(void)
{
    char line[128];
    size_t kib = 0;
    FILE *file = fopen("/proc/self/status", "r");

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "VmHWM: %zu", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib * 1024;
}

static inline void forget_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY);

    if (fd < 0 || write(fd, "5", 1) != 1)
        life_fail_bench("memory", "/proc/self/clear_refs cannot be written");
    close(fd);
}

static inline double overhead(const struct bench *b, size_t bytes, size_t n)
{
    return ((double)bytes - (double)b->base - (double)b->packed) / (double)n;
}

/* The longest of many short runs. */
struct watch {
    int64_t since;
    int64_t longest;
    size_t at;
};

static inline void watch(struct watch *w, size_t i)
{
    int64_t now;

    if (i % WATCHED != 0)
        return;
    now = cpu_ns();
    if (i > 0 && now - w->since > w->longest) {
        w->longest = now - w->since;
        w->at = i;
    }
    w->since = cpu_ns();
}

static inline void print_time(const char *name, int64_t ns, size_t n)
{
    printf("  %-26s %8.0f ns\n", name, (double)ns / (double)n);
}

static inline void print_longest(const char *name, const struct watch *w)
{
    printf("  %-26s %8.2f ms, at %zu\n", name, (double)w->longest / 1e6, w->at);
}

/* ------------------------------------------------------------------ tickets */

static inline uint32_t pick(struct bench *b, size_t n)
{
    b->seed = b->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((b->seed >> 33) % n);
}

static inline void id_of(char id[ID_SIZE], size_t number)
{
    memcpy(id, "BJ2019110", 9);
    for (int i = ID_SIZE; i-- > 9; number /= 10)
        id[i] = (char)('0' + number % 10);
}

static inline struct life_state value_of(const struct bench *b, size_t number,
                                         enum life_stage stage)
{
    static uint8_t minimal[MINIMAL_SIZE];

    if (!b->samples)
        return (struct life_state){minimal, MINIMAL_SIZE};
    return b->samples->states[number % LIFE_SAMPLES][stage];
}

/* Tickets of one week, due in no order. */
static inline int64_t next_due(struct bench *b)
{
    b->due += 600;
    return b->due + (int64_t)pick(b, 1u << 29);
}

static inline void put(struct bench *b, size_t number, enum life_stage stage,
                       int64_t due)
{
    char id[ID_SIZE];
    const struct life_state state = value_of(b, number, stage);
    const struct ticket_entry entry = {.id = id,
                                       .id_size = ID_SIZE,
                                       .value = state.bytes,
                                       .value_size = state.size,
                                       .due_at = due};

    id_of(id, number);
    ticket_store_put(b->store, &entry);
}

static inline void drop(struct bench *b, size_t number)
{
    char id[ID_SIZE];

    id_of(id, number);
    ticket_store_remove(b->store, id, ID_SIZE);
}

static inline enum life_stage open_stage(size_t number)
{
    return (enum life_stage)(number / LIFE_SAMPLES % LIFE_RESOLVED);
}

static inline size_t size_of(const struct bench *b, size_t number,
                             enum life_stage stage)
{
    return value_of(b, number, stage).size;
}

/* --------------------------------------------------------------- scenarios */

struct scenario {
    void (*run)(struct bench *b);
    bool minimal; /* next to nothing in the tickets */
    size_t n;
};

static inline void *scenario_main(void *data)
{
    static struct life_samples samples;
    const struct scenario *scenario = data;
    struct bench b = {.n = scenario->n, .seed = 20191107};

    life_samples_init(&samples);
    b.samples = scenario->minimal ? NULL : &samples;
    b.store = ticket_store_new();
    b.base = resident();
    scenario->run(&b);
    ticket_store_free(&b.store);
    life_samples_deinit(&samples);
    return NULL;
}

/* Ends the benchmark if the scenario fails. */
static inline void scenario_run(struct scenario scenario)
{
    int status;
    pthread_t thread;

    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        life_fail_bench("start", "no process");
    if (pid == 0) {
        if (pthread_create(&thread, NULL, scenario_main, &scenario) != 0)
            life_fail_bench("start", "no thread");
        pthread_join(thread, NULL);
        exit(0);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0)
        life_fail_bench("scenario", "it failed");
}

#endif
