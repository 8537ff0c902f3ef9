"""What time does to a ticket by itself."""

from ticket_model_ends import end, shrink
from ticket_model_step import Step


def fire_moment(ticket, catalogue, at, retention_ms):
    """Everything that is due at a moment: the end of a pause, warnings,
    breaches, escalations, closing. Returns the outputs."""
    step = Step(ticket, catalogue, at, ticket.caused_by, retention_ms)
    if ticket.pause and ticket.pause.ends_at == at:
        run_out(step)
    for act in (warn, breach, escalate):
        for clock in ticket.clocks():
            if clock.state == "running":
                act(step, clock)
    if ticket.close_at == at:
        expire(step)
    return step.outputs


def fire_before(ticket, catalogue, at, retention_ms):
    """Everything that is due before a moment, in order."""
    outputs = []
    while True:
        due = ticket.next_due()
        if due is None or due >= at:
            return outputs
        outputs += fire_moment(ticket, catalogue, due, retention_ms)


def run_out(step):
    """The pause is over by itself."""
    ticket, pause = step.ticket, step.ticket.pause
    ticket.pause = None
    ticket.paused_ms += step.at - pause.since
    for clock in ticket.clocks():
        if clock.state == "paused":
            clock.resume(step.at, pause)
            send(step, "RESUMED", clock, pause.caused_by)


def send(step, kind, clock, caused_by=None, **more):
    step.caused_by = clock.caused_by if caused_by is None else caused_by
    step.clock_event(kind, clock, **more)


def warn(step, clock):
    if clock.warn_ats and clock.warn_ats[0] == step.at:
        del clock.warn_ats[0]
        send(step, "WARNING", clock)


def breach(step, clock):
    """Once, also if it is extended after that."""
    if clock.due_at == step.at and not clock.breached:
        clock.breached = True
        send(step, "BREACHED", clock)


def escalate(step, clock):
    """Each level; beside it the supervisor, if it is another one."""
    supervisor = step.ticket.supervised_by
    while clock.levels and clock.levels[0][0] == step.at:
        _, level, to = clock.levels.pop(0)
        clock.levels_sent.add(level)
        send(step, "ESCALATED", clock, level=level, escalate_to=to)
        if supervisor and supervisor != to:
            send(step, "ESCALATED", clock, level=level,
                 escalate_to=supervisor, explanation="supervised")


def expire(step):
    """Nobody called back: it closes. If it is closed: it is kept small."""
    step.caused_by = step.ticket.caused_by
    if step.ticket.status == "resolved":
        end(step, "closed", "no call-back in time")
    shrink(step.ticket)
