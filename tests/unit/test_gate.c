/*
 * Which tables may come into force, the file that keeps them, and what
 * differs between two of them.
 */
#include "catalogue.h"
#include "catalogue_cache.h"
#include "catalogue_gate.h"
#include "tables_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct catalogue_gate gate;
    struct catalogue_tables *tables;
    char why[GATE_WHY_SIZE];
};

/* A small catalogue is in force as version 5, edited by hand. */
static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct catalogue *cat = NULL;

    f->tables = tables_new();
    tables_set(f->tables, TABLE_DEPARTMENTS, "a", "{\"name\":\"A\"}");
    tables_set(f->tables, TABLE_AREAS, "x", "{\"department\":\"a\"}");
    tables_set(f->tables, TABLE_META, "time_zone", "UTC");
    tables_set(f->tables, TABLE_META, "version", "5");
    *state = f;
    if (gate_try(&f->gate, f->tables, &cat, f->why) != GATE_NEW)
        return -1;
    catalogue_free(&cat);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    tables_free(&f->tables);
    free(f);
    return 0;
}

static enum gate_result try_tables(struct fixture *f)
{
    struct catalogue *cat = NULL;
    enum gate_result result = gate_try(&f->gate, f->tables, &cat, f->why);

    assert_int_equal(cat != NULL, result == GATE_NEW);
    if (cat != NULL)
        catalogue_free(&cat);
    return result;
}

static void assert_refused(struct fixture *f, const char *part)
{
    struct catalogue_gate before = f->gate;

    assert_int_equal(try_tables(f), GATE_REFUSED);
    assert_non_null(strstr(f->why, part));
    assert_memory_equal(&before, &f->gate, sizeof before);
}

static void the_same_tables_are_no_news(void **state)
{
    assert_int_equal(try_tables(*state), GATE_SAME);
}

static void an_edit_by_hand_comes_into_force_under_its_version(void **state)
{
    struct fixture *f = *state;

    tables_set(f->tables, TABLE_DEPARTMENTS, "b", "{\"name\":\"B\"}");
    assert_int_equal(try_tables(f), GATE_NEW);
    assert_int_equal(f->gate.number, 5);
    assert_memory_equal(f->gate.version, "5+", 2);
}

static void a_higher_version_of_the_same_content_is_news(void **state)
{
    struct fixture *f = *state;

    tables_set(f->tables, TABLE_META, "version", "6");
    assert_int_equal(try_tables(f), GATE_NEW);
    assert_int_equal(f->gate.number, 6);
}

static void a_lower_version_is_refused(void **state)
{
    struct fixture *f = *state;

    tables_set(f->tables, TABLE_META, "version", "4");
    assert_refused(f, "version 4 is lower than 5");
    tables_remove(f->tables, TABLE_META, "version");
    assert_refused(f, "version 0 is lower than 5");
}

static void a_flushed_catalogue_is_refused(void **state)
{
    struct fixture *f = *state;

    for (int id = 0; id < TABLES; id++)
        tables_clear(f->tables, (enum table_id)id);
    assert_refused(f, "there is no department");
}

static void a_table_that_lost_everything_is_refused(void **state)
{
    struct fixture *f = *state;

    tables_clear(f->tables, TABLE_AREAS);
    assert_refused(f, "the table areas lost all its 1 entries");
}

/* The checksum says that the tool wrote the table as it is. */
static void a_table_may_be_emptied_on_purpose(void **state)
{
    struct fixture *f = *state;
    char checksum[TABLES_CHECKSUM_SIZE];

    tables_clear(f->tables, TABLE_AREAS);
    tables_checksum(f->tables, checksum);
    tables_set(f->tables, TABLE_META, "checksum", checksum);
    tables_set(f->tables, TABLE_META, "version", "6");
    assert_int_equal(try_tables(f), GATE_NEW);
    assert_string_equal(f->gate.version, "6");
}

static void an_inconsistent_catalogue_is_refused(void **state)
{
    struct fixture *f = *state;

    tables_set(f->tables, TABLE_AREAS, "x", "{\"department\":\"nobody\"}");
    assert_refused(f, "nobody");
}

static void a_topic_that_is_not_permitted_is_refused(void **state)
{
    struct fixture *f = *state;

    tables_set(f->tables, TABLE_DEPARTMENTS, "b",
               "{\"name\":\"B\",\"topic\":\"t\"}");
    f->gate.topics = "s, tt";
    assert_refused(f, "topic");
    f->gate.topics = "s, t";
    assert_int_equal(try_tables(f), GATE_NEW);
}

