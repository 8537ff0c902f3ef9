/*
 * Questions to a compiled calendar: each is a few binary searches.
 */
#include "calendar.h"

#include "calendar_table.h"
#include "zone.h"

/* Units that need no calendar but a zone, as a table of milliseconds. */
static const int64_t unit_ms[] = {
    [DURATION_MINUTES] = MINUTE_MS,
    [DURATION_HOURS] = HOUR_MS,
    [DURATION_WORK_HOURS] = HOUR_MS,
};

static char id_24x7[] = "24x7";
static char zone_24x7[] = "UTC";
/* "always 24x7 UTC" is all there is to it, so any constant will do. */
#define FINGERPRINT_24X7 UINT64_C(0x2477247724772477)

const struct calendar *calendar_24x7(void)
{
    static const struct calendar always = {
        .id = id_24x7,
        .time_zone = zone_24x7,
        .always = true,
        .runs_out_ms = INT64_MAX,
        .fingerprint = FINGERPRINT_24X7,
    };
    return &always;
}

const char *calendar_id(const struct calendar *cal)
{
    return cal->id;
}

const char *calendar_time_zone(const struct calendar *cal)
{
    return cal->time_zone;
}

int64_t calendar_runs_out_at(const struct calendar *cal)
{
    return cal->runs_out_ms;
}

bool calendar_announces(const struct calendar *cal)
{
    return cal->announces;
}

uint64_t calendar_fingerprint(const struct calendar *cal)
{
    return cal->fingerprint;
}

static const struct zone *zone_of(const struct calendar *cal)
{
    return cal->zone != NULL ? cal->zone : zone_utc();
}

static int64_t clamp(int64_t ms)
{
    if (ms < ZONE_MIN_MS)
        return ZONE_MIN_MS;
    return ms > ZONE_MAX_MS ? ZONE_MAX_MS : ms;
}

static int64_t floor_days(int64_t ms)
{
    return ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
}

int64_t calendar_local_ms(const struct calendar *cal, int64_t at_ms)
{
    return zone_to_local(zone_of(cal), at_ms);
}

int32_t calendar_local_date(const struct calendar *cal, int64_t at_ms)
{
    return civil_yyyymmdd(
        (int32_t)floor_days(zone_to_local(zone_of(cal), at_ms)));
}

static int64_t close_ms(const struct span *span)
{
    return span->open_ms + span->length_ms;
}

/* The span that is open at a moment, or the next one; n_spans: none. */
static size_t current_or_next(const struct calendar *cal, int64_t at_ms)
{
    size_t begun = calendar_spans_begun(cal, at_ms);
    bool open = begun > 0 && at_ms < close_ms(&cal->spans[begun - 1]);
    return open ? begun - 1 : begun;
}

/* Open time from the beginning of the calendar to a moment by which `begun`
 * spans have begun. */
static int64_t open_before(const struct calendar *cal, size_t begun,
                           int64_t at_ms)
{
    if (begun == 0)
        return 0;
    const struct span *span = &cal->spans[begun - 1];
    int64_t open = at_ms - span->open_ms;
    return span->before_ms + (open < span->length_ms ? open : span->length_ms);
}

static int64_t open_until(const struct calendar *cal, int64_t at_ms)
{
    return open_before(cal, calendar_spans_begun(cal, at_ms), at_ms);
}

static int64_t last_close(const struct calendar *cal)
{
    return close_ms(&cal->spans[cal->n_spans - 1]);
}

bool calendar_is_open(const struct calendar *cal, int64_t at_ms)
{
    size_t begun = cal->always ? 0 : calendar_spans_begun(cal, at_ms);
    return cal->always ||
           (begun > 0 && at_ms < close_ms(&cal->spans[begun - 1]));
}

int64_t calendar_elapsed(const struct calendar *cal, int64_t from_ms,
                         int64_t to_ms)
{
    int64_t from = clamp(from_ms);
    int64_t to = clamp(to_ms);
    if (to <= from)
        return 0;
    return cal->always ? to - from
                       : open_until(cal, to) - open_until(cal, from);
}

/* The moment at which work begins: now, or at the next opening. */
static int64_t next_opening(const struct calendar *cal, int64_t at_ms)
{
    size_t i = cal->always ? 0 : current_or_next(cal, at_ms);
    if (cal->always)
        return at_ms;
    if (i == cal->n_spans)
        return last_close(cal);
    int64_t open = cal->spans[i].open_ms;
    return at_ms > open ? at_ms : open;
}

/* `open_ms` of open time after a moment. */
static int64_t advance(const struct calendar *cal, int64_t start_ms,
                       int64_t open_ms)
{
    if (open_ms <= 0)
        return next_opening(cal, start_ms);
    if (cal->always) {
        return clamp(start_ms +
                     (open_ms < ZONE_MAX_MS ? open_ms : ZONE_MAX_MS));
    }
    size_t begun = calendar_spans_begun(cal, start_ms);
    int64_t before = open_before(cal, begun, start_ms);
    if (open_ms > cal->total_ms - before)
        return last_close(cal);
    /* Of the end of one span and the beginning of the next: the end. */
    const struct span *span = calendar_span_with(cal, begun > 0 ? begun - 1 : 0,
                                                 before + open_ms - 1);
    return span->open_ms + (before + open_ms - span->before_ms);
}

/* `open_ms` of open time before a moment. */
static int64_t retreat(const struct calendar *cal, int64_t end_ms,
                       int64_t open_ms)
{
    if (cal->always)
        return clamp(end_ms - open_ms);
    int64_t before = open_until(cal, end_ms);
    if (open_ms > before)
        return cal->spans[0].open_ms;
    const struct span *span = calendar_span_with(cal, 0, before - open_ms);
    return span->open_ms + (before - open_ms - span->before_ms);
}

