"""What departments report, and what is only passed on."""

from ticket_model_clock import FIRST_RESPONSE, RESOLUTION
from ticket_model_ends import close, close_later, new_round
from ticket_model_deadlines import stop_pause
from ticket_model_moves import end_supervision
from ticket_model_step import words, wrong_state
from ticket_model_ticket import LEAD


def reported(step, from_above):
    """The part that a report is about: nobody named is the lead. A forwarder
    may report for the one below."""
    ticket = step.ticket
    part = ticket.part(step.actor) if step.actor else ticket.lead
    if part and not part.holds() and from_above:
        part = ticket.lower(part)
    if not part or not part.holds():
        raise wrong_state("does not hold it")
    return part


def meet(step, part, kind):
    """A clock is met: late if it was due before."""
    clock = step.ticket.upper(part).open_clock(kind)
    if not clock:
        return
    stop_pause(step, clock)
    late = max(step.at - clock.due_at, 0) if clock.state == "running" else 0
    step.clock_event("MET", clock, late_ms=late, explanation=(
        "late report" if clock.breached and not late else ""))
    clock.state = "met"


def answer_first(step, part):
    if part.role == LEAD:
        meet(step, part, FIRST_RESPONSE)


def acknowledged(step, event):
    part = reported(step, from_above=False)
    clock = step.ticket.upper(part).open_clock(FIRST_RESPONSE)
    if clock and clock.policy.first_response_by == "acknowledged":
        answer_first(step, part)
    acknowledge(step, part)
    step.tell_others("UPDATED", words("acknowledged",
                                      event.acknowledged.plan))


def acknowledge(step, part):
    part.acknowledged = True
    end_supervision(step, part)


def contacted(step, event):
    part = reported(step, from_above=True)
    answer_first(step, part)
    part.contacted = True
    acknowledge(step, part)
    step.tell_others("UPDATED", words("contacted", event.contacted.note))


def resolved(step, event):
    part = reported(step, from_above=True)
    if part.resolved:
        raise wrong_state("has resolved its part")
    answer_first(step, part)
    meet(step, part, RESOLUTION)
    part.resolved = True
    acknowledge(step, part)
    if step.ticket.status == "resolved":
        close_later(step)
    step.tell_others("UPDATED", words("resolved", event.resolved.reply))


def callback(step, event):
    """Notes it, closes the ticket, or begins a new round."""
    ticket, message = step.ticket, event.callback
    text = words("callback", message.note)
    if ticket.status == "open":
        step.tell_others("UPDATED", text)
    elif not ticket.small and reopens(ticket, message):
        new_round(step, text)
    elif ticket.status == "resolved":
        close(step, text)


def reopens(ticket, message):
    policy = ticket.lead.policy
    return message.solved == 2 and policy and policy.reopen_on_unsolved


def urged(step, event):
    step.tell_others("URGED", event.urged.reason)
