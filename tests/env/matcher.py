"""The contract's matching once more, naively: each rule of the table is tried.

Nothing is taken from the dispatcher; a table is a dict of the six hashes with
their values as stored. Only what decides about departments is here.
"""

import hashlib
import json
from datetime import datetime, timezone
from functools import cached_property
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONDITIONS = ("channels", "urgencies", "types", "when", "from", "until")
OWN = {"version", "checksum"}  # of meta: the tool's, no part of the contents


def checksum(tables):
    """SHA-256 over the sorted lines `table TAB field TAB value`."""
    lines = sorted(f"{table}\t{field}\t{value}\n".encode()
                   for table, entries in tables.items()
                   for field, value in entries.items()
                   if not (table == "meta" and field in OWN))
    return hashlib.sha256(b"".join(lines)).hexdigest()


def version(tables):
    """What events carry: 42, or 42+1f3a9c07 when it was edited by hand."""
    meta, digest = tables["meta"], checksum(tables)
    if meta.get("checksum") == digest:
        return meta["version"]
    return f"{meta.get('version', 0)}+{digest[:8]}"


def is_prefix(prefix, path):
    """Steps, not characters, are compared; the empty path is a prefix."""
    if not prefix:
        return True
    return path.split("/")[:prefix.count("/") + 1] == prefix.split("/")


def up(path):
    """The path itself, then each one above it."""
    steps = path.split("/") if path else []
    return ["/".join(steps[:n]) for n in range(len(steps), 0, -1)]


class Rule:
    def __init__(self, key, value):
        self.key = key
        self.area, self.category = key.split("|")[:2]
        self.value = json.loads(value)
        self.kinds = sum(name in self.value for name in CONDITIONS)
        depth = [p.count("/") + 1 if p else 0
                 for p in (self.category, self.area)]
        self.order = (self.value.get("override", False), *depth, self.kinds)


class Matcher:
    """Decides by one table."""

    def __init__(self, tables):
        self.tables = tables

    @cached_property
    def rules(self):
        """Best first."""
        rules = [Rule(*item) for item in self.tables["routes"].items()]
        return sorted(rules, key=lambda rule: rule.order, reverse=True)

    @cached_property
    def areas(self):
        return {path: json.loads(value)
                for path, value in self.tables["areas"].items()}

    @cached_property
    def zone(self):
        return ZoneInfo(self.tables["meta"].get("time_zone", "UTC"))

    def department(self, target, area):
        """Whom a target names in an area; None: nobody."""
        if not target.startswith("@area"):
            return target
        unit = target.partition(".")[2]
        for path in up(area):
            entry = self.areas.get(path, {})
            found = (entry.get("units", {}).get(unit) if unit
                     else entry.get("department"))
            if found:
                return found
        return None

    def is_open(self, name, at):
        """Week and whole holidays, which is all that these tests use."""
        if name == "24x7":
            return True
        calendar = json.loads(self.tables["calendars"][name])
        local = at.astimezone(ZoneInfo(calendar["time_zone"]))
        if local.date().isoformat() in calendar.get("holidays", []):
            return False
        spans = calendar.get("week", {}).get(DAYS[local.weekday()], [])
        return any(low <= f"{local:%H:%M}" < high
                   for low, high in (span.split("-") for span in spans))

    def holds(self, rule, ticket):
        value = rule.value
        at = datetime.fromtimestamp(ticket["at_ms"] / 1000, timezone.utc)
        date = at.astimezone(self.zone).date().isoformat()
        when = value.get("when", "24x7")
        return (ticket["channel"] in value.get("channels",
                                               [ticket["channel"]])
                and ticket["urgency"] in value.get("urgencies",
                                                   [ticket["urgency"]])
                and ticket["type"] in value.get("types", [ticket["type"]])
                and value.get("from", date) <= date <= value.get("until",
                                                                 date)
                and (not self.is_open(when[1:], at) if when.startswith("!")
                     else self.is_open(when, at)))

    def official(self, rule, department):
        """The route's, else the department's."""
        entry = json.loads(self.tables["departments"][department])
        return ((rule and rule.value.get("lead_official"))
                or entry.get("lead_official", ""))

    def decide(self, ticket):
        """(department, its official, co-handlers, rule) for a ticket with one
        category; the rule of a fallback is empty."""
        for rule in self.rules:
            lead = self.department(rule.value["department"], ticket["area"])
            if (lead and is_prefix(rule.area, ticket["area"])
                    and is_prefix(rule.category, ticket["category"])
                    and self.holds(rule, ticket)):
                co = {self.department(target, ticket["area"])
                      for target in rule.value.get("co", [])}
                return (lead, self.official(rule, lead),
                        frozenset(co - {None, lead}), rule.key)
        fallback = (self.department("@area", ticket["area"])
                    or self.tables["meta"].get("default_department"))
        return fallback, self.official(None, fallback), frozenset(), ""
