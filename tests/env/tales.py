"""Lives of tickets written by hand, as the contract has them: an account of
the rules that owes nothing to the dispatcher's code."""

import time

from confluent_kafka import Consumer, TopicPartition

MINUTE = 60_000


class Tale:
    """Records for the topics of one dispatcher, in their order."""

    def __init__(self, pb):
        self.pb = pb
        self.start = int(time.time() * 1000) - 600 * MINUTE
        self.inputs, self.events, self.letters = [], [], []
        self.numbers = {}

    def at(self, minute):
        return self.start + minute * MINUTE

    def input(self, ticket, event_id, kind, minute, **fields):
        event = self.pb.TicketEvent(
            event_id=event_id, ticket_id=ticket, occurred_at=self.at(minute),
            source="hand")
        getattr(event, kind).SetInParent()
        for name, value in fields.items():
            setattr(getattr(event, kind), name, value)
        self.inputs.append(event)
        return event

    def add(self, event, ticket, cause, minute):
        number = self.numbers.get(ticket, 0) + 1
        self.numbers[ticket] = number
        event.event_id = f"{ticket}/{number}"
        event.ticket_id, event.caused_by = ticket, cause
        event.occurred_at = self.at(minute)
        event.catalogue_version = "7"
        self.events.append(event)
        return event

    def told(self, ticket, kind, department, cause, minute, role="LEAD",
             due=(0, 0), returns=()):
        event = self.pb.AssignmentEvent(
            kind=self.pb.AssignmentKind.Value(f"ASSIGNMENT_KIND_{kind}"),
            department_id=department)
        if role:
            event.role = self.pb.Role.Value(f"ROLE_{role}")
        event.first_response_due_at, event.resolution_due_at = (
            self.at(m) if m else 0 for m in due)
        if kind not in ("WITHDRAWN", "REFUSED"):
            event.ticket.area = "city"
            event.ticket.matters.add(category="heating")
            for who, when in returns:
                event.returns.add(department_id=who, returned_at=self.at(when))
        return self.add(event, ticket, cause, minute)

    def clock(self, ticket, kind, department, clock, cause, minute, due,
              **fields):
        event = self.pb.DeadlineEvent(
            kind=self.pb.DeadlineKind.Value(f"DEADLINE_KIND_{kind}"),
            clock={"F": 1, "R": 2}[clock], department_id=department,
            due_at=self.at(due), calendar_id="24x7", **fields)
        return self.add(event, ticket, cause, minute)

    def letter(self, event, code):
        """The input becomes a dead letter."""
        self.letters.append((event, code))

    # ------------------------------------------------------------- to spoil

    def event(self, event_id):
        return next(e for e in self.events if e.event_id == event_id)

    def drop(self, event_id):
        self.events.remove(self.event(event_id))

    def never(self, event_id):
        """As if it had not happened: later events have lower numbers."""
        ticket, number = event_id.rsplit("/", 1)
        self.drop(event_id)
        for event in self.events:
            theirs = int(event.event_id.rsplit("/", 1)[1])
            if event.ticket_id == ticket and theirs > int(number):
                event.event_id = f"{ticket}/{theirs - 1}"

    def again(self, event_id):
        event = self.event(event_id)
        copy = type(event)()
        copy.CopyFrom(event)
        self.events.append(copy)

    # ------------------------------------------------------------ to publish

    def publish(self, topics):
        """One partition each, so that inputs have the offsets of the list."""
        topics.publish([(e.ticket_id, e.SerializeToString())
                        for e in self.inputs])
        topics.publish([self.letter_record(topics, *letter)
                        for letter in self.letters], "dead-letters")
        for role, kind in (("assignments", self.pb.AssignmentEvent),
                           ("deadlines", self.pb.DeadlineEvent)):
            topics.publish([(e.ticket_id, e.SerializeToString())
                            for e in self.events if type(e) is kind], role)
        commit(topics, len(self.inputs))

    def letter_record(self, topics, event, code):
        return event.ticket_id, event.SerializeToString(), [
            ("dispatcher.error.code", code),
            ("dispatcher.error.topic", topics["tickets"]),
            ("dispatcher.error.partition", "0"),
            ("dispatcher.error.offset", str(self.inputs.index(event)))]


