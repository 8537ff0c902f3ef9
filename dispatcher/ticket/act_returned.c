/*
 * A department returns its part (退单).
 *
 *   forwarded to it                 back to who forwarded it
 *   overlapping duty                the suggested department joins
 *   review, or too late             the desk is asked, the holder keeps it
 *   a reason that a desk clears,
 *     or too many returns           the desk takes it
 *   suggestion is no candidate      the desk is asked, the holder keeps it
 *   otherwise                       the suggested, else the next best, else
 *                                   the fallback, else the desk takes it
 */
#include "actions.h"
#include "calendar.h"
#include "handover.h"
#include "parts.h"
#include "returns.h"

#include <string.h>

#define REASON(name) DISPATCH__V1__RETURN_REASON__RETURN_REASON_##name

/* One return while it is decided. */
struct returning {
    struct life *l;
    Dispatch__V1__TicketPart *part;
    const Dispatch__V1__TicketReturned *event;
    const struct department *suggested; /* NULL: none, or nobody knows it */
    const char *reason;                 /* in words */
    bool used_up;                       /* max_returns was reached before */
};

static const char *reason_name(Dispatch__V1__ReturnReason reason)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
        &dispatch__v1__return_reason__descriptor, (int)reason);

    if (!value || reason == REASON(UNSPECIFIED))
        return "returned";
    return value->name + strlen("RETURN_REASON_");
}

static Dispatch__V1__TicketPart *returned_part(struct life *l)
{
    Dispatch__V1__TicketPart *part =
        l->actor[0] ? part_of(l, l->actor) : part_lead(l);

    if (!part || part->role == ROLE_SUPERVISOR)
        life_fail(l, REJECT_WRONG_STATE,
                  "The department does not hold this ticket.");
    else if (part->resolved_at != 0)
        life_fail(l, REJECT_WRONG_STATE,
                  "The department has resolved its part already.");
    else if (part->may_not_return && !part->forwarded_by[0])
        life_fail(l, REJECT_WRONG_STATE,
                  "It was decided that the department cannot return it.");
    else if (dispute_of(l, part->department_id))
        life_fail(l, REJECT_WRONG_STATE,
                  "The department's return is with the desk already.");
    return life_failed(l) ? NULL : part;
}

static bool is_late(const struct life *l, const Dispatch__V1__TicketPart *part)
{
    const Dispatch__V1__Policy *policy = policy_of(l, part->policy_number);

    if (!policy || !policy->return_within[0])
        return false;
    return l->at > calendar_due(policy_calendar(l, policy, part->department_id),
                                part->assigned_at,
                                duration_of(policy->return_within))
                       .at;
}

static bool needs_desk(const struct returning *r)
{
    switch (r->event->reason) {
    case REASON(MISSING_INFORMATION):
    case REASON(OUT_OF_SCOPE):
    case REASON(DUPLICATE):
        return true;
    case REASON(WRONG_AREA):
        return !r->event->suggested_area[0] &&
               !r->event->suggested_department_id[0];
    default:
        return r->used_up;
    }
}

/* A district gets back what it forwarded, in the role that it gave away. */
static void give_back(struct returning *r)
{
    struct life *l = r->l;
    Dispatch__V1__TicketPart *above = part_above(l, r->part);

    above->role = r->part->role;
    above->acknowledged_at = 0;
    above->assigned_at = l->at;
    above->attempt = r->part->attempt + 1;
    r->part->forwarded_by = output_text("");
    if (life_urgency(l) == URGENCY_EMERGENCY) {
        part_supervise(l, r->part);
    } else {
        part_remove(l, r->part);
        part_tell(l, r->part, TELL_WITHDRAWN, r->reason);
    }
    parts_sort(l);
    part_tell(l, above, TELL_REASSIGNED, r->reason);
    if (r->part->until_acknowledged)
        part_tell(l, r->part, TELL_REASSIGNED, r->reason);
}

/* By the first rule that names it for one of the matters. */
static void terms_for_suggested(const struct returning *r, struct taker *out)
{
    uint32_t matters = part_duties(r->part);

    candidate_terms(r->l, r->suggested, 0, out);
    for (uint32_t i = 0; matters >> i; i++) {
        if (!(matters & 1u << i))
            continue;
        candidate_terms(r->l, r->suggested, i, out);
        if (out->rule[0])
            return;
    }
}

