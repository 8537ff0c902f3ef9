/*
 * Reads the catalogue from its folder of CSV files.
 *
 *   bytes --libcsv--> cells of a row --columns--> field and JSON --> tables
 *
 * A finding names file, line and column; reading goes on behind it, so that
 * one check shows all of them.
 */
#include "csv_cell.h"
#include "csv_tables.h"
#include "findings.h"
#include "memory.h"
#include "suggest.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CELLS = 64, CHUNK_SIZE = 64 << 10, NO_COLUMN = -1 };

/* A cell lies in the reader's text, with a NUL behind it. */
struct cell {
    size_t offset;
    size_t size;
};

/* One file while it is read. */
struct reader {
    enum table_id id;
    struct catalogue_tables *tables;
    struct findings *findings;

    uint32_t line;     /* of the byte that comes next */
    uint32_t row_line; /* on which the row began */
    bool has_header;
    bool has_errors;

    struct cell cells[MAX_CELLS]; /* of the present row */
    size_t n_cells;               /* may exceed MAX_CELLS */
    char *text;
    size_t used;
    size_t capacity;

    int cell_of[CSV_MAX_COLUMNS]; /* where a column stands, or NO_COLUMN */
    size_t n_header;
};

/* Adds an error about a cell, or about the row when `column` is "". `field`
 * is the entry's key as far as it is known. */
static void add_error(struct reader *r, const char *field, const char *column,
                      const char *message)
{
    struct table_row row = {
        .field = field,
        .field_size = (uint32_t)strlen(field),
        .value = "",
        .line = r->row_line,
    };

    r->has_errors = true;
    findings_add(r->findings, FINDING_ERROR, r->id, &row, column, "%s",
                 message);
}

static const char *cell_text(const struct reader *r, int cell)
{
    return r->text + r->cells[cell].offset;
}

/* The text of a column in the present row; NULL: empty or not there. */
static const char *column_text(const struct reader *r, size_t column,
                               size_t *size)
{
    int cell = r->cell_of[column];

    if (cell == NO_COLUMN || (size_t)cell >= r->n_cells ||
        r->cells[cell].size == 0)
        return NULL;
    *size = r->cells[cell].size;
    return cell_text(r, cell);
}

static void unknown_column(struct reader *r, const char *name)
{
    char hint[SUGGEST_TEXT_SIZE], message[CELL_WHY_SIZE];
    const struct csv_column *columns;
    struct suggest near;
    size_t n;

    columns = csv_columns(r->id, &n);
    suggest_begin(&near, name);
    for (size_t i = 0; i < n; i++)
        suggest_consider(&near, columns[i].name);
    snprintf(message, sizeof message, "unknown column%s",
             suggest_text(&near, hint));
    add_error(r, "", name, message);
}

static void take_column(struct reader *r, int cell)
{
    const char *name = cell_text(r, cell);
    const struct csv_column *columns;
    size_t n;

    columns = csv_columns(r->id, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(columns[i].name, name) != 0)
            continue;
        if (r->cell_of[i] != NO_COLUMN)
            add_error(r, "", name, "the column is there twice; remove one");
        r->cell_of[i] = cell;
        return;
    }
    unknown_column(r, name);
}

static void take_header(struct reader *r)
{
    const struct csv_column *columns;
    size_t n;

    r->has_header = true;
    r->n_header = r->n_cells;
    for (size_t i = 0; i < r->n_cells; i++)
        take_column(r, (int)i);
    columns = csv_columns(r->id, &n);
    for (size_t i = 0; i < n; i++) {
        bool optional = r->id == TABLE_ROUTES && i == 2;
        bool required =
            columns[i].kind == CELL_KEY || columns[i].kind == CELL_PLAIN;

        if (required && !optional && r->cell_of[i] == NO_COLUMN)
            add_error(r, "", columns[i].name,
                      "the first row must name this column");
    }
}

/* The entry's field: its keys with vertical bars between them. Only routes
 * have more than one, and only the area and the category may be empty. */
