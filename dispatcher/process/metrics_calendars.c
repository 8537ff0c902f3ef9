/*
 * Which calendars run out: handed over whole, under a lock that no worker
 * takes.
 */
#include "metrics_block.h"

#include <assert.h>
#include <string.h>

void metrics_calendars_set(struct metrics *m,
                           const struct metric_calendar *items, size_t n)
{
    struct calendar_rows *rows = &m->calendars;

    assert(n <= METRIC_CALENDARS);
    pthread_mutex_lock(&rows->mutex);
    memcpy(rows->items, items, n * sizeof *items);
    rows->n = n;
    pthread_mutex_unlock(&rows->mutex);
}

size_t metrics_calendars(struct metrics *m,
                         struct metric_calendar items[METRIC_CALENDARS])
{
    struct calendar_rows *rows = &m->calendars;

    pthread_mutex_lock(&rows->mutex);
    size_t n = rows->n;
    memcpy(items, rows->items, n * sizeof *items);
    pthread_mutex_unlock(&rows->mutex);
    return n;
}
