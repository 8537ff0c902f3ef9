"""What must hold of every ticket, whatever has happened to it."""

from ticket_model_clock import RESOLUTION
from ticket_model_ticket import LEAD, SUPERVISOR


def faults(ticket):
    """What does not hold, in words."""
    if ticket.small or not ticket.parts:
        return [] if ticket.small else ["nobody has it"]
    return list(of_parts(ticket)) + list(of_matters(ticket)) + list(
        of_clocks(ticket))


def of_parts(ticket):
    names = [part.department for part in ticket.parts]
    if len(set(names)) < len(names):
        yield "a department has two parts"
    if [part.role for part in ticket.parts].count(LEAD) != 1:
        yield "not one lead"
    if ticket.parts[0].role != LEAD:
        yield "the lead is not the first"
    for part in ticket.parts:
        if part.forwarded_by and not ticket.part(part.forwarded_by):
            yield f"nobody is above {part.department}"
        below = ticket.below(part)
        if (part.role == SUPERVISOR) != bool(below
                                             or part.until_acknowledged):
            yield f"{part.department} supervises nothing"
    for dispute in ticket.disputes:
        part = ticket.part(dispute.raised_by)
        if not part or not part.holds():
            yield f"{dispute.raised_by} asked, and has no part"


def of_matters(ticket):
    """Each matter is one department's own: nothing disappears."""
    holders = [part for part in ticket.parts if part.holds()]
    for i in range(len(ticket.content.matters)):
        owners = [part.department for part in holders if i in part.own]
        if len(owners) != 1:
            yield f"matter {i} is of {owners}"
    for part in holders:
        if not set(part.own) <= set(part.matters):
            yield f"{part.department} owns what it has not"


def of_clocks(ticket):
    """Whoever must resolve has a clock, if its policy has a limit."""
    if ticket.status != "open":
        return
    for part in ticket.parts:
        clock = ticket.upper(part).clocks.get(RESOLUTION)
        limit = part.policy and part.policy.limit(RESOLUTION, "NORMAL")
        if (part.holds() and not part.resolved and not part.co_only
                and limit and not clock):
            yield f"no clock runs for {part.department}"
        if part.until_acknowledged and any(
                clock.is_open() for clock in part.clocks.values()):
            yield f"{part.department} has a clock and no part"
