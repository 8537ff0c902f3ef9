/*
 * The steps of a due date, read off the spans and working days between.
 */
#include "calendar_explain.h"

#include "calendar_table.h"

static const char *const step_names[] = {
    [CALENDAR_STEP_WAITS] = "waits",       [CALENDAR_STEP_ELAPSES] = "elapses",
    [CALENDAR_STEP_DAYS] = "days",         [CALENDAR_STEP_WORKS] = "works",
    [CALENDAR_STEP_WORKDAY] = "workday",   [CALENDAR_STEP_CLOSED] = "closed",
    [CALENDAR_STEP_LEFT_OUT] = "left_out", [CALENDAR_STEP_DUE] = "due",
};

const char *calendar_step_name(enum calendar_step_kind kind)
{
    return step_names[kind];
}

/* The last two places are kept for what was left out and for the due date. */
static void add(struct calendar_steps *steps, const struct calendar_step *step)
{
    if (steps->n < CALENDAR_MAX_STEPS - 2) {
        steps->items[steps->n++] = *step;
        return;
    }
    struct calendar_step *rest = &steps->items[CALENDAR_MAX_STEPS - 2];
    if (steps->n == CALENDAR_MAX_STEPS - 2) {
        steps->n++;
        *rest = (struct calendar_step){.kind = CALENDAR_STEP_LEFT_OUT,
                                       .first_day = step->first_day,
                                       .from_ms = step->from_ms};
    }
    rest->count++;
    rest->counted_ms += step->counted_ms;
    rest->last_day = step->last_day;
    rest->until_ms = step->until_ms;
}

/* The closed days between two working days, those of a kind together. */
static void add_closed(const struct calendar *cal, int32_t first, int32_t last,
                       struct calendar_steps *steps)
{
    struct calendar_step step = {.kind = CALENDAR_STEP_CLOSED};
    for (int32_t day = first; day <= last; day++) {
        enum calendar_day_kind kind = calendar_day(cal, day).kind;
        bool joins = day > first && kind == step.day_kind;
        if (day > first && !joins)
            add(steps, &step);
        step.day_kind = kind;
        step.first_day = joins ? step.first_day : day;
        step.last_day = day;
    }
    if (first <= last)
        add(steps, &step);
}

static int32_t span_day(const struct calendar *cal, size_t i)
{
    return cal->workdays[cal->spans[i].workday].day;
}

/* Adds the span's part between two moments. */
static void add_work(const struct calendar *cal, size_t i, int64_t begin_ms,
                     int64_t due_ms, struct calendar_steps *steps)
{
    const struct span *span = &cal->spans[i];
    int32_t day = span_day(cal, i);
    int64_t close = span->open_ms + span->length_ms;
    struct calendar_step step = {
        .kind = CALENDAR_STEP_WORKS,
        .day_kind = calendar_day(cal, day).kind,
        .first_day = day,
        .last_day = day,
        .from_ms = begin_ms > span->open_ms ? begin_ms : span->open_ms,
        .until_ms = due_ms < close ? due_ms : close,
    };
    step.counted_ms = step.until_ms - step.from_ms;
    add(steps, &step);
}

static void explain_work_hours(const struct calendar *cal, size_t i,
                               int64_t begin_ms, int64_t due_ms,
                               struct calendar_steps *steps)
{
    int32_t day = span_day(cal, i);
    for (; i < cal->n_spans && cal->spans[i].open_ms < due_ms; i++) {
        add_closed(cal, day + 1, span_day(cal, i) - 1, steps);
        day = span_day(cal, i);
        add_work(cal, i, begin_ms, due_ms, steps);
    }
}

static void explain_workdays(const struct calendar *cal, size_t i, int32_t n,
                             struct calendar_steps *steps)
{
    size_t from = cal->spans[i].workday;
    for (int32_t k = 1; k <= n && from + (size_t)k < cal->n_workdays; k++) {
        int32_t before = cal->workdays[from + (size_t)k - 1].day;
        int32_t day = cal->workdays[from + (size_t)k].day;
        add_closed(cal, before + 1, day - 1, steps);
        struct calendar_step step = {
            .kind = CALENDAR_STEP_WORKDAY,
            .day_kind = calendar_day(cal, day).kind,
            .first_day = day,
            .last_day = day,
            .count = k,
        };
        add(steps, &step);
    }
}

/* Working units: wait for the opening, then count. */
static void explain_working(const struct calendar *cal, int64_t start_ms,
                            struct duration d, int64_t due_ms,
                            struct calendar_steps *steps)
{
    size_t i = calendar_spans_begun(cal, start_ms);
    bool open = calendar_is_open(cal, start_ms);
    i -= open ? 1 : 0;
    if (i == cal->n_spans)
        return; /* beyond the last year */
    int64_t begin_ms = open ? start_ms : cal->spans[i].open_ms;
    if (!open) {
        struct calendar_step step = {.kind = CALENDAR_STEP_WAITS,
                                     .first_day = span_day(cal, i),
                                     .last_day = span_day(cal, i),
                                     .from_ms = start_ms,
                                     .until_ms = begin_ms};
        add(steps, &step);
    }
    if (d.unit == DURATION_WORK_HOURS)
        explain_work_hours(cal, i, begin_ms, due_ms, steps);
    else
        explain_workdays(cal, i, d.count, steps);
}

void calendar_explain(const struct calendar *cal, int64_t start_ms,
                      struct duration d, struct calendar_steps *steps)
{
    struct calendar_due due = calendar_due(cal, start_ms, d);
    start_ms = calendar_due(cal, start_ms, (struct duration){0}).at;
    bool in_days = d.unit == DURATION_DAYS ||
                   (d.unit != DURATION_WORK_HOURS && duration_is_working(d));
    steps->n = 0;
    if (duration_is_working(d) && !cal->always) {
        explain_working(cal, start_ms, d, due.at, steps);
    } else if (d.unit != DURATION_NONE) {
        struct calendar_step step = {
            .kind = in_days ? CALENDAR_STEP_DAYS : CALENDAR_STEP_ELAPSES,
            .count = d.count,
            .from_ms = start_ms,
            .until_ms = due.at,
            .counted_ms = due.at - start_ms,
        };
        add(steps, &step);
    }
    steps->items[steps->n++] = (struct calendar_step){
        .kind = CALENDAR_STEP_DUE,
        .provisional = due.provisional,
        .from_ms = start_ms,
        .until_ms = due.at,
    };
}