static char *read_field(struct reader *r)
{
    const struct csv_column *columns;
    size_t n, size = 0, used = 0;
    char *field;

    columns = csv_columns(r->id, &n);
    for (size_t i = 0; i < n && columns[i].kind == CELL_KEY; i++) {
        size_t part;

        if (column_text(r, i, &part) != NULL)
            size += part;
        size++;
    }
    field = memory_new(size + 1);
    for (size_t i = 0; i < n && columns[i].kind == CELL_KEY; i++) {
        size_t part = 0;
        const char *text = column_text(r, i, &part);

        /* A route has its name only if it needs one. */
        if (i == 1 || (i == 2 && text != NULL))
            field[used++] = '|';
        if (text != NULL)
            memcpy(field + used, text, part);
        used += part;
    }
    field[used] = '\0';
    return field;
}

/* A bar or a NUL inside a key would make another key of it. */
static bool keys_are_good(struct reader *r, const char *field)
{
    const struct csv_column *columns;
    bool good = true;
    size_t n;

    columns = csv_columns(r->id, &n);
    for (size_t i = 0; i < n && columns[i].kind == CELL_KEY; i++) {
        size_t size = 0;
        const char *text = column_text(r, i, &size);

        if (text == NULL && r->id != TABLE_ROUTES) {
            add_error(r, field, columns[i].name,
                      "is empty; every row needs it");
            good = false;
        } else if (text != NULL && strlen(text) != size) {
            add_error(r, field, columns[i].name, "holds a NUL byte; remove it");
            good = false;
        } else if (text != NULL && r->id == TABLE_ROUTES &&
                   strchr(text, '|') != NULL) {
            add_error(r, field, columns[i].name,
                      "holds a vertical bar; write '-' instead");
            good = false;
        }
    }
    return good;
}

/* Puts one cell into the entry's value. */
static bool read_cell(struct reader *r, const char *field,
                      const struct csv_column *column, const char *text,
                      size_t size, json_t *object)
{
    char why[CELL_WHY_SIZE], message[2 * CELL_WHY_SIZE];
    json_t *value = csv_cell_parse(column->kind, text, size, why);

    if (value == NULL) {
        snprintf(message, sizeof message, "'%.100s' %s", text, why);
        add_error(r, field, column->name, message);
        return false;
    }
    json_object_set_new(object, column->name, value);
    return true;
}

static void add_object(struct reader *r, const char *field)
{
    const struct csv_column *columns;
    json_t *object = json_object();
    bool good = true;
    size_t n;

    columns = csv_columns(r->id, &n);
    for (size_t i = 0; i < n; i++) {
        size_t size;
        const char *text = column_text(r, i, &size);

        if (columns[i].kind != CELL_KEY && text != NULL)
            good &= read_cell(r, field, &columns[i], text, size, object);
    }
    if (good) {
        char *value = json_dumps(object, JSON_COMPACT);

        tables_add(r->tables, r->id, field, strlen(field), value, strlen(value),
                   r->row_line);
        free(value);
    }
    json_decref(object);
}

/* An empty value of meta is left out, as every empty cell. */
static void add_plain(struct reader *r, const char *field)
{
    size_t size;
    const char *text = column_text(r, 1, &size);

    if (text != NULL)
        tables_add(r->tables, r->id, field, strlen(field), text, size,
                   r->row_line);
}

/* Spreadsheets leave rows of nothing but commas. */
static bool is_empty_row(const struct reader *r)
{
    for (size_t i = 0; i < r->n_cells; i++) {
        if (r->cells[i].size > 0)
            return false;
    }
    return true;
}

static void take_row(struct reader *r)
{
    char *field;

    if (r->n_cells > r->n_header) {
        add_error(r, "", "",
                  "the row has more cells than the first row; quote cells "
                  "that hold commas");
        return;
    }
    if (is_empty_row(r))
        return;
    field = read_field(r);
    if (!keys_are_good(r, field))
        ;
    else if (r->id == TABLE_META)
        add_plain(r, field);
    else
        add_object(r, field);
    free(field);
}

static uint32_t count_lines(const char *text, size_t size)
{
    uint32_t n = 0;

    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    return n;
}

