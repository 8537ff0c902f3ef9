"""A department gets a part of the ticket, or loses it."""

from dataclasses import dataclass

from ticket_model_clock import RESOLUTION
from ticket_model_deadlines import (announce, cancel_clocks, first_response,
                                    open_clocks, take_clock)
from ticket_model_ticket import CO_HANDLER, LEAD, SUPERVISOR, Part


def official_of(step, share, role):
    """The ticket's (lead only), else the route's, else the department's."""
    own = step.ticket.content.lead_official if role == LEAD else ""
    return (own or share.official
            or step.entry(share.department).get("lead_official", ""))


def new_part(step, share, role):
    return Part(share.department, step.name_of(share.department), role,
                list(share.matters), list(share.own), share.co_only,
                share.rule, share.fallback, official_of(step, share, role),
                share.policy, assigned_at=step.at, desk=share.desk,
                may_not_return=share.desk)


def forget_dispute(ticket, department):
    ticket.disputes = [dispute for dispute in ticket.disputes
                       if dispute.raised_by != department]


def withdraw(step, part, reason):
    step.ticket.parts.remove(part)
    forget_dispute(step.ticket, part.department)
    step.tell("WITHDRAWN", part, reason)
    cancel_clocks(step, part)


def supervise_until_acknowledged(part):
    """Who returned an emergency."""
    part.role, part.until_acknowledged = SUPERVISOR, True
    part.matters = part.own = list(part.answers_for())
    part.forwarded_by = ""


def take_back(step, part, reason):
    """A department holds again what it forwarded: those below lose it. True:
    there was something."""
    ticket = step.ticket
    lower = ticket.lower(part)
    if not lower or lower is part:
        return False
    while ticket.below(part):
        below = ticket.below(part)
        after = ticket.below(below)
        withdraw(step, below, reason)
        if after:
            after.forwarded_by = part.department
    part.role, part.attempt = lower.role, lower.attempt + 1
    part.resolved = lower.resolved
    ticket.sort()
    return True


@dataclass
class Told:
    """Who takes a share, and what it is to hear."""
    part: Part
    before: dict  # its clocks
    desk: bool
    is_told: bool
    changed: bool


def hand_over(step, part, shares, reason, stays=False, ruled=False,
              official=""):
    """A part goes from its holder, and from those who forwarded it, to others:
    the first leads if the holder did. `stays`: who returned an emergency;
    `ruled`: a desk said so; `official`: whom it named."""
    ticket, role = step.ticket, part.role
    step.decided()
    chain = ticket.chain(part)
    old = chain[-1].open_clock(RESOLUTION)
    was = part.copy()
    lose(step, chain, reason, stays)
    back = set()
    for share in shares:
        there = ticket.part(share.department)
        if there and take_back(step, there, reason):
            back.add(share.department)
    told = []
    for share in shares:
        told.append(take(step, share, role, was, old,
                         ruled or share.department in back, reason))
        if told[-1].part.role == LEAD and told[-1].is_told:
            role = CO_HANDLER
    ticket.sort()
    if official:
        told[0].part.official = official
    for one in told:
        if one.changed:
            first_response(step, one.part, step.at)
    for one in told:
        if one.is_told:
            announce(step, one.part, "DISPUTED" if one.desk
                     else "REASSIGNED", reason, one.before)
    if stays:
        announce(step, part, "REASSIGNED", reason)


def lose(step, chain, reason, stays):
    for part in chain:
        if not stays:
            withdraw(step, part, reason)
            continue
        forget_dispute(step.ticket, part.department)
        supervise_until_acknowledged(part)
        cancel_clocks(step, part)


def take(step, share, role, was, old, is_news, reason):
    """One share to one department. Who has all already only hears what a desk
    says or must decide, and what came back to it."""
    ticket = step.ticket
    part = ticket.part(share.department)
    before = open_clocks(part) if part else {}
    if part and has_all(part, share, role):
        return Told(part, before, share.desk, share.desk or is_news, False)
    if part:
        join(step, part, share, role, reason)
    else:
        part = new_part(step, share, role)
        ticket.parts.append(part)
    part.attempt = max(part.attempt, was.attempt + 1)
    part.returns = max(part.returns, was.returns)
    if share.desk or share.department in ticket.returned_by:
        part.may_not_return = True
    for policy, as_desk in share.terms if not share.co_only else []:
        take_clock(step, part, policy, as_desk, old)
    return Told(part, before, share.desk, True, True)


def has_all(part, share, role):
    """It is unchanged: it has these matters already."""
    mine = part.matters if share.co_only else part.own
    is_lead = part.role == LEAD or role != LEAD
    whole = share.matters or share.co_only or not part.co_only
    return (part.holds() and is_lead and whole
            and set(share.matters) <= set(mine))


def end_forwarding(step, part, reason):
    """A department has one part: what it has from a forwarder is its own when
    it gets more. The forwarders lose theirs."""
    ticket = step.ticket
    above = ticket.chain(part)[1:]
    if not above:
        return
    old = above[-1].open_clock(RESOLUTION)
    old = old and old.copy()
    part.forwarded_by = ""
    for other in above:
        withdraw(step, other, reason)
    if not part.co_only:
        take_clock(step, part, old.policy if old else part.policy, False, old)


def join(step, part, share, role, reason):
    """A department that is here already gets more: it has one part."""
    end_forwarding(step, part, reason)
    if part.until_acknowledged:
        part.until_acknowledged = False
        part.matters, part.own, part.co_only = [], [], True
        part.role = SUPERVISOR
    part.matters = sorted({*part.matters, *share.matters})
    part.own = sorted({*part.own, *share.own})
    if (not part.holds() or (role == LEAD and part.role != LEAD)
            or (part.co_only and not share.co_only)):
        part.role = min(role, part.role)
        part.rule, part.fallback = share.rule, share.fallback
        part.policy = share.policy
        part.official = official_of(step, share, part.role)
    part.co_only = part.co_only and share.co_only
    part.policy = part.policy or (None if share.co_only else share.policy)
    part.desk = part.desk or share.desk
    if part.co_only or not share.co_only:
        part.resolved = False


def end_supervision(step, part):
    """The next one answers for it now: who returned an emergency is free."""
    for other in list(step.ticket.parts):
        if other.until_acknowledged and answers(part, other):
            withdraw(step, other, "acknowledged by the next one")


def answers(part, returner):
    if returner.co_only:
        return part.matters == returner.matters == [] or bool(
            set(part.matters) & set(returner.matters))
    if part.co_only:
        return False
    return part.own == returner.own == [] or bool(
        set(part.own) & set(returner.own))
