/*
 * The catalogue as CSV files: what cells mean, what is refused and where, and
 * that what is written is read back as it was.
 */
#include "csv_tables.h"
#include "findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const headers[TABLES] = {
    [TABLE_DEPARTMENTS] = "id\n",       [TABLE_AREAS] = "path\n",
    [TABLE_ROUTES] = "area,category\n", [TABLE_POLICIES] = "id\n",
    [TABLE_CALENDARS] = "id\n",         [TABLE_META] = "field,value\n",
};

struct fixture {
    char folder[32];
    struct catalogue_tables *tables;
    struct findings findings;
};

static void write_file(const char *folder, enum table_id id, const char *text)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.csv", folder, table_name(id));
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void remove_folder(const char *folder)
{
    char path[96];

    for (int id = 0; id < TABLES; id++) {
        snprintf(path, sizeof path, "%s/%s.csv", folder,
                 table_name((enum table_id)id));
        unlink(path);
    }
    rmdir(folder);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    strcpy(f->folder, "/tmp/test_csv.XXXXXX");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    for (int id = 0; id < TABLES; id++)
        write_file(f->folder, (enum table_id)id, headers[id]);
    f->tables = tables_new();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    remove_folder(f->folder);
    tables_free(&f->tables);
    findings_deinit(&f->findings);
    free(f);
    return 0;
}

/* Reads the folder with one file's text replaced. */
static enum status read_with(struct fixture *f, enum table_id id,
                             const char *text)
{
    tables_free(&f->tables);
    findings_deinit(&f->findings);
    f->tables = tables_new();
    f->findings = (struct findings){0};
    write_file(f->folder, id, text);
    return csv_tables_read(f->folder, f->tables, &f->findings);
}

