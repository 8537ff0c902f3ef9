/*
 * A template is a list of parts, literal text or one column, in order.
 */
#include "template.h"

#include "memory.h"
#include "suggest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILTERS = 4, COLUMN_NONE = -1 };

typedef char template_filter(char c);

struct part {
    char *text; /* the literal, or the column's name */
    bool is_column;
    bool optional;
    int column; /* in the file; COLUMN_NONE: it has none */
    template_filter *filters[MAX_FILTERS];
    size_t n_filters;
};

struct template
{
    char *source;
    bool is_path;
    struct part *parts;
    size_t n_parts;
};

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* Neither may stand in a step of a path (path.h). */
static char to_step(char c)
{
    return c == '/' || c == '|' ? '-' : c;
}

static const struct {
    const char *name;
    template_filter *filter;
} filters[] = {{"lower", to_lower}, {"upper", to_upper}, {"path", to_step}};
enum { FILTERS = sizeof(filters) / sizeof(filters[0]) };

static struct part *add_part(struct template *t, const char *text, size_t size)
{
    t->parts = memory_grow(t->parts, t->n_parts + 1, sizeof *t->parts);
    struct part *part = &t->parts[t->n_parts++];
    *part = (struct part){.column = COLUMN_NONE};
    part->text = memory_new(size + 1);
    memcpy(part->text, text, size);
    return part;
}

/* Takes a literal off *p, with doubled brackets made single ones. */
static bool take_literal(struct template *t, const char **p, char *why)
{
    const char *from = *p;
    struct part *part = add_part(t, from, strlen(from));
    size_t size = 0;

    for (; **p != '\0'; (*p)++) {
        bool bracket = **p == '{' || **p == '}';
        bool doubled = bracket && (*p)[1] == **p;
        if (**p == '}' && !doubled) {
            snprintf(why, TEMPLATE_WHY_SIZE,
                     "a } without a { before it; }} stands for one");
            return false;
        }
        if (bracket && !doubled)
            break;
        part->text[size++] = **p;
        *p += doubled;
    }
    part->text[size] = '\0';
    return true;
}

static bool add_filter(struct part *part, const char *name, size_t size,
                       char *why)
{
    for (size_t i = 0; i < FILTERS; i++) {
        if (strlen(filters[i].name) != size ||
            strncmp(filters[i].name, name, size) != 0)
            continue;
        if (part->n_filters == MAX_FILTERS) {
            snprintf(why, TEMPLATE_WHY_SIZE, "more than %d filters",
                     MAX_FILTERS);
            return false;
        }
        part->filters[part->n_filters++] = filters[i].filter;
        return true;
    }
    snprintf(why, TEMPLATE_WHY_SIZE,
             "no filter is called %.*s; use lower, upper or path",
             (int)(size < 40 ? size : 40), name);
    return false;
}

/* Takes "{Column?|filter|filter}" off *p. */
static bool take_column(struct template *t, const char **p, char *why)
{
    const char *name = *p + 1;
    const char *end = strchr(name, '}');
    if (end == NULL) {
        snprintf(why, TEMPLATE_WHY_SIZE,
                 "a { without a } behind it; {{ stands for one");
        return false;
    }
    size_t size = strcspn(name, "|}");
    bool optional = size > 0 && name[size - 1] == '?';
    struct part *part = add_part(t, name, size - optional);
    part->is_column = true;
    part->optional = optional;
    if (part->text[0] == '\0') {
        snprintf(why, TEMPLATE_WHY_SIZE, "no column is named between { and }");
        return false;
    }
    for (const char *f = name + size; *f == '|';) {
        const char *filter = f + 1;
        size_t filter_size = strcspn(filter, "|}");
        if (!add_filter(part, filter, filter_size, why))
            return false;
        f = filter + filter_size;
    }
    if (t->is_path && !add_filter(part, "path", strlen("path"), why))
        return false;
    *p = end + 1;
    return true;
}

struct template *template_parse(const char *text, bool is_path,
                                char why[TEMPLATE_WHY_SIZE])
{
    struct template *t = memory_new(sizeof *t);
    t->source = memory_copy_text(text);
    t->is_path = is_path;
    for (const char *p = text; *p != '\0';) {
        bool column = p[0] == '{' && p[1] != '{';
        bool ok = column ? take_column(t, &p, why) : take_literal(t, &p, why);
        if (!ok) {
            template_free(&t);
            return NULL;
        }
    }
    return t;
}

