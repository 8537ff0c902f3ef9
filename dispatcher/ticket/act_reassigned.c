/*
 * reassigned: a desk sends the ticket elsewhere or rules on a dispute (改派),
 * or a department that holds it forwards it to one below it (转派).
 */
#include "actions.h"
#include "handover.h"
#include "parts.h"
#include "returns.h"

#include <string.h>

/* The part that a desk's ruling is about: that of the oldest dispute, else the
 * lead's. */
static Dispatch__V1__TicketPart *ruled_part(const struct life *l)
{
    for (size_t i = 0; i < l->state->n_disputes; i++) {
        Dispatch__V1__TicketPart *part =
            part_of(l, l->state->disputes[i]->raised_by);

        if (part)
            return part;
    }
    for (size_t i = 0; i < l->state->n_parts; i++) {
        if (l->state->parts[i]->desk)
            return l->state->parts[i];
    }
    return part_lead(l);
}

static bool is_below(const struct department *department,
                     const char *department_id)
{
    for (department = department->parent; department;
         department = department->parent) {
        if (strcmp(department->id, department_id) == 0)
            return true;
    }
    return false;
}

/* Whether `part` has what it has from `from`. */
static bool comes_from(const struct life *l,
                       const Dispatch__V1__TicketPart *part,
                       const Dispatch__V1__TicketPart *from)
{
    while (part && part != from)
        part = part_above(l, part);
    return part != NULL;
}

/* The desk confirms the holder, or gives the part back to who forwarded it:
 * they are told, no clock changes. */
static void confirm(struct life *l, Dispatch__V1__TicketPart *part)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;

    take_back(l, part, event->note);
    if (event->lead_official[0])
        part->lead_official = event->lead_official;
    part->may_not_return =
        part->desk || candidate_is_barred(l, part->department_id);
    part_tell(l, part, TELL_REASSIGNED, event->note);
}

/* One taker for each matter: each may have a route of its own to it. */
static void add_takers(struct life *l, struct handover *h,
                       const struct department *to)
{
    uint32_t matters = part_duties(h->from);

    for (uint32_t i = 0; i == 0 || matters >> i; i++) {
        if (matters && !(matters & 1u << i))
            continue;
        candidate_terms(l, to, i, &h->takers[h->n_takers]);
        h->takers[h->n_takers++].matters = matters & 1u << i;
    }
}

static void rule(struct life *l, const struct department *to)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;
    Dispatch__V1__TicketPart *part = ruled_part(l);
    Dispatch__V1__TicketPart *other = part_of(l, to->id);
    struct handover h = {
        .from = part,
        .ruled = true,
        .official = event->lead_official,
        .reason = event->note,
    };

    pause_end(l);
    dispute_drop(l, part->department_id);
    if (other && comes_from(l, part, other)) {
        confirm(l, other);
        return;
    }
    add_takers(l, &h, to);
    hand_over(l, &h);
}

/* The part of the one below: a new one, or what it is here for already. */
static Dispatch__V1__TicketPart *
lower_part(struct life *l, const Dispatch__V1__TicketPart *from,
           const struct department *to)
{
    Dispatch__V1__TicketPart *part = part_of(l, to->id);

    if (!part)
        part = part_add(l, to, (int)from->role);
    if (!part)
        return NULL;
    if (part->until_acknowledged)
        part_set_matters(l, part, 0, 0);
    part->until_acknowledged = false;
    part->co_only = from->co_only;
    part->policy_number = from->policy_number;
    part->acknowledged_at = 0;
    part->contacted_at = 0;
    part->resolved_at = 0;
    part->may_not_return = false;
    return part;
}

/* The one below gets the part; clocks and supervision stay above. */
static void give_down(struct life *l, Dispatch__V1__TicketPart *from,
                      const struct department *to)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;
    Dispatch__V1__TicketPart *part = lower_part(l, from, to);

    if (!part)
        return;
    part->role = from->role;
    part->forwarded_by = from->department_id;
    part->attempt = from->attempt + 1;
    part->returns_used = from->returns_used;
    part->lead_official = event->lead_official[0]
                              ? event->lead_official
                              : part_official(l, (int)from->role, "", to);
    part_set_matters(l, part, part_matters(part) | part_matters(from),
                     part_own_matters(from));
    from->role = ROLE_SUPERVISOR;
    parts_sort(l);
    life_decided(l);
    part_tell(l, part, TELL_FORWARDED, event->note);
    part_tell(l, from, TELL_FORWARDED, event->note);
}

/* Why `from` may not forward to this department; NULL: it may. */
static const char *forbids(const struct life *l, Dispatch__V1__TicketPart *from,
                           const struct department *to)
{
    Dispatch__V1__TicketPart *other = part_of(l, to->id);
    const Dispatch__V1__TicketPart *holder = part_holder(l, from);

    if (!holder)
        return "The department does not hold this ticket.";
    if (holder->resolved_at != 0)
        return "The department's part is resolved already.";
    if (other == from && part_below(l, from))
        return NULL; /* It takes back what it forwarded. */
    if (!is_below(to, from->department_id))
        return "A department forwards only to departments below it.";
    if (!other || comes_from(l, other, from))
        return NULL;
    if (other->role != ROLE_SUPERVISOR && !other->co_only)
        return "The other department has matters of its own already.";
    if (other->forwarded_by[0])
        return "The other department has a part of another one already.";
    if (part_below(l, other))
        return "The other department has forwarded a part itself.";
    return NULL;
}

static void forward(struct life *l, const struct department *to)
{
    Dispatch__V1__TicketPart *from = part_of(l, l->actor);
    const char *why = forbids(l, from, to);

    if (why) {
        life_fail(l, REJECT_WRONG_STATE, "%s", why);
        return;
    }
    dispute_drop(l, l->actor);
    take_back(l, from, l->event->reassigned->note);
    if (strcmp(to->id, l->actor) == 0)
        part_tell(l, from, TELL_REASSIGNED, l->event->reassigned->note);
    else
        give_down(l, from, to);
}

/* The dispute department decides as the desk that it is. */
static bool is_desk(const struct life *l)
{
    if (!l->actor[0])
        return true;
    for (size_t i = 0; i < l->state->n_disputes; i++) {
        if (strcmp(l->state->disputes[i]->department_id, l->actor) == 0)
            return true;
    }
    const Dispatch__V1__TicketPart *part = part_of(l, l->actor);
    return part && part->desk;
}

void act_reassigned(struct life *l)
{
    const struct department *to =
        life_department(l, l->event->reassigned->department_id);

    if (!to)
        life_fail(l, REJECT_INVALID_FIELD,
                  "department_id names no department of the catalogue.");
    else if (is_desk(l))
        rule(l, to);
    else
        forward(l, to);
}
