/*
 * A zone's table: local time and UTC by binary search.
 */
#include "zone.h"

#include "zone_table.h"

#include <stdlib.h>

enum { MS = 1000, DAY_SECONDS = 86400 };

static struct regime utc_regimes[] = {
    {.from = INT64_MIN / MS, .local_until = INT64_MAX / MS, .offset = 0},
};
static const struct zone utc = {.n = 1, .regimes = utc_regimes};

const struct zone *zone_utc(void)
{
    return &utc;
}

void zone_free(struct zone **zone)
{
    if (*zone != NULL) {
        free((*zone)->regimes);
        free(*zone);
        *zone = NULL;
    }
}

void zone_append(struct zone *zone, int64_t from, int32_t offset)
{
    while (zone->n > 0 && zone->regimes[zone->n - 1].from >= from)
        zone->n--;
    if (zone->n > 0 && zone->regimes[zone->n - 1].offset == offset)
        return;
    if (zone->n > 0) {
        struct regime *last = &zone->regimes[zone->n - 1];
        last->local_until = from + last->offset;
    }
    zone->regimes[zone->n++] = (struct regime){
        .from = from, .local_until = INT64_MAX / MS, .offset = offset};
}

static int64_t clamp(int64_t ms)
{
    if (ms < ZONE_MIN_MS)
        return ZONE_MIN_MS;
    return ms > ZONE_MAX_MS ? ZONE_MAX_MS : ms;
}

static int64_t floor_seconds(int64_t ms)
{
    return ms >= 0 ? ms / MS : -((-ms + MS - 1) / MS);
}

/* By how much a time lies beyond the table, in whole cycles: subtracted, it
 * falls into the last cycle, where the zone is the same. */
static int64_t cycles_beyond(const struct zone *zone, int64_t seconds)
{
    int64_t end = zone->regimes[zone->n - 1].from;
    if (!zone->repeats || seconds < end)
        return 0;
    return ((seconds - end) / ZONE_CYCLE_SECONDS + 1) * ZONE_CYCLE_SECONDS;
}

static const struct regime *search(const struct zone *zone, int64_t seconds)
{
    const struct regime *base = zone->regimes;
    for (size_t n = zone->n; n > 1;) {
        size_t half = n / 2;
        base += base[half].from <= seconds ? half : 0;
        n -= half;
    }
    return base;
}

void zone_index(struct zone *zone)
{
    for (int64_t i = 0; i < ZONE_SLOTS; i++) {
        const struct regime *r = search(zone, i << ZONE_SLOT_SHIFT);
        zone->slots[i] = (uint16_t)(r - zone->regimes);
    }
}

/* A regime at or shortly before a moment. */
static const struct regime *begin_at(const struct zone *zone, int64_t seconds)
{
    int64_t slot = seconds >> ZONE_SLOT_SHIFT;
    return slot >= 0 && slot < ZONE_SLOTS ? &zone->regimes[zone->slots[slot]]
                                          : search(zone, seconds);
}

static const struct regime *find_utc(const struct zone *zone, int64_t seconds)
{
    const struct regime *r = begin_at(zone, seconds);
    const struct regime *last = &zone->regimes[zone->n - 1];
    while (r < last && r[1].from <= seconds)
        r++;
    return r;
}

/* The first regime that ends after a local time. UTC is at most 26 hours
 * off. */
static const struct regime *find_local(const struct zone *zone, int64_t local)
{
    const struct regime *r = begin_at(zone, local - 2 * DAY_SECONDS);
    const struct regime *last = &zone->regimes[zone->n - 1];
    while (r < last && r->local_until <= local)
        r++;
    return r;
}

struct zone_regime zone_regime_at(const struct zone *zone, int64_t utc_ms)
{
    int64_t seconds = floor_seconds(clamp(utc_ms));
    int64_t beyond = cycles_beyond(zone, seconds);
    const struct regime *r = find_utc(zone, seconds - beyond);
    bool last = r == &zone->regimes[zone->n - 1];
    return (struct zone_regime){
        .from_ms = (r->from + beyond) * MS,
        .until_ms = last ? ZONE_MAX_MS + 1 : (r[1].from + beyond) * MS,
        .offset_ms = (int64_t)r->offset * MS,
    };
}

int64_t zone_to_local(const struct zone *zone, int64_t utc_ms)
{
    int64_t ms = clamp(utc_ms);
    int64_t seconds = floor_seconds(ms);
    int64_t beyond = cycles_beyond(zone, seconds);
    return ms + (int64_t)find_utc(zone, seconds - beyond)->offset * MS;
}

int64_t zone_to_utc(const struct zone *zone, int64_t local_ms)
{
    int64_t ms = clamp(local_ms);
    int64_t local = floor_seconds(ms);
    /* UTC is at most 26 hours off, and cycles are equal: to go back one too
     * many near the end of the table changes nothing. */
    int64_t beyond = cycles_beyond(zone, local + 2 * DAY_SECONDS);
    const struct regime *r = find_local(zone, local - beyond);
    bool skipped = r > zone->regimes && local - beyond < r->from + r->offset;
    const struct regime *counts = skipped ? r - 1 : r;
    return clamp(ms - (int64_t)counts->offset * MS);
}
