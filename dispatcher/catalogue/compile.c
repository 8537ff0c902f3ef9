/*
 * From raw tables to a snapshot: the order of the passes.
 */
#include "compile.h"

#include "arena.h"
#include "memory.h"

#include <assert.h>
#include <string.h>

static void assert_sorted(const struct catalogue_tables *tables)
{
    for (int id = 0; id < TABLES; id++) {
        const struct table *t = &tables->tables[id];
        for (size_t i = 1; i < t->n; i++)
            assert(table_row_compare(&t->rows[i - 1], &t->rows[i]) <= 0);
    }
}

static void set_version(struct compile *c,
                        const char checksum[TABLES_CHECKSUM_SIZE])
{
    struct catalogue *cat = c->cat;

    tables_version(c->tables, checksum, cat->version);
    if (!tables_version_number(c->tables, &cat->version_number))
        findings_add(c->findings, FINDING_ERROR, TABLE_META,
                     tables_find(c->tables, TABLE_META, "version"), "",
                     "the version is no whole number; set it to the last "
                     "one that was in force, plus one");
}

enum status catalogue_compile(const struct catalogue_tables *tables,
                              struct findings *findings, struct catalogue **out)
{
    char checksum[TABLES_CHECKSUM_SIZE];

    tables_checksum(tables, checksum);
    return catalogue_compile_known(tables, checksum, findings, out);
}

enum status catalogue_compile_known(const struct catalogue_tables *tables,
                                    const char checksum[TABLES_CHECKSUM_SIZE],
                                    struct findings *findings,
                                    struct catalogue **out)
{
    static void (*const passes[])(struct compile *) = {
        compile_calendars, compile_departments, compile_policies,
        compile_areas,     compile_meta,        compile_routes,
        check_fallbacks,   check_routes,        check_paths,
    };
    struct compile c = {
        .tables = tables,
        .findings = findings,
        .cat = memory_new(sizeof(struct catalogue)),
    };
    size_t errors_before = findings->errors;

    assert_sorted(tables);
    c.cat->arena = arena_new(SIZE_MAX);
    for (int id = 0; id < TABLES; id++)
        compile_check_fields(&c, (enum table_id)id);
    set_version(&c, checksum);
    for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
        passes[i](&c);

    if (findings->errors > errors_before) {
        catalogue_free(&c.cat);
        return STATUS_REJECT;
    }
    *out = c.cat;
    return STATUS_OK;
}
