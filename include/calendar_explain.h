/*
 * Why a due date is what it is: its steps, as data and in words.
 *
 * Costs nothing unless asked: the steps are found again from the calendar,
 * the start and the duration.
 */
#ifndef DISPATCHER_CALENDAR_EXPLAIN_H
#define DISPATCHER_CALENDAR_EXPLAIN_H

#include "calendar.h"

enum calendar_step_kind {
    CALENDAR_STEP_WAITS,    /* closed; the clock starts at until_ms */
    CALENDAR_STEP_ELAPSES,  /* every hour from from_ms to until_ms counts */
    CALENDAR_STEP_DAYS,     /* `count` calendar days, same wall-clock time */
    CALENDAR_STEP_WORKS,    /* open from from_ms to until_ms, which counts */
    CALENDAR_STEP_WORKDAY,  /* first_day is the count-th working day */
    CALENDAR_STEP_CLOSED,   /* first_day to last_day are closed */
    CALENDAR_STEP_LEFT_OUT, /* `count` further steps, too many to list */
    CALENDAR_STEP_DUE,      /* until_ms is the due date; always the last */
};

struct calendar_step {
    enum calendar_step_kind kind;
    enum calendar_day_kind day_kind;
    bool provisional;  /* of the due date */
    int32_t first_day; /* local days, numbered as in civil.h */
    int32_t last_day;
    int32_t count;
    int64_t from_ms; /* UTC */
    int64_t until_ms;
    int64_t counted_ms; /* working time that this step counts */
};

enum { CALENDAR_MAX_STEPS = 32 };
struct calendar_steps {
    size_t n;
    struct calendar_step items[CALENDAR_MAX_STEPS];
};

/* The steps from `start_ms` to calendar_due(cal, start_ms, d). */
void calendar_explain(const struct calendar *cal, int64_t start_ms,
                      struct duration d, struct calendar_steps *steps);

/* The first is for those who may want no words; it is no language. */
enum calendar_language {
    CALENDAR_NO_WORDS,
    CALENDAR_ENGLISH,
    CALENDAR_CHINESE
};

/* "en" or "zh"; false for anything else, *out is then untouched. */
MUST_CHECK bool calendar_language_parse(const char *name,
                                        enum calendar_language *out);

/* Long enough for CALENDAR_MAX_STEPS in either language. */
enum { CALENDAR_WORDS_SIZE = 4096 };

/* The steps in words, in UTF-8 without a line end, such as "Fri 11 Oct 13:30
 * to 17:00 counts 3 h 30 min; ...". Returns text. */
const char *calendar_words(const struct calendar *cal,
                           const struct calendar_steps *steps,
                           enum calendar_language language,
                           char text[CALENDAR_WORDS_SIZE]);

/* One of the steps in words. Returns text. */
const char *calendar_step_words(const struct calendar *cal,
                                const struct calendar_step *step,
                                enum calendar_language language,
                                char text[CALENDAR_WORDS_SIZE]);

/* "works", "closed", ...: the kind of a step in JSON. */
const char *calendar_step_name(enum calendar_step_kind kind);

#endif
