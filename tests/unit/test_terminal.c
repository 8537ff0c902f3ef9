/*
 * Texts of others on a terminal.
 */
#include "terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *printed(const char *text)
{
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);

    terminal_print(file, text);
    fclose(file);
    return out;
}

static void what_is_no_text_is_a_question_mark(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"abc", "abc"},
        {"停车 é", "停车 é"},
        {"x\033[31m\ny\177", "x?[31m?y?"},
        {"\xc2\x9b", "?"},         /* CSI as a C1 character */
        {"a\xe5\x81", "a??"},      /* cut within a character */
        {"\x80\xff\xc3", "???"},   /* no UTF-8 at all */
        {"\xf0\x9f\x9a\x97", "🚗"}, /* beyond 16 bits */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got = printed(cases[i][0]);
        assert_string_equal(got, cases[i][1]);
        free(got);
    }
}

static void chinese_characters_take_two_cells(void **state)
{
    const char *text = "停a";
    (void)state;
    assert_int_equal(terminal_next(&text).width, 2);
    assert_int_equal(terminal_next(&text).width, 1);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_text_is_a_question_mark),
        cmocka_unit_test(chinese_characters_take_two_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
