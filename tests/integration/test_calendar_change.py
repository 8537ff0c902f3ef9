"""Next year's holidays are announced: the open deadlines that depend on those
days move, each with one RESCHEDULED event, while the stream flows on."""

import copy
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from audits import Audit
from cities import CATALOGUE
from desk import Desk
from flow import Flow
from process import wait_until

SCHEDULED, RESCHEDULED = 1, 2
ZONE = ZoneInfo("Asia/Shanghai")
TICKETS = 3000


def city(*holidays):
    tables = copy.deepcopy(CATALOGUE)
    week = {day: ["09:00-17:00"]
            for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    tables["calendars"]["office"] = {
        "time_zone": "Asia/Shanghai", "week": week, "holidays": holidays,
        "announced_until": "2059-12-31"}
    tables["policies"]["office"] = {"resolution": "5wd", "calendar": "office"}
    tables["policies"]["elapsed"] = {"resolution": "9d"}
    tables["routes"] = {
        "|housing": {"department": "housing", "policy": "office"},
        "|roads": {"department": "roads", "policy": "elapsed"}}
    return tables


def days_ahead(n):
    return (datetime.now(ZONE) + timedelta(days=n)).date().isoformat()


@pytest.fixture
def desk(pb, topics):
    return Desk(pb, topics)


def ends(desk):
    """{ticket: its events of the resolution clock: kind, due}"""
    reader = desk.readers["deadlines"]
    reader.poll()
    told = {}
    for msg in reader.records:
        event = desk.pb.DeadlineEvent.FromString(msg.value())
        told.setdefault(event.ticket_id, []).append((event.kind, event.due_at))
    return told


def rescheduled(desk):
    return sum(kind == RESCHEDULED for events in ends(desk).values()
               for kind, _ in events)


def test_open_deadlines_follow_a_calendar_exactly_once(
        dispatcher, topics, catalogue, desk, pb):
    """Half of them; over a kill -9 in the middle, and while others come."""
    program = dispatcher(topics, catalogue.load(city())).start()
    desk.send(*[desk.created(n, ("housing", "roads")[n % 2])
                for n in range(TICKETS)])
    wait_until(lambda: len(ends(desk)) == TICKETS, 60, "all scheduled")
    before = {ticket: events[-1][1] for ticket, events in ends(desk).items()}
    flow = Flow(pb, topics, 2000, 300,
                make=lambda pb, n: record(desk, TICKETS + n))
    flow.start()
    catalogue.load(city(days_ahead(2), days_ahead(3)))
    wait_until(lambda: rescheduled(desk) > 50, 30, "the first have moved")
    program.kill9()
    program.start()
    wait_until(lambda: rescheduled(desk) >= TICKETS / 2, 60, "all have moved")
    flow.join()
    wait_until(lambda: topics.committed() == topics.ends("tickets"), 60,
               "the stream")
    time.sleep(2)  # what would come twice
    told = ends(desk)
    for n in range(TICKETS):
        events = told[f"t{n}"]
        moved = [due for kind, due in events if kind == RESCHEDULED]
        assert len(moved) == (n + 1) % 2, (n, events)
        if moved:
            assert moved[0] == before[f"t{n}"] + 2 * 24 * 3600_000
    assert program.terminate() == 0
    audit = Audit(topics)
    assert not audit.violations, audit


def record(desk, number):
    event = desk.created(number, "housing")
    return event.ticket_id, event.SerializeToString()


def test_a_change_while_the_dispatcher_is_away_is_found_at_its_start(
        dispatcher, topics, catalogue, desk):
    program = dispatcher(topics, catalogue.load(city())).start()
    desk.send(*[desk.created(n, "housing") for n in range(40)])
    wait_until(lambda: len(ends(desk)) == 40, 30, "all scheduled")
    program.terminate()
    catalogue.load(city(days_ahead(1)))
    program.start()
    wait_until(lambda: rescheduled(desk) == 40, 30, "all have moved")
    program.terminate()
    program.start()
    time.sleep(2)
    assert rescheduled(desk) == 40
