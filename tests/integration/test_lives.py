"""Tickets have a life: events change it, time does too, and it survives."""

import time

import pytest
from cities import CATALOGUE, ticket
from process import wait_until

HOUR_MS = 3600_000


def now_ms():
    return int(time.time() * 1000)


class Desk:
    """Publishes events about tickets, and reads what follows."""

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
        got = self.readers[role].read_until(
            lambda all: len(all) >= count, timeout, f"{count} in {role}")
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


@pytest.fixture
def desk(pb, topics):
    return Desk(pb, topics)


@pytest.fixture
def city(dispatcher, topics, catalogue):
    return dispatcher(topics, catalogue.load(CATALOGUE)).start()


def test_a_ticket_lives_from_created_to_closed(city, desk, pb):
    desk.send(desk.created(1, "roads/potholes"),
              desk.event("t1", "acknowledged", department_id="roads"),
              desk.event("t1", "contacted", department_id="roads"),
              desk.event("t1", "resolved", department_id="roads",
                         plan="Fill it", reply="It is filled"),
              desk.event("t1", "callback", solved=pb.ANSWER_YES))
    assert desk.words("assignments", 2) == ["ASSIGNED roads", "CLOSED roads"]
    assert desk.words("deadlines", 4) == [
        "SCHEDULED roads/F", "SCHEDULED roads/R", "MET roads/F", "MET roads/R"]


def test_a_repeated_event_changes_nothing(city, desk):
    first = desk.created(1, "roads/potholes")
    desk.send(first, first, desk.event("t1", "urged", event_id="again"),
              desk.event("t1", "urged", event_id="again"))
    assert desk.words("assignments", 2) == ["ASSIGNED roads", "URGED roads"]
    wait_until(lambda: "dispatcher_repeats_total 2" in
               city.http("/metrics")[1], 30, "both repeats counted")


def test_warnings_and_breaches_fire_by_themselves(city, desk):
    """Two hours for the first response, a warning an hour before its end."""
    at = now_ms() - HOUR_MS + 1500
    desk.send(desk.created(1, "roads/potholes", at))
    got = desk.read("deadlines", 3)
    warning = got[2]
    assert warning.kind == 3 and warning.event_id == "t1/4"
    assert warning.occurred_at == at + HOUR_MS
    desk.send(desk.created(2, "roads/potholes", now_ms() - 2 * HOUR_MS + 1500))
    breach = desk.read("deadlines", 6)[5]
    assert breach.kind == 4 and breach.occurred_at == breach.due_at


def test_a_ticket_survives_kill_9(dispatcher, topics, catalogue, desk):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    desk.send(desk.created(1, "roads/potholes", now_ms() - 2 * HOUR_MS + 5000))
    desk.read("deadlines", 2)
    program.kill9()
    time.sleep(3)
    program.start()
    assert desk.words("deadlines", 3)[2] == "BREACHED roads/F"
    desk.send(desk.event("t1", "contacted", department_id="roads"))
    got = desk.read("deadlines", 4)
    assert got[3].kind == 6 and got[3].late_ms > 0
    assert "event=state_restored" in program.log
