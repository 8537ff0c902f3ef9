/*
 * Writes the catalogue as its folder of CSV files.
 */
#include "csv_cell.h"
#include "csv_tables.h"
#include "file_replace.h"
#include "findings.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One file while it is written. */
struct writer {
    enum table_id id;
    FILE *file;
    struct findings *findings;
    const struct table_row *row;
    bool has_errors;
};

static void add_error(struct writer *w, const char *name, const char *message)
{
    w->has_errors = true;
    findings_add(w->findings, FINDING_ERROR, w->id, w->row, name, "%s",
                 message);
}

/* Quotes only where it is needed, which reads better and makes small
 * differences. A blank at an end would be trimmed. */
static bool needs_quotes(const char *text, size_t size)
{
    if (size == 0)
        return false;
    return strchr(" \t", text[0]) != NULL ||
           strchr(" \t", text[size - 1]) != NULL ||
           strpbrk(text, ",\"\r\n") != NULL;
}

static void write_cell(struct writer *w, size_t column, const char *text,
                       size_t size)
{
    if (column > 0)
        fputc(',', w->file);
    if (needs_quotes(text, size))
        csv_fwrite(w->file, text, size);
    else
        fwrite(text, 1, size, w->file);
}

/* The part of the entry's field that stands in key column `i`: the rest of
 * the field in the last one. */
static const char *key_part(const char *field, size_t i, bool is_last,
                            size_t *size)
{
    for (; i > 0; i--) {
        field = strchr(field, '|');
        if (field == NULL)
            return NULL;
        field++;
    }
    *size = is_last ? strlen(field) : strcspn(field, "|");
    return field;
}

static void write_key(struct writer *w, size_t column, bool is_last)
{
    const char *field = w->row->field, *text;
    size_t size = 0;

    text = key_part(field, column, is_last, &size);
    if (w->id == TABLE_ROUTES && column == 2 && text == NULL)
        text = "";
    if (text == NULL)
        add_error(w, "", "the field needs a vertical bar: area|category");
    else if (is_last && w->id == TABLE_ROUTES && memchr(text, '|', size))
        add_error(w, "", "the field has more than two vertical bars");
    else
        write_cell(w, column, text, size);
}

static void write_value(struct writer *w, size_t column,
                        const struct csv_column *spec, const json_t *object)
{
    const json_t *value = json_object_get(object, spec->name);
    char *text;

    if (value == NULL) {
        write_cell(w, column, "", 0);
        return;
    }
    text = csv_cell_format(spec->kind, value);
    if (text == NULL) {
        add_error(w, spec->name, "has a value of the wrong type");
        return;
    }
    write_cell(w, column, text, strlen(text));
    free(text);
}

/* What has no column would be lost. */
static void check_names(struct writer *w, json_t *object)
{
    const struct csv_column *columns;
    const char *name;
    json_t *value;
    size_t n;

    columns = csv_columns(w->id, &n);
    json_object_foreach(object, name, value)
    {
        size_t i = 0;

        while (i < n && (columns[i].kind == CELL_KEY ||
                         strcmp(columns[i].name, name) != 0))
            i++;
        if (i == n)
            add_error(w, name, "unknown name; remove it");
    }
}

static void write_row(struct writer *w)
{
    const struct csv_column *columns;
    json_t *object = NULL;
    size_t n;

    columns = csv_columns(w->id, &n);
    if (strlen(w->row->field) != w->row->field_size) {
        add_error(w, "", "the field holds a NUL byte");
        return;
    }
    if (w->id != TABLE_META) {
        object = json_loadb(w->row->value, w->row->value_size,
                            JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(object)) {
            add_error(w, "", "the value is no JSON object");
            json_decref(object);
            return;
        }
        check_names(w, object);
    }
    for (size_t i = 0; i < n; i++) {
        if (columns[i].kind == CELL_KEY)
            write_key(w, i, columns[i + 1].kind != CELL_KEY);
        else if (columns[i].kind == CELL_PLAIN)
            write_cell(w, i, w->row->value, w->row->value_size);
        else
            write_value(w, i, &columns[i], object);
    }
    fputc('\n', w->file);
    json_decref(object);
}

static void write_table(struct writer *w, const struct table *table)
{
    const struct csv_column *columns;
    size_t n;

    columns = csv_columns(w->id, &n);
    for (size_t i = 0; i < n; i++)
        write_cell(w, i, columns[i].name, strlen(columns[i].name));
    fputc('\n', w->file);
    for (size_t i = 0; i < table->n; i++) {
        w->row = &table->rows[i];
        if (w->id != TABLE_META || strcmp(w->row->field, "checksum") != 0)
            write_row(w);
    }
    w->row = NULL;
}

enum status csv_table_write(const char *folder, enum table_id id,
                            const struct catalogue_tables *tables,
                            struct findings *findings)
{
    struct writer w = {.id = id, .findings = findings};
    struct file_replace replace;
    char *path = NULL;

    if (asprintf(&path, "%s/%s.csv", folder, table_name(id)) < 0)
        abort();
    w.file = file_replace_begin(&replace, path);
    free(path);
    if (w.file == NULL) {
        add_error(&w, "", strerror(errno));
        return STATUS_REJECT;
    }
    write_table(&w, &tables->tables[id]);
    if (w.has_errors)
        file_replace_abandon(&replace);
    else if (!file_replace_finish(&replace))
        add_error(&w, "", strerror(errno));
    return w.has_errors ? STATUS_REJECT : STATUS_OK;
}

enum status csv_tables_write(const char *folder,
                             const struct catalogue_tables *tables,
                             struct findings *findings)
{
    enum status status = STATUS_OK;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        struct writer w = {.id = TABLE_META, .findings = findings};

        add_error(&w, "", strerror(errno));
        return STATUS_REJECT;
    }
    for (int id = 0; id < TABLES; id++) {
        if (csv_table_write(folder, (enum table_id)id, tables, findings) !=
            STATUS_OK)
            status = STATUS_REJECT;
    }
    return status;
}
