/*
 * The catalogue as text: order, look-up, checksum and version.
 */
#include "tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void add(struct catalogue_tables *t, enum table_id id, const char *field,
                const char *value)
{
    tables_add(t, id, field, strlen(field), value, strlen(value), 0);
}

static void a_table_is_known_by_its_name(void **state)
{
    (void)state;
    for (int id = 0; id < TABLES; id++)
        assert_int_equal(table_by_name(table_name((enum table_id)id)), id);
    assert_int_equal(table_by_name("route"), TABLES);
}

static void rows_are_found_after_sorting(void **state)
{
    struct catalogue_tables *t = tables_new();
    char field[32];

    (void)state;
    for (int i = 0; i < 5000; i++) {
        snprintf(field, sizeof field, "%d", i * 7919 % 5000);
        add(t, TABLE_ROUTES, field, field);
    }
    tables_sort(t);
    for (int i = 0; i < 5000; i++) {
        snprintf(field, sizeof field, "%d", i);
        assert_string_equal(tables_find(t, TABLE_ROUTES, field)->value, field);
    }
    assert_null(tables_find(t, TABLE_ROUTES, "5000"));
    assert_null(tables_find(t, TABLE_AREAS, "1"));
    tables_free(&t);
    assert_null(t);
}

/* Large tables keep a value once, whoever adds it, and each row its own. */
static void rows_of_a_large_table_share_their_values(void **state)
{
    enum { ROWS = 20000, KINDS = 30 };
    struct catalogue_tables *t = tables_new();
    const struct table *table = &t->tables[TABLE_ROUTES];
    const char *values[KINDS] = {0};
    char field[32], value[32];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        int number = (int)(i * 7919L % ROWS);

        snprintf(field, sizeof field, "%05d", number);
        snprintf(value, sizeof value, "value %d", number % KINDS);
        add(t, TABLE_ROUTES, field, value);
    }
    tables_sort(t);
    for (int i = 0; i < ROWS; i++) {
        const struct table_row *row = &table->rows[i];

        snprintf(field, sizeof field, "%05d", i);
        snprintf(value, sizeof value, "value %d", i % KINDS);
        assert_string_equal(row->field, field);
        assert_string_equal(row->value, value);
        assert_int_equal(row->value_size, strlen(value));
        if (i >= ROWS / 2 && values[i % KINDS] != NULL)
            assert_ptr_equal(row->value, values[i % KINDS]);
        values[i % KINDS] = i >= ROWS / 2 ? row->value : NULL;
    }
    tables_free(&t);
}

/* More different values than are remembered: some come twice. */
static void rows_of_a_large_table_keep_different_values(void **state)
{
    enum { ROWS = 20000 };
    struct catalogue_tables *t = tables_new();
    char field[32], value[32];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        snprintf(field, sizeof field, "%05d", ROWS - 1 - i);
        snprintf(value, sizeof value, "%d", (ROWS - 1 - i) / 2);
        add(t, TABLE_ROUTES, field, value);
    }
    tables_sort(t);
    for (int i = 0; i < ROWS; i++) {
        snprintf(value, sizeof value, "%d", i / 2);
        assert_string_equal(t->tables[TABLE_ROUTES].rows[i].value, value);
    }
    tables_free(&t);
}

/* As Redis gives them; some fields twice, from different lines. */
static void sorted_pieces_are_merged(void **state)
{
    enum { ROWS = 20000 };
    static const size_t piece_sizes[] = {ROWS, 10000, 9999, 1000, 333, 3, 1};
    char field[32];

    (void)state;
    for (size_t p = 0; p < sizeof piece_sizes / sizeof piece_sizes[0]; p++) {
        struct catalogue_tables *t = tables_new();
        const struct table *table = &t->tables[TABLE_ROUTES];
        size_t first = 0;

        for (size_t i = 0; i < ROWS; i++) {
            snprintf(field, sizeof field, "%05zu", i * 7919 % ROWS / 2);
            tables_add(t, TABLE_ROUTES, field, 5, "x", 1, (uint32_t)(ROWS - i));
            if (table->n - first == piece_sizes[p]) {
                tables_sort_added(t, TABLE_ROUTES, first);
                first = table->n;
            }
        }
        tables_sort(t);
        assert_int_equal(table->n, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            snprintf(field, sizeof field, "%05zu", i / 2);
            assert_string_equal(table->rows[i].field, field);
            assert_true(i % 2 == 0 ||
                        table->rows[i - 1].line < table->rows[i].line);
        }
        tables_free(&t);
    }
}

