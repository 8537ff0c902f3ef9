/*
 * The footer of a TZif file: a POSIX TZ text such as EST5EDT,M3.2.0,M11.1.0,
 * with the extensions of RFC 8536, 3.3.1 (hours from -167 to 167).
 */
#include "civil.h"
#include "zone_table.h"

#include <string.h>

enum { DAY = 86400, DEFAULT_RULE_TIME = 2 * 3600, MAX_RULE_HOURS = 167 };

/* The day of the year on which a rule changes the offset. */
enum rule_kind {
    RULE_MONTH,       /* Mm.w.d: the d-th weekday in week w of month m */
    RULE_JULIAN,      /* Jn: 1 to 365, 29 February is never counted */
    RULE_DAY_OF_YEAR, /* n: 0 to 365 */
};

struct rule {
    enum rule_kind kind;
    int32_t month;
    int32_t week; /* 5: the last */
    int32_t day;
    int32_t time; /* seconds of local time */
};

struct footer {
    int32_t standard; /* offsets, seconds east of UTC */
    int32_t daylight;
    struct rule begin;
    struct rule end;
    bool has_daylight;
};

/* What is left to read. Each reader advances it and returns false, with the
 * reader somewhere, when the text is none of its kind. */
struct reader {
    const char *p;
    const char *end;
};

static bool take(struct reader *in, char c)
{
    if (in->p == in->end || *in->p != c)
        return false;
    in->p++;
    return true;
}

static bool read_number(struct reader *in, int32_t max, int32_t *out)
{
    const char *start = in->p;
    int32_t value = 0;
    while (in->p < in->end && *in->p >= '0' && *in->p <= '9' && value <= max)
        value = value * 10 + (*in->p++ - '0');
    *out = value;
    return in->p > start && value <= max;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool read_name(struct reader *in)
{
    const char *start = in->p;
    if (take(in, '<')) {
        while (in->p < in->end && *in->p != '>')
            in->p++;
        return take(in, '>');
    }
    while (in->p < in->end && is_letter(*in->p))
        in->p++;
    return in->p - start >= 3;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static bool read_time(struct reader *in, int32_t *out)
{
    bool negative = take(in, '-');
    if (!negative)
        (void)take(in, '+');
    int32_t hours = 0;
    int32_t minutes = 0;
    int32_t seconds = 0;
    if (!read_number(in, MAX_RULE_HOURS, &hours))
        return false;
    if (take(in, ':') && !read_number(in, 59, &minutes))
        return false;
    if (take(in, ':') && !read_number(in, 59, &seconds))
        return false;
    int32_t total = hours * 3600 + minutes * 60 + seconds;
    *out = negative ? -total : total;
    return true;
}

static bool read_rule_day(struct reader *in, struct rule *rule)
{
    if (take(in, 'M')) {
        rule->kind = RULE_MONTH;
        return read_number(in, 12, &rule->month) && rule->month >= 1 &&
               take(in, '.') && read_number(in, 5, &rule->week) &&
               rule->week >= 1 && take(in, '.') &&
               read_number(in, 6, &rule->day);
    }
    rule->kind = take(in, 'J') ? RULE_JULIAN : RULE_DAY_OF_YEAR;
    return read_number(in, 365, &rule->day) &&
           (rule->kind == RULE_DAY_OF_YEAR || rule->day >= 1);
}

static bool read_rule(struct reader *in, struct rule *rule)
{
    rule->time = DEFAULT_RULE_TIME;
    return take(in, ',') && read_rule_day(in, rule) &&
           (!take(in, '/') || read_time(in, &rule->time));
}

static bool read_footer(struct reader *in, struct footer *footer)
{
    /* POSIX writes offsets west of Greenwich as positive. */
    int32_t west;
    if (!read_name(in) || !read_time(in, &west))
        return false;
    footer->standard = -west;
    footer->has_daylight = in->p < in->end;
    if (!footer->has_daylight)
        return true;
    if (!read_name(in))
        return false;
    footer->daylight = footer->standard + 3600;
    if (in->p < in->end && *in->p != ',') {
        if (!read_time(in, &west))
            return false;
        footer->daylight = -west;
    }
    return read_rule(in, &footer->begin) && read_rule(in, &footer->end) &&
           in->p == in->end;
}

static int32_t month_rule_day(const struct rule *rule, int32_t year)
{
    struct civil_date first = {year, rule->month, 1};
    int32_t day = civil_day_number(first);
    int32_t wanted = (rule->day + CIVIL_SUNDAY) % CIVIL_WEEKDAYS;
    day += (wanted - civil_weekday(day) + CIVIL_WEEKDAYS) % CIVIL_WEEKDAYS;
    day += (rule->week - 1) * CIVIL_WEEKDAYS;
    while (civil_date_of(day).month != rule->month)
        day -= CIVIL_WEEKDAYS; /* the fifth week is the last one there is */
    return day;
}

static int32_t rule_day(const struct rule *rule, int32_t year)
{
    int32_t january = civil_day_number((struct civil_date){year, 1, 1});
    int32_t march = civil_day_number((struct civil_date){year, 3, 1});
    switch (rule->kind) {
    case RULE_MONTH:
        return month_rule_day(rule, year);
    case RULE_JULIAN:
        return rule->day < 60 ? january + rule->day - 1
                              : march + rule->day - 60;
    case RULE_DAY_OF_YEAR:
        break;
    }
    return january + rule->day;
}

/* The moment at which a rule changes the offset from `before`. */
static int64_t rule_moment(const struct rule *rule, int32_t year,
                           int32_t before)
{
    return (int64_t)rule_day(rule, year) * DAY + rule->time - before;
}

static void append_year(struct zone *zone, const struct footer *footer,
                        int32_t year, int64_t after)
{
    int64_t begin = rule_moment(&footer->begin, year, footer->standard);
    int64_t end = rule_moment(&footer->end, year, footer->daylight);
    bool north = begin < end;
    int64_t moments[] = {north ? begin : end, north ? end : begin};
    int32_t offsets[] = {north ? footer->daylight : footer->standard,
                         north ? footer->standard : footer->daylight};
    for (int i = 0; i < 2; i++)
        if (moments[i] > after)
            zone_append(zone, moments[i], offsets[i]);
}

bool zone_append_footer(struct zone *zone, const char *text, size_t size)
{
    struct reader in = {.p = text, .end = text + size};
    struct footer footer = {0};
    if (size == 0)
        return true;
    if (!read_footer(&in, &footer))
        return false;
    int64_t last = zone->regimes[zone->n - 1].from;
    if (!footer.has_daylight)
        return true; /* the last regime of the file is the footer's */
    int32_t year = last < 0 ? 1970 : civil_date_of((int32_t)(last / DAY)).year;
    for (int i = 0; i <= ZONE_CYCLE_YEARS + 1; i++)
        append_year(zone, &footer, year + i, last);
    /* Only what lies a whole cycle back can be repeated. */
    zone->repeats = zone->n > ZONE_CYCLE_YEARS;
    return true;
}
