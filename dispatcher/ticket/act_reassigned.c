/*
 * reassigned: a desk sends the ticket elsewhere or rules on a dispute (改派),
 * or a department that holds it forwards it to one below it (转派).
 */
#include "actions.h"
#include "deadlines.h"
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

/* The desk confirms the holder: it is told, nothing moves. */
static void confirm(struct life *l, Dispatch__V1__TicketPart *part)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;

    if (event->lead_official[0])
        part->lead_official = event->lead_official;
    part->may_not_return = candidate_is_barred(l, part->department_id);
    part_tell(l, part, TELL_REASSIGNED, event->note);
}

static void rule(struct life *l, const struct department *to)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;
    Dispatch__V1__TicketPart *part = ruled_part(l);
    struct handover h = {
        .from = part,
        .n_takers = 1,
        .official = event->lead_official,
        .reason = event->note,
    };

    pause_end(l);
    dispute_drop(l, part->department_id);
    if (strcmp(part->department_id, to->id) == 0) {
        confirm(l, part);
        return;
    }
    candidate_terms(l, to, part->n_matter_indexes ? part->matter_indexes[0] : 0,
                    &h.takers[0]);
    h.takers[0].matters = part_matters(part);
    hand_over(l, &h);
}

/* The one below gets the part; clocks and supervision stay above. */
static void give_down(struct life *l, Dispatch__V1__TicketPart *from,
                      const struct department *to)
{
    const Dispatch__V1__TicketReassigned *event = l->event->reassigned;
    Dispatch__V1__TicketPart *part = part_of(l, to->id);
    int role = from->role;
    uint32_t matters = part_matters(from);

    if (!part) {
        part = part_add(l, to, role);
        if (!part)
            return;
        part->policy_number = from->policy_number;
        part->co_only = from->co_only;
    }
    part->role = (Dispatch__V1__Role)role;
    part->forwarded_by = from->department_id;
    part->until_acknowledged = false;
    part->resolved_at = 0;
    part->attempt = from->attempt + 1;
    part->returns_used = from->returns_used;
    part->may_not_return = false;
    part->lead_official = event->lead_official[0]
                              ? event->lead_official
                              : life_text(l, to->lead_official, "");
    part_set_matters(l, part, part_matters(part) | matters);
    from->role = ROLE_SUPERVISOR;
    parts_sort(l);
    life_decided(l);
    part_tell(l, part, TELL_FORWARDED, event->note);
    part_tell(l, from, TELL_FORWARDED, event->note);
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

/* Why `from` may not forward to this department; NULL: it may. */
static const char *forbids(const struct life *l,
                           const Dispatch__V1__TicketPart *from,
                           const struct department *to)
{
    const Dispatch__V1__TicketPart *other = part_of(l, to->id);

    if (!from || from->until_acknowledged)
        return "The department does not hold this ticket.";
    if (from->resolved_at != 0)
        return "The department has resolved its part already.";
    if (other == from && part_below(l, from))
        return NULL; /* It takes back what it forwarded. */
    if (!is_below(to, from->department_id))
        return "A department forwards only to departments below it.";
    if (other && other->role == ROLE_LEAD && !comes_from(l, other, from))
        return "The other department leads the ticket already.";
    if (other && part_below(l, other) && !comes_from(l, other, from))
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