static void a_row_larger_than_a_block_is_kept_whole(void **state)
{
    struct catalogue_tables *t = tables_new();
    static char large[3 << 20];

    (void)state;
    memset(large, 'x', sizeof large - 1);
    add(t, TABLE_AREAS, "a", "small");
    add(t, TABLE_AREAS, "b", large);
    add(t, TABLE_AREAS, "c", "small");
    assert_int_equal(t->tables[TABLE_AREAS].rows[1].value_size,
                     sizeof large - 1);
    assert_string_equal(t->tables[TABLE_AREAS].rows[2].value, "small");
    tables_free(&t);
}

/* A field followed by TAB stands behind its continuation with a smaller
 * byte. */
static void rows_have_the_order_of_the_checksums_lines(void **state)
{
    struct catalogue_tables *t = tables_new();
    static const char *const sorted[] = {"", "a\x01", "a", "a\x0b", "ab", "b"};

    (void)state;
    for (int i = 5; i >= 0; i--)
        add(t, TABLE_AREAS, sorted[i], "");
    tables_sort(t);
    for (int i = 0; i < 6; i++)
        assert_string_equal(t->tables[TABLE_AREAS].rows[i].field, sorted[i]);
    tables_free(&t);
}

/* printf 'areas\ta\t{}\nmeta\ttime_zone\tUTC\nroutes\t|\t{}\n' | sha256sum */
static void the_checksum_is_that_of_the_sorted_lines(void **state)
{
    struct catalogue_tables *t = tables_new();
    char hex[TABLES_CHECKSUM_SIZE];

    (void)state;
    add(t, TABLE_META, "version", "7");
    add(t, TABLE_META, "time_zone", "UTC");
    add(t, TABLE_META, "checksum", "abc");
    add(t, TABLE_ROUTES, "|", "{}");
    add(t, TABLE_AREAS, "a", "{}");
    tables_sort(t);
    tables_checksum(t, hex);
    assert_string_equal(
        hex,
        "75793890d84c2123d233ef2f7b1dc13161cedd6788e06f31eee7dee7b1db8b3c");
    tables_free(&t);
}

static void a_version_edited_by_hand_shows_its_checksum(void **state)
{
    struct catalogue_tables *t = tables_new();
    char hex[TABLES_CHECKSUM_SIZE], version[TABLES_VERSION_SIZE];

    (void)state;
    add(t, TABLE_META, "version", "42");
    tables_checksum(t, hex);
    tables_set(t, TABLE_META, "checksum", hex);
    tables_version(t, hex, version);
    assert_string_equal(version, "42");
    tables_set(t, TABLE_META, "checksum", "0");
    tables_version(t, hex, version);
    assert_string_equal(version, "42+e3b0c442");
    tables_free(&t);
}

static void only_digits_are_a_version(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t number;
    } cases[] = {
        {"0", true, 0},
        {"42", true, 42},
        {"9007199254740992", true, INT64_C(9007199254740992)},
        {"9007199254740993", false, 0},
        {"99999999999999999999", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"4x", false, 0},
    };
    int64_t number;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct catalogue_tables *t = tables_new();

        assert_true(tables_version_number(t, &number));
        assert_int_equal(number, 0);
        tables_set(t, TABLE_META, "version", cases[i].text);
        assert_int_equal(tables_version_number(t, &number), cases[i].good);
        assert_int_equal(number, cases[i].number);
        tables_free(&t);
    }
}

static void a_moved_table_leaves_an_empty_one(void **state)
{
    struct catalogue_tables *from = tables_new(), *to = tables_new();

    (void)state;
    add(from, TABLE_AREAS, "new", "");
    add(to, TABLE_AREAS, "old", "");
    add(to, TABLE_ROUTES, "kept", "");
    tables_move(to, from, TABLE_AREAS);
    assert_int_equal(from->tables[TABLE_AREAS].n, 0);
    tables_free(&from);
    assert_string_equal(to->tables[TABLE_AREAS].rows[0].field, "new");
    assert_string_equal(to->tables[TABLE_ROUTES].rows[0].field, "kept");
    tables_free(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_known_by_its_name),
        cmocka_unit_test(rows_are_found_after_sorting),
        cmocka_unit_test(rows_of_a_large_table_share_their_values),
        cmocka_unit_test(rows_of_a_large_table_keep_different_values),
        cmocka_unit_test(sorted_pieces_are_merged),
        cmocka_unit_test(a_row_larger_than_a_block_is_kept_whole),
        cmocka_unit_test(rows_have_the_order_of_the_checksums_lines),
        cmocka_unit_test(the_checksum_is_that_of_the_sorted_lines),
        cmocka_unit_test(a_version_edited_by_hand_shows_its_checksum),
        cmocka_unit_test(only_digits_are_a_version),
        cmocka_unit_test(a_moved_table_leaves_an_empty_one),
    };

    return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
