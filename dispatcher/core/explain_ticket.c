/*
 * The explanation: the matcher's walk over the candidates of each matter, and
 * the plan that dispatch makes of them.
 */
#include "explain.h"

#include "catalogue.h"
#include "dispatch.h"
#include "explain_clock.h"
#include "match.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { CONDITIONS_SIZE = 512 };

struct explaining {
    const struct catalogue *cat;
    const Dispatch__V1__TicketEvent *event;
    const struct zone *zone; /* NULL: for programs */
    enum calendar_language language;
    struct dispatch_terms terms;
};

static json_t *optional(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

/* Why `winner` stands before `other`: the first difference in the order of
 * matching (match.h). */
static const char *reason(const struct route *winner, const struct route *other)
{
    if (other == NULL)
        return "no other rule holds";
    if (route_override(winner) != route_override(other))
        return "it overrides, the next one does not";
    if (route_category(winner).size != route_category(other).size)
        return "its category is longer than the next one's";
    if (route_area(winner).size != route_area(other).size)
        return "its area is longer than the next one's";
    return "it has more conditions than the next one";
}

static json_t *candidate_json(const struct explaining *e,
                              const struct candidate *c)
{
    char conditions[CONDITIONS_SIZE];
    route_conditions(e->cat, c->route, conditions, sizeof conditions);
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:b}", "rule", route_key(c->route), "department",
        c->department != NULL ? c->department->id
                              : route_department_text(e->cat, c->route),
        "conditions", optional(conditions), "holds", c->failed == CONDITIONS);
    if (c->failed != CONDITIONS)
        json_object_set_new(json, "fails",
                            json_string(condition_name(c->failed)));
    if (route_override(c->route))
        json_object_set_new(json, "override", json_true());
    return json;
}

/* All candidates in order; the first that holds wins, and the next one that
 * holds shows why. */
static json_t *candidates_json(const struct explaining *e, struct match *match)
{
    json_t *list = json_array();
    json_t *winner = NULL;
    const struct route *won = NULL;
    const char *why = NULL;
    struct candidate c;

    while (match_next(match, &c)) {
        json_t *json = candidate_json(e, &c);
        json_array_append_new(list, json);
        if (c.failed != CONDITIONS)
            continue;
        if (won != NULL && why == NULL)
            why = reason(won, c.route);
        if (won == NULL) {
            won = c.route;
            winner = json;
        }
    }
    if (won != NULL)
        json_object_set_new(winner, "wins",
                            json_string(why != NULL ? why : reason(won, NULL)));
    return list;
}

static json_t *matter_json(const struct explaining *e, const char *area,
                           const char *category)
{
    const Dispatch__V1__TicketCreated *ticket = e->event->created;
    const struct match_query query = {
        .area = area[0] != '\0' ? area : ticket->area,
        .category = category,
        .channel = ticket->channel,
        .urgency = dispatch_urgency(ticket->urgency),
        .type = ticket->request_type,
        .at_ms = e->terms.occurred_at,
    };
    struct match match;

    match_begin(&match, e->cat, &query);
    const struct department *fallback = match_fallback(&match);
    return json_pack(
        "{s:s, s:s, s:o, s:o}", "area", query.area, "category", category,
        "candidates", candidates_json(e, &match), "fallback",
        fallback != NULL ? json_string(fallback->id) : json_null());
}

static json_t *matters_json(const struct explaining *e)
{
    const Dispatch__V1__TicketCreated *ticket = e->event->created;
    json_t *list = json_array();
    for (size_t i = 0; i < ticket->n_matters; i++)
        json_array_append_new(list, matter_json(e, ticket->matters[i]->area,
                                                ticket->matters[i]->category));
    if (ticket->n_matters == 0) /* matched by its area alone */
        json_array_append_new(list, matter_json(e, "", ""));
    return list;
}

static json_t *indexes_json(uint16_t matters)
{
    json_t *list = json_array();
    for (int i = 0; i < 16; i++)
        if (matters >> i & 1)
            json_array_append_new(list, json_integer(i));
    return list;
}

static json_t *part_json(const struct explaining *e,
                         const struct dispatch_part *part)
{
    bool lead = part->role == DISPATCH__V1__ROLE__ROLE_LEAD;
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:o}", "role",
        lead ? "LEAD" : "CO_HANDLER", "department_id", part->department->id,
        "department_name", part->department->name, "matter_indexes",
        indexes_json(part->matters), "rule", optional(part->rule), "fallback",
        part->fallback, "lead_official", optional(part->lead_official),
        "first_response",
        explain_clock(&part->clocks[CLOCK_FIRST_RESPONSE], e->zone,
                      e->language),
        "resolution",
        explain_clock(&part->clocks[CLOCK_RESOLUTION], e->zone, e->language));
}

/* The departments, or why it would be a dead letter. */
static void add_plan(const struct explaining *e, json_t *json)
{
    struct dispatch_plan *plan = memory_new(sizeof *plan);
    struct reject reject;
    enum reject_code code =
        dispatch_ticket(e->cat, e->event->created, &e->terms, plan, &reject);
    if (code != REJECT_NONE) {
        json_object_set_new(json, "rejected",
                            json_pack("{s:s, s:s}", "code", reject_name(code),
                                      "message", reject.why));
        free(plan);
        return;
    }
    json_t *parts = json_array();
    for (size_t i = 0; i < plan->n_parts; i++)
        json_array_append_new(parts, part_json(e, &plan->parts[i]));
    json_object_set_new(json, "parts", parts);
    free(plan);
}

json_t *explain_ticket(const struct catalogue *cat,
                       const Dispatch__V1__TicketEvent *event,
                       const struct zone *zone, enum calendar_language language)
{
    struct explaining e = {
        .cat = cat,
        .event = event,
        .zone = zone,
        .language = language,
        .terms = dispatch_terms_created(event, event->occurred_at),
    };
    json_t *json = json_pack(
        "{s:s, s:s, s:o, s:o}", "ticket_id", event->ticket_id,
        "catalogue_version", catalogue_version(cat), "occurred_at",
        explain_time(zone, event->occurred_at), "matters", matters_json(&e));
    add_plan(&e, json);
    return json;
}
