/*
 * Opening hours of each day become spans in UTC.
 *
 *   zone:   |--- offset +8 ---------------|--- offset +9 ----------
 *   days:   | 1  ==  === | 2  ==  === | 3 |  3  == === | 4
 *   spans:       ==  ===      ==  ===          == ===
 *
 * Each stretch of one offset is taken by itself and cut at its ends. So a
 * span is open exactly while a clock on the wall shows a time within the
 * hours: also where days are shorter, longer or left out.
 */
#include "calendar_table.h"

#include "memory.h"
#include "zone.h"

struct builder {
    struct calendar *cal;
    size_t span_capacity;
    size_t workday_capacity;
    size_t next_listed; /* index into cal->days, at or before today */
    int64_t open_until; /* end of the last span, UTC */
};

static int64_t floor_days(int64_t ms)
{
    return ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
}

/* Days come in order within a stretch of one offset. */
static const struct calendar_hours *hours_of(struct builder *b, int32_t day)
{
    const struct calendar *cal = b->cal;
    while (b->next_listed < cal->n_days && cal->days[b->next_listed].day < day)
        b->next_listed++;
    if (b->next_listed < cal->n_days && cal->days[b->next_listed].day == day)
        return &cal->days[b->next_listed].hours;
    return &cal->week[civil_weekday(day)];
}

/* The index of the working day, which is added when it is new. Clocks turned
 * back over midnight show a day again: the repeated hour then belongs to the
 * later day. */
static uint32_t workday_index(struct builder *b, int32_t day)
{
    struct calendar *cal = b->cal;
    if (cal->n_workdays > 0 && cal->workdays[cal->n_workdays - 1].day >= day)
        return (uint32_t)cal->n_workdays - 1;
    if (cal->n_workdays == b->workday_capacity) {
        b->workday_capacity = b->workday_capacity * 2 + 1024;
        cal->workdays = memory_grow(cal->workdays, b->workday_capacity,
                                    sizeof *cal->workdays);
    }
    cal->workdays[cal->n_workdays] = (struct workday){.day = day};
    return (uint32_t)cal->n_workdays++;
}

static void add_span(struct builder *b, int32_t day, int64_t open_ms,
                     int64_t close_ms)
{
    struct calendar *cal = b->cal;
    /* A listed day can begin while the night before is still open. */
    open_ms = open_ms > b->open_until ? open_ms : b->open_until;
    if (open_ms >= close_ms)
        return;
    if (cal->n_spans == b->span_capacity) {
        b->span_capacity = b->span_capacity * 2 + 1024;
        cal->spans =
            memory_grow(cal->spans, b->span_capacity, sizeof *cal->spans);
    }
    uint32_t workday = workday_index(b, day);
    cal->workdays[workday].last_span = (uint32_t)cal->n_spans;
    cal->spans[cal->n_spans++] = (struct span){
        .open_ms = open_ms,
        .before_ms = cal->total_ms,
        .length_ms = (int32_t)(close_ms - open_ms),
        .workday = workday,
    };
    cal->total_ms += close_ms - open_ms;
    b->open_until = close_ms;
}

/* All days of a stretch of time with one offset. */
static void add_regime(struct builder *b, const struct zone_regime *regime)
{
    int64_t first = floor_days(regime->from_ms + regime->offset_ms);
    int64_t last = floor_days(regime->until_ms - 1 + regime->offset_ms);
    b->next_listed = 0;
    /* The night before the first day may still be open. */
    for (int64_t day = first - 1; day <= last; day++) {
        const struct calendar_hours *hours = hours_of(b, (int32_t)day);
        int64_t midnight = day * DAY_MS - regime->offset_ms;
        for (int32_t i = 0; i < hours->n; i++) {
            int64_t open = midnight + (int64_t)hours->spans[i].from * MINUTE_MS;
            int64_t close =
                midnight + (int64_t)hours->spans[i].until * MINUTE_MS;
            add_span(b, (int32_t)day,
                     open > regime->from_ms ? open : regime->from_ms,
                     close < regime->until_ms ? close : regime->until_ms);
        }
    }
}

static int64_t new_year(const struct calendar *cal, int32_t year)
{
    struct civil_date date = {year, 1, 1};
    return zone_to_utc(cal->zone, civil_day_number(date) * (int64_t)DAY_MS);
}

void calendar_build_spans(struct calendar *cal)
{
    struct builder b = {.cal = cal, .open_until = INT64_MIN};
    int64_t from = new_year(cal, CALENDAR_FIRST_YEAR);
    int64_t until = new_year(cal, CALENDAR_LAST_YEAR + 1);
    while (from < until) {
        struct zone_regime regime = zone_regime_at(cal->zone, from);
        int64_t next = regime.until_ms;
        regime.from_ms = from;
        regime.until_ms = next < until ? next : until;
        add_regime(&b, &regime);
        from = next;
    }
    if (cal->n_spans > 0) {
        cal->spans = memory_grow(cal->spans, cal->n_spans, sizeof *cal->spans);
        cal->workdays =
            memory_grow(cal->workdays, cal->n_workdays, sizeof *cal->workdays);
    }
}
