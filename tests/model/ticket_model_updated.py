"""`updated`: more is known; and what a raised urgency does to the clocks."""

from ticket_model_catalogue import URGENCIES
from ticket_model_clock import FIRST_RESPONSE, RESOLUTION
from ticket_model_deadlines import (BOTH, end_pause, keep_clock, may_run,
                                    new_clock, open_clocks, set_anew,
                                    tell_clocks)
from ticket_model_step import Refused, changed, invalid_field, pb

MAX_LIST = 64


def updated(step, event):
    ticket, message = step.ticket, event.updated
    ticket.content = content = changed(ticket.content)
    if message.description:
        lines = [content.description, message.description]
        content.description = "\n".join(filter(None, lines))
    if message.HasField("contact"):
        content.contact.CopyFrom(message.contact)
    content.attachments.extend(message.attachments)
    if message.attachments and len(content.attachments) > MAX_LIST:
        raise Refused("too_many", "attachments")
    for other in message.merged_ticket_ids:
        if (other not in content.related_ticket_ids
                and len(content.related_ticket_ids) < MAX_LIST):
            content.related_ticket_ids.append(other)
    if message.lead_official:
        content.lead_official = message.lead_official
        ticket.lead.official = message.lead_official
    before = change_urgency(step, message.urgency)
    supervise(step, message.supervised_by)
    tell_updated(step, "updated", before)


def tell_updated(step, text, before):
    """Each is told, then what became of its clocks; who acts only that, at
    last."""
    for part in step.ticket.parts:
        if part.department != step.actor:
            step.tell("UPDATED", part, text)
            tell_clocks(step, part, before[part.department])
    part = step.ticket.part(step.actor)
    if part:
        tell_clocks(step, part, before[part.department])


def supervise(step, department):
    """Level 0 at once, for the lead's resolution clock or the next best; the
    same supervisor again: nothing."""
    ticket = step.ticket
    if not department or ticket.supervised_by == department:
        return
    if department not in step.catalogue.departments:
        raise invalid_field("supervised_by")
    ticket.supervised_by = department
    clock = best_clock(ticket)
    if clock:
        step.clock_event("ESCALATED", clock, escalate_to=department,
                         explanation="supervised")
        return
    step.outputs.append(("deadlines", step.base(pb.DeadlineEvent(
        kind="DEADLINE_KIND_ESCALATED", department_id=ticket.lead.department,
        escalate_to=department, explanation="supervised"))))


def best_clock(ticket):
    for part in ticket.parts:
        upper = ticket.upper(part)
        clock = (upper.open_clock(RESOLUTION)
                 or upper.open_clock(FIRST_RESPONSE))
        if clock:
            return clock
    return None


def is_urgency(number):
    """A number that nobody knows counts as unspecified."""
    return 1 <= number <= len(URGENCIES)


def is_raised(ticket, number):
    return is_urgency(number) and (number - 1
                                   > URGENCIES.index(ticket.urgency))


def change_urgency(step, number):
    """Gives the ticket this urgency. The clocks as they were, by department:
    after the end of a pause, before they hurry."""
    ticket = step.ticket
    raised = is_raised(ticket, number) and ticket.status == "open"
    if is_urgency(number):
        ticket.content = changed(ticket.content)
        ticket.content.urgency = number
    if raised:
        end_pause(step)
    before = {part.department: open_clocks(part) for part in ticket.parts}
    if raised:
        hurry(step)
    return before


def hurry(step):
    """The limits of the urgency count from now, and never move an end
    later. A clock that the policy has for this urgency alone begins."""
    for part in step.ticket.parts:
        for kind in BOTH:
            hurry_clock(step, part, kind)


def hurry_clock(step, part, kind):
    clock = part.open_clock(kind)
    policy = clock.policy if clock else part.policy
    new = new_clock(step, part.department, policy, kind,
                    policy and policy.limit(kind, step.ticket.urgency),
                    step.at)
    if new and clock and new.due_at < clock.due_at:
        new.started_at = clock.started_at
        new.extensions_used = clock.extensions_used
        new.paused_ms = clock.paused_ms
        set_anew(step, part, clock, new)
    elif new and not clock and may_run(step.ticket, part, kind):
        new.paused_ms = step.ticket.paused_ms if kind == RESOLUTION else 0
        keep_clock(part, new)
