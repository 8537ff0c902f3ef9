/*
 * strptime reads the pattern, the zone module makes a moment of it: the C
 * library's own zone is global and is left alone.
 */
#include "source_time.h"

#include "rfc3339.h"
#include "zone.h"

#include <stddef.h>
#include <string.h>
#include <time.h>

enum { MS_PER_SECOND = 1000 };

static int64_t to_utc(const struct source_time *source, int64_t local_ms)
{
    return source->zone != NULL ? zone_to_utc(source->zone, local_ms)
                                : local_ms;
}

static bool read_rfc3339(const struct source_time *source, const char *text,
                         int64_t *at_ms)
{
    struct rfc3339 t;
    if (!rfc3339_read(text, &t))
        return false;
    *at_ms =
        t.has_offset ? t.local_ms - t.offset_ms : to_utc(source, t.local_ms);
    return true;
}

/* ".123" behind the seconds, as Socrata's exports have it. */
static bool only_fraction(const char *rest)
{
    if (*rest == '\0')
        return true;
    return *rest == '.' && rest[1 + strspn(rest + 1, "0123456789")] == '\0';
}

bool source_time_read(const struct source_time *source, const char *text,
                      int64_t *at_ms)
{
    if (source->format == NULL)
        return read_rfc3339(source, text, at_ms);

    struct tm tm = {.tm_mday = 1};
    const char *rest = strptime(text, source->format, &tm);
    if (rest == NULL || !only_fraction(rest))
        return false;
    int day = tm.tm_mday;
    int64_t offset_ms = (int64_t)tm.tm_gmtoff * MS_PER_SECOND;
    int64_t local_ms = (int64_t)timegm(&tm) * MS_PER_SECOND;
    if (tm.tm_mday != day) /* 31 April would be 1 May */
        return false;
    bool has_offset = strstr(source->format, "%z") != NULL;
    *at_ms = has_offset ? local_ms - offset_ms : to_utc(source, local_ms);
    return true;
}
