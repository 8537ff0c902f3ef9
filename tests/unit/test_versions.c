/*
 * The versions of the catalogue that are kept: order, bounds, forms.
 */
#include "tables_pack.h"
#include "versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void append(struct versions *kept, const char *version,
                   int64_t written_at, size_t packed_size)
{
    struct version_entry *entry = versions_append(kept);

    snprintf(entry->version, sizeof entry->version, "%s", version);
    entry->written_at = written_at;
    entry->packed_size = packed_size;
}

static void the_newest_version_stands_first(void **state)
{
    static const char *const order[] = {"10", "9+bbbbbbbb", "9+aaaaaaaa", "9",
                                        "0+cccccccc"};
    struct versions kept = {0};

    (void)state;
    append(&kept, "9", 5, 1);
    append(&kept, "0+cccccccc", 9, 1);
    append(&kept, "9+aaaaaaaa", 6, 1);
    append(&kept, "10", 1, 1);
    append(&kept, "9+bbbbbbbb", 7, 1);
    versions_sort(&kept);
    for (size_t i = 0; i < kept.n; i++)
        assert_string_equal(kept.items[i].version, order[i]);
    assert_ptr_equal(versions_find(&kept, "9"), &kept.items[3]);
    assert_null(versions_find(&kept, "1"));
    versions_deinit(&kept);
}

static void number_and_bytes_of_what_is_kept_are_bounded(void **state)
{
    static const struct {
        size_t versions, size, kept;
    } cases[] = {
        {0, 1, 0},
        {VERSIONS_MAX, 1, VERSIONS_MAX},
        {VERSIONS_MAX + 3, 1, VERSIONS_MAX},
        {VERSIONS_MAX, VERSIONS_MAX_BYTES / 4, 4},
        {VERSIONS_MAX, VERSIONS_MAX_BYTES / 4 + 1, 3},
        {VERSIONS_MAX, VERSIONS_MAX_BYTES + 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct versions kept = {0};

        for (size_t n = 0; n < cases[i].versions; n++)
            append(&kept, "1", 0, cases[i].size);
        assert_int_equal(versions_kept(&kept), cases[i].kept);
        versions_deinit(&kept);
    }
}

static struct catalogue_tables *small_tables(const char *version)
{
    struct catalogue_tables *t = tables_new();
    char checksum[TABLES_CHECKSUM_SIZE];

    tables_add(t, TABLE_ROUTES, "a|b\n", 4, "{\0}", 3, 0);
    tables_add(t, TABLE_META, "version", 7, version, strlen(version), 0);
    tables_sort(t);
    tables_checksum(t, checksum);
    tables_set(t, TABLE_META, "checksum", checksum);
    return t;
}

static void a_version_is_added_once(void **state)
{
    struct catalogue_tables *t = small_tables("7");
    struct versions kept = {0};

    (void)state;
    versions_add(&kept, t, 1, "Wei", "first");
    versions_add(&kept, t, 2, "Li", "again");
    assert_int_equal(kept.n, 1);
    assert_string_equal(kept.items[0].version, "7");
    assert_string_equal(kept.items[0].note, "again");
    assert_int_equal(kept.items[0].entries, 3);
    versions_deinit(&kept);
    tables_free(&t);
}

static void an_entry_is_read_as_it_was_written(void **state)
{
    struct version_entry entry = {.version = "7",
                                  .written_at = INT64_C(1795445218979),
                                  .author = "Wei \"W\"",
                                  .note = "城市",
                                  .checksum = "abc",
                                  .entries = 12,
                                  .packed_size = 34};
    struct version_entry read = {.entries = 1};
    char *text = version_entry_format(&entry);

    (void)state;
    assert_true(version_entry_parse("7", text, strlen(text), &read));
    assert_memory_equal(&read, &entry, sizeof entry);
    free(text);
}

static void what_is_no_entry_is_not_read(void **state)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "7",
        "{\"written_at\":1,\"author\":\"\",\"note\":\"\",\"checksum\":\"\","
        "\"entries\":-1,\"packed_size\":0}",
        "{\"written_at\":1,\"author\":\"\",\"note\":\"\",\"checksum\":\"\","
        "\"entries\":1}",
    };
    static const char good[] =
        "{\"written_at\":1,\"author\":\"\",\"note\":\"\",\"checksum\":\"\","
        "\"entries\":1,\"packed_size\":0}";
    struct version_entry out = {.entries = 42};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_false(
            version_entry_parse("7", texts[i], strlen(texts[i]), &out));
    assert_false(version_entry_parse("a name that is too long for a version",
                                     good, strlen(good), &out));
    assert_int_equal(out.entries, 42);
    assert_true(version_entry_parse("7", good, strlen(good), &out));
}

/* A long note is cut between two characters. */
static void a_long_note_is_cut(void **state)
{
    struct catalogue_tables *t = small_tables("7");
    struct versions kept = {0};
    char note[2 * VERSION_TEXT_SIZE] = "";

    (void)state;
    while (strlen(note) + 4 < sizeof note)
        strcat(note, "城");
    versions_add(&kept, t, 1, "", note);
    assert_int_equal(strlen(kept.items[0].note), VERSION_TEXT_SIZE - 2);
    versions_deinit(&kept);
    tables_free(&t);
}

static void packed_tables_come_back_and_damage_shows(void **state)
{
    struct catalogue_tables *t = small_tables("7");
    size_t size;
    unsigned char *packed = tables_pack(t, &size);

    (void)state;
    for (size_t i = 0; i <= size; i++) {
        struct catalogue_tables *read = tables_new();

        assert_false(i < size && tables_unpack(packed, i, read));
        if (i == size) {
            assert_true(tables_unpack(packed, size, read));
            assert_int_equal(read->tables[TABLE_ROUTES].n, 1);
            assert_int_equal(read->tables[TABLE_ROUTES].rows[0].value_size, 3);
            assert_memory_equal(read->tables[TABLE_ROUTES].rows[0].value,
                                "{\0}", 3);
            assert_non_null(tables_find(read, TABLE_META, "version"));
        }
        tables_free(&read);
    }
    /* The size that the last bytes claim is bounded and compared. */
    for (int bit = 0; bit < 32; bit++) {
        struct catalogue_tables *read = tables_new();
        unsigned char *byte = &packed[size - 4 + (size_t)bit / 8];

        *byte ^= (unsigned char)(1u << bit % 8);
        assert_false(tables_unpack(packed, size, read));
        *byte ^= (unsigned char)(1u << bit % 8);
        tables_free(&read);
    }
    free(packed);
    tables_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_version_stands_first),
        cmocka_unit_test(number_and_bytes_of_what_is_kept_are_bounded),
        cmocka_unit_test(a_version_is_added_once),
        cmocka_unit_test(an_entry_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_entry_is_not_read),
        cmocka_unit_test(a_long_note_is_cut),
        cmocka_unit_test(packed_tables_come_back_and_damage_shows),
    };

    return cmocka_run_group_tests_name("versions", tests, NULL, NULL);
}
