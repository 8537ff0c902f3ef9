/*
 * RFC 3339 with a zone behind it.
 */
#include "local_time.h"

#include "output.h"
#include "rfc3339.h"
#include "zone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MS_PER_MINUTE = 60000, DATE_SIZE = 10 };

static bool read_written(const char *text, struct rfc3339 *out)
{
    char midnight[DATE_SIZE + sizeof "T00:00"];

    if (strlen(text) != DATE_SIZE)
        return rfc3339_read(text, out);
    snprintf(midnight, sizeof midnight, "%sT00:00", text);
    return rfc3339_read(midnight, out);
}

bool local_time_read(const struct local_time *local, const char *text,
                     int64_t *at_ms, char why[LOCAL_TIME_WHY])
{
    struct rfc3339 written;

    if (!read_written(text, &written)) {
        snprintf(why, LOCAL_TIME_WHY,
                 "write 2019-11-07, 2019-11-07T08:02, or with an offset such "
                 "as +08:00");
        return false;
    }
    if (written.has_offset) {
        *at_ms = written.local_ms - written.offset_ms;
        return true;
    }
    if (local->zone == NULL) {
        snprintf(why, LOCAL_TIME_WHY,
                 "the city's time zone is unknown: write an offset such as "
                 "+08:00, or say --zone");
        return false;
    }
    *at_ms = zone_to_utc(local->zone, written.local_ms);
    return true;
}

const char *local_time_text(const struct local_time *local, int64_t at_ms,
                            char text[LOCAL_TIME_SIZE])
{
    char exact[OUTPUT_TIME_SIZE];
    int64_t local_ms =
        local->zone != NULL ? zone_to_local(local->zone, at_ms) : at_ms;
    int offset = (int)((local_ms - at_ms) / MS_PER_MINUTE);

    output_time(local_ms, exact);
    if (local->zone == NULL)
        snprintf(text, LOCAL_TIME_SIZE, "%.10s %.8s Z", exact, exact + 11);
    else
        snprintf(text, LOCAL_TIME_SIZE, "%.10s %.8s %c%02d:%02d", exact,
                 exact + 11, offset < 0 ? '-' : '+', abs(offset) / 60 % 100,
                 abs(offset) % 60);
    return text;
}

const char *span_text(int64_t span_ms, char text[SPAN_SIZE])
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}};
    enum { UNITS = sizeof(units) / sizeof(units[0]) };
    /* Also of INT64_MIN. */
    uint64_t left = span_ms < 0 ? -(uint64_t)span_ms : (uint64_t)span_ms;
    size_t i = 0;

    while (i < UNITS - 1 && left < (uint64_t)units[i].ms)
        i++;
    uint64_t unit = (uint64_t)units[i].ms;
    uint64_t rest = i < UNITS - 1 ? left % unit / (uint64_t)units[i + 1].ms : 0;
    int n =
        snprintf(text, SPAN_SIZE, "%" PRIu64 " %s", left / unit, units[i].name);

    if (rest > 0)
        snprintf(text + n, SPAN_SIZE - (size_t)n, " %" PRIu64 " %s", rest,
                 units[i + 1].name);
    return text;
}