def commit(topics, offset):
    """The group has read so many inputs."""
    consumer = Consumer({"bootstrap.servers": topics.bootstrap,
                         "group.id": topics.settings()["group.id"]})
    consumer.commit(offsets=[TopicPartition(topics["tickets"], 0, offset)],
                    asynchronous=False)
    consumer.close()


def consistent(pb):
    """Four tickets that are as they should be."""
    t = Tale(pb)
    closed(t)
    returned(t)
    paused(t)
    t.letter(t.input("t4", "d1", "created", 1), "no_route")
    t.letter(t.input("t2", "d2", "contacted", 90, department_id="x"),
             "wrong_state")
    t.told("t2", "REFUSED", "x", "d2", 90, role=None)
    t.input("t1", "a1", "created", 95)  # a repeat
    return t


def closed(t):
    """Answered and resolved late, with a breach, then closed."""
    t.input("t1", "a1", "created", 0)
    t.told("t1", "ASSIGNED", "gas", "a1", 0, due=(60, 120))
    t.clock("t1", "SCHEDULED", "gas", "F", "a1", 0, 60, warn_at=t.at(30))
    t.clock("t1", "SCHEDULED", "gas", "R", "a1", 0, 120)
    t.told("t1", "ASSIGNED", "housing", "a1", 0, role="CO_HANDLER")
    t.clock("t1", "WARNING", "gas", "F", "a1", 30, 60)
    t.input("t1", "a2", "contacted", 40, department_id="gas")
    t.clock("t1", "MET", "gas", "F", "a2", 40, 60)
    t.told("t1", "UPDATED", "housing", "a2", 40, role="CO_HANDLER")
    t.clock("t1", "BREACHED", "gas", "R", "a1", 120, 120)
    t.clock("t1", "ESCALATED", "gas", "R", "a1", 120, 120, level=0,
            escalate_to="district")
    t.input("t1", "a3", "resolved", 130, department_id="gas", plan="Dig",
            reply="Dug")
    t.clock("t1", "MET", "gas", "R", "a3", 130, 120, late_ms=10 * MINUTE)
    t.told("t1", "UPDATED", "housing", "a3", 130, role="CO_HANDLER")
    t.input("t1", "a4", "callback", 140)
    t.told("t1", "CLOSED", "gas", "a4", 140)
    t.told("t1", "CLOSED", "housing", "a4", 140, role="CO_HANDLER")


def returned(t):
    """Went on to the next department, which is late and still at it."""
    t.input("t2", "b1", "created", 0)
    t.told("t2", "ASSIGNED", "gas", "b1", 0, due=(0, 60))
    t.clock("t2", "SCHEDULED", "gas", "R", "b1", 0, 60)
    t.input("t2", "b2", "returned", 10, department_id="gas")
    t.told("t2", "WITHDRAWN", "gas", "b2", 10)
    t.clock("t2", "CANCELLED", "gas", "R", "b2", 10, 60)
    t.told("t2", "REASSIGNED", "roads", "b2", 10, due=(0, 60),
           returns=[("gas", 10)])
    t.clock("t2", "SCHEDULED", "roads", "R", "b2", 10, 60)
    t.clock("t2", "BREACHED", "roads", "R", "b2", 60, 60)


def paused(t):
    """Stands still, and is not overdue however late it is."""
    t.input("t3", "c1", "created", 0)
    t.told("t3", "ASSIGNED", "gas", "c1", 0, due=(0, 100))
    t.clock("t3", "SCHEDULED", "gas", "R", "c1", 0, 100)
    t.input("t3", "c2", "paused", 20)
    t.clock("t3", "PAUSED", "gas", "R", "c2", 20, 100)
    t.told("t3", "UPDATED", "gas", "c2", 20, due=(0, 100))
