/*
 * RFC 3339, read. Only UTC and offsets are known here, no zones.
 */
#include "rfc3339.h"

#include "civil.h"

enum { MS_PER_SECOND = 1000, MS_PER_MINUTE = 60000, MS_PER_HOUR = 3600000 };
static const int64_t ms_per_day = 24 * (int64_t)MS_PER_HOUR;

/* Takes exactly `n` digits off *p. */
static bool take_number(const char **p, int n, int32_t *out)
{
    int32_t number = 0;
    for (int i = 0; i < n; i++) {
        char c = (*p)[i];
        if (c < '0' || c > '9')
            return false;
        number = number * 10 + (c - '0');
    }
    *p += n;
    *out = number;
    return true;
}

static bool take(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool take_date(const char **p, int64_t *ms)
{
    struct civil_date date;
    if (!take_number(p, 4, &date.year) || !take(p, '-') ||
        !take_number(p, 2, &date.month) || !take(p, '-') ||
        !take_number(p, 2, &date.day))
        return false;
    if (date.month < 1 || date.month > 12)
        return false;

    /* The 31st of April would be the 1st of May: it comes back changed. */
    int32_t number = civil_day_number(date);
    if (civil_date_of(number).day != date.day)
        return false;
    *ms = number * ms_per_day;
    return true;
}

/* Digits after the point; those behind the milliseconds are dropped. */
static bool take_fraction(const char **p, int64_t *ms)
{
    int unit = 100;
    const char *start = *p;
    for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
        *ms += (**p - '0') * unit;
    return *p > start;
}

static bool take_time(const char **p, int64_t *ms)
{
    int32_t hour, minute;
    int32_t second = 0;
    if (!take_number(p, 2, &hour) || !take(p, ':') ||
        !take_number(p, 2, &minute))
        return false;
    bool seconds = take(p, ':');
    if (seconds && !take_number(p, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ms += hour * (int64_t)MS_PER_HOUR + minute * (int64_t)MS_PER_MINUTE +
           second * (int64_t)MS_PER_SECOND;
    return !seconds || !take(p, '.') || take_fraction(p, ms);
}

static bool take_offset(const char **p, struct rfc3339 *t)
{
    if (**p == '\0')
        return true;
    t->has_offset = true;
    if (take(p, 'Z') || take(p, 'z'))
        return true;
    bool west = take(p, '-');
    if (!west && !take(p, '+'))
        return false;
    int32_t hours, minutes;
    if (!take_number(p, 2, &hours) || !take(p, ':') ||
        !take_number(p, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    t->offset_ms = (west ? -1 : 1) * (hours * (int64_t)MS_PER_HOUR +
                                      minutes * (int64_t)MS_PER_MINUTE);
    return true;
}

bool rfc3339_read(const char *text, struct rfc3339 *out)
{
    struct rfc3339 t = {0};
    const char *p = text;

    if (!take_date(&p, &t.local_ms))
        return false;
    if (!take(&p, 'T') && !take(&p, 't') && !take(&p, ' '))
        return false;
    if (!take_time(&p, &t.local_ms) || !take_offset(&p, &t) || *p != '\0')
        return false;
    *out = t;
    return true;
}

bool rfc3339_parse(const char *text, int64_t *at_ms)
{
    struct rfc3339 t;
    if (!rfc3339_read(text, &t) || !t.has_offset)
        return false;
    *at_ms = t.local_ms - t.offset_ms;
    return true;
}