static void a_cached_catalogue_is_read_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct catalogue_tables *again = tables_new();
    char path[] = "/tmp/test_gate.XXXXXX", why[CACHE_WHY_SIZE];
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    tables_set(f->tables, TABLE_AREAS, "y\nz", "a\nb");
    assert_true(catalogue_cache_write(path, f->tables, why));
    assert_int_equal(catalogue_cache_read(path, again, why), STATUS_OK);
    for (int id = 0; id < TABLES; id++) {
        struct tables_diff diff = {
            .before = f->tables, .after = again, .id = (enum table_id)id};
        struct table_difference d;

        assert_false(tables_diff_next(&diff, &d));
    }
    unlink(path);
    tables_free(&again);
}

/* Whatever byte is lost or changed, the file is refused as a whole. */
static void a_damaged_cache_is_refused(void **state)
{
    struct fixture *f = *state;
    char path[] = "/tmp/test_gate.XXXXXX", why[CACHE_WHY_SIZE];
    char bytes[4096];
    size_t size;
    FILE *file;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    assert_true(catalogue_cache_write(path, f->tables, why));
    file = fopen(path, "rb");
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t i = 0; i + 1 < 2 * size; i++) {
        struct catalogue_tables *t = tables_new();
        bool cut = i % 2 == 0;

        file = fopen(path, "wb");
        bytes[i / 2] ^= cut ? 0 : 1;
        fwrite(bytes, 1, cut ? i / 2 : size, file);
        bytes[i / 2] ^= cut ? 0 : 1;
        fclose(file);
        assert_int_equal(catalogue_cache_read(path, t, why), STATUS_REJECT);
        for (int id = 0; id < TABLES; id++)
            assert_int_equal(t->tables[id].n, 0);
        tables_free(&t);
    }
    unlink(path);
    assert_int_equal(catalogue_cache_read(path, f->tables, why), STATUS_RETRY);
}

static void differences_are_found_entry_by_entry(void **state)
{
    static const struct {
        enum difference kind;
        const char *field;
    } expected[] = {
        {DIFFERENCE_REMOVED, "a"}, {DIFFERENCE_CHANGED, "b"},
        {DIFFERENCE_ADDED, "c"},   {DIFFERENCE_REMOVED, "e"},
        {DIFFERENCE_ADDED, "f"},
    };
    struct catalogue_tables *old = tables_new(), *new = tables_new();
    struct tables_diff diff = {.before = old, .after = new, .id = TABLE_AREAS};
    struct table_difference d;

    (void)state;
    tables_set(old, TABLE_AREAS, "a", "1");
    tables_set(old, TABLE_AREAS, "b", "1");
    tables_set(new, TABLE_AREAS, "b", "2");
    tables_set(new, TABLE_AREAS, "c", "1");
    tables_set(old, TABLE_AREAS, "d", "1");
    tables_set(new, TABLE_AREAS, "d", "1");
    tables_set(old, TABLE_AREAS, "e", "1");
    tables_set(new, TABLE_AREAS, "f", "1");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(tables_diff_next(&diff, &d));
        assert_int_equal(d.kind, expected[i].kind);
        assert_string_equal((d.before != NULL ? d.before : d.after)->field,
                            expected[i].field);
        assert_int_equal(d.before == NULL, d.kind == DIFFERENCE_ADDED);
        assert_int_equal(d.after == NULL, d.kind == DIFFERENCE_REMOVED);
    }
    assert_false(tables_diff_next(&diff, &d));
    tables_free(&old);
    tables_free(&new);
}

#define WITH_GATE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_GATE(the_same_tables_are_no_news),
        WITH_GATE(an_edit_by_hand_comes_into_force_under_its_version),
        WITH_GATE(a_higher_version_of_the_same_content_is_news),
        WITH_GATE(a_lower_version_is_refused),
        WITH_GATE(a_flushed_catalogue_is_refused),
        WITH_GATE(a_table_that_lost_everything_is_refused),
        WITH_GATE(a_table_may_be_emptied_on_purpose),
        WITH_GATE(an_inconsistent_catalogue_is_refused),
        WITH_GATE(a_topic_that_is_not_permitted_is_refused),
        WITH_GATE(a_cached_catalogue_is_read_back_as_it_was),
        WITH_GATE(a_damaged_cache_is_refused),
        cmocka_unit_test(differences_are_found_entry_by_entry),
    };

    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}
