"""A reference model of the tickets of one partition, written from the rules
(docs/rules.md): simple before all, one file for each noun.

    partition   this file: who is known, what is repeated, what is refused
    ticket      what is remembered        clock      one clock
    step        the events of one step    calendar   working time
    deadlines   the clocks of parts       timers     what time does
    catalogue   who takes a matter        plan       who takes a ticket
    moves       who gets a part, and who loses it
    created, reports, returns, reassigned, reclassified, updated, pauses, ends:
    what each kind of event does
"""

from ticket_model_calendar import ALWAYS
from ticket_model_created import created
from ticket_model_ends import cancelled, merged, reopened, resolve_if_done
from ticket_model_pauses import extended, paused, resumed
from ticket_model_reassigned import reassigned
from ticket_model_reclassified import reclassified
from ticket_model_reports import (acknowledged, callback, contacted, resolved,
                                  urged)
from ticket_model_returns import returned
from ticket_model_step import Refused, Step, changed, pb, wrong_state
from ticket_model_ticket import Ticket
from ticket_model_timers import fire_before, fire_moment
from ticket_model_updated import updated

RECENT = 64  # inputs within which a repeat is noticed
STATUSES = ("open", "resolved", "closed", "merged", "cancelled")
OPEN = ("open",)
OPEN_OR_RESOLVED = ("open", "resolved")

ACTIONS = {
    "acknowledged": (acknowledged, OPEN_OR_RESOLVED),
    "contacted": (contacted, OPEN_OR_RESOLVED),
    "resolved": (resolved, OPEN_OR_RESOLVED),
    "returned": (returned, OPEN),
    "reassigned": (reassigned, OPEN),
    "reclassified": (reclassified, OPEN),
    "paused": (paused, OPEN),
    "resumed": (resumed, OPEN),
    "extended": (extended, OPEN),
    "updated": (updated, OPEN_OR_RESOLVED),
    "urged": (urged, OPEN_OR_RESOLVED),
    "merged": (merged, OPEN_OR_RESOLVED),
    "cancelled": (cancelled, OPEN_OR_RESOLVED),
    "callback": (callback, ("open", "resolved", "closed")),
    "reopened": (reopened, ("resolved", "closed", "merged")),
}


class Result:
    """What an event led to."""

    def __init__(self, code="none", repeat=False, outputs=()):
        self.code, self.repeat, self.outputs = code, repeat, list(outputs)


