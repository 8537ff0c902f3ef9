"""Random calendars in many time zones against a count minute by minute.

A window of three years is laid out as an array of minutes in UTC. Each minute
looks at a clock on the wall (Python's zoneinfo, hour by hour) and at the plan
of that day, nothing is compiled or searched. A million questions are asked.
"""

import bisect
import datetime
import json
import random
import zoneinfo

import calendar_client as client
import numpy as np
import pytest

UTC = datetime.timezone.utc
MINUTE_MS = 60000
DAY_MINUTES = 1440
YEARS = 3
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUESTIONS = 25500  # in each of 40 zones

# Daylight saving north and south, half and quarter hours, changes of rule, a
# jump of half an hour, days left out, saving kept up in winter.
ZONES = """
Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Windhoek
America/Anchorage America/Asuncion America/Caracas America/Goose_Bay
America/Havana America/New_York America/Nuuk America/Sao_Paulo America/Santiago
America/St_Johns Antarctica/Casey Antarctica/Troll Asia/Amman Asia/Gaza
Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Pyongyang Asia/Shanghai
Asia/Tehran Asia/Tokyo Asia/Yangon Atlantic/Azores Australia/Adelaide
Australia/Eucla Australia/Lord_Howe Europe/Dublin Europe/Istanbul
Europe/London Europe/Moscow Europe/Volgograd Pacific/Apia Pacific/Auckland
Pacific/Chatham Pacific/Kiritimati Pacific/Norfolk
""".split()


def text_of(minute):
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def random_hours(rng):
    """A sorted list of spans in minutes; now and then over midnight."""
    cuts = sorted(
        rng.sample(range(0, DAY_MINUTES), rng.choice((2, 2, 4, 4, 6)))
    )
    spans = list(zip(cuts[::2], cuts[1::2]))
    if rng.random() < 0.15 and cuts[0] > 1:
        last = spans.pop()
        spans.append((last[0], DAY_MINUTES + rng.randrange(1, cuts[0])))
    return spans


class Model:
    """A random calendar, as JSON and as arrays of minutes."""

    def __init__(self, name, rng):
        self.zone = zoneinfo.ZoneInfo(name)
        self.year = rng.randrange(1992, 2056 - YEARS)
        self.first = datetime.date(self.year, 1, 1)
        self.days = (datetime.date(self.year + YEARS, 1, 1) - self.first).days
        self.make_plan(name, rng)
        self.lay_out()

    def make_plan(self, name, rng):
        shared = random_hours(rng)
        week = {}
        for weekday in range(7):
            if rng.random() < (0.9 if weekday < 5 else 0.3):
                week[weekday] = shared
        if not week:
            week[0] = shared
        special = rng.sample(range(1, self.days - 1), 90)
        self.plan = {}
        holidays, workdays = [], []
        for i, day in enumerate(sorted(special)):
            date = (self.first + datetime.timedelta(days=day)).isoformat()
            if i % 3 == 0:
                self.plan[day] = []
                holidays.append(date)
            elif i % 3 == 1:
                weekday = (self.first.weekday() + day) % 7
                self.plan[day] = week.get(weekday, week[min(week)])
                workdays.append(date)
            else:
                hours = [(600, 720)]
                self.plan[day] = hours
                text = [f"{text_of(a)}-{text_of(b)}" for a, b in hours]
                holidays.append({"date": date, "hours": text})
        for day in range(self.days):
            weekday = (self.first.weekday() + day) % 7
            self.plan.setdefault(day, week.get(weekday, []))
        self.json = json.dumps(
            {
                "time_zone": name,
                "week": {
                    WEEKDAYS[d]: [
                        f"{text_of(a)}-{text_of(b)}" for a, b in spans
                    ]
                    for d, spans in week.items()
                },
                "holidays": holidays,
                "workdays": workdays,
            }
        )

    def lay_out(self):
        """open_minutes and owners: for each minute in UTC, whether it is open
        and which day it belongs to."""
        local_owner = np.full(
            (self.days + 2) * DAY_MINUTES, -1, dtype=np.int32
        )
        for day in range(self.days):
            for begin, end in self.plan[day]:
                at = day * DAY_MINUTES
                free = local_owner[at + begin : at + end]
                free[free < 0] = day
        midnight = datetime.datetime(self.year, 1, 1)
        start = datetime.datetime(self.year, 1, 2, 12, tzinfo=UTC)
        quarters = (self.days - 4) * 96
        offsets = np.empty(quarters, dtype=np.int64)
        for i in range(quarters):
            utc = start + datetime.timedelta(minutes=15 * i)
            offsets[i] = (
                utc.astimezone(self.zone).utcoffset().total_seconds() // 60
            )
        minutes = np.arange(quarters * 15, dtype=np.int64)
        shift = (start.replace(tzinfo=None) - midnight) // datetime.timedelta(
            minutes=1
        )
        local = minutes + shift + self.repair(np.repeat(offsets, 15), start)
        owner = local_owner[local]
        self.start_ms = client.to_ms(start)
        self.open_at = np.flatnonzero(owner >= 0)
        # A day that clocks turned back over midnight show again is the later.
        self.owners = np.maximum.accumulate(owner[self.open_at])
        self.open_before = np.concatenate(([0], np.cumsum(owner >= 0)))
        self.worked = sorted(set(self.owners.tolist()))

    def repair(self, offsets, start):
        """Changes that lie within a quarter of an hour, minute by minute."""
        for i in np.flatnonzero(np.diff(offsets)):
            for m in range(i - 15, i + 16):
                utc = start + datetime.timedelta(minutes=int(m))
                offset = utc.astimezone(self.zone).utcoffset()
                offsets[m] = offset.total_seconds() // 60
        return offsets

    def ms(self, minute):
        return self.start_ms + int(minute) * MINUTE_MS

    def elapsed(self, begin, end):
        return int(self.open_before[end] - self.open_before[begin])

    def advance(self, begin, count):
        """The end of the count-th open minute, from `begin` on."""
        return self.open_at[self.open_before[begin] + count - 1] + 1

    def retreat(self, end, count):
        """The beginning of the count-th open minute before `end`."""
        return self.open_at[self.open_before[end] - count]

    def add_days(self, begin, count):
        wall = client.from_ms(self.ms(begin), self.zone).replace(tzinfo=None)
        moved = wall + datetime.timedelta(days=count)
        return client.to_ms(moved.replace(tzinfo=self.zone))

    def add_workdays(self, begin, count):
        i = self.open_before[begin]
        if count == 0:
            return self.ms(self.open_at[i])
        owner = int(self.owners[i])
        target = self.worked[bisect.bisect_left(self.worked, owner) + count]
        wall = client.from_ms(self.ms(self.open_at[i]), self.zone)
        moved = wall.replace(tzinfo=None) + datetime.timedelta(
            days=target - owner
        )
        return client.to_ms(moved.replace(tzinfo=self.zone))


