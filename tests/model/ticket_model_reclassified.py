"""`reclassified`: area, matters, urgency or the catalogue were wrong."""

from dataclasses import dataclass

from ticket_model_catalogue import URGENCIES
from ticket_model_clock import FIRST_RESPONSE, RESOLUTION
from ticket_model_deadlines import (announce, cancel_clocks, counted_anew,
                                    end_pause, first_response, keep_clock,
                                    may_run, new_clock, open_clocks, set_anew)
from ticket_model_moves import new_part, official_of, withdraw
from ticket_model_plan import plan
from ticket_model_step import changed
from ticket_model_ticket import CO_HANDLER, LEAD, SUPERVISOR
from ticket_model_updated import (change_urgency, hurry, is_raised,
                                  is_urgency, tell_updated)


def reclassified(step, event):
    ticket, message = step.ticket, event.reclassified
    old, new = ticket.content, changed(ticket.content)
    new.area = message.area or old.area
    if message.matters:
        del new.matters[:]
        new.matters.extend(message.matters)
    asks_again = not (message.area or message.matters or message.urgency)
    ticket.content = new
    if not asks_again and not differs(old, new):
        before = change_urgency(step, message.urgency)
        tell_updated(step, "reclassified", before)
        return
    if not asks_again:
        ticket.returned_by = []
    dispatch_anew(step, message.urgency, other_matters(old, new))


def place(matter):
    return matter.category_scheme, matter.category, matter.area


def differs(old, new):
    return old.area != new.area or ([place(m) for m in old.matters]
                                    != [place(m) for m in new.matters])


def other_matters(old, new):
    """Those that are new or other ones now; None: of a ticket without any."""
    moved = old.area != new.area
    news = {i for i, matter in enumerate(new.matters)
            if i >= len(old.matters) or place(matter) != place(old.matters[i])
            or (moved and not matter.area)}
    return news | ({None} if moved else set())


@dataclass
class Change:
    """What of the event concerns each part."""
    news: set  # matters that are other ones now
    base: str  # the urgency whose limits count before it hurries
    lowered: bool


def dispatch_anew(step, urgency, news):
    """A raised urgency chooses the rules, but its limits count from this event
    on only: until then those of the old one."""
    ticket = step.ticket
    before, raised = ticket.urgency, is_raised(ticket, urgency)
    if is_urgency(urgency):
        ticket.content.urgency = urgency
    shares = plan(step, ticket.content, ticket.returned_by)
    change = Change(news, before if raised else ticket.urgency,
                    not raised and ticket.urgency != before)
    end_pause(step)
    step.decided()
    ticket.disputes = []
    lead = ticket.lead
    withdraw_losers(step, {share.department for share in shares})
    told = []
    for share in shares:
        told += give(step, share, CO_HANDLER if told else LEAD, lead, change)
    ticket.sort()
    if raised:
        hurry(step)
    for part, kind, clocks in told:
        announce(step, part, kind, "reclassified", clocks)


def withdraw_losers(step, planned):
    """Who is in the plan holds its part in its own right; who has it from one
    in the plan stays."""
    ticket = step.ticket
    for part in ticket.parts:
        if part.department in planned:
            part.forwarded_by = ""
    losers = [part for part in ticket.parts
              if ticket.upper(part).department not in planned
              or (part.department not in planned and not ticket.lower(part))]
    for part in losers:
        withdraw(step, part, "reclassified")


def give(step, share, role, lead, change):
    """One share of the plan. Who is to be told what, and its clocks as they
    were."""
    ticket = step.ticket
    part = ticket.part(share.department)
    if part:
        return keep(step, part, share, role, change)
    part = new_part(step, share, role)
    part.attempt, part.returns = lead.attempt + 1, lead.returns
    ticket.parts.append(part)
    begin_clocks(step, part, share, change)
    return [(part, "REASSIGNED", {})]


def keep(step, part, share, role, change):
    """A department that is here already. What it forwarded stays forwarded:
    who holds it has the planned role, all below the planned matters."""
    ticket = step.ticket
    below = []
    while ticket.below(below[-1] if below else part):
        below.append(ticket.below(below[-1] if below else part))
    holder = below[-1] if below else part
    same = (holder.role == role and not part.desk
            and not part.until_acknowledged)
    cancel_surplus(step, part, share, role)
    clocks = open_clocks(part)
    if gains(part, share, change.news):
        holder.resolved = False
    fill(step, part, share, role)
    if below:
        part.role, holder.role = SUPERVISOR, role
        holder.may_not_return = False
    for other in below:
        other.matters, other.own = part.matters, part.own
        other.co_only, other.policy = part.co_only, part.policy
    begin_clocks(step, part, share, change)
    kind = "UPDATED" if same else "REASSIGNED"
    return [(part, kind, clocks)] + [(other, kind, {}) for other in below]


def gains(part, share, news):
    """Whether it has to do what it had not before."""
    if share.co_only:
        return False
    if not share.own:
        return part.co_only or None in news
    return bool(set(share.own) - set(part.own) or set(share.own) & news)


def fill(step, part, share, role):
    part.role, part.until_acknowledged, part.desk = role, False, False
    part.may_not_return = False
    part.matters, part.own = list(share.matters), list(share.own)
    part.co_only, part.policy = share.co_only, share.policy
    part.rule, part.fallback = share.rule, share.fallback
    part.official = official_of(step, share, role)


# --------------------------------------------------------------------- clocks

def governing(step, share):
    """Of several policies the one whose limit for the ticket's urgency would
    end first; None: none has one."""
    ends = []
    for policy, _ in share.terms if not share.co_only else []:
        limit = policy and policy.limit(RESOLUTION, step.ticket.urgency)
        if limit:
            name = step.catalogue.calendar_of(policy, share.department)
            end, _ = step.calendar(name).due(step.ticket.round_at, limit)
            ends.append((end, len(ends), policy))
    return min(ends)[2] if ends else None


def cancel_surplus(step, part, share, role):
    """Clocks that it is no longer to have."""
    if role != LEAD:
        cancel_clocks(step, part, (FIRST_RESPONSE,))
    if not governing(step, share):
        cancel_clocks(step, part, (RESOLUTION,))


def begin_clocks(step, part, share, change):
    """The first response is kept. The resolution is kept under the same policy
    and calendar, unless the urgency was lowered; else it is counted anew."""
    ticket, policy = step.ticket, governing(step, share)
    old, content = part.open_clock(RESOLUTION), ticket.content
    answers = part.policy and part.policy.limit(FIRST_RESPONSE,
                                                ticket.urgency)
    ticket.content = changed(content)
    ticket.content.urgency = URGENCIES.index(change.base) + 1
    if answers:
        first_response(step, part, step.at)
    new = policy and counted_anew(step, part.department, policy)
    ticket.content = content
    if old and is_kept(step, old, policy) and not change.lowered:
        return
    if old and policy and not new:
        new = from_now(step, part, policy)
    if old and new:
        new.extensions_used = old.extensions_used
        new.paused_ms = ticket.paused_ms
        set_anew(step, part, old, new)
    elif new and may_run(ticket, part, RESOLUTION):
        keep_clock(part, new)


def is_kept(step, clock, policy):
    name = policy and step.catalogue.calendar_of(policy, clock.department)
    return clock.policy == policy and clock.calendar_id == name


def from_now(step, part, policy):
    """The policy has a limit for the raised urgency alone."""
    return new_clock(step, part.department, policy, RESOLUTION,
                     policy.limit(RESOLUTION, step.ticket.urgency), step.at)
