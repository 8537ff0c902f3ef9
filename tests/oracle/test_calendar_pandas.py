"""Working hours and days against pandas' CustomBusinessHour and -Day.

pandas knows no make-up days, but takes a list of closed days: those of
chinesecalendar, and of the package holidays for the United States.
"""

import datetime
import random
import zoneinfo

import calendar_client as client
import chinese_calendar
import holidays
import pandas as pd
import pytest

FIRST = datetime.date(2008, 1, 1)
LAST = datetime.date(2026, 12, 31)
DAYS = [
    FIRST + datetime.timedelta(days=i) for i in range((LAST - FIRST).days + 1)
]


def closed_in_china():
    return [d for d in DAYS if not chinese_calendar.is_workday(d)]


def closed_in(calendar):
    return [d for d in DAYS if d.weekday() >= 5 or d in calendar]


def federal():
    return holidays.US(years=range(2008, 2028), observed=True)


CALENDARS = {
    "china": (
        closed_in_china,
        "Asia/Shanghai",
        ["09:00", "13:00"],
        ["12:00", "18:00"],
    ),
    "us-federal": (
        lambda: closed_in(federal()),
        "America/New_York",
        ["08:30"],
        ["17:00"],
    ),
}


def random_start(rng, inside):
    day = rng.choice(DAYS[: -3 * 366])
    minute = rng.randrange(540, 720) if inside else rng.randrange(1440)
    return datetime.datetime(
        day.year, day.month, day.day
    ) + datetime.timedelta(minutes=minute)


def check(name, cases, unit):
    """Asks for each (start, count, end as pandas has it), local times."""
    zone = zoneinfo.ZoneInfo(CALENDARS[name][1])
    define = client.define_examples()
    lines = [
        f"due {name} {client.to_ms(start.replace(tzinfo=zone))} {n}{unit}"
        for start, n, _ in cases
    ]
    answers = client.ask(define + lines)[len(define) :]
    between = []
    for (start, n, right), (at, _) in zip(cases, answers):
        right_ms = client.to_ms(right.replace(tzinfo=zone))
        assert at == right_ms or (unit == "wh" and at < right_ms), (start, n)
        between.append(f"elapsed {name} {at} {right_ms}")
    # Of the end of a day and the next opening, which are the same amount of
    # work, pandas takes the latter when whole days have passed, else the
    # former. Ours is always the former.
    for line, (open_ms,) in zip(
        between, client.ask(define + between)[len(define) :]
    ):
        assert open_ms == 0, line


@pytest.mark.parametrize("name", CALENDARS)
def test_working_hours_agree_with_custom_business_hour(name):
    closed, _, opens, closes = CALENDARS[name]
    rng = random.Random(3)
    common = {
        "weekmask": "1111111",
        "holidays": closed(),
        "start": opens,
        "end": closes,
    }
    offsets = [
        pd.offsets.CustomBusinessHour(n, **common) for n in range(1, 80)
    ]
    cases = []
    for _ in range(4000):
        start, offset = random_start(rng, False), rng.choice(offsets)
        cases.append(
            (start, offset.n, (pd.Timestamp(start) + offset).to_pydatetime())
        )
    check(name, cases, "wh")


@pytest.mark.parametrize("name", CALENDARS)
def test_working_days_agree_with_custom_business_day(name):
    """pandas keeps a time outside hours: starts lie inside them."""
    closed = set(CALENDARS[name][0]())
    rng = random.Random(4)
    days = pd.offsets.CustomBusinessDay
    offsets = [
        days(n, weekmask="1111111", holidays=sorted(closed))
        for n in range(1, 100)
    ]
    cases = []
    while len(cases) < 20000:
        start, offset = random_start(rng, True), rng.choice(offsets)
        if start.date() not in closed:
            end = (pd.Timestamp(start) + offset).to_pydatetime()
            cases.append((start, offset.n, end))
    check(name, cases, "wd")


@pytest.mark.parametrize(
    "name, calendar",
    [
        ("us-federal", federal()),
        ("massachusetts", holidays.US(subdiv="MA", years=range(2008, 2028))),
    ],
)
def test_the_ready_holidays_agree_with_the_package_holidays(name, calendar):
    define = client.define_examples()
    plans = client.ask(define + [f"day {name} {d}" for d in DAYS])[
        len(define) :
    ]
    wrong = [
        (d, minutes, calendar.get(d))
        for d, (_, minutes) in zip(DAYS, plans)
        if (minutes > 0) != (d.weekday() < 5 and d not in calendar)
    ]
    assert wrong == []
