/*
 * Durations in text: one number and one unit, from one table of units.
 */
#include "duration.h"

#include <stdio.h>
#include <string.h>

static const char *const unit_texts[] = {
    [DURATION_MINUTES] = "m",    [DURATION_HOURS] = "h",
    [DURATION_DAYS] = "d",       [DURATION_WORK_HOURS] = "wh",
    [DURATION_WORK_DAYS] = "wd", [DURATION_WORK_DAYS_END] = "wd.end",
};

enum { UNITS = sizeof unit_texts / sizeof unit_texts[0] };

static enum duration_unit find_unit(const char *text)
{
    for (int unit = DURATION_NONE + 1; unit < UNITS; unit++)
        if (strcmp(unit_texts[unit], text) == 0)
            return (enum duration_unit)unit;
    return DURATION_NONE;
}

bool duration_parse(const char *text, struct duration *out, char *why,
                    size_t size)
{
    const char *p = text;
    int32_t count = 0;
    while (*p >= '0' && *p <= '9' && count <= DURATION_MAX_COUNT) {
        count = count * 10 + (*p - '0');
        p++;
    }
    if (count > DURATION_MAX_COUNT) {
        snprintf(why, size, "\"%.32s\" is too long: at most %d of a unit", text,
                 DURATION_MAX_COUNT);
        return false;
    }
    enum duration_unit unit = find_unit(p);
    if (p == text || unit == DURATION_NONE) {
        snprintf(why, size,
                 "\"%.32s\" is no duration: write one number and one unit, "
                 "such as 90m, 24h, 7d, 12wh, 5wd or 5wd.end",
                 text);
        return false;
    }
    *out = (struct duration){.unit = unit, .count = count};
    return true;
}

/* Without printf: a new ticket's policies are full of durations. */
const char *duration_format(struct duration d, char text[DURATION_TEXT_SIZE])
{
    char digits[10]; /* of an int32_t */
    size_t n = 0, i = 0;

    if (d.unit == DURATION_NONE) {
        text[0] = '\0';
        return text;
    }
    for (int32_t left = d.count; left > 0 || n == 0; left /= 10)
        digits[n++] = (char)('0' + left % 10);
    while (n > 0)
        text[i++] = digits[--n];
    strcpy(text + i, unit_texts[d.unit]);
    return text;
}

bool duration_is_working(struct duration d)
{
    return d.unit == DURATION_WORK_HOURS || d.unit == DURATION_WORK_DAYS ||
           d.unit == DURATION_WORK_DAYS_END;
}
