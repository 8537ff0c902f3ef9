/*
 * The arena: what it hands out, when it stops, and what a reset leaves.
 */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void pieces_are_aligned_and_do_not_overlap(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    unsigned char *pieces[300];

    for (size_t i = 0; i < 300; i++) {
        pieces[i] = arena_alloc(a, i);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)i, i);
    }
    for (size_t i = 0; i < 300; i++) {
        for (size_t j = 0; j < i; j++)
            assert_int_equal(pieces[i][j], (unsigned char)i);
    }
    arena_free(&a);
    assert_null(a);
}

static void a_block_is_used_to_its_end_and_no_further(void **state)
{
    (void)state;
    enum { PIECES = 4096 };
    struct arena *a = arena_new(1 << 20);
    int **pieces = arena_alloc(a, PIECES * sizeof(*pieces));

    for (int i = 0; i < PIECES; i++) {
        pieces[i] = arena_alloc(a, 16);
        *pieces[i] = i;
    }
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(*pieces[i], i);
    arena_free(&a);
}

static void a_piece_larger_than_a_block_fits(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 20);
    char *p = arena_alloc(a, 1 << 19);

    assert_non_null(p);
    memset(p, 1, 1 << 19);
    assert_non_null(arena_alloc(a, 16));
    arena_free(&a);
}

static void the_cap_is_exact_and_a_reset_gives_all_back(void **state)
{
    (void)state;
    struct arena *a = arena_new(100 * 16);

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++)
            assert_non_null(arena_alloc(a, 16));
        assert_int_equal(arena_used(a), 100 * 16);
        assert_null(arena_alloc(a, 1));
        assert_null(arena_alloc(a, 0));
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(&a);
}

static void a_reset_after_a_large_piece_leaves_the_arena_usable(void **state)
{
    (void)state;
    struct arena *a = arena_new(64 << 20);

    for (int round = 0; round < 3; round++) {
        char *p = arena_alloc(a, 32 << 20);

        assert_non_null(p);
        p[(32 << 20) - 1] = 1;
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
        assert_string_equal(arena_copy(a, "small", 5), "small");
    }
    arena_free(&a);
}

static void absurd_sizes_are_refused_without_overflow(void **state)
{
    (void)state;
    struct arena *a = arena_new(SIZE_MAX);

    assert_non_null(arena_alloc(a, 32));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_alloc(a, SIZE_MAX - 15));
    assert_null(arena_copy(a, "x", SIZE_MAX));
    assert_int_equal(arena_used(a), 32);
    arena_free(&a);
}

static void a_refused_piece_leaves_room_for_a_smaller_one(void **state)
{
    (void)state;
    struct arena *a = arena_new(64);

    assert_null(arena_alloc(a, 65));
    assert_non_null(arena_alloc(a, 64));
    arena_free(&a);
}

static void copies_end_in_nul(void **state)
{
    (void)state;
    struct arena *a = arena_new(1024);

    assert_string_equal(arena_copy(a, "ticket 7", 6), "ticket");
    assert_string_equal(arena_copy(a, NULL, 0), "");
    assert_memory_equal(arena_copy(a, "a\0b", 3), "a\0b\0", 4);
    arena_free(&a);
}

static void printf_writes_whole_texts_or_nothing(void **state)
{
    (void)state;
    struct arena *a = arena_new(64);

    assert_string_equal(arena_printf(a, "%s/%d", "t1", 42), "t1/42");
    assert_null(arena_printf(a, "%080d", 1));
    assert_string_equal(arena_printf(a, "%s", ""), "");
    arena_free(&a);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    struct arena *a = NULL;

    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_do_not_overlap),
        cmocka_unit_test(a_block_is_used_to_its_end_and_no_further),
        cmocka_unit_test(a_piece_larger_than_a_block_fits),
        cmocka_unit_test(the_cap_is_exact_and_a_reset_gives_all_back),
        cmocka_unit_test(a_reset_after_a_large_piece_leaves_the_arena_usable),
        cmocka_unit_test(absurd_sizes_are_refused_without_overflow),
        cmocka_unit_test(a_refused_piece_leaves_room_for_a_smaller_one),
        cmocka_unit_test(copies_end_in_nul),
        cmocka_unit_test(printf_writes_whole_texts_or_nothing),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
