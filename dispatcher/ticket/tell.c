/*
 * What departments are told: AssignmentEvents, made from the state.
 */
#include "deadlines.h"
#include "decode.h"
#include "parts.h"

#include <string.h>

/* The departments that co-operate with the lead. */
static void list_co_handlers(struct life *l, Dispatch__V1__AssignmentEvent *msg)
{
    const Dispatch__V1__TicketState *state = l->state;

    msg->co_department_ids =
        life_alloc(l, state->n_parts * sizeof(*msg->co_department_ids));
    for (size_t i = 0; msg->co_department_ids && i < state->n_parts; i++) {
        const Dispatch__V1__TicketPart *part = state->parts[i];

        if (part->role == ROLE_CO_HANDLER)
            msg->co_department_ids[msg->n_co_department_ids++] =
                part->department_id;
    }
}

static int64_t due_at(const struct life *l, Dispatch__V1__TicketPart *part,
                      enum clock_kind kind)
{
    const Dispatch__V1__TicketClock *clock = deadline_find(l, part, kind, NULL);

    return clock ? clock->due_at : 0;
}

/* What is the same whoever is told. */
static void begin(struct life *l, Dispatch__V1__AssignmentEvent *msg, int kind,
                  const char *reason)
{
    msg->kind = (Dispatch__V1__AssignmentKind)kind;
    msg->reason = output_text(reason);
    if (kind == TELL_WITHDRAWN || kind == TELL_REFUSED)
        return;
    list_co_handlers(l, msg);
    msg->returns = l->state->returns;
    msg->n_returns = l->state->n_returns;
    msg->merged_into = l->state->merged_into;
    if (l->packed)
        return;
    output_batch_set_ticket(&l->out, l->state->ticket);
    l->packed = true;
}

static const char *own_topic(const struct life *l, const char *department_id)
{
    const struct department *department = life_department(l, department_id);

    return department ? department->topic : "";
}

void part_tell(struct life *l, Dispatch__V1__TicketPart *part, int kind,
               const char *reason)
{
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;

    if (life_failed(l))
        return;
    begin(l, &msg, kind, reason);
    msg.department_id = part->department_id;
    msg.department_name = part->department_name;
    msg.role = part->role;
    msg.matter_indexes = part->matter_indexes;
    msg.n_matter_indexes = part->n_matter_indexes;
    msg.lead_official = part->lead_official;
    msg.fallback = part->fallback;
    msg.rule = part->rule;
    msg.attempt = part->attempt;
    if (kind != TELL_WITHDRAWN && kind != TELL_CLOSED) {
        msg.first_response_due_at = due_at(l, part, CLOCK_FIRST_RESPONSE);
        msg.resolution_due_at = due_at(l, part, CLOCK_RESOLUTION);
    }
    output_assignment(&l->out, &msg, own_topic(l, part->department_id));
    deadlines_tell(l, part);
}

void parts_tell_others(struct life *l, int kind, const char *reason)
{
    for (size_t i = 0; i < l->state->n_parts; i++) {
        Dispatch__V1__TicketPart *part = l->state->parts[i];

        if (strcmp(part->department_id, l->actor) != 0)
            part_tell(l, part, kind, reason);
    }
}

void parts_tell_updated(struct life *l, const char *what, const char *text)
{
    parts_tell_others(l, TELL_UPDATED, life_text(l, what, text));
}

void department_tell(struct life *l, const struct department *department,
                     int kind, uint32_t matters, const char *reason)
{
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;
    uint32_t indexes[DECODE_MAX_MATTERS];

    if (life_failed(l))
        return;
    begin(l, &msg, kind, reason);
    msg.department_id = output_text(department->id);
    msg.department_name = output_text(department->name);
    msg.lead_official = output_text(department->lead_official);
    msg.matter_indexes = indexes;
    for (uint32_t i = 0; i < DECODE_MAX_MATTERS; i++) {
        if (matters & (1u << i))
            indexes[msg.n_matter_indexes++] = i;
    }
    output_assignment(&l->out, &msg, department->topic);
}

void department_refuse(struct life *l, const struct department *department,
                       const char *reason)
{
    Dispatch__V1__AssignmentEvent msg = DISPATCH__V1__ASSIGNMENT_EVENT__INIT;

    begin(l, &msg, TELL_REFUSED, reason);
    msg.department_id = output_text(department->id);
    msg.department_name = output_text(department->name);
    output_assignment(&l->out, &msg, department->topic);
}
