/*
 * Every rule with what it rests on: how many tickets it decides, how many of
 * them went to its department, and what would become of them without it.
 */
#include "suggest_print.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static double percent(uint64_t part, uint64_t all)
{
    return all > 0 ? 100.0 * (double)part / (double)all : 0;
}

/* The present rule with the same area and category, or NULL. Of several, whose
 * conditions differ, the first. */
static const struct route *present_rule(const struct suggestion *s,
                                        const struct learned_rule *rule)
{
    const struct match_query query = {
        .area = rule->area, .category = rule->category, .channel = ""};
    struct candidate c;
    struct match match;

    match_begin(&match, s->present, &query);
    while (match_next(&match, &c))
        if (route_category(c.route).size == strlen(rule->category) &&
            route_area(c.route).size == strlen(rule->area))
            return c.route;
    return NULL;
}

/* "new", "kept", or the department that the present rule names; NULL: there
 * is no present catalogue. */
static const char *compare(const struct suggestion *s,
                           const struct learned_rule *rule)
{
    const struct route *route;
    const char *department;

    if (s->present == NULL)
        return NULL;
    route = present_rule(s, rule);
    if (route == NULL)
        return "new";
    department = route_department_text(s->present, route);
    return strcmp(department, rule->department) == 0 ? "kept" : department;
}

/* -------------------------------------------------------------- for people */

static void print_rule(FILE *out, const struct suggestion *s, size_t number,
                       const struct learned_rule *rule)
{
    const char *present = compare(s, rule);

    fprintf(out, "%4zu. %s|%s -> %s\n", number, rule->area, rule->category,
            rule->department);
    fprintf(out,
            "        decides %" PRIu64 ", of which %" PRIu64
            " (%.1f %%) went there; without it %" PRIu64 " would",
            rule->support, rule->right, percent(rule->right, rule->support),
            rule->right_without);
    if (rule->general != NULL)
        fprintf(out, ", by %s|%s -> %s", rule->general->area,
                rule->general->category, rule->general->department);
    fputc('\n', out);
    if (present == NULL)
        return;
    if (strcmp(present, "new") == 0 || strcmp(present, "kept") == 0)
        fprintf(out, "        %s\n", present);
    else
        fprintf(out, "        differs: the present rule says %s\n", present);
}

static void print_contradicted(FILE *out, const struct suggestion *s)
{
    size_t n;
    const struct route_record *records =
        route_history_contradicted(s->record, s->min_support, &n);
    uint64_t right = route_history_right(s->record);

    fprintf(out,
            "\nThe present catalogue routes %" PRIu64 " of them right "
            "(%.2f %%).\n",
            right, percent(right, route_history_tickets(s->record)));
    if (n == 0) {
        fputs("History contradicts none of its rules.\n", out);
        return;
    }
    fputs("History contradicts these of its rules:\n", out);
    for (size_t i = 0; i < n; i++) {
        const struct route_record *r = &records[i];

        fprintf(out,
                "%4zu. %s -> %s\n        decides %" PRIu64 ", of which %" PRIu64
                " (%.1f %%) ended there",
                i + 1, route_key(r->route),
                route_department_text(s->present, r->route), r->support,
                r->right, percent(r->right, r->support));
        if (r->instead != NULL)
            fprintf(out, " and %" PRIu64 " at %s", r->instead_count,
                    r->instead);
        if (r->returned > 0)
            fprintf(out, "; it returned %" PRIu64, r->returned);
        fputc('\n', out);
    }
}

void suggest_print_people(FILE *out, const struct suggestion *s)
{
    struct learned_summary sum = rule_learner_summary(s->learner);
    size_t n;
    const struct learned_rule *rules = rule_learner_rules(s->learner, &n);

    fprintf(out,
            "%" PRIu64 " tickets of %" PRIu64 " different pairs of area and "
            "category.\nA rule for each pair routes %" PRIu64
            " right (%.2f %%); these %zu rules %" PRIu64 " (%.2f %%).\n",
            sum.tickets, sum.leaves, sum.majority,
            percent(sum.majority, sum.tickets), n, sum.right,
            percent(sum.right, sum.tickets));
    if (sum.left > 0)
        fprintf(out, "No rule decides %" PRIu64 ".\n", sum.left);
    if (s->refused + s->ignored > 0)
        fprintf(out,
                "Left out: %lu rows that are wrong, %lu without a "
                "department.\n",
                s->refused, s->ignored);
    fputs("\nRules, area|category -> department:\n", out);
    for (size_t i = 0; i < n; i++)
        print_rule(out, s, i + 1, &rules[i]);
    if (s->record != NULL)
        print_contradicted(out, s);
}

