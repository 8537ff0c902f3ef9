"""`created`: the first dispatch."""

from ticket_model_deadlines import (announce, counted_anew, earliest,
                                    first_response, keep_clock)
from ticket_model_moves import new_part
from ticket_model_plan import plan
from ticket_model_ticket import CO_HANDLER, LEAD


def created(step, event):
    ticket = step.ticket
    step.decided()
    for share in plan(step, ticket.content):
        part = new_part(step, share, CO_HANDLER if ticket.parts else LEAD)
        part.assigned_at = step.now
        ticket.parts.append(part)
        first_response(step, part, ticket.round_at)
        keep_clock(part, planned_resolution(step, share))
    for part in ticket.parts:
        announce(step, part, "ASSIGNED", "")


def planned_resolution(step, share):
    """Who is there only as `co` has no clock."""
    if share.co_only:
        return None
    return earliest([counted_anew(step, share.department, policy)
                     for policy, _ in share.terms])
