/*
 * The log: what a line looks like, and what can never get into one.
 */
#include "log.h"

#include "stderr_capture.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct capture captured;

/* One line of level info, as it was written, from `level=` on. */
static const char *line_of(const char *event, const char *fields)
{
    capture_begin(&captured);
    log_info(event, "%s", fields);
    const char *line = capture_end(&captured);
    const char *level = strstr(line, "level=");
    return level != NULL ? level : line;
}

static void a_line_has_time_level_event_and_fields(void **state)
{
    (void)state;
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    assert_string_equal(line_of("started", "workers=1 topic=tickets"),
                        "level=info event=started workers=1 topic=tickets\n");
    assert_string_equal(line_of("started", ""), "level=info event=started\n");
    int date, clock, length = 0;
    assert_int_equal(sscanf(captured.text,
                            "ts=%*4d-%*2d-%2dT%*2d:%*2d:%2d.%*3dZ%n", &date,
                            &clock, &length),
                     2);
    assert_int_equal(length, strlen("ts=2018-10-21T23:42:00.000Z"));
}

static void less_important_levels_are_not_written(void **state)
{
    (void)state;
    uint64_t before = log_count(LOG_LEVEL_DEBUG);

    log_setup(LOG_LEVEL_WARN, LOG_FORMAT_LOGFMT);
    assert_false(log_enabled(LOG_LEVEL_INFO));
    assert_string_equal(line_of("started", "workers=1"), "");
    capture_begin(&captured);
    log_debug("record", "offset=%d", 1);
    log_error("broken", "n=%d", 1);
    assert_non_null(strstr(capture_end(&captured), "level=error"));
    assert_null(strstr(captured.text, "level=debug"));
    assert_int_equal(log_count(LOG_LEVEL_DEBUG), before);
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
}

static void values_are_quoted_when_a_reader_would_split_them(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain"},
        {"", "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"line\nbreak\ttab\r", "\"line\\nbreak\\ttab\\r\""},
        {"bell\a", "\"bell\\x07\""},
        {"delete\x7f", "\"delete\\x7f\""},
        {"垃圾未清运", "垃圾未清运"},
        {"垃圾 未清运", "\"垃圾 未清运\""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_text text;
        assert_string_equal(log_value(&text, cases[i][0]), cases[i][1]);
    }
}

static void long_values_are_cut_between_letters(void **state)
{
    (void)state;
    char value[2000] = "";
    struct log_text text;

    while (strlen(value) + 3 < sizeof value)
        strcat(value, "街");
    log_value(&text, value);
    size_t size = strlen(text.text);
    assert_in_range(size, LOG_VALUE_SIZE - 5, LOG_VALUE_SIZE - 1);
    assert_int_equal(text.text[size - 1], '"');
    assert_int_equal((size - 2) % 3, 0);
}

static void a_text_from_outside_cannot_forge_a_line(void **state)
{
    (void)state;
    assert_string_equal(line_of("e", "a=1\nts=0 level=error event=forged"),
                        "level=info event=e a=1?ts=0 level=error "
                        "event=forged\n");
    assert_string_equal(line_of("e", "a=\xff\xfe"),
                        "level=info event=e a=??\n");
}

static void a_line_of_any_length_is_one_line(void **state)
{
    (void)state;
    static char fields[10000];

    memset(fields, 'x', sizeof fields - 1);
    const char *line = line_of("long", fields);
    size_t size = strlen(line);
    assert_in_range(size, 1000, 4096);
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
}

