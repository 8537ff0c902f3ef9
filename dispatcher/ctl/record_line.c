/*
 * A record as one line: columns are paths into its JSON.
 */
#include "record_json.h"

#include <stdbool.h>
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

/* Chinese, Japanese and Korean characters and full-width forms take two. */
static int width_of(uint32_t c)
{
    static const uint32_t wide[][2] = {
        {0x1100, 0x115f}, {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff}, {0xfe30, 0xfe6f},   {0xff00, 0xff60},
        {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
    };
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (c >= wide[i][0] && c <= wide[i][1])
            return 2;
    return 1;
}

/* The character at *p, which is valid UTF-8, and *p behind it. */
static uint32_t take_character(const char **p)
{
    const unsigned char *at = (const unsigned char *)*p;
    int more = at[0] >= 0xf0 ? 3 : at[0] >= 0xe0 ? 2 : at[0] >= 0xc0 ? 1 : 0;
    uint32_t c = more == 0 ? at[0] : at[0] & (0x3fU >> more);
    for (int i = 1; i <= more; i++)
        c = c << 6 | (at[i] & 0x3f);
    *p += more + 1;
    return c;
}

/* Appends a text; what could steer a terminal is made harmless. */
static void add_text(struct cell *cell, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        const char *from = p;
        uint32_t c = take_character(&p);
        bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        size_t size = control ? 1 : (size_t)(p - from);
        if (cell->size + size >= MAX_CELL)
            return;
        memcpy(cell->text + cell->size, control ? "?" : from, size);
        cell->size += size;
        cell->width += width_of(c);
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
