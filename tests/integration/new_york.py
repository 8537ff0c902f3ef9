"""What the city of New York recorded, and what its catalogue should give.

An oracle of its own: it knows the catalogue's CSV files and the contract, and
nothing of the daemon. Routes of this catalogue have no area and no conditions,
so that the longest category wins.
"""
import csv
import gzip
import io
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "newyork"
ZONE = ZoneInfo("America/New_York")

# Times are UTC milliseconds; due_at is None where the city recorded none.
Recorded = namedtuple("Recorded", "category agency created_at due_at")
Expected = namedtuple("Expected", "department policy first_response_due_at "
                                  "resolution_due_at")


def to_ms(local):
    """A wall-clock time in New York as UTC milliseconds."""
    return int(local.replace(tzinfo=ZONE).timestamp() * 1000)


def read_time(text):
    return to_ms(datetime.strptime(text, "%m/%d/%y %H:%M")) if text else None


def category_of(row):
    steps = [row["Complaint Type"], row["Descriptor"]]
    return "/".join(step.replace("/", "-").replace("|", "-")
                    for step in steps if step)


def recorded_tickets():
    """Ticket id -> Recorded, for every row of the day."""
    with gzip.open(FOLDER / "tickets.csv.gz") as packed:
        rows = csv.DictReader(
            io.TextIOWrapper(packed, encoding="utf-8-sig", newline=""))
        return {f"NYC-{row['Unique Key']}":
                Recorded(category_of(row), row["Agency"],
                         read_time(row["Created Date"]),
                         read_time(row["Due Date"])) for row in rows}


def read_table(name, key):
    path = FOLDER / "catalogue" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file)}


class Catalogue:
    def __init__(self):
        self.departments = read_table("departments", "id")
        self.routes = read_table("routes", "category")
        self.policies = read_table("policies", "id")

    def expected(self, category, created_at):
        route = self.route(category)
        policy = self.policies[route["policy"]]
        return Expected(route["department"], policy["id"],
                        after(created_at, policy["first_response"]),
                        after(created_at, policy["resolution"]))

    def route(self, category):
        """The route of the longest prefix, whole steps compared."""
        steps = category.split("/")
        for n in range(len(steps), 0, -1):
            route = self.routes.get("/".join(steps[:n]))
            if route:
                return route
        raise KeyError(category)


def after(start_ms, duration):
    """Elapsed minutes and hours; days at the same wall-clock time."""
    count, unit = int(duration[:-1]), duration[-1]
    if unit in "mh":
        return start_ms + count * {"m": 60_000, "h": 3_600_000}[unit]
    assert unit == "d", duration
    start = datetime.fromtimestamp(start_ms // 1000, timezone.utc)
    local = start.astimezone(ZONE).replace(tzinfo=None)
    return to_ms(local + timedelta(days=count))
