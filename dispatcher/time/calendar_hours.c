/*
 * Opening hours in text: "09:00-12:00", or "22:00-06:00" over midnight.
 */
#include "calendar_table.h"

#include <stdio.h>
#include <string.h>

/* "hh:mm" as minutes, 00:00 to 24:00; -1: it is none. */
static int parse_clock(const char *text)
{
    for (int i = 0; i < 5; i++) {
        bool right = i == 2 ? text[i] == ':' : text[i] >= '0' && text[i] <= '9';
        if (!right)
            return -1;
    }
    int hour = (text[0] - '0') * 10 + (text[1] - '0');
    int minute = (text[3] - '0') * 10 + (text[4] - '0');
    int minutes = hour * 60 + minute;
    return minute > 59 || minutes > DAY_MINUTES ? -1 : minutes;
}

static bool parse_span(const char *text, int *from, int *until)
{
    if (strlen(text) != strlen("hh:mm-hh:mm") || text[5] != '-')
        return false;
    *from = parse_clock(text);
    *until = parse_clock(text + 6);
    return *from >= 0 && *from < DAY_MINUTES && *until >= 0 && *from != *until;
}

bool calendar_hours_add(struct calendar_hours *hours, const char *text,
                        char why[CALENDAR_WHY_SIZE])
{
    int from;
    int until;
    if (!parse_span(text, &from, &until)) {
        snprintf(why, CALENDAR_WHY_SIZE,
                 "\"%.32s\" is no span of hours: write \"09:00-12:00\", "
                 "\"00:00-24:00\", or \"22:00-06:00\" over midnight",
                 text);
        return false;
    }
    if (hours->n == CALENDAR_MAX_SPANS) {
        snprintf(why, CALENDAR_WHY_SIZE,
                 "\"%s\" is one too many: a day has at most %d spans", text,
                 CALENDAR_MAX_SPANS);
        return false;
    }
    if (hours->n > 0 && from < hours->spans[hours->n - 1].until) {
        snprintf(why, CALENDAR_WHY_SIZE,
                 "\"%s\" begins before the span ahead of it ends: sort the "
                 "spans and let none overlap",
                 text);
        return false;
    }
    until += until < from ? DAY_MINUTES : 0;
    hours->spans[hours->n].from = (int16_t)from;
    hours->spans[hours->n].until = (int16_t)until;
    hours->n++;
    return true;
}
