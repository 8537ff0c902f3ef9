/*
 * Shows what a check of the catalogue found, for people and as JSON lines.
 */
#include "catalogue_findings.h"

#include "findings.h"

#include <jansson.h>
#include <stdlib.h>

static const char *level_name(const struct finding *f)
{
    return f->level == FINDING_ERROR ? "error" : "warning";
}

/* "city/routes.csv:17: error: a|b, policy: there is no ...", as compilers do,
 * so that editors find the place. */
static void print_text(const struct finding *f, const char *folder, FILE *out)
{
    if (folder != NULL)
        fprintf(out, "%s/%s.csv:", folder, table_name(f->table));
    else
        fprintf(out, "%s:", table_name(f->table));
    if (f->line > 0)
        fprintf(out, "%u:", f->line);
    fprintf(out, " %s: ", level_name(f));
    if (f->field[0] != '\0')
        fprintf(out, "%s%s", f->field, f->name[0] != '\0' ? ", " : ": ");
    if (f->name[0] != '\0')
        fprintf(out, "%s: ", f->name);
    fprintf(out, "%s\n", f->message);
}

static void print_json(const struct finding *f, const char *folder, FILE *out)
{
    json_t *object = json_object();
    char *text;

    json_object_set_new(object, "level", json_string(level_name(f)));
    json_object_set_new(object, "table", json_string(table_name(f->table)));
    if (folder != NULL)
        json_object_set_new(
            object, "file",
            json_sprintf("%s/%s.csv", folder, table_name(f->table)));
    json_object_set_new(object, "line", json_integer(f->line));
    json_object_set_new(object, "field", json_string(f->field));
    json_object_set_new(object, "name", json_string(f->name));
    json_object_set_new(object, "message", json_string(f->message));
    text = json_dumps(object, JSON_COMPACT);
    if (text != NULL)
        fprintf(out, "%s\n", text);
    free(text);
    json_decref(object);
}

void catalogue_findings_print(const struct findings *findings,
                              const char *folder, bool json)
{
    size_t all = findings->errors + findings->warnings;

    for (size_t i = 0; i < findings->n; i++) {
        if (json)
            print_json(&findings->items[i], folder, stdout);
        else
            print_text(&findings->items[i], folder, stderr);
    }
    if (all > findings->n && !json)
        fprintf(stderr, "... and %zu more\n", all - findings->n);
}
