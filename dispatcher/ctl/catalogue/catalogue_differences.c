/*
 * Shows what differs between two catalogues.
 */
#include "catalogue_differences.h"

#include "tables_diff.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next difference, without what the tool itself writes into meta. */
static bool next(struct tables_diff *diff, struct table_difference *d)
{
    while (tables_diff_next(diff, d)) {
        const char *field = (d->after != NULL ? d->after : d->before)->field;

        if (d->table != TABLE_META ||
            (strcmp(field, "version") != 0 && strcmp(field, "checksum") != 0))
            return true;
    }
    return false;
}

void catalogue_differences_count(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after)
{
    for (int id = 0; id < TABLES; id++) {
        struct tables_diff diff = {
            .before = before, .after = after, .id = (enum table_id)id};
        size_t counts[DIFFERENCES] = {0}, all = 0;
        struct table_difference d;

        for (; next(&diff, &d); all++)
            counts[d.kind]++;
        if (all > 0)
            printf("%-12s %zu added, %zu changed, %zu removed\n",
                   table_name((enum table_id)id), counts[DIFFERENCE_ADDED],
                   counts[DIFFERENCE_CHANGED], counts[DIFFERENCE_REMOVED]);
    }
}

/* As diff does: a minus before what goes, a plus before what comes. */
static void print_text(const struct table_difference *d)
{
    const char *table = table_name(d->table);

    if (d->before != NULL)
        printf("- %s %s %s\n", table, d->before->field, d->before->value);
    if (d->after != NULL)
        printf("+ %s %s %s\n", table, d->after->field, d->after->value);
}

static json_t *value_of(const struct table_row *row)
{
    json_t *value =
        row == NULL ? NULL : json_stringn(row->value, row->value_size);

    return value == NULL ? json_null() : value; /* also where it is no text */
}

static void print_json(const struct table_difference *d)
{
    static const char *const kinds[DIFFERENCES] = {"added", "changed",
                                                   "removed"};
    const struct table_row *row = d->after != NULL ? d->after : d->before;
    json_t *object = json_object();
    char *text;

    json_object_set_new(object, "table", json_string(table_name(d->table)));
    json_object_set_new(object, "field",
                        json_stringn(row->field, row->field_size));
    json_object_set_new(object, "kind", json_string(kinds[d->kind]));
    json_object_set_new(object, "before", value_of(d->before));
    json_object_set_new(object, "after", value_of(d->after));
    text = json_dumps(object, JSON_COMPACT);
    if (text != NULL)
        puts(text);
    free(text);
    json_decref(object);
}

static void print_table(struct tables_diff *diff, size_t shown, bool json)
{
    struct table_difference d;
    size_t all = 0;

    for (; next(diff, &d); all++) {
        if (all >= shown)
            continue;
        if (json)
            print_json(&d);
        else
            print_text(&d);
    }
    if (all > shown)
        printf("... and %zu more in %s\n", all - shown, table_name(diff->id));
}

void catalogue_differences_print(const struct catalogue_tables *before,
                                 const struct catalogue_tables *after,
                                 size_t shown, bool json)
{
    for (int id = 0; id < TABLES; id++) {
        struct tables_diff diff = {
            .before = before, .after = after, .id = (enum table_id)id};

        print_table(&diff, shown, json);
    }
}
