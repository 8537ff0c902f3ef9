/*
 * A list of what a check found, cut at a length that a person could read.
 */
#include "findings.h"

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FINDING_MESSAGE_SIZE = 512 };

void findings_deinit(struct findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->items[i].field);
        free(f->items[i].name);
        free(f->items[i].message);
    }
    free(f->items);
    *f = (struct findings){0};
}

static struct finding *next_item(struct findings *f)
{
    bool full = f->n == 0 || (f->n >= 8 && (f->n & (f->n - 1)) == 0);

    if (full)
        f->items =
            memory_grow(f->items, f->n ? 2 * f->n : 8, sizeof(f->items[0]));
    return &f->items[f->n++];
}

void findings_add(struct findings *f, enum finding_level level,
                  enum table_id table, const struct table_row *row,
                  const char *name, const char *format, ...)
{
    char message[FINDING_MESSAGE_SIZE];
    va_list args;

    *(level == FINDING_ERROR ? &f->errors : &f->warnings) += 1;
    if (f->n == FINDINGS_MAX)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    *next_item(f) = (struct finding){
        .level = level,
        .table = table,
        .line = row ? row->line : 0,
        .field = memory_copy_text(row ? row->field : ""),
        .name = memory_copy_text(name ? name : ""),
        .message = memory_copy_text(message),
    };
}
