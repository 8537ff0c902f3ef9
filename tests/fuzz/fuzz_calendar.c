/*
 * Fuzzes the parsers of calendars, durations and time zone files; the first
 * byte chooses. What is taken must keep the promises of its header. Inputs to
 * begin with are in seeds/calendar.
 */
#include "calendar.h"
#include "calendar_explain.h"
#include "calendar_spec.h"
#include "duration.h"
#include "zone.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_duration(const uint8_t *data, size_t size)
{
    char text[64] = "";
    char written[DURATION_TEXT_SIZE];
    char why[CALENDAR_WHY_SIZE];
    struct duration d;
    struct duration again;
    memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
    if (!duration_parse(text, &d, why, sizeof why)) {
        assert(strlen(why) > 0);
        return;
    }
    assert(
        duration_parse(duration_format(d, written), &again, why, sizeof why));
    assert(again.unit == d.unit && again.count == d.count);
}

/* Due and elapsed are inverse to each other while there is time left. */
static void ask(const struct calendar *cal, int64_t start, int32_t count)
{
    static struct calendar_steps steps;
    static char words[CALENDAR_WORDS_SIZE];
    for (int unit = DURATION_MINUTES; unit <= DURATION_WORK_DAYS_END; unit++) {
        struct duration d = {(enum duration_unit)unit, count};
        struct calendar_due due = calendar_due(cal, start, d);
        (void)calendar_before(cal, due.at, d);
        calendar_explain(cal, start, d, &steps);
        calendar_words(cal, &steps, CALENDAR_CHINESE, words);
    }
    int64_t open_ms = (int64_t)count * 61001;
    struct calendar_due due = calendar_advance(cal, start, open_ms);
    int64_t elapsed = calendar_elapsed(cal, start, due.at);
    assert(elapsed <= open_ms);
    assert(elapsed == open_ms || due.provisional);
}

static const char only_zone[] = "{\"time_zone\":\"America/New_York\"}";

static void fuzz_calendar(const uint8_t *data, size_t size)
{
    char why[CALENDAR_WHY_SIZE] = "";
    struct calendar *cal = NULL;
    struct calendar_spec *spec =
        calendar_spec_parse((const char *)data, size, why);
    if (spec == NULL) {
        assert(strlen(why) > 0);
        return;
    }
    /* The zone is inherited: the fuzzer need not find the name of one. */
    struct calendar_spec *zone =
        calendar_spec_parse(only_zone, strlen(only_zone), why);
    const struct calendar_spec *lineage[] = {spec, zone};
    assert(zone != NULL);
    if (calendar_compile("fuzz", lineage, 2, &cal, why))
        for (int64_t at = 600000000; at < INT64_C(3000000000); at += 333333333)
            ask(cal, at * 1000, (int32_t)(at % 1000));
    calendar_free(&cal);
    calendar_spec_free(&spec);
    calendar_spec_free(&zone);
}

static void fuzz_zone(const uint8_t *data, size_t size)
{
    struct zone *zone = zone_parse(data, size);
    if (zone == NULL)
        return;
    for (int64_t year = -100; year < 8000; year += 97) {
        int64_t ms = year * INT64_C(31556952000) + 1234567;
        struct zone_regime regime = zone_regime_at(zone, ms);
        assert(zone_to_local(zone, ms) - ms == regime.offset_ms);
        (void)zone_to_utc(zone, ms);
    }
    zone_free(&zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const uint8_t *data, size_t size) = {
        fuzz_calendar, /* 'c' */
        fuzz_duration, /* 'd' */
        fuzz_zone,     /* 'z' */
    };
    if (size > 0)
        targets[data[0] % 3](data + 1, size - 1);
    return 0;
}
