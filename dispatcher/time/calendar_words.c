/*
 * The steps of a due date in words. Each language is a table with one
 * function for each kind of step.
 */
#include "calendar_explain.h"

#include "calendar_table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct words {
    const struct calendar *cal;
    char *text;
    size_t used;
};

PRINTF_LIKE(2, 3)
static void say(struct words *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->text + w->used, CALENDAR_WORDS_SIZE - w->used, format,
                      args);
    va_end(args);
    w->used += (size_t)n;
    if (w->used >= CALENDAR_WORDS_SIZE)
        w->used = CALENDAR_WORDS_SIZE - 1;
}

static int32_t local_day(const struct words *w, int64_t at_ms)
{
    int64_t local = calendar_local_ms(w->cal, at_ms);
    return (int32_t)((local - (local % DAY_MS + DAY_MS) % DAY_MS) / DAY_MS);
}

/* "13:30", with seconds where there are any; "24:00" where a day ends. */
static void say_clock(struct words *w, int64_t at_ms, bool ends)
{
    int64_t local = calendar_local_ms(w->cal, at_ms);
    int64_t seconds = (local % DAY_MS + DAY_MS) % DAY_MS / SECOND_MS;
    int64_t minute = seconds / 60;
    minute = ends && seconds == 0 ? DAY_MINUTES : minute;
    say(w, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
    if (seconds % 60 > 0)
        say(w, ":%02d", (int)(seconds % 60));
}

/* "3 h 30 min": the parts that are not zero, each with its unit. */
static void say_time(struct words *w, int64_t ms, const char *const units[3],
                     const char *divider)
{
    int64_t parts[] = {ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS,
                       ms % MINUTE_MS / SECOND_MS};
    const char *before = "";
    for (int i = 0; i < 3; i++) {
        if (parts[i] > 0) {
            say(w, "%s%" PRId64 "%s", before, parts[i], units[i]);
            before = divider;
        }
    }
    if (ms < SECOND_MS)
        say(w, "0%s", units[1]);
}

static void en_date(struct words *w, int32_t day)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu",
                                           "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    struct civil_date date = civil_date_of(day);
    say(w, "%s %d %s", weekdays[civil_weekday(day)], date.day,
        months[date.month - 1]);
}

static void en_full_date(struct words *w, int32_t day)
{
    en_date(w, day);
    say(w, " %d", civil_date_of(day).year);
}

static void en_time(struct words *w, int64_t ms)
{
    static const char *const units[] = {" h", " min", " s"};
    say_time(w, ms, units, " ");
}

static void en_day_kind(struct words *w, enum calendar_day_kind kind)
{
    static const char *const names[] = {
        [CALENDAR_DAY_WEEK] = "",
        [CALENDAR_DAY_HOLIDAY] = ", a half day,",
        [CALENDAR_DAY_WORKDAY] = ", a make-up day,",
    };
    say(w, "%s", names[kind]);
}

static void en_waits(struct words *w, const struct calendar_step *step)
{
    say(w, "closed until ");
    en_date(w, local_day(w, step->until_ms));
    say(w, " ");
    say_clock(w, step->until_ms, false);
    say(w, ", when the clock starts");
}

static void en_elapses(struct words *w, const struct calendar_step *step)
{
    en_time(w, step->counted_ms);
    say(w, " from ");
    en_date(w, local_day(w, step->from_ms));
    say(w, " ");
    say_clock(w, step->from_ms, false);
    say(w, ", at any hour");
}

static void en_days(struct words *w, const struct calendar_step *step)
{
    say(w, "%d calendar day%s from ", step->count, step->count == 1 ? "" : "s");
    en_date(w, local_day(w, step->from_ms));
    say(w, " ");
    say_clock(w, step->from_ms, false);
}

static void en_works(struct words *w, const struct calendar_step *step)
{
    en_date(w, step->first_day);
    en_day_kind(w, step->day_kind);
    say(w, " ");
    say_clock(w, step->from_ms, false);
    say(w, " to ");
    say_clock(w, step->until_ms, true);
    say(w, " counts ");
    en_time(w, step->counted_ms);
}

static void en_workday(struct words *w, const struct calendar_step *step)
{
    en_date(w, step->first_day);
    en_day_kind(w, step->day_kind);
    say(w, " is working day %d", step->count);
}

static void en_closed(struct words *w, const struct calendar_step *step)
{
    en_date(w, step->first_day);
    if (step->last_day > step->first_day) {
        say(w, " to ");
        en_date(w, step->last_day);
    }
    say(w, step->day_kind == CALENDAR_DAY_HOLIDAY ? " holiday" : " closed");
}

static void en_left_out(struct words *w, const struct calendar_step *step)
{
    say(w, "%d further steps until ", step->count);
    en_full_date(w, step->last_day);
    if (step->counted_ms > 0) {
        say(w, " count ");
        en_time(w, step->counted_ms);
    }
}

static void en_due(struct words *w, const struct calendar_step *step)
{
    say(w, "due ");
    en_full_date(w, local_day(w, step->until_ms));
    say(w, " ");
    say_clock(w, step->until_ms, false);
    say(w, " (%s)", calendar_time_zone(w->cal));
    if (step->provisional)
        say(w, ", provisional: holidays of that time are not announced yet");
}

