"""Seven years of Boston's recorded target times against the calendar.

boston_cases.csv.gz holds facts taken from BU-Spark/ds-boston-311-animal-
reports, which took them from the city's open data portal: when a case was
opened, its type, the target time that the city's own system computed, and when
it was closed. All 35,448 cases that have a target are there, in true local
time.
"""

import collections
import csv
import datetime
import gzip
import json
import pathlib
import zoneinfo

import calendar_client as client

ZONE = zoneinfo.ZoneInfo("America/New_York")
FACTS = pathlib.Path(__file__).with_name("boston_cases.csv.gz")
RULES = {
    "Pick up Dead Animal": "1wd",
    "Rodent Activity": "30d",
    "Rat Bite": "720d",
}
REST = "120d"  # pest infestation, bed bugs, mice
MINUTE_MS = 60000


def read_facts():
    with gzip.open(FACTS, "rt", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            yield (
                datetime.datetime.fromisoformat(row["opened"]).replace(
                    tzinfo=ZONE
                ),
                row["type"],
                datetime.datetime.fromisoformat(row["target"]).replace(
                    tzinfo=ZONE
                ),
            )


def describe_miss(kind, target, at, at_without_holidays):
    """Why the city's target differs, as far as it can be seen."""
    off_ms = abs(client.to_ms(target) - at)
    if abs(client.to_ms(target) - at_without_holidays) <= 2 * MINUTE_MS:
        if off_ms > 2 * MINUTE_MS:
            return f"the city's system knew no holiday in {target.year}"
    if off_ms <= 2 * MINUTE_MS:
        return "one to two minutes off"
    if kind == "Animal Noise Disturbances":
        return "a type without a rule of its own"
    return "set by hand or by another rule"


def ask_due(calendar, facts, define):
    questions = [
        f"due {calendar} {client.to_ms(opened)} {RULES.get(kind, REST)}"
        for opened, kind, _ in facts
    ]
    return [at for at, _ in client.ask(define + questions)[len(define) :]]


def without_holidays():
    week = {
        day: ["08:30-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")
    }
    value = {"time_zone": "America/New_York", "week": week}
    return f"calendar without-holidays {json.dumps(value)}"


def test_boston_cases_are_reproduced(record_property):
    facts = list(read_facts())
    assert len(facts) == 35448
    due = ask_due("boston", facts, client.define_examples())
    plain = ask_due("without-holidays", facts, [without_holidays()])
    misses = collections.Counter()
    for (_, kind, target), at, at_plain in zip(facts, due, plain):
        if abs(client.to_ms(target) - at) > MINUTE_MS:
            misses[describe_miss(kind, target, at, at_plain), kind] += 1
    right = len(facts) - sum(misses.values())
    print(f"\nBoston: {right} of {len(facts)} ({right / len(facts):.1%})")
    for (how, kind), count in misses.most_common():
        print(f"  {count:5d}  {kind}: {how}")
    record_property("reproduced", right)
    assert right >= 34863


def test_forgetting_the_holidays_is_noticed():
    facts = [f for f in read_facts() if f[1] == "Pick up Dead Animal"]
    plain = ask_due("without-holidays", facts, [without_holidays()])
    right = sum(
        abs(client.to_ms(target) - at) <= MINUTE_MS
        for (_, _, target), at in zip(facts, plain)
    )
    assert len(facts) == 21687
    assert right / len(facts) < 0.94
