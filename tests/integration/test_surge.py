"""A surge day in simulated time: Xicheng's ten months of 2019, and the morning
of 7 November on which 594 tickets came within 90 minutes, after 81 the day
before. All of them with their lives, at full speed, audited at the end.

The figures are those of the hotline's own report; what the tickets say and when
they were solved is made up. SOAK=1 has all 78,727 tickets of the ten months.
"""

import csv
import heapq
import itertools
import os
import random
import subprocess
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from audits import Audit
from broker import ROOT
from process import wait_until
from program import binary
from topics import Topics

SOAK = bool(os.environ.get("SOAK"))
TEN_MONTHS = 78_727 if SOAK else 8_000
FOLDER = ROOT / "examples" / "beijing" / "catalogue"
ZONE = ZoneInfo("Asia/Shanghai")
HOUR_MS = 3600_000
QUIET, SURGE, SURGE_MS = 81, 594, 90 * 60_000


def at(*date):
    return int(datetime(*date, tzinfo=ZONE).timestamp() * 1000)


def column(name, field):
    with open(FOLDER / f"{name}.csv", newline="", encoding="utf-8") as file:
        return [row[field] for row in csv.DictReader(file)]


AREAS = [path for path in column("areas", "path")
         if path.startswith("110000/110102")]
CATEGORIES = sorted({path for path in column("routes", "category")
                     if "/" in path})

SOLVED = {"plan": "Send somebody", "reply": "It is done", "outcome": 1}
# (weight, (hours after `created`, kind, fields)...). Without a department the
# lead acts.
COURSES = (
    (50, ((0.2, "acknowledged", {"plan": "Look at it"}),
          (1.5, "contacted", {}), (30, "resolved", SOLVED),
          (50, "callback", {"result": 1, "solved": 1}))),
    (15, ((0.5, "contacted", {}), (20, "resolved", SOLVED),
          (40, "callback", {"result": 1, "solved": 2}),
          (90, "resolved", SOLVED), (99, "callback", {"result": 2}))),
    (10, ((0.3, "returned", {"reason": 2}), (3, "contacted", {}),
          (60, "resolved", SOLVED))),
    (10, ((5, "contacted", {}), (24, "paused", {"reason": "winter"}),
          (24 * 20, "resumed", {}), (24 * 30, "resolved", SOLVED))),
    (5, ((2, "urged", {"reason": "still cold"}), (4, "contacted", {}),
         (24 * 12, "resolved", SOLVED))),
    (5, ((1, "cancelled", {"reason": "twice"}),)),
    (5, ()),
)


def arrivals(dice):
    """When tickets come: ten months, a quiet morning, the surge."""
    begin, end = at(2019, 1, 1), at(2019, 11, 1)
    yield from (dice.randrange(begin, end) for _ in range(TEN_MONTHS))
    morning = at(2019, 11, 6, 9)
    yield from (morning + dice.randrange(SURGE_MS) for _ in range(QUIET))
    morning = at(2019, 11, 7, 9)
    yield from (morning + dice.randrange(SURGE_MS) for _ in range(SURGE))


def event(pb, ticket_id, n, kind, fields, at_ms):
    event = pb.TicketEvent(event_id=f"{ticket_id}-{n}", ticket_id=ticket_id,
                           occurred_at=at_ms, source="surge")
    part = getattr(event, kind)
    part.SetInParent()
    for name, value in fields.items():
        setattr(part, name, value)
    return event


def lives(pb, dice):
    """All events, in the order of time: time and event."""
    times = sorted(arrivals(dice))
    order = itertools.count()
    agenda = [(at_ms, next(order), f"xc-{n}", 0, "created",
               {"title": "一件事", "channel": "phone", "area":
                dice.choice(AREAS), "request_type": 3})
              for n, at_ms in enumerate(times)]
    weights = [weight for weight, _ in COURSES]
    while agenda:
        at_ms, _, ticket_id, n, kind, fields = heapq.heappop(agenda)
        made = event(pb, ticket_id, n, kind, fields, at_ms)
        if kind == "created":
            for _ in range(dice.choice((1, 1, 1, 2))):
                made.created.matters.add(category=dice.choice(CATEGORIES))
            (_, course), = dice.choices(COURSES, weights)
            for i, (hours, *what) in enumerate(course):
                heapq.heappush(agenda, (
                    at_ms + int(hours * HOUR_MS * dice.uniform(0.5, 1.5)),
                    next(order), ticket_id, 1 + i, *what))
        yield at_ms, made


def publish(topics, events):
    producer = topics.producer()
    for at_ms, made in events:
        while True:
            try:
                producer.produce(topics["tickets"], made.SerializeToString(),
                                 made.ticket_id, timestamp=at_ms)
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(120) == 0


@pytest.fixture
def topics(bootstrap):
    topics = Topics(bootstrap).create(config={"retention.ms": "-1"})
    yield topics
    topics.delete()


@pytest.mark.soak
@pytest.mark.timeout(3600 if SOAK else 600)
def test_a_surge_costs_nobody_a_second(dispatcher, topics, catalogue, pb):
    subprocess.run([binary("dispatchctl"), "catalogue", "load", "--redis",
                    catalogue.url, "--prefix", catalogue.prefix, FOLDER],
                   check=True, capture_output=True, timeout=60)
    publish(topics, lives(pb, random.Random(20191107)))
    program = dispatcher(topics, catalogue).start()
    wait_until(lambda: topics.committed() == topics.ends("tickets"), 1800,
               "the whole year")
    wait_until(lambda: "dispatcher_timer_overdue_seconds 0\n" in
               program.http("/metrics")[1], 300, "all timers fired")
    assert program.terminate() == 0
    audit = Audit(topics)
    assert not audit.violations, audit
    assert audit.summary["tickets"]["all"] == TEN_MONTHS + QUIET + SURGE
    # Nothing in a log of the past can be read after it was breached: what was
    # reported in time was met in time, and all that was due has fired.
    assert audit.summary["clocks"]["overdue"] == sum(
        clock["breached"] for clock in audit.clocks)
    on_the_day = surge_leads(pb, topics)
    assert len(on_the_day) == SURGE
    for first in on_the_day:
        assert first.occurred_at == first.ticket.requested_at or \
            first.ticket.requested_at == 0
        assert first.first_response_due_at > first.occurred_at


def surge_leads(pb, topics):
    """The first dispatch of each ticket of the surge, to its lead."""
    begin = at(2019, 11, 7, 9)
    events = (pb.AssignmentEvent.FromString(m.value())
              for m in topics.read("assignments", timeout=300))
    return [e for e in events
            if e.kind == pb.ASSIGNMENT_KIND_ASSIGNED
            and e.role == pb.ROLE_LEAD and e.attempt == 1
            and begin <= e.occurred_at < begin + SURGE_MS]
