"""One step of a ticket's life: the ticket that it changes, and the events that
it sends."""

import protos
from ticket_model_clock import FIRST_RESPONSE, RESOLUTION
from ticket_model_ticket import CO_HANDLER

pb = protos.load()
MAX_RETURNS = 32
CLOCK_NUMBERS = {FIRST_RESPONSE: pb.CLOCK_FIRST_RESPONSE,
                 RESOLUTION: pb.CLOCK_RESOLUTION}
WITHOUT_TICKET = ("WITHDRAWN", "REFUSED")


class Refused(Exception):
    """The event is a dead letter."""

    def __init__(self, code, why=""):
        super().__init__(code, why)
        self.code = code


def wrong_state(why):
    return Refused("wrong_state", why)


def invalid_field(why):
    return Refused("invalid_field", why)


def changed(content):
    """A copy: what was sent before keeps what it had."""
    copy = pb.TicketCreated()
    copy.CopyFrom(content)
    return copy


class Step:
    """`catalogue` is None where a timer fires without one; `actor` is the
    department that acts, "" a desk or the citizen."""

    def __init__(self, ticket, catalogue, at, caused_by, retention_ms=0):
        self.ticket = ticket
        self.catalogue = catalogue
        self.at = at  # when it happened
        self.now = at  # warnings before this are past
        self.caused_by = caused_by
        self.actor = ""
        self.retention_ms = retention_ms
        self.outputs = []  # (topic, message)

    def decided(self):
        """From now on events carry this version."""
        self.ticket.version = self.catalogue.version
        self.ticket.number = self.catalogue.number

    def entry(self, department):
        """A department as the catalogue has it; {}: it has lost it."""
        return (self.catalogue.departments.get(department, {})
                if self.catalogue else {})

    def name_of(self, department):
        return self.entry(department).get("name", department)

    def calendar(self, name):
        return self.catalogue.calendar(name)

    def base(self, message):
        self.ticket.sequence += 1
        message.event_id = f"{self.ticket.id}/{self.ticket.sequence}"
        message.ticket_id = self.ticket.id
        message.occurred_at = self.at
        message.caused_by = self.caused_by
        message.catalogue_version = self.ticket.version
        return message

    # ------------------------------------------------------------ assignments

    def tell(self, kind, part, reason=""):
        """A department of its part."""
        event = self.base(pb.AssignmentEvent(
            department_id=part.department, department_name=part.name,
            role=part.role, matter_indexes=part.matters,
            lead_official=part.official, fallback=part.fallback,
            rule=part.rule, attempt=part.attempt, reason=reason))
        if kind not in ("WITHDRAWN", "CLOSED"):
            upper = self.ticket.upper(part)
            event.first_response_due_at = due_at(upper, FIRST_RESPONSE)
            event.resolution_due_at = due_at(upper, RESOLUTION)
        self.send(kind, event)

    def ask_desk(self, desk, matters, reason):
        """A department that need not have a part."""
        self.send("DISPUTED", self.base(pb.AssignmentEvent(
            department_id=desk, department_name=self.name_of(desk),
            lead_official=self.entry(desk).get("lead_official", ""),
            matter_indexes=matters, reason=reason)))

    def send(self, kind, event):
        ticket = self.ticket
        event.kind = pb.AssignmentKind.Value(f"ASSIGNMENT_KIND_{kind}")
        if kind not in WITHOUT_TICKET:
            event.co_department_ids.extend(
                part.department for part in ticket.parts
                if part.role == CO_HANDLER)
            event.returns.extend(ticket.returns[-MAX_RETURNS:])
            event.merged_into = ticket.merged_into
            event.ticket.CopyFrom(ticket.content)
            if ticket.content.confidential:
                event.ticket.ClearField("contact")
        self.outputs.append(("assignments", event))
        topic = self.entry(event.department_id).get("topic")
        if topic:
            self.outputs.append((topic, self.with_contact(event)))

    def with_contact(self, event):
        """A department's own topic has the contact even where it is
        confidential."""
        own = pb.AssignmentEvent()
        own.CopyFrom(event)
        if event.HasField("ticket"):
            own.ticket.CopyFrom(self.ticket.content)
        return own

    def tell_others(self, kind, reason):
        """Everyone who holds or supervises it, but the one who acts."""
        for part in self.ticket.parts:
            if part.department != self.actor:
                self.tell(kind, part, reason)

    # -------------------------------------------------------------- deadlines

    def plan(self, clock):
        """What is still to come of a clock, by the catalogue of today."""
        clock.plan_by(self.calendar(clock.calendar_id),
                      self.entry(clock.department).get("parent"), self.now)

    def clock_event(self, kind, clock, **more):
        over = kind in ("MET", "CANCELLED")
        self.outputs.append(("deadlines", self.base(pb.DeadlineEvent(
            kind=f"DEADLINE_KIND_{kind}", clock=CLOCK_NUMBERS[clock.kind],
            department_id=clock.department, policy_id=clock.policy.id,
            calendar_id=clock.calendar_id, due_at=clock.due_at,
            warn_at=0 if over else next(iter(clock.warn_ats), 0),
            started_at=clock.started_at, provisional=clock.provisional,
            paused_ms=clock.paused_ms, **more))))


def due_at(part, kind):
    clock = part.open_clock(kind)
    return clock.due_at if clock else 0


def words(kind, text):
    """What happened, and what was said about it."""
    return f"{kind}: {text}" if text else kind
