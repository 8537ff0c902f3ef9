"""`reassigned`: a desk rules, or a holder forwards its part."""

from ticket_model_deadlines import end_pause
from ticket_model_moves import forget_dispute, hand_over, take_back
from ticket_model_returns import suggested_share
from ticket_model_step import invalid_field, wrong_state
from ticket_model_ticket import SUPERVISOR, Part


def reassigned(step, event):
    message = event.reassigned
    if message.department_id not in step.catalogue.departments:
        raise invalid_field("department_id")
    if not step.actor or is_the_desk(step):
        rule(step, message)
    else:
        forward(step, message)


def is_the_desk(step):
    """The dispute department, while it is asked or holds a part as such."""
    part = step.ticket.part(step.actor)
    return (any(dispute.desk == step.actor
                for dispute in step.ticket.disputes)
            or (part is not None and part.desk))


# ------------------------------------------------------------------- rulings

def in_question(ticket):
    """The oldest open question, else what the desk holds, else the lead's."""
    if ticket.disputes:
        return ticket.part(ticket.disputes[0].raised_by)
    return next((part for part in ticket.parts if part.desk), ticket.lead)


def rule(step, message):
    ticket, to = step.ticket, message.department_id
    part = in_question(ticket)
    end_pause(step)
    forget_dispute(ticket, part.department)
    if to in [other.department for other in ticket.chain(part)]:
        confirm(step, ticket.part(to), message)
        return
    hand_over(step, part, [suggested_share(step, part, to)], message.note,
              ruled=True, official=message.lead_official)


def confirm(step, part, message):
    """The holder keeps it, or who forwarded it has it again; no clock
    changes. Who had returned it cannot do so again."""
    take_back(step, part, message.note)
    part.official = message.lead_official or part.official
    part.may_not_return = (part.desk or part.department
                           in step.ticket.returned_by)
    step.tell("REASSIGNED", part, message.note)


# ---------------------------------------------------------------- forwarding

def forward(step, message):
    ticket, to = step.ticket, message.department_id
    part = ticket.part(step.actor)
    check_forwarding(step, part, to)
    forget_dispute(ticket, step.actor)
    take_back(step, part, message.note)
    if to == step.actor:
        step.tell("REASSIGNED", part, message.note)
    else:
        give_down(step, part, message)


def check_forwarding(step, part, to):
    ticket = step.ticket
    lower = ticket.lower(part)
    if not lower:
        raise wrong_state("does not hold it")
    if lower.resolved:
        raise wrong_state("is resolved")
    if to == part.department and lower is not part:
        return  # it takes the part back
    if not step.catalogue.is_below(to, part.department):
        raise wrong_state("is not below it")
    there = ticket.part(to)
    if not there or part in ticket.chain(there):
        return
    if there.holds() and not there.co_only:
        raise wrong_state("has matters of its own")
    if there.forwarded_by:
        raise wrong_state("has a part of another one")
    if ticket.below(there):
        raise wrong_state("has forwarded a part itself")


def give_down(step, part, message):
    """The one below gets the part; clocks and supervision stay above."""
    ticket, to = step.ticket, message.department_id
    lower = ticket.part(to)
    if not lower:
        lower = Part(to, step.name_of(to), part.role, assigned_at=step.at)
        ticket.parts.append(lower)
    matters = [] if lower.until_acknowledged else lower.matters
    lower.matters = sorted({*matters, *part.matters})
    lower.own, lower.co_only = list(part.own), part.co_only
    lower.role, lower.policy = part.role, part.policy
    lower.forwarded_by, lower.until_acknowledged = part.department, False
    lower.acknowledged = lower.contacted = lower.resolved = False
    lower.attempt, lower.returns = part.attempt + 1, part.returns
    lower.may_not_return = False
    lower.official = message.lead_official or below_official(step, lower)
    part.role = SUPERVISOR
    ticket.sort()
    step.decided()
    step.tell("FORWARDED", lower, message.note)
    step.tell("FORWARDED", part, message.note)


def below_official(step, part):
    """The ticket's (lead only), else the department's."""
    own = step.ticket.content.lead_official if part.role == 1 else ""
    return own or step.entry(part.department).get("lead_official", "")
