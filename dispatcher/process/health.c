/*
 * A row for each condition, or for each condition and worker. Writers of
 * one row exclude each other; readers take no lock.
 */
#include "health.h"

#include "clock.h"
#include "log.h"
#include "memory.h"
#include "shared_text.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)HEALTH_REASON_SIZE == (int)SHARED_TEXT_SIZE,
              "a reason is a shared text");

static const struct {
    const char *name;
    bool needed;
    bool each_worker;
    const char *reason;
} conditions[] = {
#define HEALTH_ROW(id, name, needed, each, reason)                             \
    [HEALTH_##id] = {name, needed, each, reason},
    HEALTH_CONDITIONS(HEALTH_ROW)
#undef HEALTH_ROW
};

struct row {
    pthread_mutex_t writing;
    _Atomic int64_t since_ms;
    atomic_bool ok;
    struct shared_text reason;
};

struct health {
    unsigned workers;
    struct row rows[]; /* HEALTH_COUNT of worker 0, of worker 1, ... */
};

static size_t row_index(const struct health *h, unsigned worker,
                        enum health_condition condition)
{
    assert(worker < h->workers);
    if (!conditions[condition].each_worker)
        worker = 0;
    return worker * (size_t)HEALTH_COUNT + condition;
}

struct health *health_new(unsigned workers)
{
    size_t n = (size_t)workers * HEALTH_COUNT;
    struct health *h = memory_new(sizeof *h + n * sizeof h->rows[0]);
    int64_t now_ms = clock_wall_ms();

    h->workers = workers;
    for (size_t i = 0; i < n; i++) {
        pthread_mutex_init(&h->rows[i].writing, NULL);
        atomic_store(&h->rows[i].since_ms, now_ms);
        shared_text_set(&h->rows[i].reason,
                        conditions[i % HEALTH_COUNT].reason);
    }
    return h;
}

void health_free(struct health **h)
{
    if (*h == NULL)
        return;
    for (size_t i = 0; i < (size_t)(*h)->workers * HEALTH_COUNT; i++)
        pthread_mutex_destroy(&(*h)->rows[i].writing);
    free(*h);
    *h = NULL;
}

static void log_change(enum health_condition condition, bool ok,
                       const char *reason)
{
    struct log_text text;
    enum log_level level = ok ? LOG_LEVEL_INFO : LOG_LEVEL_WARN;

    log_line(level, ok ? "available" : "unavailable", "what=%s reason=%s",
             conditions[condition].name, log_value(&text, reason));
}

void health_set(struct health *h, unsigned worker,
                enum health_condition condition, bool ok, const char *format,
                ...)
{
    struct row *row = &h->rows[row_index(h, worker, condition)];
    char reason[HEALTH_REASON_SIZE], before[HEALTH_REASON_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    pthread_mutex_lock(&row->writing);
    bool turned = atomic_load(&row->ok) != ok;
    shared_text_get(&row->reason, before);
    bool changed = turned || strcmp(before, reason) != 0;
    if (changed)
        shared_text_set(&row->reason, reason);
    if (turned) {
        atomic_store(&row->since_ms, clock_wall_ms());
        atomic_store(&row->ok, ok);
    }
    pthread_mutex_unlock(&row->writing);
    /* While something works, what is said about it is no news. */
    if (turned || (changed && !ok))
        log_change(condition, ok, reason);
}

/* The row that speaks for all workers: the first that does not hold. */
static const struct row *row_of(const struct health *h,
                                enum health_condition condition)
{
    unsigned rows = conditions[condition].each_worker ? h->workers : 1;

    for (unsigned worker = 0; worker < rows; worker++) {
        const struct row *row = &h->rows[row_index(h, worker, condition)];
        if (!atomic_load(&row->ok))
            return row;
    }
    return &h->rows[row_index(h, 0, condition)];
}

void health_read(const struct health *h, enum health_condition condition,
                 struct health_state *out)
{
    const struct row *row = row_of(h, condition);

    *out = (struct health_state){
        .name = conditions[condition].name,
        .needed = conditions[condition].needed,
        .ok = atomic_load(&row->ok),
        .since_ms = atomic_load(&row->since_ms),
    };
    shared_text_get(&row->reason, out->reason);
}

bool health_ready(const struct health *h)
{
    for (int i = 0; i < HEALTH_COUNT; i++)
        if (conditions[i].needed && !atomic_load(&row_of(h, i)->ok))
            return false;
    return true;
}
