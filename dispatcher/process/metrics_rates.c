/*
 * Rates from a ring of totals: what was counted since the sample that is
 * nearest to the beginning of the window.
 */
#include "metrics_block.h"

static uint64_t total(const struct metrics *m, enum metric_counter counter)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < m->workers; i++)
        for (size_t label = 0; label < METRIC_LABELS; label++)
            sum += atomic_load_explicit(&m->blocks[i].counters[counter][label],
                                        memory_order_relaxed);
    return sum;
}

static void take_totals(const struct metrics *m, struct rate_sample *out)
{
    static const enum metric_counter counters[METRICS_RATES] = {
        [METRICS_RATE_TICKETS] = METRIC_TICKETS,
        [METRICS_RATE_ASSIGNMENTS] = METRIC_ASSIGNMENTS,
        [METRICS_RATE_DEADLINES] = METRIC_DEADLINES,
        [METRICS_RATE_DEAD_LETTERS] = METRIC_DEAD_LETTERS,
        [METRICS_RATE_TRANSACTIONS] = METRIC_COMMITS,
    };

    for (size_t i = 0; i < METRICS_RATES; i++)
        out->totals[i] = total(m, counters[i]);
}

void metrics_tick(struct metrics *m, int64_t now_ms)
{
    struct rate_history *h = &m->rates;

    pthread_mutex_lock(&h->mutex);
    h->now.at_ms = now_ms;
    take_totals(m, &h->now);
    const struct rate_sample *last =
        &h->samples[(h->n + RATE_SAMPLES - 1) % RATE_SAMPLES];
    /* Also when the wall clock was set back. */
    if (h->n == 0 || now_ms - last->at_ms >= RATE_STEP_MS ||
        now_ms < last->at_ms)
        h->samples[h->n++ % RATE_SAMPLES] = h->now;
    pthread_mutex_unlock(&h->mutex);
}

/* The oldest sample that is not older than the window. */
static const struct rate_sample *window_begin(const struct rate_history *h,
                                              int64_t window_ms)
{
    uint64_t oldest = h->n > RATE_SAMPLES ? h->n - RATE_SAMPLES : 0;

    for (uint64_t i = oldest; i < h->n; i++) {
        const struct rate_sample *s = &h->samples[i % RATE_SAMPLES];
        int64_t age_ms = h->now.at_ms - s->at_ms;
        if (age_ms >= 0 && age_ms <= window_ms)
            return s;
    }
    return &h->now;
}

void metrics_rates(struct metrics *m, struct metrics_rates *out)
{
    static const int64_t windows_ms[METRICS_WINDOWS] = {60000, 300000, 900000};
    struct rate_history *h = &m->rates;

    *out = (struct metrics_rates){0};
    pthread_mutex_lock(&h->mutex);
    for (size_t window = 0; window < METRICS_WINDOWS; window++) {
        const struct rate_sample *from = window_begin(h, windows_ms[window]);
        double seconds = (double)(h->now.at_ms - from->at_ms) / 1000;
        for (size_t i = 0; i < METRICS_RATES && seconds > 0; i++)
            out->per_second[i][window] =
                (double)(h->now.totals[i] - from->totals[i]) / seconds;
    }
    pthread_mutex_unlock(&h->mutex);
}