static void json_lines_hold_the_same_values(void **state)
{
    (void)state;
    struct log_text text;

    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    capture_begin(&captured);
    log_info("started", "workers=%d reason=%s empty=%s plain=a\\b\"c", 2,
             log_value(&text, "a \"quoted\"\ttext\x01 街"), "\"\"");
    capture_end(&captured);
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    json_t *line = json_loads(captured.text, 0, NULL);
    assert_non_null(line);
    static const char *const members[][2] = {
        {"level", "info"}, {"event", "started"},
        {"workers", "2"},  {"reason", "a \"quoted\"\ttext\x01 街"},
        {"empty", ""},     {"plain", "a\\b\"c"},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        assert_string_equal(
            json_string_value(json_object_get(line, members[i][0])),
            members[i][1]);
    json_decref(line);
}

static void json_lines_of_any_length_are_json(void **state)
{
    (void)state;
    char format[64];
    bool valid = true;

    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    for (int n = 1900; n < 2060; n++) {
        snprintf(format, sizeof format, "a=\"%%0%dd\" b=\"x y\"", n);
        capture_begin(&captured);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        log_info("long", format, 0);
#pragma GCC diagnostic pop
        json_t *line = json_loads(capture_end(&captured), 0, NULL);
        valid = valid && line != NULL;
        json_decref(line);
    }
    log_setup(LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT);
    assert_true(valid);
}

static void the_last_warnings_and_errors_are_kept(void **state)
{
    (void)state;
    struct log_recent recent[LOG_RECENT_MAX + 1];

    capture_begin(&captured);
    for (int i = 0; i < LOG_RECENT_MAX + 3; i++)
        log_warn("numbered", "i=%d", i);
    log_info("unimportant", "i=%d", 1);
    log_error("broken", "i=%d", 99);
    capture_end(&captured);
    assert_int_equal(log_recent(recent, LOG_RECENT_MAX + 1), LOG_RECENT_MAX);
    assert_int_equal(recent[0].level, LOG_LEVEL_ERROR);
    assert_string_equal(recent[0].text, "event=broken i=99");
    assert_string_equal(recent[1].text, "event=numbered i=18");
    assert_true(recent[0].at_ms >= recent[1].at_ms);
    assert_int_equal(log_recent(recent, 2), 2);
}

enum { WRITERS = 4, LINES = 200 };

static void *write_lines(void *opaque)
{
    for (int i = 0; i < LINES; i++)
        log_warn("writer", "name=%s i=%03d", (const char *)opaque, i);
    return NULL;
}

static void lines_of_several_threads_do_not_mix(void **state)
{
    (void)state;
    static const char *const names[WRITERS] = {"a", "b", "c", "d"};
    pthread_t threads[WRITERS];
    size_t lines = 0;

    capture_begin(&captured);
    for (int i = 0; i < WRITERS; i++)
        pthread_create(&threads[i], NULL, write_lines, (void *)names[i]);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    char *line = (char *)(uintptr_t)capture_end(&captured);
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        assert_int_equal(end - line, strlen("ts=2018-10-21T23:42:00.000Z "
                                            "level=warn event=writer "
                                            "name=a i=000"));
        lines++;
    }
    assert_int_equal(*line, '\0');
    assert_true(lines == WRITERS * LINES);
}

/* A pipe in the place of standard error, full; the end to read from. */
static int fill_pipe(int *saved)
{
    char filler[4096] = "";
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], filler, sizeof filler) > 0)
        continue;
    fcntl(ends[1], F_SETFL, 0);
    fflush(stderr);
    *saved = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

static void a_reader_that_reads_no_more_stops_nobody(void **state)
{
    (void)state;
    static char text[1 << 20];
    size_t size = 0;
    int saved, end = fill_pipe(&saved);

    alarm(20); /* or it waits for ever */
    for (int i = 0; i < 5; i++)
        log_info("unread", "i=%d", i);
    fcntl(end, F_SETFL, O_NONBLOCK);
    while (read(end, text, sizeof text) > 0)
        continue;
    log_info("read", "i=%d", 5);
    alarm(0);
    dup2(saved, STDERR_FILENO);
    close(saved);
    for (ssize_t n = 1; n > 0; size += n > 0 ? (size_t)n : 0)
        n = read(end, text + size, sizeof text - 1 - size);
    text[size] = '\0';
    close(end);
    assert_null(strstr(text, "event=unread"));
    assert_non_null(strstr(text, "level=warn event=log_lines_lost lines=5\n"));
    assert_non_null(strstr(text, "event=read i=5\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_event_and_fields),
        cmocka_unit_test(less_important_levels_are_not_written),
        cmocka_unit_test(values_are_quoted_when_a_reader_would_split_them),
        cmocka_unit_test(long_values_are_cut_between_letters),
        cmocka_unit_test(a_text_from_outside_cannot_forge_a_line),
        cmocka_unit_test(a_line_of_any_length_is_one_line),
        cmocka_unit_test(json_lines_hold_the_same_values),
        cmocka_unit_test(json_lines_of_any_length_are_json),
        cmocka_unit_test(the_last_warnings_and_errors_are_kept),
        cmocka_unit_test(lines_of_several_threads_do_not_mix),
        cmocka_unit_test(a_reader_that_reads_no_more_stops_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
