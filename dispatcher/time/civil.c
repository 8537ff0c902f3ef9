/*
 * Dates as numbers of days and back, with integer arithmetic only.
 */
#include "civil.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, EPOCH_SHIFT = 719468 };

/* Years are counted from March, so that a leap day is the last of its year. */
int32_t civil_day_number(struct civil_date date)
{
    int32_t year = date.month <= 2 ? date.year - 1 : date.year;
    int32_t era =
        (year >= 0 ? year : year - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
    int32_t year_of_era = year - era * YEARS_PER_ERA;
    int32_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int32_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

struct civil_date civil_date_of(int32_t day_number)
{
    int32_t days = day_number + EPOCH_SHIFT;
    int32_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int32_t day_of_era = days - era * DAYS_PER_ERA;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                           day_of_era / 146096) /
                          365;
    int32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month = (5 * day_of_year + 2) / 153;
    struct civil_date date = {
        .year = year_of_era + era * YEARS_PER_ERA,
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
    date.year += date.month <= 2;
    return date;
}

int32_t civil_weekday(int32_t day_number)
{
    /* 1970-01-01 was a Thursday. */
    int32_t weekday = (day_number + 3) % CIVIL_WEEKDAYS;
    return weekday < 0 ? weekday + CIVIL_WEEKDAYS : weekday;
}

int32_t civil_yyyymmdd(int32_t day_number)
{
    struct civil_date date = civil_date_of(day_number);
    return date.year * 10000 + date.month * 100 + date.day;
}

static bool parse_digits(const char *text, int digits, int32_t *out)
{
    *out = 0;
    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool civil_parse(const char *text, int32_t *out)
{
    struct civil_date date;
    if (strlen(text) != strlen("yyyy-mm-dd") || text[4] != '-' ||
        text[7] != '-' || !parse_digits(text, 4, &date.year) ||
        !parse_digits(text + 5, 2, &date.month) ||
        !parse_digits(text + 8, 2, &date.day))
        return false;
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > 31)
        return false;
    int32_t day_number = civil_day_number(date);
    if (civil_date_of(day_number).day != date.day)
        return false; /* such as 30 February */
    *out = day_number;
    return true;
}

const char *civil_format(int32_t day_number, char text[CIVIL_TEXT_SIZE])
{
    struct civil_date date = civil_date_of(day_number);
    snprintf(text, CIVIL_TEXT_SIZE, "%04d-%02u-%02u", date.year % 10000,
             (unsigned)date.month % 100, (unsigned)date.day % 100);
    return text;
}