void template_free(struct template **t)
{
    if (*t == NULL)
        return;
    for (size_t i = 0; i < (*t)->n_parts; i++)
        free((*t)->parts[i].text);
    free((*t)->parts);
    free((*t)->source);
    free(*t);
    *t = NULL;
}

bool template_has_columns(const struct template *t)
{
    for (size_t i = 0; i < t->n_parts; i++)
        if (t->parts[i].is_column)
            return true;
    return false;
}

const char *template_source(const struct template *t)
{
    return t->source;
}

static bool bind_part(struct part *part, const struct row *header, char *why)
{
    struct suggest suggest;
    char text[SUGGEST_TEXT_SIZE];

    part->column = COLUMN_NONE;
    suggest_begin(&suggest, part->text);
    for (size_t i = 0; i < header->n_cells; i++) {
        if (strcmp(header->cells[i], part->text) == 0) {
            part->column = (int)i;
            return true;
        }
        suggest_consider(&suggest, header->cells[i]);
    }
    if (part->optional)
        return true;
    snprintf(why, TEMPLATE_WHY_SIZE,
             "the file has no column %.80s%s (write {%.80s?} if it may be "
             "missing)",
             part->text, suggest_text(&suggest, text), part->text);
    return false;
}

bool template_bind(struct template *t, const struct row *header,
                   char why[TEMPLATE_WHY_SIZE])
{
    for (size_t i = 0; i < t->n_parts; i++)
        if (t->parts[i].is_column && !bind_part(&t->parts[i], header, why))
            return false;
    return true;
}

static void put(struct template_text *out, char c)
{
    if (out->size + 1 >= out->capacity) {
        out->capacity = out->capacity * 2 + 64;
        out->bytes = memory_grow(out->bytes, out->capacity, 1);
    }
    out->bytes[out->size++] = c;
    out->bytes[out->size] = '\0';
}

static void truncate_text(struct template_text *out, size_t size)
{
    out->size = size;
    if (out->bytes != NULL)
        out->bytes[size] = '\0';
}

/* Appends a cell without the blanks around it; false when it is empty. */
static bool put_cell(const struct part *part, const struct row *row,
                     struct template_text *out)
{
    static const char blanks[] = " \t\r\n";
    if (part->column == COLUMN_NONE)
        return false;
    assert((size_t)part->column < row->n_cells);
    const char *cell = row->cells[part->column];
    cell += strspn(cell, blanks);
    size_t size = strlen(cell);
    while (size > 0 && strchr(blanks, cell[size - 1]) != NULL)
        size--;

    for (size_t i = 0; i < size; i++) {
        char c = cell[i];
        for (size_t f = 0; f < part->n_filters; f++)
            c = part->filters[f](c);
        put(out, c);
    }
    return size > 0;
}

/* The step of a path that is being written. */
struct step {
    size_t start; /* in the text */
    bool has_column, filled;
};

/* Ends a step: one that came out empty is taken back. */
static void end_step(struct step *step, struct template_text *out, bool last)
{
    bool empty = out->size == step->start;
    if (empty || (step->has_column && !step->filled))
        truncate_text(out, step->start);
    else if (!last)
        put(out, '/');
    *step = (struct step){.start = out->size};
}

static void put_literal(const struct template *t, const struct part *part,
                        struct step *step, struct template_text *out)
{
    for (const char *p = part->text; *p != '\0'; p++) {
        if (t->is_path && *p == '/')
            end_step(step, out, false);
        else
            put(out, *p);
    }
}

enum template_result template_expand(const struct template *t,
                                     const struct row *row,
                                     struct template_text *out)
{
    struct step step = {0};
    bool filled = false;

    out->size = 0;
    put(out, '\0'); /* so that there is a text, even of nothing */
    truncate_text(out, 0);
    for (size_t i = 0; i < t->n_parts; i++) {
        const struct part *part = &t->parts[i];
        if (!part->is_column) {
            put_literal(t, part, &step, out);
            continue;
        }
        bool some = put_cell(part, row, out);
        step.has_column = true;
        step.filled |= some;
        filled |= some;
    }
    if (!t->is_path)
        return filled || !template_has_columns(t) ? TEMPLATE_FILLED
                                                  : TEMPLATE_EMPTY;
    end_step(&step, out, true);
    if (out->size > 0 && out->bytes[out->size - 1] == '/')
        truncate_text(out, out->size - 1);
    return out->size > 0 ? TEMPLATE_FILLED : TEMPLATE_EMPTY;
}
