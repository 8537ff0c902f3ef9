"""The machine's clock jumps, an hour or a day, forwards and backwards: nothing
fires twice, nothing is lost. A minute is long: the cases run side by side."""

import glob
import itertools
import time

import pytest
from cities import CATALOGUE
from desk import HOUR_MS, Desk, now_ms
from process import wait_until
from topics import Topics

BREACHED, FIRST_RESPONSE = 4, 1
JUMPS_S = (3600, 24 * 3600)


class Clock:
    """The clock of one process, which can be set while it runs."""

    def __init__(self, path, fakes_steady):
        self.path = path
        self.set(0)
        library, = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        self.env = {"LD_PRELOAD": library, "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_TIMESTAMP_FILE": str(path)}
        if not fakes_steady:  # as a real machine does it
            self.env["FAKETIME_DONT_FAKE_MONOTONIC"] = "1"

    def set(self, seconds):
        new = self.path.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.path)


class Case:
    """One dispatcher with a clock of its own, and its desk."""

    def __init__(self, dispatcher, bootstrap, catalogue, pb, clock, jump_s):
        self.topics = Topics(bootstrap).create()
        self.desk = Desk(pb, self.topics)
        self.clock, self.jump_s = clock, jump_s
        self.program = dispatcher(self.topics, catalogue, env=clock.env)
        self.program.start()

    def breaches(self):
        """The tickets whose first response was breached so far."""
        reader = self.desk.readers["deadlines"]
        reader.poll()
        events = [self.desk.pb.DeadlineEvent.FromString(m.value())
                  for m in reader.records]
        assert len({e.event_id for e in events}) == len(events)
        return sorted(e.ticket_id for e in events
                      if e.kind == BREACHED and e.clock == FIRST_RESPONSE)

    def ready(self):
        return self.program.http("/readyz")[0] == 200

    def says(self, text):
        return text in self.program.http("/readyz")[1]


@pytest.fixture
def cases(dispatcher, bootstrap, catalogue, pb, tmp_path):
    """Both jumps, of the wall clock alone and of all that a process sees."""
    catalogue.load(CATALOGUE)
    made = []
    for jump_s, fakes_steady in itertools.product(JUMPS_S, (False, True)):
        clock = Clock(tmp_path / f"clock-{len(made)}", fakes_steady)
        made.append(Case(dispatcher, bootstrap, catalogue, pb, clock, jump_s))
    for case in made:
        wait_until(case.ready, 30, "ready")
    yield made
    for case in made:
        case.program.kill9()
        case.topics.delete()


def test_a_jump_forward_is_held_for_a_minute_and_then_obeyed(cases):
    for case in cases:
        # First response in 2 h: over in 10 minutes, and in 2 h.
        case.desk.send(
            case.desk.created(1, "roads/potholes",
                              now_ms() - 2 * HOUR_MS + HOUR_MS // 6),
            case.desk.created(2, "roads/potholes"))
        case.desk.read("deadlines", 4)
    begun = time.monotonic()
    for case in cases:
        case.clock.set(case.jump_s)
    for case in cases:
        wait_until(lambda case=case: case.says("held for a minute"), 30,
                   "it is told")
        assert not case.ready()
        assert "event=clock_jumped" in case.program.log
    for case in cases:
        expected = ["t1"] if case.jump_s == 3600 else ["t1", "t2"]
        wait_until(lambda case=case, expected=expected:
                   case.breaches() == expected, 90, "obeyed")
        assert time.monotonic() - begun > 58
        wait_until(case.ready, 30, "ready again")
        assert case.breaches() == expected


def test_a_clock_that_is_set_back_repeats_and_loses_nothing(cases):
    for case in cases:
        due = now_ms() + 3000
        case.desk.send(
            case.desk.created(1, "roads/potholes", due - 2 * HOUR_MS))
    for case in cases:
        wait_until(lambda case=case: case.breaches() == ["t1"], 30,
                   "the first breach")
    later = now_ms() + 3000
    for case in cases:
        case.desk.send(
            case.desk.created(2, "roads/potholes", later - 2 * HOUR_MS))
        case.desk.read("deadlines", 5)
        case.clock.set(-case.jump_s)
    for case in cases:
        wait_until(lambda case=case: "event=clock_jumped" in case.program.log,
                   30, "it is told")
    wait_until(lambda: now_ms() > later + 1000, 10, "the due time")
    for case in cases:
        assert case.breaches() == ["t1"]
        case.clock.set(0)  # somebody notices
    for case in cases:
        wait_until(lambda case=case: case.breaches() == ["t1", "t2"], 90,
                   "the second breach")
        case.desk.send(
            case.desk.event("t2", "contacted", department_id="roads"))
        case.desk.read("deadlines", 7)
        assert case.breaches() == ["t1", "t2"]
        assert case.program.running()