/* First-handler responsibility (首接负责制): nothing moves. */
static void join(struct returning *r)
{
    struct life *l = r->l;
    struct taker terms;
    Dispatch__V1__TicketPart *part;

    if (!r->suggested || part_of(l, r->suggested->id) ||
        candidate_is_barred(l, r->suggested->id)) {
        returns_bar(l, r->part);
        dispute_raise(l, r->part, r->reason);
        return;
    }
    part = part_add(l, r->suggested, ROLE_CO_HANDLER);
    if (!part)
        return;
    terms_for_suggested(r, &terms);
    part->co_only = true;
    part->rule = output_text(terms.rule);
    part->policy_number = terms.policy_number || terms.no_policy
                              ? terms.policy_number
                              : r->part->policy_number;
    part->lead_official =
        part_official(l, ROLE_CO_HANDLER, terms.official, r->suggested);
    part->attempt = r->part->attempt + 1;
    part->returns_used = r->part->returns_used;
    part_set_matters(l, part, part_duties(r->part), 0);
    parts_sort(l);
    life_decided(l);
    part_tell(l, part, TELL_REASSIGNED, r->reason);
}

static bool suggestion_is_candidate(const struct returning *r)
{
    uint32_t matters = part_duties(r->part);
    uint32_t index = 0;

    if (matters == 0)
        return candidate_is(r->l, r->suggested, 0);
    for (; matters; matters >>= 1, index++) {
        if ((matters & 1) && candidate_is(r->l, r->suggested, index))
            return true;
    }
    return false;
}

/* Who takes one matter; the desk when nobody is left. */
static void find_taker(struct returning *r, uint32_t index, bool to_desk,
                       struct taker *out)
{
    struct life *l = r->l;
    bool to_suggested =
        r->suggested && !to_desk && !candidate_is_barred(l, r->suggested->id);

    *out = (struct taker){.rule = "", .official = ""};
    if (to_suggested) {
        candidate_terms(l, r->suggested, index, out);
        return;
    }
    if (!to_desk && candidate_next(l, index, out))
        return;
    out->department = dispute_department(l);
    out->desk = true;
}

/* The part leaves its holder. */
static void move(struct returning *r, bool to_desk)
{
    struct life *l = r->l;
    uint32_t matters = part_duties(r->part);
    struct handover h = {
        .from = r->part,
        .until_acknowledged = life_urgency(l) == URGENCY_EMERGENCY,
        .official = "",
        .reason = r->reason,
    };

    for (uint32_t i = 0; i == 0 || matters >> i; i++) {
        struct taker *taker = &h.takers[h.n_takers];

        if (matters && !(matters & 1u << i))
            continue;
        find_taker(r, i, to_desk, taker);
        if (!taker->department)
            return;
        taker->matters = matters & 1u << i;
        h.n_takers++;
        /* The desk may be who returns: then it keeps what it has. */
        if (strcmp(taker->department->id, r->part->department_id) == 0) {
            dispute_raise(l, r->part, r->reason);
            return;
        }
    }
    hand_over(l, &h);
}

/* The holder was in the wrong area: its matters are in the one it names. */
static void correct_area(struct returning *r)
{
    Dispatch__V1__TicketCreated *ticket = r->l->state->ticket;
    uint32_t matters = part_duties(r->part);
    char *area = r->event->suggested_area;

    if (ticket->n_matters == 0)
        ticket->area = area;
    for (size_t i = 0; i < ticket->n_matters; i++) {
        if (matters & 1u << i)
            ticket->matters[i]->area = area;
    }
    life_content_changed(r->l);
}

static void move_by_rules(struct returning *r)
{
    if (r->event->reason == REASON(WRONG_AREA) && r->event->suggested_area[0])
        correct_area(r);
    bool suggests = r->event->suggested_department_id[0] != '\0';
    if (suggests && (!r->suggested || !suggestion_is_candidate(r))) {
        dispute_raise(r->l, r->part, r->reason);
        return;
    }
    move(r, false);
}

void act_returned(struct life *l)
{
    const struct catalogue_meta *meta = catalogue_meta(l->ctx->catalogue);
    const Dispatch__V1__TicketReturned *event = l->event->returned;
    struct returning r = {
        .l = l,
        .part = returned_part(l),
        .event = event,
        .suggested = life_department(l, event->suggested_department_id),
        .reason = life_text(l, reason_name(event->reason), event->note),
    };

    if (!r.part)
        return;
    pause_end(l);
    returns_note(l, r.part);
    /* Who shares a duty stays: it has not returned it. */
    if (event->reason != REASON(OVERLAPPING_DUTY) || part_above(l, r.part))
        returns_bar(l, r.part);
    if (part_above(l, r.part)) {
        give_back(&r);
        return;
    }
    r.used_up = r.part->returns_used >= meta->max_returns;
    r.part->returns_used++;
    if (event->reason == REASON(OVERLAPPING_DUTY))
        join(&r);
    else if (meta->returns_review || is_late(l, r.part))
        dispute_raise(l, r.part, r.reason);
    else if (needs_desk(&r) || r.used_up)
        move(&r, true);
    else
        move_by_rules(&r);
}
