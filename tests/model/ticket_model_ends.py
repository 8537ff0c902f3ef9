"""How a ticket ends, and begins anew."""

from ticket_model_clock import RESOLUTION
from ticket_model_deadlines import (announce, cancel_clocks, first_response,
                                    keep_clock, limit_of, may_run, new_clock)
from ticket_model_step import invalid_field, words, wrong_state
from ticket_model_ticket import LEAD


def is_awaited(ticket, part):
    """The lead's `resolved`, and that of each with a resolution clock."""
    return part.holds() and not part.resolved and (
        part.role == LEAD
        or ticket.upper(part).open_clock(RESOLUTION) is not None)


def resolve_if_done(step):
    """After each event: nobody is waited for any more."""
    ticket = step.ticket
    if ticket.status != "open" or any(is_awaited(ticket, part)
                                      for part in ticket.parts):
        return
    ticket.status = "resolved"
    ticket.pause, ticket.disputes = None, []
    close_later(step)


def close_later(step):
    """It closes by itself close_after the last `resolved`."""
    lead = step.ticket.lead
    calendar = step.catalogue.calendar_of(lead.policy, lead.department)
    after = lead.policy.close_after if lead.policy else "7d"
    step.ticket.close_at, _ = step.calendar(calendar).due(step.at, after)


def end(step, status, reason):
    """Everyone is told, and no clock runs on."""
    ticket = step.ticket
    ticket.status = status
    for part in ticket.parts:
        step.tell("CLOSED", part, reason)
        cancel_clocks(step, part)
    ticket.pause, ticket.disputes = None, []
    ticket.forget_at = step.at + step.retention_ms


def close(step, reason):
    """By a call-back; until close_at it can be reopened."""
    end(step, "closed", reason)


def shrink(ticket):
    """Only its id, times and last inputs are kept."""
    ticket.small, ticket.close_at = True, 0
    ticket.parts, ticket.returns, ticket.disputes = [], [], []


def merged(step, event):
    into = event.merged.into_ticket_id
    if not into or into == step.ticket.id:
        raise invalid_field("into_ticket_id")
    step.ticket.merged_into, step.ticket.close_at = into, 0
    end(step, "merged", "merged")


def cancelled(step, event):
    end(step, "cancelled", words("cancelled", event.cancelled.reason))
    shrink(step.ticket)


def reopened(step, event):
    if step.ticket.small:
        raise wrong_state("it is closed for good")
    new_round(step, event.reopened.reason)


def new_round(step, reason):
    """The same departments, with new clocks from this moment."""
    ticket = step.ticket
    ticket.status, ticket.merged_into = "open", ""
    ticket.close_at = ticket.forget_at = 0
    ticket.round += 1
    ticket.round_at, ticket.paused_ms = step.at, 0
    for part in ticket.parts:
        part.acknowledged = part.contacted = part.resolved = False
        part.assigned_at, part.clocks = step.at, {}
    for part in ticket.parts:
        first_response(step, part, step.at)
        if may_run(ticket, part, RESOLUTION):
            keep_clock(part, new_clock(
                step, part.department, part.policy, RESOLUTION,
                limit_of(step, part.policy, RESOLUTION), step.at))
    for part in ticket.parts:
        announce(step, part, "REOPENED", reason)
