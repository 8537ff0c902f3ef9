/*
 * What a due date costs: nanoseconds, the median over batches of random
 * starts in twenty years of a Chinese working calendar, and the time that it
 * takes to compile that calendar.
 */
#include "calendar.h"
#include "calendar_spec.h"
#include "civil.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 1000, BATCHES = 2001, COMPILATIONS = 21 };
#define DAY_MS INT64_C(86400000)

static const char json[] = "{\"time_zone\": \"%s\", \"week\": {"
                           "\"mon\": [\"09:00-12:00\", \"13:00-18:00\"],"
                           "\"tue\": [\"09:00-12:00\", \"13:00-18:00\"],"
                           "\"wed\": [\"09:00-12:00\", \"13:00-18:00\"],"
                           "\"thu\": [\"09:00-12:00\", \"13:00-18:00\"],"
                           "\"fri\": [\"09:00-12:00\", \"13:00-18:00\"]},"
                           "\"holidays\": [%s]}";

/* What is measured: one question about a random moment. */
struct question {
    const char *name;
    struct duration d;
    int64_t (*ask)(const struct calendar *cal, int64_t at,
                   const struct question *q);
};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int64_t median(int64_t *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

/* A small generator, so that every run asks the same. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *state >> 33;
}

static int64_t ask_due(const struct calendar *cal, int64_t at,
                       const struct question *q)
{
    return calendar_due(cal, at, q->d).at;
}

static int64_t ask_elapsed(const struct calendar *cal, int64_t at,
                           const struct question *q)
{
    return calendar_elapsed(cal, at, at + q->d.count * DAY_MS);
}

static int64_t ask_advance(const struct calendar *cal, int64_t at,
                           const struct question *q)
{
    return calendar_advance(cal, at, q->d.count * DAY_MS).at;
}

static const struct question questions[] = {
    {"due 24h", {DURATION_HOURS, 24}, ask_due},
    {"due 7d", {DURATION_DAYS, 7}, ask_due},
    {"due 12wh", {DURATION_WORK_HOURS, 12}, ask_due},
    {"due 5wd", {DURATION_WORK_DAYS, 5}, ask_due},
    {"due 5wd.end", {DURATION_WORK_DAYS_END, 5}, ask_due},
    {"elapsed", {DURATION_DAYS, 30}, ask_elapsed},
    {"advance", {DURATION_DAYS, 3}, ask_advance},
};

static void measure(const struct calendar *cal, const struct question *q)
{
    static int64_t batches[BATCHES];
    static int64_t starts[BATCH];
    uint64_t state = 42;
    int64_t first = civil_day_number((struct civil_date){2004, 1, 1});
    int64_t sum = 0;
    for (int b = 0; b < BATCHES; b++) {
        for (int i = 0; i < BATCH; i++) {
            starts[i] =
                (first + (int64_t)(next_random(&state) % 7305)) * DAY_MS +
                (int64_t)(next_random(&state) % DAY_MS);
        }
        int64_t begin = now_ns();
        for (int i = 0; i < BATCH; i++)
            sum += q->ask(cal, starts[i], q);
        batches[b] = now_ns() - begin;
    }
    printf("%-12s %6.1f ns  (%" PRIx64 ")\n", q->name,
           (double)median(batches, BATCHES) / BATCH, (uint64_t)sum);
}

static struct calendar *compile(const char *text)
{
    char why[CALENDAR_WHY_SIZE];
    struct calendar *cal = NULL;
    struct calendar_spec *spec = calendar_spec_parse(text, strlen(text), why);
    const struct calendar_spec *lineage[] = {spec};
    if (spec == NULL || !calendar_compile("bench", lineage, 1, &cal, why)) {
        fprintf(stderr, "bench_calendar: %s\n", why);
        exit(1);
    }
    calendar_spec_free(&spec);
    return cal;
}

static void measure_compile(const char *text)
{
    int64_t times[COMPILATIONS];
    for (int i = 0; i < COMPILATIONS; i++) {
        int64_t begin = now_ns();
        struct calendar *cal = compile(text);
        times[i] = now_ns() - begin;
        calendar_free(&cal);
    }
    printf("%-12s %6.0f us  (%d years)\n", "compile",
           (double)median(times, COMPILATIONS) / 1000,
           CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1);
}

/* Twenty years with twenty holidays each. */
static void list_holidays(char *text, size_t size)
{
    size_t used = 0;
    for (int year = 2004; year < 2024; year++) {
        for (int i = 0; i < 20; i++) {
            used += (size_t)snprintf(text + used, size - used,
                                     "%s\"%d-%02d-%02d\"", used ? "," : "",
                                     year, i / 2 + 1, i % 2 * 14 + 3);
        }
    }
}

static void measure_zone(const char *zone)
{
    static char holidays[8192];
    static char text[16384];
    list_holidays(holidays, sizeof holidays);
    snprintf(text, sizeof text, json, zone, holidays);
    struct calendar *cal = compile(text);
    printf("%s\n", zone);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        measure(cal, &questions[i]);
    calendar_free(&cal);
    measure_compile(text);
}

int main(void)
{
    measure_zone("Asia/Shanghai");
    measure_zone("America/New_York");
    return 0;
}
