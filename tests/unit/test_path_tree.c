/*
 * Paths as a numbered tree.
 */
#include "../../dispatcher/catalogue/path_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_below_a_node_stands_together(void **state)
{
    static const struct {
        const char *text;
        uint32_t parent, end, depth;
    } expected[] = {
        {"", 0, 8, 0},    {"a", 0, 5, 1},
        {"a/b", 1, 4, 2}, {"a/b/c", 2, 4, 3},
        {"a/d", 1, 5, 2}, {"a!", 0, 6, 1},
        {"b", 0, 8, 1},   {"b/\xe6\xb0\xb4", 6, 8, 2},
    };
    const char *paths[] = {"b/\xe6\xb0\xb4", "a!", "a/b/c", "", "a/d",
                           "a/b/c",          "a/d"};
    struct path_tree tree;

    (void)state;
    path_tree_init(&tree, paths, sizeof paths / sizeof *paths);
    assert_int_equal(tree.n, 8);
    for (uint32_t i = 0; i < tree.n; i++) {
        assert_string_equal(tree.nodes[i].text, expected[i].text);
        assert_int_equal(tree.nodes[i].parent, expected[i].parent);
        assert_int_equal(tree.nodes[i].end, expected[i].end);
        assert_int_equal(tree.nodes[i].depth, expected[i].depth);
        assert_int_equal(path_tree_find(&tree, expected[i].text), i);
    }
    path_tree_deinit(&tree);
}

static void no_paths_make_a_root(void **state)
{
    struct path_tree tree;

    (void)state;
    path_tree_init(&tree, NULL, 0);
    assert_int_equal(tree.n, 1);
    assert_int_equal(tree.nodes[0].end, 1);
    path_tree_deinit(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_below_a_node_stands_together),
        cmocka_unit_test(no_paths_make_a_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
