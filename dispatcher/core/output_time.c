/*
 * RFC 3339 by integer arithmetic: gmtime_r and strftime cost ten times as
 * much, and every record that goes out has a time.
 */
#include "output.h"

#include "civil.h"

enum { MS_PER_SECOND = 1000, SECONDS_PER_DAY = 86400 };

static const int32_t first_day = -719528;                 /* 0000-01-01 */
static const int64_t first_ms = INT64_C(-62167219200000); /* the same */
static const int64_t last_ms = INT64_C(253402300799999);  /* 9999-12-31 */

/* Writes `value` as exactly `digits` digits and `end` behind them. */
static char *put_number(char *p, unsigned value, int digits, char end)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        p[i] = (char)('0' + value % 10);
    p[digits] = end;
    return p + digits + 1;
}

void output_time(int64_t at_ms, char text[OUTPUT_TIME_SIZE])
{
    if (at_ms < first_ms)
        at_ms = first_ms;
    if (at_ms > last_ms)
        at_ms = last_ms;
    /* Counted from the year 0, so that nothing is negative. */
    int64_t since = at_ms - first_ms;
    int64_t seconds = since / MS_PER_SECOND;
    unsigned second = (unsigned)(seconds % SECONDS_PER_DAY);
    struct civil_date date =
        civil_date_of(first_day + (int32_t)(seconds / SECONDS_PER_DAY));
    char *p = text;

    p = put_number(p, (unsigned)date.year, 4, '-');
    p = put_number(p, (unsigned)date.month, 2, '-');
    p = put_number(p, (unsigned)date.day, 2, 'T');
    p = put_number(p, second / 3600, 2, ':');
    p = put_number(p, second / 60 % 60, 2, ':');
    p = put_number(p, second % 60, 2, '.');
    p = put_number(p, (unsigned)(since % MS_PER_SECOND), 3, 'Z');
    *p = '\0';
}
