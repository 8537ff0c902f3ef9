"""A desk that publishes events about tickets, and reads what follows."""

import time

from cities import ticket

HOUR_MS = 3600_000


def now_ms():
    return int(time.time() * 1000)


class Desk:
    """One desk of one dispatcher's topics."""

    def __init__(self, pb, topics):
        self.pb, self.topics = pb, topics
        self.readers = {role: topics.reader(role)
                        for role in ("assignments", "deadlines",
                                     "dead-letters")}
        self.n = 0

    def event(self, ticket_id, kind, at_ms=None, event_id=None, **fields):
        self.n += 1
        event = self.pb.TicketEvent(
            event_id=event_id or f"x{self.n}", ticket_id=ticket_id,
            occurred_at=at_ms or now_ms(), source="desk")
        part = getattr(event, kind)
        part.SetInParent()
        for name, value in fields.items():
            setattr(part, name, value)
        return event

    def send(self, *events):
        self.topics.publish([(e.ticket_id, e.SerializeToString())
                             for e in events])

    def created(self, number, category, at_ms=None):
        event = ticket(self.pb, number, category)
        event.occurred_at = at_ms or now_ms()
        return event

    def read(self, role, count, timeout=30):
        kind = {"assignments": self.pb.AssignmentEvent,
                "deadlines": self.pb.DeadlineEvent}[role]
        reader = self.readers[role]
        reader.poll()
        got = reader.read_until(lambda all: len(all) >= count, timeout,
                                f"{count} in {role}")
        assert len(got) == count
        return [kind.FromString(m.value()) for m in got]

    def words(self, role, count):
        """The events in short: "MET gas/R"."""
        said = []
        for e in self.read(role, count):
            if role == "assignments":
                kind = self.pb.AssignmentKind.Name(e.kind)
                said.append(f"{kind.removeprefix('ASSIGNMENT_KIND_')} "
                            f"{e.department_id}")
            else:
                kind = self.pb.DeadlineKind.Name(e.kind)
                said.append(f"{kind.removeprefix('DEADLINE_KIND_')} "
                            f"{e.department_id}/{' FR'[e.clock]}")
        return said
