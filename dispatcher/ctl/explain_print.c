/*
 * An explanation for a person.
 */
#include "explain.h"

/* The text of a member; "" when it is null or absent. */
static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text != NULL ? text : "";
}

static void print_candidate(FILE *out, size_t number, const json_t *c)
{
    const char *conditions = text_of(c, "conditions");
    fprintf(out, "  %zu. %s -> %s", number, text_of(c, "rule"),
            text_of(c, "department"));
    if (json_is_true(json_object_get(c, "override")))
        fputs(", overriding", out);
    if (conditions[0] != '\0')
        fprintf(out, ", if %s", conditions);
    if (text_of(c, "wins")[0] != '\0')
        fprintf(out, "\n       wins: %s", text_of(c, "wins"));
    else if (json_is_false(json_object_get(c, "holds")))
        fprintf(out, "\n       does not hold: %s", text_of(c, "fails"));
    fputc('\n', out);
}

static void print_matter(FILE *out, size_t i, const json_t *matter)
{
    const json_t *candidates = json_object_get(matter, "candidates");
    const char *fallback = text_of(matter, "fallback");
    bool won = false;

    fprintf(out, "Matter %zu: area \"%s\", category \"%s\"\n", i,
            text_of(matter, "area"), text_of(matter, "category"));
    for (size_t k = 0; k < json_array_size(candidates); k++) {
        const json_t *c = json_array_get(candidates, k);
        print_candidate(out, k + 1, c);
        won |= text_of(c, "wins")[0] != '\0';
    }
    if (won)
        return;
    fprintf(out, "  No rule %s; ",
            json_array_size(candidates) > 0 ? "holds" : "is a candidate");
    if (fallback[0] != '\0')
        fprintf(out,
                "the area's department, or the default one, takes it: "
                "%s\n",
                fallback);
    else
        fputs("no area has a department, and there is no default one\n", out);
}

static void print_clock(FILE *out, const char *title, const json_t *clock)
{
    const char *warn_at = text_of(clock, "warn_at");
    if (!json_is_object(clock))
        return;
    fprintf(out, "    %s: due %s (%s from %s, policy %s, calendar %s)\n", title,
            text_of(clock, "due_at"), text_of(clock, "limit"),
            text_of(clock, "started_at"), text_of(clock, "policy"),
            text_of(clock, "calendar"));
    if (warn_at[0] != '\0')
        fprintf(out, "      first warning %s\n", warn_at);
    const json_t *steps = json_object_get(clock, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++)
        fprintf(out, "      %s\n", text_of(json_array_get(steps, i), "words"));
}

static void print_part(FILE *out, const json_t *part)
{
    const json_t *indexes = json_object_get(part, "matter_indexes");
    const char *official = text_of(part, "lead_official");

    fprintf(out, "  %s %s (%s)", text_of(part, "role"),
            text_of(part, "department_id"), text_of(part, "department_name"));
    for (size_t i = 0; i < json_array_size(indexes); i++)
        fprintf(out, "%s%lld", i == 0 ? ", matter " : ", ",
                (long long)json_integer_value(json_array_get(indexes, i)));
    if (official[0] != '\0')
        fprintf(out, ", official %s", official);
    if (json_is_true(json_object_get(part, "fallback")))
        fputs(", fallback\n", out);
    else
        fprintf(out, ", by rule %s\n", text_of(part, "rule"));
    print_clock(out, "first response", json_object_get(part, "first_response"));
    print_clock(out, "resolution", json_object_get(part, "resolution"));
}

void explain_print(FILE *out, const json_t *explanation)
{
    const json_t *matters = json_object_get(explanation, "matters");
    const json_t *parts = json_object_get(explanation, "parts");
    const json_t *rejected = json_object_get(explanation, "rejected");

    fprintf(out, "Catalogue %s, at %s\n\n",
            text_of(explanation, "catalogue_version"),
            text_of(explanation, "occurred_at"));
    for (size_t i = 0; i < json_array_size(matters); i++)
        print_matter(out, i, json_array_get(matters, i));
    if (rejected != NULL) {
        fprintf(out, "\nDead letter %s: %s\n", text_of(rejected, "code"),
                text_of(rejected, "message"));
        return;
    }
    fputs("\nDepartments:\n", out);
    for (size_t i = 0; i < json_array_size(parts); i++)
        print_part(out, json_array_get(parts, i));
}
