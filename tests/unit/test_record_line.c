/*
 * Lines for people: columns as paths into a record's JSON.
 */
#include "record_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The line that one column, the last one, makes of a record. */
static char *line(const char *paths, const char *text)
{
    const struct record_column column = {"c", paths, 0};
    json_t *record = json_loads(text, JSON_ALLOW_NUL, NULL);
    char *out = NULL;
    size_t size = 0;
    assert_non_null(record);
    FILE *file = open_memstream(&out, &size);
    record_print(file, &column, 1, record);
    fclose(file);
    json_decref(record);
    return out;
}

static void columns_follow_their_paths(void **state)
{
    static const struct {
        const char *paths, *record, *expected;
    } cases[] = {
        {"a", "{\"a\":\"x\"}", "x\n"},
        {"a/b", "{\"a\":{\"b\":7}}", "7\n"},
        {"a/b", "{\"a\":[{\"b\":\"x\"},{},{\"b\":\"y\"}]}", "x, y\n"},
        {"a b", "{\"b\":\"x\"}", "x\n"},
        {"a b", "{\"a\":null,\"b\":\"x\"}", "x\n"},
        {"a", "{}", "-\n"},
        {"h/e.code", "{\"h\":{\"e.code\":\"x\"}}", "x\n"},
        {"v/*", "{\"v\":{\"id\":\"1\",\"created\":{}}}", "created\n"},
        {"v/*/t", "{\"v\":{\"id\":\"1\",\"created\":{\"t\":\"x\"}}}", "x\n"},
        {"a", "{\"a\":{\"b\":true}}", "{\"b\":true}\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = line(cases[i].paths, cases[i].record);
        assert_string_equal(got, cases[i].expected);
        free(got);
    }
}

static void nothing_steers_the_terminal(void **state)
{
    (void)state;
    char *got = line("a", "{\"a\":\"x\\u001b[31m\\ny\\u009b\\u007f\"}");
    assert_string_equal(got, "x?[31m?y??\n");
    free(got);
}

static void wide_characters_count_twice(void **state)
{
    static const struct record_column columns[] = {{"left", "a", 6},
                                                   {"right", "b", 0}};
    (void)state;
    json_t *record = json_pack("{s:s, s:s}", "a", "路灯", "b", "z");
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);
    record_print_titles(file, columns, 2);
    record_print(file, columns, 2, record);
    fclose(file);
    assert_string_equal(out, "left    right\n路灯    z\n");
    free(out);
    json_decref(record);
}

static void a_long_text_is_cut_at_a_character(void **state)
{
    char text[4096];
    (void)state;
    memset(text, 0, sizeof text);
    for (size_t i = 0; i + 4 < sizeof text; i += 3)
        memcpy(text + i, "路", 3);
    json_t *record = json_pack("{s:s}", "a", text);
    char *json = json_dumps(record, 0);
    char *got = line("a", json);
    json_t *again = json_stringn(got, strlen(got) - 1);
    assert_non_null(again); /* still UTF-8 */
    assert_true(strlen(got) > 1000 && strlen(got) < 1100);
    json_decref(again);
    free(got);
    free(json);
    json_decref(record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_follow_their_paths),
        cmocka_unit_test(nothing_steers_the_terminal),
        cmocka_unit_test(wide_characters_count_twice),
        cmocka_unit_test(a_long_text_is_cut_at_a_character),
    };
    return cmocka_run_group_tests_name("record_line", tests, NULL, NULL);
}
