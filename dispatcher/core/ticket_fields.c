/*
 * One table says which fields are ids and paths; matters and the location
 * have checks of their own.
 */
#include "ticket_fields.h"

#include "decode.h"
#include "path.h"

#include <math.h>
#include <string.h>

enum shape { SHAPE_ID, SHAPE_ID_LIST, SHAPE_PATH };

/* A field with a rule. `size_offset` is that of a list's length. */
struct rule {
    Dispatch__V1__TicketEvent__KindCase kind;
    enum shape shape;
    size_t offset;
    size_t size_offset;
    const char *name;
};

#define RULE(KIND, message, shape, field)                                      \
    {                                                                          \
        DISPATCH__V1__TICKET_EVENT__KIND_##KIND, SHAPE_##shape,                \
            offsetof(Dispatch__V1__##message, field), 0, #field                \
    }
#define LIST(KIND, message, field)                                             \
    {                                                                          \
        DISPATCH__V1__TICKET_EVENT__KIND_##KIND, SHAPE_ID_LIST,                \
            offsetof(Dispatch__V1__##message, field),                          \
            offsetof(Dispatch__V1__##message, n_##field), #field               \
    }

static const struct rule rules[] = {
    RULE(CREATED, TicketCreated, PATH, area),
    LIST(CREATED, TicketCreated, related_ticket_ids),
    RULE(ACKNOWLEDGED, TicketAcknowledged, ID, department_id),
    RULE(CONTACTED, TicketContacted, ID, department_id),
    RULE(RETURNED, TicketReturned, ID, department_id),
    RULE(RETURNED, TicketReturned, ID, suggested_department_id),
    RULE(RETURNED, TicketReturned, PATH, suggested_area),
    RULE(REASSIGNED, TicketReassigned, ID, department_id),
    RULE(REASSIGNED, TicketReassigned, ID, by_department_id),
    RULE(RECLASSIFIED, TicketReclassified, PATH, area),
    RULE(UPDATED, TicketUpdated, ID, supervised_by),
    LIST(UPDATED, TicketUpdated, merged_ticket_ids),
    RULE(RESOLVED, TicketResolved, ID, department_id),
    RULE(MERGED, TicketMerged, ID, into_ticket_id),
};

#undef RULE
#undef LIST

static enum reject_code check_id(const char *name, const char *id,
                                 struct reject *r)
{
    size_t size = strlen(id);

    if (size <= DECODE_MAX_ID)
        return REJECT_NONE;
    return reject_set(r, REJECT_INVALID_FIELD,
                      "%s has %zu bytes, %d are allowed.", name, size,
                      DECODE_MAX_ID);
}

static enum reject_code check_path(const char *name, const char *path,
                                   struct reject *r)
{
    char why[PATH_WHY_SIZE];

    if (path_check(path, strlen(path), why))
        return REJECT_NONE;
    return reject_set(r, REJECT_INVALID_FIELD, "%s %s.", name, why);
}

static enum reject_code check_id_list(const char *name, char *const *ids,
                                      size_t n, struct reject *r)
{
    enum reject_code code = REJECT_NONE;

    for (size_t i = 0; i < n && code == REJECT_NONE; i++)
        code = check_id(name, ids[i], r);
    return code;
}

static enum reject_code check_rule(const struct rule *rule, const void *message,
                                   struct reject *r)
{
    const char *base = message;
    const void *field = base + rule->offset;
    const void *list_size = base + rule->size_offset;

    switch (rule->shape) {
    case SHAPE_ID:
        return check_id(rule->name, *(char *const *)field, r);
    case SHAPE_PATH:
        return check_path(rule->name, *(char *const *)field, r);
    case SHAPE_ID_LIST:
        return check_id_list(rule->name, *(char *const *const *)field,
                             *(const size_t *)list_size, r);
    }
    return REJECT_NONE;
}

static enum reject_code check_matters(Dispatch__V1__Matter *const *matters,
                                      size_t n, struct reject *r)
{
    for (size_t i = 0; i < n; i++) {
        enum reject_code code =
            check_path("category of a matter", matters[i]->category, r);

        if (code == REJECT_NONE)
            code = check_path("area of a matter", matters[i]->area, r);
        if (code != REJECT_NONE)
            return code;
    }
    return REJECT_NONE;
}

static enum reject_code check_location(const Dispatch__V1__Point *point,
                                       struct reject *r)
{
    if (!point || (isfinite(point->latitude) && isfinite(point->longitude)))
        return REJECT_NONE;
    return reject_set(r, REJECT_INVALID_FIELD,
                      "latitude and longitude must be finite numbers.");
}

static enum reject_code check_created(const Dispatch__V1__TicketCreated *ticket,
                                      struct reject *r)
{
    enum reject_code code = check_location(ticket->location, r);

    if (code != REJECT_NONE)
        return code;
    return check_matters(ticket->matters, ticket->n_matters, r);
}

enum reject_code ticket_fields_check(const Dispatch__V1__TicketEvent *event,
                                     struct reject *r)
{
    /* All members of the oneof are pointers to messages. */
    const void *message = event->created;
    enum reject_code code =
        check_id("actor_department_id", event->actor_department_id, r);

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (code != REJECT_NONE)
            return code;
        if (rules[i].kind == event->kind_case)
            code = check_rule(&rules[i], message, r);
    }
    if (code != REJECT_NONE)
        return code;
    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_CREATED)
        return check_created(event->created, r);
    if (event->kind_case == DISPATCH__V1__TICKET_EVENT__KIND_RECLASSIFIED)
        return check_matters(event->reclassified->matters,
                             event->reclassified->n_matters, r);
    return REJECT_NONE;
}