static void a_row_becomes_a_field_and_compact_json(void **state)
{
    static const struct {
        enum table_id id;
        const char *text, *field, *value;
    } cases[] = {
        {TABLE_DEPARTMENTS, "id,name,parent\nxc,西城,bj\n", "xc",
         "{\"name\":\"西城\",\"parent\":\"bj\"}"},
        /* The order of names is the contract's, not the file's. */
        {TABLE_DEPARTMENTS, "parent,name,id\nbj,\"a \"\"b\"\", c\",xc\n", "xc",
         "{\"name\":\"a \\\"b\\\", c\",\"parent\":\"bj\"}"},
        {TABLE_DEPARTMENTS, "id,name\nxc,\n", "xc", "{}"},
        {TABLE_DEPARTMENTS, "\xef\xbb\xbfid,name\r\nxc, n \r\n", "xc",
         "{\"name\":\"n\"}"},
        {TABLE_DEPARTMENTS, "id,name\nxc\n", "xc", "{}"},
        {TABLE_DEPARTMENTS, "id,name\n,\nxc,n\n,\n\n", "xc",
         "{\"name\":\"n\"}"},
        {TABLE_AREAS, "path,units\n110000/1,\"{ \"\"gas\"\" : \"\"g\"\" }\"\n",
         "110000/1", "{\"units\":{\"gas\":\"g\"}}"},
        {TABLE_ROUTES, "area,category,co\na,b, x ; y;\n", "a|b",
         "{\"co\":[\"x\",\"y\"]}"},
        {TABLE_ROUTES, "area,category,name,override\na,,night,TRUE\n",
         "a||night", "{\"override\":true}"},
        {TABLE_ROUTES, "area,category,name,types\n,,,\"[\"\"a;b\"\"]\"\n|\n",
         NULL, NULL},
        {TABLE_ROUTES, "area,category,department\n,,x\n", "|",
         "{\"department\":\"x\"}"},
        {TABLE_POLICIES, "id,max_extensions,pausable\np,3,false\n", "p",
         "{\"pausable\":false,\"max_extensions\":3}"},
        {TABLE_CALENDARS,
         "id,workdays\nc,\"[{\"\"date\"\":\"\"2026-02-14\"\"}]\"\n", "c",
         "{\"workdays\":[{\"date\":\"2026-02-14\"}]}"},
        {TABLE_META, "field,value\ntime_zone,Asia/Shanghai\n", "time_zone",
         "Asia/Shanghai"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum status status = read_with(f, cases[i].id, cases[i].text);
        const struct table *table = &f->tables->tables[cases[i].id];

        if (cases[i].field == NULL) {
            assert_int_equal(status, STATUS_REJECT);
        } else {
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(table->n, 1);
            assert_string_equal(table->rows[0].field, cases[i].field);
            assert_string_equal(table->rows[0].value, cases[i].value);
        }
        write_file(f->folder, cases[i].id, headers[cases[i].id]);
    }
}

static void a_fault_is_reported_with_line_and_column(void **state)
{
    static const struct {
        enum table_id id;
        const char *text;
        uint32_t line;
        const char *name, *message;
    } cases[] = {
        {TABLE_DEPARTMENTS, "id,nmae\n", 1, "nmae", "unknown column"},
        {TABLE_DEPARTMENTS, "id,name,name\n", 1, "name", "twice"},
        {TABLE_DEPARTMENTS, "name\n", 1, "id", "must name this column"},
        {TABLE_DEPARTMENTS, "", 0, "", "first row names the columns"},
        {TABLE_DEPARTMENTS, "id,name\nx,a\n\nx,b\n", 4, "", "on line 2"},
        {TABLE_DEPARTMENTS, "id,name\n,a\n", 2, "id", "is empty"},
        {TABLE_DEPARTMENTS, "id,name\nx,a,b\n", 2, "", "more cells"},
        {TABLE_DEPARTMENTS, "id,name\nx,\"a\nb\"\ny,\"q\"q\n", 4, "",
         "a quote is wrong"},
        {TABLE_DEPARTMENTS, "id,name\nx,\"a\n", 2, "", "a quote is wrong"},
        {TABLE_DEPARTMENTS, "id,name\nx,\"a\nb\"\n\r\ny,\xff\n", 5, "name",
         "is not UTF-8"},
        {TABLE_ROUTES, "area,category\na|b,c\n", 2, "area", "vertical bar"},
        {TABLE_ROUTES, "area,category,override\na,c,yes\n", 2, "override",
         "neither true nor false"},
        {TABLE_POLICIES, "id,max_extensions\np,many\n", 2, "max_extensions",
         "no whole number"},
        {TABLE_POLICIES, "id,escalate\np,{}\n", 2, "escalate", "JSON array"},
        {TABLE_AREAS, "path,units\np,[]\n", 2, "units", "JSON object"},
        {TABLE_AREAS, "path,units\np,{\n", 2, "units", "is no JSON"},
        {TABLE_CALENDARS, "id,holidays\nc,[1\n", 2, "holidays", "is no JSON"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(read_with(f, cases[i].id, cases[i].text),
                         STATUS_REJECT);
        assert_int_equal(f->findings.errors, 1);
        assert_int_equal(f->findings.items[0].table, cases[i].id);
        assert_int_equal(f->findings.items[0].line, cases[i].line);
        assert_string_equal(f->findings.items[0].name, cases[i].name);
        assert_non_null(strstr(f->findings.items[0].message, cases[i].message));
        write_file(f->folder, cases[i].id, headers[cases[i].id]);
    }
}

static void a_missing_file_is_an_error(void **state)
{
    struct fixture *f = *state;

    remove_folder(f->folder);
    assert_int_equal(csv_tables_read(f->folder, f->tables, &f->findings),
                     STATUS_REJECT);
    assert_int_equal(f->findings.errors, TABLES);
}

static void assert_same_tables(const struct catalogue_tables *a,
                               const struct catalogue_tables *b)
{
    for (int id = 0; id < TABLES; id++) {
        const struct table *x = &a->tables[id], *y = &b->tables[id];

        assert_int_equal(x->n, y->n);
        for (size_t i = 0; i < x->n; i++) {
            assert_int_equal(table_row_compare(&x->rows[i], &y->rows[i]), 0);
            assert_string_equal(x->rows[i].value, y->rows[i].value);
        }
    }
}

static void what_is_written_is_read_back_as_it_was(void **state)
{
    struct fixture *f = *state;
    struct catalogue_tables *again = tables_new();
    char folder[40];

    write_file(f->folder, TABLE_DEPARTMENTS,
               "id,name\na,\"x, \"\"y\"\"\r\nz\"\nb,\" blanks \"\n");
    write_file(f->folder, TABLE_AREAS,
               "path,name,units\n\"a,b\",甲,\"{\"\"g\"\":\"\"x\"\"}\"\n");
    write_file(f->folder, TABLE_ROUTES,
               "area,category,name,co,channels,types,override\n"
               "a,b,,x;y,[],\"[\"\" a\"\",\"\"b;c\"\"]\",true\n"
               ",,n,,\"[\"\"[x\"\"]\",,\n");
    write_file(f->folder, TABLE_POLICIES,
               "id,warn,escalate,max_extensions,pausable\n"
               "p,50%;-1h,\"[{\"\"after\"\":\"\"0m\"\"}]\",0,false\n");
    write_file(f->folder, TABLE_CALENDARS,
               "id,holidays\nc,2026-10-01;2026-10-02\n");
    write_file(f->folder, TABLE_META, "field,value\nversion,42\nx,\"a,b\"\n");
    assert_int_equal(csv_tables_read(f->folder, f->tables, &f->findings),
                     STATUS_OK);
    snprintf(folder, sizeof folder, "%s.out", f->folder);
    assert_int_equal(csv_tables_write(folder, f->tables, &f->findings),
                     STATUS_OK);
    assert_int_equal(csv_tables_read(folder, again, &f->findings), STATUS_OK);
    assert_same_tables(f->tables, again);
    remove_folder(folder);
    tables_free(&again);
}

/* Edited in Redis by hand, such an entry could not be loaded again. */
static void what_has_no_column_is_not_written(void **state)
{
    static const struct {
        enum table_id id;
        const char *field, *value, *name;
    } cases[] = {
        {TABLE_AREAS, "a", "{\"nmae\":\"x\"}", "nmae"},
        {TABLE_AREAS, "a", "{\"path\":\"x\"}", "path"},
        {TABLE_AREAS, "a", "{\"name\":1}", "name"},
        {TABLE_AREAS, "a", "{\"name\":null}", "name"},
        {TABLE_AREAS, "a", "[]", ""},
        {TABLE_AREAS, "a", "{", ""},
        {TABLE_ROUTES, "a", "{}", ""},
        {TABLE_ROUTES, "a|b|c|d", "{}", ""},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct catalogue_tables *t = tables_new();
        struct findings findings = {0};

        tables_set(t, cases[i].id, cases[i].field, cases[i].value);
        assert_int_equal(csv_table_write(f->folder, cases[i].id, t, &findings),
                         STATUS_REJECT);
        assert_int_equal(findings.errors, 1);
        assert_string_equal(findings.items[0].field, cases[i].field);
        assert_string_equal(findings.items[0].name, cases[i].name);
        findings_deinit(&findings);
        tables_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_becomes_a_field_and_compact_json,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_fault_is_reported_with_line_and_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_file_is_an_error, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back_as_it_was,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_column_is_not_written,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