class Partition:
    """Its tickets, and how they were when the transaction began."""

    def __init__(self, retention_ms):
        self.retention_ms = retention_ms
        self.catalogue = None
        self.tickets = {}
        self.committed = {}

    def commit(self):
        self.committed = dict(self.tickets)

    def abort(self):
        self.tickets = dict(self.committed)

    # ------------------------------------------------------------------ events

    def apply(self, event, timestamp, now):
        """`now` is the latest timestamp that the partition has shown."""
        code = refused_by_decoder(event)
        if code:
            return Result(code)
        ticket = self.remembered(event, timestamp)
        kind = event.WhichOneof("kind")
        if ticket and (kind == "created" or (event.source, event.event_id)
                       in ticket.inputs):
            return Result(repeat=True)
        try:
            if not ticket:
                step = self.begin(kind, event, timestamp, now)
            else:
                step = self.go_on(ticket, kind, event, timestamp)
        except Refused as refused:
            outputs = []
            if refused.code == "wrong_state":
                outputs = self.refuse(ticket, event, timestamp)
            return Result(refused.code, outputs=outputs)
        self.keep(step.ticket, event)
        return Result(outputs=step.outputs)

    def remembered(self, event, timestamp):
        """However late the timers are, it is forgotten in time."""
        ticket = self.tickets.get(event.ticket_id)
        at = timestamp
        if event.WhichOneof("kind") != "created":
            at = self.happened_at(event, timestamp)
        if not ticket:
            return None
        end = ticket.forget_at
        if ticket.status == "resolved":
            end = ticket.close_at + self.retention_ms
        return None if end and end < at else ticket

    def happened_at(self, event, timestamp):
        """Nobody backdates a reply."""
        at = event.occurred_at
        latest, _ = ALWAYS.due(at, self.catalogue.report_delay)
        return at if at <= timestamp <= latest else timestamp

    def begin(self, kind, event, timestamp, now):
        if kind != "created":
            raise Refused("unknown_ticket")
        if timestamp < now - self.retention_ms:
            raise Refused("too_old")
        at = min(event.occurred_at or timestamp, timestamp)
        ticket = Ticket(event.ticket_id, changed(event.created))
        ticket.round_at = min(event.created.requested_at or at, timestamp)
        step = Step(ticket, self.catalogue, at, event.event_id)
        step.now = timestamp
        created(step, event)
        return step

    def go_on(self, ticket, kind, event, timestamp):
        """What was due before the event comes first."""
        at = self.happened_at(event, timestamp)
        ticket = ticket.copy()
        outputs = fire_before(ticket, self.catalogue, at, self.retention_ms)
        act, statuses = ACTIONS[kind]
        if ticket.status not in statuses:
            raise wrong_state(f"is {ticket.status}")
        step = Step(ticket, self.catalogue, at, event.event_id,
                    self.retention_ms)
        step.now, step.actor = timestamp, actor(kind, event)
        step.outputs = outputs
        act(step, event)
        resolve_if_done(step)
        return step

    def keep(self, ticket, event):
        ticket.inputs = [*ticket.inputs, (event.source, event.event_id)]
        ticket.inputs = ticket.inputs[-RECENT:]
        ticket.caused_by = event.event_id
        self.tickets[ticket.id] = ticket

    def refuse(self, ticket, event, timestamp):
        """REFUSED, to the department that sent it; nothing else changes but
        that it takes an event id."""
        department = actor(event.WhichOneof("kind"), event)
        if department not in self.catalogue.departments:
            return []
        ticket = ticket.copy()
        step = Step(ticket, self.catalogue,
                    self.happened_at(event, timestamp), event.event_id)
        refused = step.base(pb.AssignmentEvent(
            department_id=department, reason="wrong_state",
            department_name=step.name_of(department)))
        refused.catalogue_version = self.catalogue.version
        step.send("REFUSED", refused)
        self.tickets[ticket.id] = ticket
        return step.outputs

    # -------------------------------------------------------------------- time

    def next_due(self):
        """(moment, ticket id) of what is due first; None."""
        ends = [(ticket.next_due(), name)
                for name, ticket in self.tickets.items()]
        return min((end for end in ends if end[0] is not None), default=None)

    def fire(self, name, blind):
        """All that is due first for one ticket, without a catalogue where
        blind."""
        ticket = self.tickets[name].copy()
        at = ticket.next_due()
        outputs = fire_moment(ticket, None if blind else self.catalogue, at,
                              self.retention_ms)
        self.tickets[name] = ticket
        if at == ticket.forget_at:
            del self.tickets[name]
        return outputs

    def recalendar(self, at):
        """Open clocks whose calendar is another one now: {ticket: outputs}."""
        moved = {}
        for name, ticket in self.tickets.items():
            ticket = ticket.copy()
            clocks = [clock for clock in ticket.clocks()
                      if self.has_moved(ticket, clock, at)]
            if not clocks:
                continue
            step = Step(ticket, self.catalogue, at, "")
            step.decided()
            for clock in clocks:
                move_with_calendar(step, clock)
            self.tickets[name] = ticket
            moved[name] = step.outputs
        return moved

    def has_moved(self, ticket, clock, at):
        """One that is lost moves nothing, nor does an older catalogue; what
        was due before is due as it was."""
        today = self.catalogue.calendars.get(clock.calendar_id)
        return (today and not clock.breached and clock.due_at >= at
                and self.catalogue.number >= ticket.number
                and not today.same_as(clock.calendar))


def refused_by_decoder(event):
    """What is wrong with an event in itself; "" nothing."""
    if not event.event_id or not event.ticket_id:
        return "missing_id"
    kind = event.WhichOneof("kind")
    message = getattr(event, kind)
    paths = [getattr(message, name, "")
             for name in ("area", "suggested_area")]
    for matter in getattr(message, "matters", []):
        paths += [matter.category, matter.area]
    steps = [step for path in paths if path for step in path.split("/")]
    return "" if all(steps) else "invalid_field"


def actor(kind, event):
    """The department that acts; "": a desk, or the citizen."""
    message = getattr(event, kind)
    if kind == "reassigned":
        return message.by_department_id
    return getattr(message, "department_id", "") or event.actor_department_id


def told_of(clock):
    """What a department knows of it."""
    return clock.due_at, clock.provisional, clock.warn_ats[:1]


def move_with_calendar(step, clock):
    """A paused one says so when it resumes."""
    today, pause = step.calendar(clock.calendar_id), step.ticket.pause
    if clock.state == "paused" and not pause.ends_at:
        clock.calendar = today
        return
    before = told_of(clock)
    clock.move(today, step.entry(clock.department).get("parent"), step.at)
    if clock.state == "running" and before != told_of(clock):
        step.caused_by = clock.caused_by
        step.clock_event("RESCHEDULED", clock,
                         explanation="the calendar changed")
