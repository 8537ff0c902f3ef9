/*
 * Paths and their prefixes.
 */
#include "path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_path_has_no_empty_step_and_no_bar(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why; /* NULL: it is a path */
    } cases[] = {
        {"", NULL},
        {"110000", NULL},
        {"110000/110102/007", NULL},
        {" a /b", NULL},
        {"1/2/3/4/5/6/7/8", NULL},
        {"1/2/3/4/5/6/7/8/9", "9 steps"},
        {"/", "empty step, number 1"},
        {"/a", "empty step, number 1"},
        {"a/", "empty step, number 2"},
        {"a//b", "empty step, number 2"},
        {"a|b", "vertical bar"},
    };
    char why[PATH_WHY_SIZE];

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bool good = path_check(cases[i].text, strlen(cases[i].text), why);
        assert_int_equal(good, cases[i].why == NULL);
        if (!good)
            assert_non_null(strstr(why, cases[i].why));
        assert_int_equal(path_check(cases[i].text, strlen(cases[i].text), NULL),
                         good);
    }
    assert_false(path_check("a\0b", 3, why));
}

static void a_path_has_at_most_512_bytes(void **state)
{
    (void)state;
    char text[PATH_MAX_SIZE + 1];

    memset(text, 'x', sizeof(text));
    assert_true(path_check(text, PATH_MAX_SIZE, NULL));
    assert_false(path_check(text, PATH_MAX_SIZE + 1, NULL));
}

static struct path read_path(const char *text)
{
    struct path p;

    path_read(&p, text, strlen(text));
    return p;
}

static void prefixes_end_where_steps_end(void **state)
{
    (void)state;
    const struct path p = read_path("110000/110102/007");

    assert_int_equal(p.depth, 3);
    assert_int_equal(p.size[0], 0);
    assert_int_equal(p.size[1], 6);
    assert_int_equal(p.size[2], 13);
    assert_int_equal(p.size[3], 17);
    assert_int_equal(read_path("").depth, 0);
}

static void equal_prefixes_have_equal_hashes_and_others_not(void **state)
{
    (void)state;
    const struct path p = read_path("a/bc/d");

    assert_true(p.hash[2] == read_path("a/bc").hash[2]);
    assert_true(p.hash[1] == read_path("a").hash[1]);
    assert_true(p.hash[0] == read_path("").hash[0]);
    assert_true(p.hash[2] != read_path("ab/c").hash[2]);
    assert_true(p.hash[2] != read_path("bc/a").hash[2]);
    assert_true(p.hash[1] != read_path("a ").hash[1]);
}

static void too_many_steps_are_left_out(void **state)
{
    (void)state;
    assert_int_equal(read_path("1/2/3/4/5/6/7/8/9/10").depth, PATH_MAX_STEPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_has_no_empty_step_and_no_bar),
        cmocka_unit_test(a_path_has_at_most_512_bytes),
        cmocka_unit_test(prefixes_end_where_steps_end),
        cmocka_unit_test(equal_prefixes_have_equal_hashes_and_others_not),
        cmocka_unit_test(too_many_steps_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
