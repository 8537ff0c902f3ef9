/*
 * A record as one line: columns are paths into its JSON.
 */
#include "record_json.h"

#include "terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STEP = 64, MAX_PATH = 128, MAX_CELL = 1024 };

/* A cell that is being put together. */
struct cell {
    char text[MAX_CELL];
    size_t size;
    int width; /* in cells of the terminal */
};

/* Appends a text; what could steer a terminal is made harmless. */
static void add_text(struct cell *cell, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        struct terminal_character c = terminal_next(&p);
        if (cell->size + c.size >= MAX_CELL)
            return;
        memcpy(cell->text + cell->size, c.bytes, c.size);
        cell->size += c.size;
        cell->width += c.width;
    }
}

/* Follows a path from one value on and appends all that it leads to. */
static void collect(struct cell *cell, const json_t *at, const char *path);

static void add_value(struct cell *cell, const json_t *value)
{
    if (json_is_null(value))
        return;
    if (cell->size > 0)
        add_text(cell, ", ");
    if (json_is_string(value)) {
        add_text(cell, json_string_value(value));
        return;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    add_text(cell, text);
    free(text);
}

/* The first member that is an object: of an event, what kind it is. */
static void collect_object(struct cell *cell, const json_t *at,
                           const char *rest)
{
    const char *name;
    json_t *value;
    /* The macro casts const away; nothing is changed. */
    json_object_foreach((json_t *)(uintptr_t)at, name, value)
    {
        if (!json_is_object(value))
            continue;
        if (*rest != '\0')
            collect(cell, value, rest);
        else
            add_text(cell, name);
        return;
    }
}

static void collect(struct cell *cell, const json_t *at, const char *path)
{
    char step[MAX_STEP];
    size_t size = strcspn(path, "/");

    for (size_t i = 0; i < json_array_size(at); i++)
        collect(cell, json_array_get(at, i), path);
    if (json_is_array(at) || at == NULL)
        return;
    if (*path == '\0') {
        add_value(cell, at);
        return;
    }
    const char *rest = path + size + (path[size] == '/');
    snprintf(step, sizeof step, "%.*s", (int)size, path);
    if (strcmp(step, "*") == 0)
        collect_object(cell, at, rest);
    else
        collect(cell, json_object_get(at, step), rest);
}

/* The first of the column's paths that leads to something. */
static void fill(struct cell *cell, const struct record_column *column,
                 const json_t *record)
{
    char path[MAX_PATH];
    *cell = (struct cell){0};
    for (const char *p = column->paths; *p != '\0' && cell->size == 0;) {
        size_t size = strcspn(p, " ");
        snprintf(path, sizeof path, "%.*s", (int)size, p);
        collect(cell, record, path);
        p += size + (p[size] == ' ');
    }
    if (cell->size == 0)
        add_text(cell, "-");
    cell->text[cell->size] = '\0';
}

static void print_cell(FILE *out, const char *text, int used, int width)
{
    int pad = width > used ? width - used : 0;
    fprintf(out, "%s%*s%s", text, pad, "", width > 0 ? "  " : "");
}

void record_print_titles(FILE *out, const struct record_column *columns,
                         size_t n)
{
    for (size_t i = 0; i < n; i++)
        print_cell(out, columns[i].title, (int)strlen(columns[i].title),
                   columns[i].width);
    fputc('\n', out);
}

void record_print(FILE *out, const struct record_column *columns, size_t n,
                  const json_t *record)
{
    struct cell cell;
    for (size_t i = 0; i < n; i++) {
        fill(&cell, &columns[i], record);
        print_cell(out, cell.text, cell.width, columns[i].width);
    }
    fputc('\n', out);
}
