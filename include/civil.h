/*
 * Dates of the Gregorian calendar as numbers of days, without a time zone.
 *
 * A day number counts from 1970-01-01, which is 0. The conversions are those
 * of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
 */
#ifndef DISPATCHER_CIVIL_H
#define DISPATCHER_CIVIL_H

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

struct civil_date {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

enum { CIVIL_MONDAY, CIVIL_SATURDAY = 5, CIVIL_SUNDAY, CIVIL_WEEKDAYS };

/* "2026-10-10" and its NUL. */
enum { CIVIL_TEXT_SIZE = 16 };

int32_t civil_day_number(struct civil_date date);
struct civil_date civil_date_of(int32_t day_number);

/* CIVIL_MONDAY to CIVIL_SUNDAY. */
int32_t civil_weekday(int32_t day_number);

/* The date as yyyymmdd. */
int32_t civil_yyyymmdd(int32_t day_number);

/* Parses "2026-10-10", a date that exists, years 1 to 9999. On failure *out
 * is untouched. */
MUST_CHECK bool civil_parse(const char *text, int32_t *out);

const char *civil_format(int32_t day_number, char text[CIVIL_TEXT_SIZE]);

#endif