/* libcsv's callback for the end of a cell. */
static void on_cell(void *text, size_t size, void *context)
{
    struct reader *r = context;

    if (r->n_cells == 0)
        r->row_line = r->line;
    r->line += count_lines(text, size);
    if (r->n_cells++ >= MAX_CELLS)
        return;
    if (r->capacity - r->used < size + 1) {
        r->capacity = 2 * (r->used + size + 1);
        r->text = memory_grow(r->text, r->capacity, 1);
    }
    r->cells[r->n_cells - 1] = (struct cell){r->used, size};
    if (size > 0)
        memcpy(r->text + r->used, text, size);
    r->text[r->used + size] = '\0';
    r->used += size + 1;
}

/* libcsv's callback for the end of a row: with CSV_REPALL_NL for each carriage
 * return and each line feed, so that lines can be counted. */
static void on_row(int end, void *context)
{
    struct reader *r = context;

    if (r->n_cells > MAX_CELLS)
        add_error(r, "", "", "the row has more than 64 cells");
    else if (r->n_cells > 0 && !r->has_header)
        take_header(r);
    else if (r->n_cells > 0 && r->n_header > 0)
        take_row(r);
    r->n_cells = 0;
    r->used = 0;
    if (end == '\n')
        r->line++;
}

static const char *without_bom(const char *bytes, size_t *size)
{
    static const char bom[] = "\xef\xbb\xbf";

    if (*size < 3 || memcmp(bytes, bom, 3) != 0)
        return bytes;
    *size -= 3;
    return bytes + 3;
}

/* False: the file's quotes are wrong; `line` is where. */
static bool parse_file(struct reader *r, FILE *file)
{
    static const unsigned char options =
        CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL;
    char *chunk = memory_new(CHUNK_SIZE);
    struct csv_parser parser;
    bool is_first = true, good = true;
    size_t size;

    if (csv_init(&parser, options) != 0)
        abort(); /* cannot be: it allocates nothing */
    while (good && (size = fread(chunk, 1, CHUNK_SIZE, file)) > 0) {
        const char *bytes = is_first ? without_bom(chunk, &size) : chunk;

        is_first = false;
        good = csv_parse(&parser, bytes, size, on_cell, on_row, r) == size;
    }
    good = good && csv_fini(&parser, on_cell, on_row, r) == 0;
    csv_free(&parser);
    free(chunk);
    return good;
}

static void report_duplicates(struct reader *r)
{
    const struct table *table = &r->tables->tables[r->id];

    for (size_t i = 1; i < table->n; i++) {
        char message[CELL_WHY_SIZE];

        if (table_row_compare(&table->rows[i - 1], &table->rows[i]) != 0)
            continue;
        r->row_line = table->rows[i].line;
        snprintf(message, sizeof message,
                 "the entry is there twice, first on line %u; remove one",
                 table->rows[i - 1].line);
        add_error(r, table->rows[i].field, "", message);
    }
}

static bool read_table(const char *folder, enum table_id id,
                       struct catalogue_tables *tables,
                       struct findings *findings)
{
    struct reader r = {
        .id = id, .tables = tables, .findings = findings, .line = 1};
    char *path = NULL, message[CELL_WHY_SIZE];
    FILE *file;

    if (asprintf(&path, "%s/%s.csv", folder, table_name(id)) < 0)
        abort();
    for (size_t i = 0; i < CSV_MAX_COLUMNS; i++)
        r.cell_of[i] = NO_COLUMN;
    file = fopen(path, "rb");
    free(path);
    if (file == NULL) {
        snprintf(message, sizeof message,
                 "cannot read the file: %s; every table has one, if only "
                 "with its first row",
                 strerror(errno));
        add_error(&r, "", "", message);
        return false;
    }
    if (!parse_file(&r, file)) {
        r.row_line = r.line;
        add_error(&r, "", "",
                  "a quote is wrong: quote the whole cell and double the "
                  "quotes inside it");
    } else if (ferror(file)) {
        add_error(&r, "", "", "cannot read the file to its end");
    } else if (!r.has_header) {
        add_error(&r, "", "", "is empty; the first row names the columns");
    }
    fclose(file);
    free(r.text);
    tables_sort(tables);
    report_duplicates(&r);
    return !r.has_errors;
}

enum status csv_tables_read(const char *folder, struct catalogue_tables *tables,
                            struct findings *findings)
{
    bool good = true;

    for (int id = 0; id < TABLES; id++)
        good &= read_table(folder, (enum table_id)id, tables, findings);
    return good ? STATUS_OK : STATUS_REJECT;
}
