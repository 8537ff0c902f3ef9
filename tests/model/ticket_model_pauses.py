"""Resolution clocks stand still, or get more time."""

from ticket_model_calendar import parse_duration
from ticket_model_clock import FIRST_RESPONSE, RESOLUTION
from ticket_model_deadlines import end_pause
from ticket_model_step import invalid_field, words, wrong_state
from ticket_model_ticket import Pause

KINDS = {1: FIRST_RESPONSE, 2: RESOLUTION}


def may_pause(clock, at):
    """Its policy allows it, and its time is not up."""
    return (clock.kind == RESOLUTION and clock.policy.pausable
            and clock.state == "running" and clock.due_at > at)


def may_ask(step):
    """Who has a part or supervises the ticket, and desks: the dispute
    department, and whoever is no department."""
    ticket, asker = step.ticket, step.actor
    if asker in step.catalogue.departments and not (
            ticket.part(asker)
            or asker in (step.catalogue.desk, ticket.supervised_by)):
        raise wrong_state("does not hold it")


def paused(step, event):
    ticket, message = step.ticket, event.paused
    may_ask(step)
    if ticket.pause:
        raise wrong_state("is paused already")
    if message.until_at and message.until_at <= step.at:
        raise invalid_field("until_at")
    clocks = [clock for clock in ticket.clocks() if may_pause(clock, step.at)]
    if not clocks:
        raise wrong_state("nothing to pause")
    ends = [message.until_at] if message.until_at else []
    for clock in clocks:
        if clock.policy.max_pause:
            name = step.catalogue.calendar_of(clock.policy, clock.department)
            ends.append(step.calendar(name).due(step.at,
                                                clock.policy.max_pause)[0])
    ticket.pause = Pause(step.at, min(ends, default=0), step.caused_by)
    for clock in clocks:
        clock.caused_by = step.caused_by
        step.clock_event("PAUSED", clock)
        clock.pause(step.at, ticket.pause.ends_at,
                    step.calendar(clock.calendar_id))
        if ticket.pause.ends_at:
            step.plan(clock)
    step.tell_others("UPDATED", words("paused", message.reason))


def resumed(step, event):
    may_ask(step)
    if not step.ticket.pause:
        raise wrong_state("is not paused")
    end_pause(step)
    step.tell_others("UPDATED", words("resumed", event.resumed.reason))


def extended(step, event):
    """From the present end on, so many times as the policy allows."""
    message = event.extended
    may_ask(step)
    if message.clock not in KINDS:
        raise invalid_field("clock")
    clock = clock_meant(step, KINDS[message.clock])
    if not clock or clock.extensions_used >= clock.policy.max_extensions:
        raise wrong_state("nothing to extend")
    extend(step, clock, message)
    tell_extended(step, clock, words("extended", message.reason))


def clock_meant(step, kind):
    """That of the department that acts, if it has a part, else the lead's."""
    part = step.ticket.part(step.actor) or step.ticket.lead
    return step.ticket.upper(part).open_clock(kind)


def extend(step, clock, message):
    before, pause = clock.due_at, step.ticket.pause
    today = step.calendar(clock.calendar_id)
    if bool(message.by) == bool(message.until_at):
        raise invalid_field("either by or until_at")
    if message.by and not parse_duration(message.by):
        raise invalid_field("by")
    if message.by:
        clock.extend_by(message.by, today)
    else:
        clock.extend_until(message.until_at, pause, today)
    if clock.due_at <= before:
        raise invalid_field("not later")
    clock.extensions_used += 1
    clock.caused_by = step.caused_by
    if clock.state == "running" or pause.ends_at:
        step.plan(clock)


def tell_extended(step, clock, text):
    """Each is told, then of its clock; who asked only of that, at last."""
    for part in step.ticket.parts:
        if part.department != step.actor:
            step.tell("UPDATED", part, text)
            if part.department == clock.department:
                step.clock_event("RESCHEDULED", clock)
    if clock.department == step.actor:
        step.clock_event("RESCHEDULED", clock)
