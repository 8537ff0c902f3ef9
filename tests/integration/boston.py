"""Seven years of Boston's animal and pest cases, as the city recorded them, and
a catalogue whose policies give the city's targets (tests/oracle/README.md)."""

import csv
import gzip
import json
from collections import namedtuple
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
FACTS = ROOT / "tests/oracle/boston_cases.csv.gz"
CALENDARS = ROOT / "examples/calendars/calendars.csv"
ZONE = ZoneInfo("America/New_York")

# Times are UTC milliseconds; closed_at is None for an open case, on_time is
# what the city says.
Case = namedtuple("Case", "id type opened_at target_at closed_at on_time")

LIMITS = {"Pick up Dead Animal": "1wd", "Rodent Activity": "30d",
          "Rat Bite": "720d"}
REST = "120d"


def to_ms(text):
    if not text:
        return None
    local = datetime.fromisoformat(text).replace(tzinfo=ZONE)
    return int(local.timestamp() * 1000)


def cases():
    with gzip.open(FACTS, "rt", encoding="utf-8", newline="") as file:
        return [Case(f"boston-{n}", row["type"], to_ms(row["opened"]),
                     to_ms(row["target"]), to_ms(row["closed"]),
                     row["on_time"] == "1")
                for n, row in enumerate(csv.DictReader(file))]


def category_of(case):
    return case.type.replace("/", "-").replace("|", "-")


def calendars():
    """The ready calendars as entries of the catalogue."""
    entries = {}
    with open(CALENDARS, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            entry = {name: row[name] for name in
                     ("time_zone", "announced_until", "inherits") if row[name]}
            if row["week"]:
                entry["week"] = json.loads(row["week"])
            for name in ("holidays", "workdays"):
                if row[name].strip().startswith("["):
                    entry[name] = json.loads(row[name])
                elif row[name].strip():
                    entry[name] = [day.strip() for day in row[name].split(";")]
            entries[row["id"]] = entry
    return entries


def tables():
    policies = {limit: {"resolution": limit, "calendar": "boston"}
                for limit in {REST, *LIMITS.values()}}
    return {
        "departments": {"isd": {"name": "Inspectional Services"},
                        "pwd": {"name": "Public Works"}},
        "routes": {f"|{name}": {"department": "pwd", "policy": limit}
                   for name, limit in LIMITS.items()},
        "policies": policies,
        "calendars": calendars(),
        "meta": {"time_zone": "America/New_York", "default_department": "isd",
                 "default_policy": REST},
    }
