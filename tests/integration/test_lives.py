"""Tickets have a life: events change it, time does too, and it survives."""

import pytest
from cities import CATALOGUE
from desk import HOUR_MS, Desk, now_ms
from process import wait_until


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
    at = now_ms() - 2 * HOUR_MS + 5000
    desk.send(desk.created(1, "roads/potholes", at))
    desk.read("deadlines", 2)
    program.kill9()
    wait_until(lambda: now_ms() > at + 2 * HOUR_MS, 10, "the due time")
    program.start()
    assert desk.words("deadlines", 3)[2] == "BREACHED roads/F"
    desk.send(desk.event("t1", "contacted", department_id="roads"))
    got = desk.read("deadlines", 4)
    assert got[3].kind == 6 and got[3].late_ms > 0
    assert "event=state_restored" in program.log
