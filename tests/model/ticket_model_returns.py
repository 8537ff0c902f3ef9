"""`returned`: a department does not want its part."""

from ticket_model_clock import RESOLUTION
from ticket_model_deadlines import announce, end_pause
from ticket_model_moves import (hand_over, new_part,
                                supervise_until_acknowledged, withdraw)
from ticket_model_plan import Share, queries_of
from ticket_model_step import Refused, changed, pb, words, wrong_state
from ticket_model_ticket import CO_HANDLER, Dispute

TO_THE_DESK = (pb.RETURN_REASON_MISSING_INFORMATION,
               pb.RETURN_REASON_OUT_OF_SCOPE, pb.RETURN_REASON_DUPLICATE)
REASONS = {value.number: value.name.removeprefix("RETURN_REASON_")
           for value in pb.ReturnReason.DESCRIPTOR.values if value.number}


def returned(step, event):
    message = event.returned
    part = returnable(step)
    text = words(REASONS.get(message.reason, "returned"), message.note)
    end_pause(step)
    step.ticket.returns = [*step.ticket.returns, pb.Return(
        department_id=part.department, reason=message.reason,
        note=message.note, returned_at=step.at)]
    if part.forwarded_by:
        bar(step, part)
        back_to_the_forwarder(step, part, text)
        return
    used, part.returns = part.returns, part.returns + 1
    if message.reason == pb.RETURN_REASON_OVERLAPPING_DUTY:
        overlapping_duty(step, part, message, text)
        return
    bar(step, part)
    if step.catalogue.review or is_too_late(step, part):
        ask(step, part, text)
    elif is_for_the_desk(step, message, used):
        desk_takes(step, part, text)
    else:
        find_another(step, part, message, text)


def returnable(step):
    ticket = step.ticket
    part = ticket.part(step.actor) if step.actor else ticket.lead
    if not part or not part.holds() or part.resolved:
        raise wrong_state("has no part, or has resolved it")
    if part.may_not_return and not part.forwarded_by:
        raise wrong_state("a desk said so")
    if any(d.raised_by == part.department for d in ticket.disputes):
        raise wrong_state("the desk is asked already")
    return part


def bar(step, part):
    """It never gets it again but by a desk."""
    if part.department not in step.ticket.returned_by:
        step.ticket.returned_by.append(part.department)


def is_emergency(step):
    return step.ticket.urgency == "EMERGENCY"


def back_to_the_forwarder(step, part, text):
    """In the role that it gave away; its clocks never were another's."""
    ticket = step.ticket
    upper = ticket.part(part.forwarded_by)
    upper.role, upper.attempt = part.role, part.attempt + 1
    upper.acknowledged, upper.assigned_at = False, step.at
    if is_emergency(step):
        supervise_until_acknowledged(part)
    else:
        withdraw(step, part, text)
    ticket.sort()
    step.tell("REASSIGNED", upper, text)
    if part.until_acknowledged:
        step.tell("REASSIGNED", part, text)


def desk_of(step):
    if not step.catalogue.desk:
        raise Refused("no_route", "no dispute department")
    return step.catalogue.desk


def ask(step, part, text):
    """The holder keeps ticket and clocks."""
    desk = desk_of(step)
    step.ticket.disputes.append(Dispute(desk, part.department))
    step.ask_desk(desk, part.matters, text)


def overlapping_duty(step, part, message, text):
    """The first handler stays; the suggested department joins."""
    name = message.suggested_department_id
    if (name not in step.catalogue.departments or step.ticket.part(name)
            or name in step.ticket.returned_by):
        bar(step, part)
        ask(step, part, text)
        return
    share = whole(part, Share(name, policy=part.policy))
    routes = [route_to(step, query, name) for _, query in queries(step, part)]
    route = next(filter(None, routes), None)
    if route:
        share.take(route)
    share.co_only, share.own, share.fallback = True, [], False
    other = new_part(step, share, CO_HANDLER)
    other.attempt, other.returns = part.attempt + 1, part.returns
    step.ticket.parts.append(other)
    step.ticket.sort()
    step.decided()
    announce(step, other, "REASSIGNED", text)


def is_too_late(step, part):
    limit = part.policy and part.policy.return_within
    if not limit:
        return False
    name = step.catalogue.calendar_of(part.policy, part.department)
    return step.at > step.calendar(name).due(part.assigned_at, limit)[0]


def is_for_the_desk(step, message, used):
    wrong_area = (message.reason == pb.RETURN_REASON_WRONG_AREA
                  and not message.suggested_area
                  and not message.suggested_department_id)
    return (message.reason in TO_THE_DESK or wrong_area
            or used >= step.catalogue.max_returns)


def desk_takes(step, part, text):
    share = Share(desk_of(step))
    takes_over(step, part, share, as_desk=True)
    moves_to(step, part, [whole(part, share)], text)


def whole(part, share):
    """All that the part answers for."""
    share.matters = list(part.answers_for())
    share.co_only = part.co_only
    share.own = [] if part.co_only else list(share.matters)
    return share


def moves_to(step, part, shares, text):
    """The desk may be who returns: then it keeps what it has."""
    if any(share.department == part.department for share in shares):
        ask(step, part, text)
        return
    hand_over(step, part, shares, text, stays=is_emergency(step))


def find_another(step, part, message, text):
    """The suggested department, else whom the rules name."""
    if message.reason == pb.RETURN_REASON_WRONG_AREA:
        correct_area(step, part, message.suggested_area)
    name = message.suggested_department_id
    if name and not is_candidate(step, part, name):
        ask(step, part, text)
    elif name and name not in step.ticket.returned_by:
        moves_to(step, part, [suggested_share(step, part, name)], text)
    else:
        moves_to(step, part, shares_by_rules(step, part), text)


def correct_area(step, part, area):
    """For good."""
    if not area:
        return
    content = changed(step.ticket.content)
    for i in part.answers_for():
        content.matters[i].area = area
    if not content.matters:
        content.area = area
    step.ticket.content = content


def queries(step, part):
    return queries_of(step.ticket.content, part.answers_for(), step.at)


def is_candidate(step, part, name):
    return any(step.catalogue.is_candidate(query, name)
               for _, query in queries(step, part))


def route_to(step, query, department):
    """The best rule that names a department; None."""
    return next((choice for choice in step.catalogue.rule_choices(query)
                 if choice.department == department), None)


def suggested_share(step, part, name):
    """Under its own matching routes; a matter without one keeps the policy
    that it had."""
    share = Share(name)
    for _, query in queries(step, part):
        choice = route_to(step, query, name)
        if choice and not share.terms:
            share.take(choice)
        elif choice:
            share.under(choice.policy)
        else:
            takes_over(step, part, share)
    return whole(part, share)


def takes_over(step, part, share, as_desk=False):
    """Without a matching route: the policy of the part, and that by which its
    resolution runs."""
    clock = step.ticket.upper(part).open_clock(RESOLUTION)
    share.under(part.policy, clock and clock.policy, as_desk)


def shares_by_rules(step, part):
    """Each matter by itself; nobody: the desk's."""
    shares = {}
    for matter, query in queries(step, part):
        choice = step.catalogue.choose(query, step.ticket.returned_by)
        name = choice.department if choice else desk_of(step)
        is_new = name not in shares
        share = shares.setdefault(name, Share(name))
        if not choice:
            takes_over(step, part, share, as_desk=True)
        elif is_new:
            share.take(choice)
        else:
            share.under(choice.policy)
        share.add(matter, own=not part.co_only)
        share.co_only = part.co_only
    return list(shares.values())