/* -------------------------------------------------------------------- CSV */

static void write_cell(FILE *out, const char *text, char end)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ' ||
                  (text[0] != '\0' && text[strlen(text) - 1] == ' ');

    if (quoted)
        fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
    fputc(end, out);
}

void suggest_print_csv(FILE *out, const struct suggestion *s)
{
    size_t n;
    const struct learned_rule *rules = rule_learner_rules(s->learner, &n);

    fputs("area,category,department\n", out);
    for (size_t i = 0; i < n; i++) {
        write_cell(out, rules[i].area, ',');
        write_cell(out, rules[i].category, ',');
        write_cell(out, rules[i].department, '\n');
    }
}

/* ------------------------------------------------------------------- JSON */

/* A share with four decimals. */
static json_t *share(uint64_t part, uint64_t all)
{
    double exact = all > 0 ? (double)part / (double)all : 0;

    return json_real((double)(int64_t)(exact * 10000 + 0.5) / 10000);
}

static json_t *rule_json(const struct suggestion *s,
                         const struct learned_rule *rule)
{
    const char *present = compare(s, rule);
    json_t *json = json_pack(
        "{s:s, s:s, s:s, s:I, s:o, s:I, s:o}", "area", rule->area, "category",
        rule->category, "department", rule->department, "support",
        (json_int_t)rule->support, "purity", share(rule->right, rule->support),
        "right_without", (json_int_t)rule->right_without, "general",
        rule->general != NULL ? json_sprintf("%s|%s", rule->general->area,
                                             rule->general->category)
                              : json_null());

    if (present != NULL)
        json_object_set_new(json, "present", json_string(present));
    return json;
}

static json_t *contradicted_json(const struct suggestion *s)
{
    json_t *list = json_array();
    size_t n;
    const struct route_record *records =
        route_history_contradicted(s->record, s->min_support, &n);

    for (size_t i = 0; i < n; i++) {
        const struct route_record *r = &records[i];

        json_array_append_new(
            list, json_pack("{s:s, s:s, s:I, s:o, s:I, s:s?, s:I}", "rule",
                            route_key(r->route), "department",
                            route_department_text(s->present, r->route),
                            "support", (json_int_t)r->support, "purity",
                            share(r->right, r->support), "returned",
                            (json_int_t)r->returned, "instead", r->instead,
                            "instead_support", (json_int_t)r->instead_count));
    }
    return list;
}

void suggest_print_json(FILE *out, const struct suggestion *s)
{
    struct learned_summary sum = rule_learner_summary(s->learner);
    json_t *list = json_array();
    size_t n;
    const struct learned_rule *rules = rule_learner_rules(s->learner, &n);

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, rule_json(s, &rules[i]));
    json_t *json = json_pack(
        "{s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I}, s:o}", "history", "tickets",
        (json_int_t)sum.tickets, "pairs", (json_int_t)sum.leaves,
        "right_by_majority", (json_int_t)sum.majority, "right",
        (json_int_t)sum.right, "undecided", (json_int_t)sum.left, "refused",
        (json_int_t)s->refused, "ignored", (json_int_t)s->ignored, "rules",
        list);
    if (s->record != NULL) {
        json_object_set_new(
            json, "present",
            json_pack("{s:I}", "right",
                      (json_int_t)route_history_right(s->record)));
        json_object_set_new(json, "contradicted", contradicted_json(s));
    }
    json_dumpf(json, out, JSON_COMPACT | JSON_REAL_PRECISION(6));
    fputc('\n', out);
    json_decref(json);
}
