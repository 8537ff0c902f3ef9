/*
 * Returns and disputes, as the state keeps them.
 */
#include "returns.h"

#include "handover.h"
#include "parts.h"

#include <string.h>

const struct department *dispute_department(struct life *l)
{
    const struct department *desk =
        catalogue_meta(l->ctx->catalogue)->dispute_department;

    if (!desk)
        life_fail(l, REJECT_NO_ROUTE,
                  "A desk must decide, but meta names neither a "
                  "dispute_department nor a default_department.");
    return desk;
}

void returns_bar(struct life *l, const Dispatch__V1__TicketPart *part)
{
    Dispatch__V1__TicketState *state = l->state;
    char **grown;

    if (candidate_is_barred(l, part->department_id))
        return;
    grown = life_grow(l, state->barred_department_ids,
                      state->n_barred_department_ids, sizeof(*grown));
    if (!grown)
        return;
    grown[state->n_barred_department_ids++] = part->department_id;
    state->barred_department_ids = grown;
}

void returns_note(struct life *l, const Dispatch__V1__TicketPart *part)
{
    const Dispatch__V1__TicketReturned *returned = l->event->returned;
    Dispatch__V1__TicketState *state = l->state;
    Dispatch__V1__Return *item = life_alloc(l, sizeof(*item));
    Dispatch__V1__Return **grown =
        life_grow(l, state->returns, state->n_returns, sizeof(*grown));

    if (!item || !grown)
        return;
    dispatch__v1__return__init(item);
    item->department_id = part->department_id;
    item->reason = returned->reason;
    item->note = returned->note;
    item->returned_at = l->at;
    grown[state->n_returns++] = item;
    state->returns = grown;
    if (state->n_returns > TICKET_MAX_RETURNS) {
        state->returns++;
        state->n_returns--;
    }
}

const Dispatch__V1__TicketDispute *dispute_of(const struct life *l,
                                              const char *department_id)
{
    for (size_t i = 0; i < l->state->n_disputes; i++) {
        if (strcmp(l->state->disputes[i]->raised_by, department_id) == 0)
            return l->state->disputes[i];
    }
    return NULL;
}

void dispute_drop(struct life *l, const char *department_id)
{
    Dispatch__V1__TicketState *state = l->state;
    size_t kept = 0;

    for (size_t i = 0; i < state->n_disputes; i++) {
        if (strcmp(state->disputes[i]->raised_by, department_id) != 0)
            state->disputes[kept++] = state->disputes[i];
    }
    state->n_disputes = kept;
}

static void keep_dispute(struct life *l, const Dispatch__V1__TicketPart *part,
                         const struct department *desk)
{
    const Dispatch__V1__TicketReturned *returned = l->event->returned;
    Dispatch__V1__TicketState *state = l->state;
    Dispatch__V1__TicketDispute *dispute = life_alloc(l, sizeof(*dispute));
    Dispatch__V1__TicketDispute **grown =
        life_grow(l, state->disputes, state->n_disputes, sizeof(*grown));

    if (!dispute || !grown)
        return;
    dispatch__v1__ticket_dispute__init(dispute);
    dispute->department_id = life_text(l, desk->id, "");
    dispute->raised_by = part->department_id;
    dispute->reason = returned->reason;
    dispute->note = returned->note;
    dispute->suggested_department_id = returned->suggested_department_id;
    dispute->suggested_area = returned->suggested_area;
    dispute->since_at = l->at;
    dispute->matter_indexes = part->matter_indexes;
    dispute->n_matter_indexes = part->n_matter_indexes;
    grown[state->n_disputes++] = dispute;
    state->disputes = grown;
}

void dispute_raise(struct life *l, const Dispatch__V1__TicketPart *part,
                   const char *reason)
{
    const struct department *desk = dispute_department(l);

    if (!desk)
        return;
    keep_dispute(l, part, desk);
    department_tell(l, desk, TELL_DISPUTED, part_matters(part), reason);
}
