"""The dispatch catalogue: departments, policies, calendars, and who takes a
matter."""

import functools
import json
from dataclasses import dataclass, field

import matcher
from ticket_model_calendar import ALWAYS, Calendar, parse_duration

URGENCIES = ("NORMAL", "URGENT", "EMERGENCY")
CLOCKS = ("first_response", "resolution")


@dataclass(frozen=True)
class Policy:
    """An entry of `policies`, with the defaults of the contract."""
    id: str
    limits: dict  # (urgency, clock) -> duration
    first_response_by: str = "contacted"
    warn: tuple = ()
    escalate: tuple = ()
    calendar: str = None
    return_within: str = None
    pausable: bool = True
    max_pause: str = None
    max_extensions: int = 1
    restart_on_reassign: bool = False
    reopen_on_unsolved: bool = False
    reopen_resolution: str = None
    close_after: str = "7d"

    def limit(self, clock, urgency):
        return self.limits.get((urgency, clock))


def read_policy(name, value):
    entry = json.loads(value)
    plain = {clock: entry.pop(clock, None) for clock in CLOCKS}
    urgent = entry.pop("urgency", {})
    limits = {(urgency, clock): urgent.get(urgency, {}).get(clock,
                                                            plain[clock])
              for urgency in URGENCIES for clock in CLOCKS}
    escalate = tuple((level["after"], level["to"])
                     for level in entry.pop("escalate", []))
    return Policy(name, {k: v for k, v in limits.items() if v},
                  warn=tuple(entry.pop("warn", [])), escalate=escalate,
                  **entry)


@dataclass
class Choice:
    """Who takes one matter, and why."""
    department: str
    policy: Policy
    rule: str = ""
    fallback: bool = False
    official: str = ""
    co: list = field(default_factory=list)


class Rules(matcher.Matcher):
    """The matcher, which asks our calendars."""

    def __init__(self, tables, calendars):
        super().__init__(tables)
        self.calendars = calendars

    def is_open(self, name, at):
        return self.calendars[name].is_open(int(at.timestamp() * 1000))


class Catalogue:
    """One version of the six tables."""

    def __init__(self, tables):
        self.meta = tables["meta"]
        self.version = matcher.version(tables)
        self.number = int(self.meta.get("version", 0))
        self.departments = {name: json.loads(value) for name, value
                            in tables["departments"].items()}
        self.policies = {name: read_policy(name, value) for name, value
                         in tables["policies"].items()}
        self.calendars = {"24x7": ALWAYS}
        for name in tables["calendars"]:
            chain = lineage(tables["calendars"], name)
            self.calendars[name] = read_calendar(name, *chain)
        self.rules = Rules(tables, self.calendars)
        self.desk = (self.meta.get("dispute_department")
                     or self.meta.get("default_department"))
        self.review = self.meta.get("returns", "auto") == "review"
        self.max_returns = int(self.meta.get("max_returns", 2))
        self.report_delay = self.meta.get("report_delay", "15m")
        assert parse_duration(self.report_delay)

    def default_policy(self):
        return self.policies.get(self.meta.get("default_policy"))

    def calendar(self, name):
        """One that is lost counts as 24x7."""
        return self.calendars.get(name, ALWAYS)

    def calendar_of(self, policy, department):
        """The id of the calendar that a department's clocks run by."""
        entry = self.departments.get(department, {})
        name = (policy and policy.calendar) or entry.get("calendar")
        return name if name in self.calendars else "24x7"

    def is_below(self, department, upper):
        """Whether `upper` is above a department, at any distance."""
        while department:
            department = self.departments.get(department, {}).get("parent")
            if department == upper:
                return True
        return False

    def rule_choices(self, query):
        """A choice for each rule that holds, best first."""
        for rule in self.rules.rules:
            if not (matcher.is_prefix(rule.area, query["area"])
                    and matcher.is_prefix(rule.category, query["category"])
                    and self.rules.holds(rule, query)):
                continue
            department = self.rules.department(rule.value["department"],
                                               query["area"])
            if not department:
                continue
            co = [self.rules.department(target, query["area"])
                  for target in rule.value.get("co", [])]
            policy = self.policies.get(rule.value.get("policy"),
                                       self.default_policy())
            yield Choice(department, policy, rule.key, False,
                         rule.value.get("lead_official", ""),
                         [name for name in co if name])

    def fallback_choice(self, query):
        """The nearest area's department, else the default one; None."""
        department = (self.rules.department("@area", query["area"])
                      or self.meta.get("default_department"))
        if not department:
            return None
        return Choice(department, self.default_policy(), fallback=True)

    def choose(self, query, excluded=()):
        """The best rule, else the fallback, of who is not excluded."""
        for choice in self.rule_choices(query):
            if choice.department not in excluded:
                return choice
        choice = self.fallback_choice(query)
        if choice and choice.department not in excluded:
            return choice
        return None

    def is_candidate(self, query, department):
        """Named by a rule that holds or an area, the fallback, or above one
        of those."""
        named = set()
        for choice in self.rule_choices(query):
            named.update([choice.department, *choice.co])
        for path in matcher.up(query["area"]):
            entry = self.rules.areas.get(path, {})
            named.update([entry.get("department"),
                          *entry.get("units", {}).values()])
        fallback = self.fallback_choice(query)
        named.add(fallback and fallback.department)
        return any(name == department or self.is_below(name, department)
                   for name in named if name)


@functools.lru_cache(maxsize=500)
def read_calendar(name, *chain):
    return Calendar(name, [json.loads(value) for value in chain])


def lineage(entries, name):
    """An entry and those it inherits from, the nearest first."""
    chain = [entries[name]]
    while "inherits" in json.loads(chain[-1]):
        chain.append(entries[json.loads(chain[-1])["inherits"]])
    return chain
