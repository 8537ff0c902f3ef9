"""The clocks of a ticket's parts: they begin, change hands, move and end."""

from ticket_model_clock import FIRST_RESPONSE, RESOLUTION, Clock
from ticket_model_ticket import LEAD

BOTH = (FIRST_RESPONSE, RESOLUTION)


def new_clock(step, department, policy, kind, limit, started_at,
              counted_from=None):
    """A clock that begins; None where the policy has none."""
    if not policy or not limit:
        return None
    name = step.catalogue.calendar_of(policy, department)
    clock = Clock(kind, department, None, policy, name, step.calendar(name),
                  limit, started_at, counted_from or started_at,
                  step.caused_by)
    clock.compute()
    step.plan(clock)
    return clock


def limit_of(step, policy, kind):
    """A further round has a resolution of its own."""
    if not policy:
        return None
    if kind == RESOLUTION and step.ticket.round > 1:
        return policy.reopen_resolution or policy.limit(kind,
                                                        step.ticket.urgency)
    return policy.limit(kind, step.ticket.urgency)


def may_run(ticket, part, kind):
    """Whether a department must still answer or resolve. The clocks of a
    forwarded part are the forwarder's."""
    holder = ticket.lower(part)
    if (part.forwarded_by or part.co_only or not holder or holder.resolved):
        return False
    return kind == RESOLUTION or (holder.role == LEAD and not holder.desk
                                  and not holder.has_answered())


def first_response(step, part, since):
    """It belongs to the lead, from its assignment."""
    if part.open_clock(FIRST_RESPONSE) or not may_run(step.ticket, part,
                                                      FIRST_RESPONSE):
        return
    keep_clock(part, new_clock(
        step, part.department, part.policy, FIRST_RESPONSE,
        limit_of(step, part.policy, FIRST_RESPONSE), since))


def counted_anew(step, department, policy):
    """A resolution from requested_at, later by the time that the ticket was
    paused."""
    ticket = step.ticket
    clock = new_clock(step, department, policy, RESOLUTION,
                      limit_of(step, policy, RESOLUTION), ticket.round_at,
                      ticket.round_at + ticket.paused_ms)
    if clock:
        clock.paused_ms = ticket.paused_ms
    return clock


def kept(step, department, policy, old):
    """Under the same policy and calendar a resolution keeps its end, with its
    extensions, also where it has no limit any more; what it told is
    another's."""
    name = step.catalogue.calendar_of(policy, department)
    if not old or old.policy != policy or (
            old.calendar_id != name and limit_of(step, policy, RESOLUTION)):
        return None
    clock = old.copy()
    clock.department = department
    clock.caused_by = step.caused_by
    clock.breached, clock.levels_sent = False, set()
    step.plan(clock)
    return clock


def restarted(step, department, policy):
    """restart_on_reassign: from the move on."""
    clock = new_clock(step, department, policy, RESOLUTION,
                      limit_of(step, policy, RESOLUTION), step.at)
    if clock:
        clock.paused_ms = step.ticket.paused_ms
    return clock


def take_clock(step, part, policy, as_desk, old):
    """The resolution for one matter that a department takes over. One that it
    has already stays where it ends earlier."""
    clock, restarts = None, (policy and policy.restart_on_reassign
                             and not as_desk
                             and limit_of(step, policy, RESOLUTION))
    if not restarts:
        clock = kept(step, part.department, policy, old)
    taken = clock is not None
    if restarts:
        clock = restarted(step, part.department, policy)
    elif not taken:
        clock = counted_anew(step, part.department, policy)
    present = part.open_clock(RESOLUTION)
    if not present:
        keep_clock(part, clock)
    elif clock and clock.due_at < present.due_at:
        if not taken:
            clock.extensions_used = present.extensions_used
        set_anew(step, part, present, clock)


def earliest(clocks):
    return min(filter(None, clocks), key=lambda clock: clock.due_at,
               default=None)


def keep_clock(part, clock):
    if clock:
        part.clocks[clock.kind] = clock


def set_anew(step, part, clock, new):
    """It is the same clock with another end: what it told stays told."""
    new.breached, new.levels_sent = clock.breached, clock.levels_sent
    step.plan(new)
    if (new.due_at, new.policy) == (clock.due_at, clock.policy):
        new.warn_ats = list(clock.warn_ats)  # some may be due, and only late
    keep_clock(part, new)


def stop_pause(step, clock):
    """A clock that ends while it is paused."""
    if clock.state == "paused":
        clock.paused_ms += max(step.at - step.ticket.pause.since, 0)


def cancel_clocks(step, part, kinds=BOTH):
    for kind in kinds:
        clock = part.open_clock(kind)
        if clock:
            stop_pause(step, clock)
            step.clock_event("CANCELLED", clock)
            del part.clocks[kind]


def open_clocks(part):
    """As they are now, to be compared later."""
    return {kind: clock.copy() for kind, clock in part.clocks.items()
            if clock.is_open()}


def tell_clocks(step, part, before):
    """Those that are new, or other than they were."""
    for kind in BOTH:
        clock, old = part.open_clock(kind), before.get(kind)
        if clock and not old:
            step.clock_event("SCHEDULED", clock)
        elif clock and (clock.due_at, clock.policy) != (old.due_at,
                                                        old.policy):
            step.clock_event("RESCHEDULED", clock)


def announce(step, part, kind, reason, before=None):
    """Tells a department of its part, then of its clocks."""
    step.tell(kind, part, reason)
    tell_clocks(step, part, before or {})


def end_pause(step):
    """The time that was left runs again, by the calendars of today."""
    ticket, pause = step.ticket, step.ticket.pause
    if not pause:
        return
    ticket.pause = None
    ticket.paused_ms += max(step.at - pause.since, 0)
    for clock in ticket.clocks():
        if clock.state != "paused":
            continue
        clock.calendar = step.calendar(clock.calendar_id)
        clock.caused_by = step.caused_by
        clock.resume(step.at, pause)
        clock.counted_from = step.at
        clock.compute()
        step.plan(clock)
        step.clock_event("RESUMED", clock)