/* The same wall-clock time `days` later or earlier. */
static int64_t shift_days(const struct calendar *cal, int64_t at_ms,
                          int64_t days)
{
    if (days == 0)
        return at_ms; /* also in an hour that comes twice */
    const struct zone *zone = zone_of(cal);
    return zone_to_utc(zone, zone_to_local(zone, at_ms) + days * DAY_MS);
}

static int64_t end_of_local_day(const struct calendar *cal, int64_t at_ms)
{
    const struct zone *zone = zone_of(cal);
    int64_t day = floor_days(zone_to_local(zone, at_ms));
    return zone_to_utc(zone, (day + 1) * DAY_MS);
}

/* From `base`, a moment of the working day `from`, to the same wall-clock time
 * of the one `n` working days on, or to its end where `to_end`. */
static int64_t on_workday(const struct calendar *cal, int64_t base,
                          int64_t from, int64_t n, bool to_end)
{
    if (from + n < 0)
        return cal->spans[0].open_ms;
    if (from + n >= (int64_t)cal->n_workdays)
        return last_close(cal);
    const struct workday *day = &cal->workdays[from + n];
    if (to_end)
        return close_ms(&cal->spans[day->last_span]);
    return shift_days(cal, base, day->day - cal->workdays[from].day);
}

/* As if each calendar day were a working day. */
static int64_t shift_always(const struct calendar *cal, int64_t at_ms,
                            int64_t n, bool to_end)
{
    int64_t shifted = shift_days(cal, at_ms, n);
    return to_end ? end_of_local_day(cal, shifted) : shifted;
}

/* Working days go on from the current or the next opening. */
static int64_t add_workdays(const struct calendar *cal, int64_t at_ms,
                            int64_t n, bool to_end)
{
    if (cal->always)
        return shift_always(cal, at_ms, n, to_end);
    size_t i = current_or_next(cal, at_ms);
    if (i == cal->n_spans)
        return last_close(cal);
    const struct span *span = &cal->spans[i];
    int64_t base = at_ms > span->open_ms ? at_ms : span->open_ms;
    return on_workday(cal, base, span->workday, n, to_end);
}

static int64_t due_at(const struct calendar *cal, int64_t start_ms,
                      struct duration d)
{
    switch (d.unit) {
    case DURATION_MINUTES:
    case DURATION_HOURS:
        return clamp(start_ms + d.count * unit_ms[d.unit]);
    case DURATION_DAYS:
        return shift_days(cal, start_ms, d.count);
    case DURATION_WORK_HOURS:
        return advance(cal, start_ms, d.count * unit_ms[d.unit]);
    case DURATION_WORK_DAYS:
    case DURATION_WORK_DAYS_END:
        return add_workdays(cal, start_ms, d.count,
                            d.unit == DURATION_WORK_DAYS_END);
    case DURATION_NONE:
        break;
    }
    return start_ms;
}

/* Past the last announced day, or past the last compiled year. */
static bool is_provisional(const struct calendar *cal, int64_t at_ms)
{
    return at_ms > cal->runs_out_ms ||
           (!cal->always && at_ms >= last_close(cal));
}

struct calendar_due calendar_due(const struct calendar *cal, int64_t start_ms,
                                 struct duration d)
{
    int64_t at = due_at(cal, clamp(start_ms), d);
    return (struct calendar_due){
        .at = at,
        .provisional = duration_is_working(d) && is_provisional(cal, at),
    };
}

struct calendar_due calendar_advance(const struct calendar *cal,
                                     int64_t start_ms, int64_t open_ms)
{
    int64_t at = advance(cal, clamp(start_ms), open_ms);
    return (struct calendar_due){.at = at,
                                 .provisional = is_provisional(cal, at)};
}

/* Working days go back from the moment itself or the closing before it. */
static int64_t subtract_workdays(const struct calendar *cal, int64_t at_ms,
                                 int64_t n, bool to_end)
{
    if (cal->always)
        return shift_always(cal, at_ms, -n, to_end);
    size_t begun = calendar_spans_begun(cal, at_ms);
    if (begun == 0)
        return cal->spans[0].open_ms;
    const struct span *span = &cal->spans[begun - 1];
    int64_t close = close_ms(span);
    return on_workday(cal, at_ms < close ? at_ms : close, span->workday, -n,
                      to_end);
}

int64_t calendar_before(const struct calendar *cal, int64_t end_ms,
                        struct duration d)
{
    int64_t end = clamp(end_ms);
    switch (d.unit) {
    case DURATION_MINUTES:
    case DURATION_HOURS:
        return clamp(end - d.count * unit_ms[d.unit]);
    case DURATION_DAYS:
        return shift_days(cal, end, -d.count);
    case DURATION_WORK_HOURS:
        return retreat(cal, end, d.count * unit_ms[d.unit]);
    case DURATION_WORK_DAYS:
    case DURATION_WORK_DAYS_END:
        return subtract_workdays(cal, end, d.count,
                                 d.unit == DURATION_WORK_DAYS_END);
    case DURATION_NONE:
        break;
    }
    return end;
}

struct calendar_day calendar_day(const struct calendar *cal, int32_t day_number)
{
    struct calendar_day plan = {.kind = CALENDAR_DAY_WEEK};
    if (cal->always) {
        plan.hours.n = 1;
        plan.hours.spans[0].until = DAY_MINUTES;
        return plan;
    }
    const struct listed_day *listed =
        calendar_listed_day(cal->days, cal->n_days, day_number);
    if (listed != NULL) {
        plan.kind = listed->kind;
        plan.hours = listed->hours;
        return plan;
    }
    plan.hours = cal->week[civil_weekday(day_number)];
    return plan;
}
