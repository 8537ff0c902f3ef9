/*
 * Rows out of files: CSV with its quoting, JSON lines, gzip, damage.
 */
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

/* A file of these bytes, and its path. */
static char *write_file(const void *bytes, size_t size)
{
    static char path[] = "/tmp/test_rows.XXXXXX";
    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
    return path;
}

/* All rows as "line:cell|cell;", then END, or why it failed. */
static void read_all(const char *path, char *out, size_t size)
{
    char why[ROWS_WHY_SIZE];
    struct rows *rows = rows_open(path, why);
    struct row row;
    enum rows_result result;
    size_t n = 0;

    assert_non_null(rows);
    while ((result = rows_next(rows, &row)) == ROWS_ROW) {
        n += (size_t)snprintf(out + n, size - n, "%lu:", row.line);
        if (row.text != NULL)
            n += (size_t)snprintf(out + n, size - n, "%s", row.text);
        for (size_t i = 0; i < row.n_cells; i++)
            n += (size_t)snprintf(out + n, size - n, "%s%s", i > 0 ? "|" : "",
                                  row.cells[i]);
        n += (size_t)snprintf(out + n, size - n, ";");
    }
    snprintf(out + n, size - n, "%s",
             result == ROWS_END ? "END" : rows_why(rows));
    rows_close(&rows);
    assert_null(rows);
}

static void check(const char *bytes, const char *expected)
{
    char out[4096];
    char *path = write_file(bytes, strlen(bytes));
    read_all(path, out, sizeof out);
    unlink(path);
    assert_string_equal(out, expected);
}

static void csv_is_read_as_rfc_4180_says(void **state)
{
    (void)state;
    check("", "END");
    check("a,b\n1,2\n", "1:a|b;2:1|2;END");
    check("a,b\r\n1,2", "1:a|b;2:1|2;END");
    check("\xef\xbb\xbf"
          "a,b\n",
          "1:a|b;END");
    check("a,\"b,\"\"c\"\"\"\n", "1:a|b,\"c\";END");
    check("a,\n,\n", "1:a|;2:|;END");
    check("\n\na\n\n\nb\n", "3:a;6:b;END");
}

static void rows_know_the_line_where_they_begin(void **state)
{
    (void)state;
    check("a,\"x\r\ny\nz\"\nb,c\n", "1:a|x\r\ny\nz;4:b|c;END");
}

static void json_lines_are_known_by_their_first_character(void **state)
{
    (void)state;
    check(" {\"a\":1}\n\n{\"b\":2}", "1:{\"a\":1}\n;3:{\"b\":2};END");
}

static void gzip_is_unpacked_and_damage_is_said(void **state)
{
    (void)state;
    char *path = write_file("", 0);
    char out[4096];
    gzFile gz = gzopen(path, "wb");
    gzputs(gz, "a,b\n1,2\n");
    gzclose(gz);
    read_all(path, out, sizeof out);
    assert_string_equal(out, "1:a|b;2:1|2;END");

    assert_int_equal(truncate(path, 24), 0);
    read_all(path, out, sizeof out);
    assert_non_null(strstr(out, "unexpected end of file"));
    unlink(path);
}

static void a_quote_that_is_never_closed_is_bounded(void **state)
{
    (void)state;
    size_t size = 2 * ROWS_MAX_SIZE;
    char *bytes = malloc(size);
    memset(bytes, 'x', size);
    for (size_t i = 100; i < size; i += 100)
        bytes[i] = '\n';
    memcpy(bytes, "a,\"", 3);
    char *path = write_file(bytes, size);
    free(bytes);
    char out[4096];
    read_all(path, out, sizeof out);
    unlink(path);
    assert_non_null(strstr(out, "is a quotation mark never closed?"));
}

static void a_line_without_end_is_bounded(void **state)
{
    (void)state;
    size_t size = 2 * ROWS_MAX_SIZE;
    char *bytes = malloc(size);
    memset(bytes, '{', size);
    char *path = write_file(bytes, size);
    free(bytes);
    char out[4096];
    read_all(path, out, sizeof out);
    unlink(path);
    assert_non_null(strstr(out, "line 1 is longer than"));
}

static void a_missing_file_is_said(void **state)
{
    (void)state;
    char why[ROWS_WHY_SIZE];
    assert_null(rows_open("/nonexistent/file.csv", why));
    assert_string_equal(why, "cannot be opened: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_read_as_rfc_4180_says),
        cmocka_unit_test(rows_know_the_line_where_they_begin),
        cmocka_unit_test(json_lines_are_known_by_their_first_character),
        cmocka_unit_test(gzip_is_unpacked_and_damage_is_said),
        cmocka_unit_test(a_quote_that_is_never_closed_is_bounded),
        cmocka_unit_test(a_line_without_end_is_bounded),
        cmocka_unit_test(a_missing_file_is_said),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