def random_question(model, rng):
    """A line for the driver and the right answer."""
    size = len(model.open_before) - 1
    begin = rng.randrange(size // 2)
    end = rng.randrange(begin, size)
    left = len(model.open_at) - int(model.open_before[begin])
    kind = rng.randrange(5)
    if kind == 0:
        line = f"elapsed c {model.ms(begin)} {model.ms(end)}"
        return line, model.elapsed(begin, end) * MINUTE_MS
    if kind == 1:
        count = rng.randrange(1, min(left, 40000))
        line = f"advance c {model.ms(begin)} {count * MINUTE_MS}"
        return line, model.ms(model.advance(begin, count))
    if kind == 2:
        hours = rng.randrange(1, 400)
        if hours * 60 <= model.open_before[end]:
            line = f"before c {model.ms(end)} {hours}wh"
            return line, model.ms(model.retreat(end, hours * 60))
    if kind == 3:
        count = rng.randrange(1, 60)
        return f"due c {model.ms(begin)} {count}d", model.add_days(
            begin, count
        )
    count = rng.randrange(0, min(60, len(model.worked) // 3))
    return f"due c {model.ms(begin)} {count}wd", model.add_workdays(
        begin, count
    )


def ask_model(name, seed):
    rng = random.Random(f"{name} {seed}")
    model = Model(name, rng)
    questions = [random_question(model, rng) for _ in range(QUESTIONS)]
    lines = [f"calendar c {model.json}"] + [line for line, _ in questions]
    for (line, right), answer in zip(questions, client.ask(lines)[1:]):
        assert answer[0] == right, (name, seed, line, model.json)


@pytest.mark.parametrize("name", ZONES)
def test_a_calendar_agrees_with_a_count_minute_by_minute(name):
    ask_model(name, 1)


def test_due_and_elapsed_are_inverse_to_each_other():
    rng = random.Random(7)
    first = client.to_ms(datetime.datetime(2004, 1, 1, tzinfo=UTC))
    last = client.to_ms(datetime.datetime(2024, 1, 1, tzinfo=UTC))
    define = client.define_examples()
    names = [row["id"] for row in client.examples()]
    cases = [
        (
            rng.choice(names),
            rng.randrange(first, last),
            rng.randrange(1, 10**10),
        )
        for _ in range(50000)
    ]
    due = client.ask(define + [f"advance {c} {at} {n}" for c, at, n in cases])
    back = client.ask(
        define
        + [
            f"elapsed {c} {at} {end}"
            for (c, at, _), (end, _) in zip(cases, due[len(define) :])
        ]
    )
    for (c, at, n), (open_ms,) in zip(cases, back[len(define) :]):
        assert open_ms == n, (c, at)
