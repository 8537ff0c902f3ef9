/*
 * Finding a listed day, and finding a span: by a moment, or by the open time
 * before it.
 *
 * Moments go through slots of three days (2^28 ms) that say how many spans
 * have begun by then. Due dates lie near their start, so open time is
 * searched in steps that double until they go too far, then by halves.
 */
#include "calendar_table.h"

#include "memory.h"

#include <stdlib.h>

enum { SLOT_SHIFT = 28 };

static int compare_days(const void *a, const void *b)
{
    int32_t left = ((const struct listed_day *)a)->day;
    int32_t right = ((const struct listed_day *)b)->day;
    return (left > right) - (left < right);
}

void calendar_sort_days(struct listed_day *days, size_t n)
{
    if (n > 0)
        qsort(days, n, sizeof *days, compare_days);
}

const struct listed_day *calendar_listed_day(const struct listed_day *days,
                                             size_t n, int32_t day)
{
    struct listed_day key = {.day = day};
    return n == 0 ? NULL : bsearch(&key, days, n, sizeof key, compare_days);
}

void calendar_index_spans(struct calendar *cal)
{
    int64_t first = cal->spans[0].open_ms;
    int64_t last = cal->spans[cal->n_spans - 1].open_ms;
    cal->n_slots = (size_t)((last - first) >> SLOT_SHIFT) + 1;
    cal->slots = memory_new_array(cal->n_slots, sizeof *cal->slots);
    uint32_t begun = 0;
    for (size_t i = 0; i < cal->n_slots; i++) {
        int64_t moment = first + ((int64_t)i << SLOT_SHIFT);
        while (begun < cal->n_spans && cal->spans[begun].open_ms <= moment)
            begun++;
        cal->slots[i] = begun;
    }
}

size_t calendar_spans_begun(const struct calendar *cal, int64_t at_ms)
{
    if (cal->n_spans == 0 || at_ms < cal->spans[0].open_ms)
        return 0;
    size_t slot = (size_t)((at_ms - cal->spans[0].open_ms) >> SLOT_SHIFT);
    size_t begun = cal->slots[slot < cal->n_slots ? slot : cal->n_slots - 1];
    while (begun < cal->n_spans && cal->spans[begun].open_ms <= at_ms)
        begun++;
    return begun;
}

const struct span *calendar_span_with(const struct calendar *cal, size_t from,
                                      int64_t before_ms)
{
    const struct span *base = cal->spans + from;
    size_t left = cal->n_spans - from;
    size_t n = 1;
    while (n < left && base[n].before_ms <= before_ms) {
        base += n;
        left -= n;
        n *= 2;
    }
    for (n = n < left ? n : left; n > 1;) {
        size_t half = n / 2;
        base += base[half].before_ms <= before_ms ? half : 0;
        n -= half;
    }
    return base;
}