static void zh_date(struct words *w, int32_t day)
{
    struct civil_date date = civil_date_of(day);
    say(w, "%d月%d日", date.month, date.day);
}

static const char *zh_weekday(int32_t day)
{
    static const char *const weekdays[] = {"周一", "周二", "周三", "周四",
                                           "周五", "周六", "周日"};
    return weekdays[civil_weekday(day)];
}

static void zh_moment(struct words *w, int64_t at_ms)
{
    int32_t day = local_day(w, at_ms);
    zh_date(w, day);
    say(w, "（%s）", zh_weekday(day));
    say_clock(w, at_ms, false);
}

static void zh_time(struct words *w, int64_t ms)
{
    static const char *const units[] = {"小时", "分钟", "秒"};
    say_time(w, ms, units, "");
}

static void zh_working_date(struct words *w, const struct calendar_step *step)
{
    static const char *const kinds[] = {
        [CALENDAR_DAY_WEEK] = "",
        [CALENDAR_DAY_HOLIDAY] = "，半天",
        [CALENDAR_DAY_WORKDAY] = "，调休上班",
    };
    zh_date(w, step->first_day);
    say(w, "（%s%s）", zh_weekday(step->first_day), kinds[step->day_kind]);
}

static void zh_waits(struct words *w, const struct calendar_step *step)
{
    say(w, "非工作时间，自");
    zh_moment(w, step->until_ms);
    say(w, "起算");
}

static void zh_elapses(struct words *w, const struct calendar_step *step)
{
    say(w, "自");
    zh_moment(w, step->from_ms);
    say(w, "起连续计");
    zh_time(w, step->counted_ms);
}

static void zh_days(struct words *w, const struct calendar_step *step)
{
    say(w, "自");
    zh_moment(w, step->from_ms);
    say(w, "起计%d个自然日", step->count);
}

static void zh_works(struct words *w, const struct calendar_step *step)
{
    zh_working_date(w, step);
    say_clock(w, step->from_ms, false);
    say(w, "至");
    say_clock(w, step->until_ms, true);
    say(w, "计");
    zh_time(w, step->counted_ms);
}

static void zh_workday(struct words *w, const struct calendar_step *step)
{
    zh_working_date(w, step);
    say(w, "为第%d个工作日", step->count);
}

static void zh_closed(struct words *w, const struct calendar_step *step)
{
    zh_date(w, step->first_day);
    if (step->last_day > step->first_day) {
        say(w, "至");
        zh_date(w, step->last_day);
    }
    say(w, step->day_kind == CALENDAR_DAY_HOLIDAY ? "放假" : "休息");
}

static void zh_left_out(struct words *w, const struct calendar_step *step)
{
    say(w, "至%d年", civil_date_of(step->last_day).year);
    zh_date(w, step->last_day);
    say(w, "另有%d步", step->count);
    if (step->counted_ms > 0) {
        say(w, "，计");
        zh_time(w, step->counted_ms);
    }
}

static void zh_due(struct words *w, const struct calendar_step *step)
{
    say(w, "%d年", civil_date_of(local_day(w, step->until_ms)).year);
    zh_moment(w, step->until_ms);
    say(w, "到期（%s）", calendar_time_zone(w->cal));
    if (step->provisional)
        say(w, "，暂定：届时的节假日安排尚未公布");
}

static const struct {
    const char *name;
    const char *divider;
    void (*say[CALENDAR_STEP_DUE + 1])(struct words *w,
                                       const struct calendar_step *step);
} languages[] = {
    [CALENDAR_ENGLISH] = {"en",
                          "; ",
                          {en_waits, en_elapses, en_days, en_works, en_workday,
                           en_closed, en_left_out, en_due}},
    [CALENDAR_CHINESE] = {"zh",
                          "；",
                          {zh_waits, zh_elapses, zh_days, zh_works, zh_workday,
                           zh_closed, zh_left_out, zh_due}},
};

enum { LANGUAGES = sizeof languages / sizeof languages[0] };

bool calendar_language_parse(const char *name, enum calendar_language *out)
{
    for (int i = CALENDAR_NO_WORDS + 1; i < LANGUAGES; i++) {
        if (strcmp(languages[i].name, name) == 0) {
            *out = (enum calendar_language)i;
            return true;
        }
    }
    return false;
}

const char *calendar_step_words(const struct calendar *cal,
                                const struct calendar_step *step,
                                enum calendar_language language,
                                char text[CALENDAR_WORDS_SIZE])
{
    struct words w = {.cal = cal, .text = text};
    assert(language != CALENDAR_NO_WORDS);
    text[0] = '\0';
    languages[language].say[step->kind](&w, step);
    return text;
}

const char *calendar_words(const struct calendar *cal,
                           const struct calendar_steps *steps,
                           enum calendar_language language,
                           char text[CALENDAR_WORDS_SIZE])
{
    struct words w = {.cal = cal, .text = text};
    assert(language != CALENDAR_NO_WORDS);
    text[0] = '\0';
    for (size_t i = 0; i < steps->n; i++) {
        const struct calendar_step *step = &steps->items[i];
        say(&w, "%s", i > 0 ? languages[language].divider : "");
        languages[language].say[step->kind](&w, step);
    }
    return text;
}
