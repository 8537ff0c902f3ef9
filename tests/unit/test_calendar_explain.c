/*
 * Why a due date is what it is, in words and as data.
 */
#include "calendar_cases.h"
#include "calendar_explain.h"

static const struct {
    const char *calendar;
    const char *start;
    const char *duration;
    const char *english;
    const char *chinese;
} explained[] = {
    {CHINA, "2019-10-11T13:30+08:00", "12wh",
     "Fri 11 Oct 13:30 to 18:00 counts 4 h 30 min; "
     "Sat 12 Oct, a make-up day, 09:00 to 12:00 counts 3 h; "
     "Sat 12 Oct, a make-up day, 13:00 to 17:30 counts 4 h 30 min; "
     "due Sat 12 Oct 2019 17:30 (Asia/Shanghai)",
     "10月11日（周五）13:30至18:00计4小时30分钟；"
     "10月12日（周六，调休上班）09:00至12:00计3小时；"
     "10月12日（周六，调休上班）13:00至17:30计4小时30分钟；"
     "2019年10月12日（周六）17:30到期（Asia/Shanghai）"},
    {CHINA, "2019-09-30T19:00+08:00", "1wd",
     "closed until Tue 8 Oct 09:00, when the clock starts; "
     "Wed 9 Oct is working day 1; "
     "due Wed 9 Oct 2019 09:00 (Asia/Shanghai)",
     "非工作时间，自10月8日（周二）09:00起算；"
     "10月9日（周三）为第1个工作日；"
     "2019年10月9日（周三）09:00到期（Asia/Shanghai）"},
    {CHINA, "2019-09-30T10:00+08:00", "1wd.end",
     "Tue 1 Oct to Mon 7 Oct holiday; Tue 8 Oct is working day 1; "
     "due Tue 8 Oct 2019 18:00 (Asia/Shanghai)",
     "10月1日至10月7日放假；10月8日（周二）为第1个工作日；"
     "2019年10月8日（周二）18:00到期（Asia/Shanghai）"},
    {CHINA, "2019-12-31T11:00+08:00", "2wh",
     "Tue 31 Dec, a half day, 11:00 to 12:00 counts 1 h; "
     "Wed 1 Jan 09:00 to 10:00 counts 1 h; "
     "due Wed 1 Jan 2020 10:00 (Asia/Shanghai), provisional: holidays of that "
     "time are not announced yet",
     "12月31日（周二，半天）11:00至12:00计1小时；"
     "1月1日（周三）09:00至10:00计1小时；"
     "2020年1月1日（周三）10:00到期（Asia/Shanghai），"
     "暂定：届时的节假日安排尚未公布"},
    {BOSTON, "2018-11-02T16:00:20-04:00", "2wh",
     "Fri 2 Nov 16:00:20 to 17:00 counts 59 min 40 s; "
     "Sat 3 Nov to Sun 4 Nov closed; "
     "Mon 5 Nov 08:30 to 09:30:20 counts 1 h 20 s; "
     "due Mon 5 Nov 2018 09:30:20 (America/New_York)",
     "11月2日（周五）16:00:20至17:00计59分钟40秒；"
     "11月3日至11月4日休息；"
     "11月5日（周一）08:30至09:30:20计1小时20秒；"
     "2018年11月5日（周一）09:30:20到期（America/New_York）"},
    {BOSTON, "2018-11-02T16:00-04:00", "8d",
     "8 calendar days from Fri 2 Nov 16:00; "
     "due Sat 10 Nov 2018 16:00 (America/New_York)",
     "自11月2日（周五）16:00起计8个自然日；"
     "2018年11月10日（周六）16:00到期（America/New_York）"},
    {BOSTON, "2018-11-02T16:00-04:00", "90m",
     "1 h 30 min from Fri 2 Nov 16:00, at any hour; "
     "due Fri 2 Nov 2018 17:30 (America/New_York)",
     "自11月2日（周五）16:00起连续计1小时30分钟；"
     "2018年11月2日（周五）17:30到期（America/New_York）"},
};

static void a_due_date_is_explained_in_words(void **state)
{
    (void)state;
    char text[CALENDAR_WORDS_SIZE];
    for (size_t i = 0; i < sizeof explained / sizeof explained[0]; i++) {
        struct calendar *cal = compile(explained[i].calendar);
        struct calendar_steps steps;
        calendar_explain(cal, at(explained[i].start),
                         duration(explained[i].duration), &steps);
        assert_string_equal(calendar_words(cal, &steps, CALENDAR_ENGLISH, text),
                            explained[i].english);
        assert_string_equal(calendar_words(cal, &steps, CALENDAR_CHINESE, text),
                            explained[i].chinese);
        calendar_free(&cal);
    }
}

/* Also where there are too many steps to list them all. */
static void the_steps_count_the_whole_duration(void **state)
{
    (void)state;
    struct calendar *cal = compile(CHINA);
    for (int32_t hours = 1; hours < 400; hours += 7) {
        struct calendar_steps steps;
        struct duration d = {DURATION_WORK_HOURS, hours};
        int64_t start = at("2019-09-28T03:00+08:00");
        int64_t counted = 0;
        calendar_explain(cal, start, d, &steps);
        for (size_t i = 0; i < steps.n; i++)
            counted += steps.items[i].counted_ms;
        assert_int_equal(counted, HOURS(hours));
        assert_in_range(steps.n, 2, CALENDAR_MAX_STEPS);
        assert_int_equal(steps.items[steps.n - 2].kind ==
                             CALENDAR_STEP_LEFT_OUT,
                         steps.n == CALENDAR_MAX_STEPS);
        assert_int_equal(steps.items[steps.n - 1].kind, CALENDAR_STEP_DUE);
        assert_int_equal(steps.items[steps.n - 1].until_ms,
                         calendar_due(cal, start, d).at);
    }
    calendar_free(&cal);
}

static void an_explanation_always_fits(void **state)
{
    (void)state;
    static const char *const durations[] = {"1000wh", "1000wd", "1000000wd",
                                            "1000000wh", "1000000d"};
    struct calendar *cal = compile(CHINA);
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        char text[CALENDAR_WORDS_SIZE];
        struct calendar_steps steps;
        calendar_explain(cal, at("2019-01-01T03:00:01+08:00"),
                         duration(durations[i]), &steps);
        calendar_words(cal, &steps, CALENDAR_CHINESE, text);
        assert_non_null(strstr(text, "到期"));
        calendar_words(cal, &steps, CALENDAR_ENGLISH, text);
        assert_non_null(strstr(text, "due "));
    }
    calendar_free(&cal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_due_date_is_explained_in_words),
        cmocka_unit_test(the_steps_count_the_whole_duration),
        cmocka_unit_test(an_explanation_always_fits),
    };
    return cmocka_run_group_tests_name("calendar_explain", tests, NULL, NULL);
}
