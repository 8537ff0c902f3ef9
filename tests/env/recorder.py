"""A city whose catalogue changes all the time, and the record of all that it
ever was."""

import json
import random

from matcher import checksum, version

DEPARTMENTS = ("housing", "gas", "heating", "water", "roads", "district",
               "desk")
AREAS = ("110000", "110000/110101", "110000/110102", "110000/110102/007")
CATEGORIES = ("", "housing", "housing/heating", "housing/heating/radiator",
              "roads", "roads/potholes")
# Rules of one area and category: no two ask for equally many things, so that
# none can tie whatever else is edited.
KINDS = {
    "": {},
    "by phone": {"channels": ["phone"]},
    "urgent": {"urgencies": ["EMERGENCY"], "types": ["COMPLAINT", "HELP"]},
    "in season": {"channels": ["web"], "from": "2023-11-10",
                  "until": "2023-11-20"},
    "at night": {"channels": ["app"], "urgencies": ["NORMAL", "URGENT"],
                 "types": ["REPORT"], "when": "!office"},
}
TARGETS = (*DEPARTMENTS, "@area", "@area.gas", "@area.heat")
UNKNOWN = "nobody"


class Recorder:
    """Edits as people do, as tools do, and wrongly; alone, so that what Redis
    holds is at each moment one of the tables in `known`."""

    def __init__(self, stored, seed):
        self.client, self.prefix = stored.client, stored.prefix
        self.dice = random.Random(seed)
        self.number = 0  # of edits; in every value, so that no table repeats
        self.tables = self.first()
        self.known = {}   # version -> tables
        self.order = {}   # version -> number of the edit
        self.bad = set()  # versions that are inconsistent
        self.repair = None
        self.apply([(table, field, value)
                    for table, entries in self.tables.items()
                    for field, value in entries.items()])

    def first(self):
        dump = json.dumps
        return {
            "departments": {name: dump({"name": name})
                            for name in DEPARTMENTS},
            "areas": {path: dump({"department": "district",
                                  "units": {"gas": "gas"}})
                      for path in AREAS},
            "routes": {f"|{category}": dump({"department": "housing"})
                       for category in CATEGORIES[1:]},
            "policies": {"day": dump({"resolution": "24h"})},
            "calendars": {"office": dump({
                "time_zone": "Asia/Shanghai", "holidays": ["2023-11-16"],
                "week": {day: ["09:00-12:00", "13:00-18:00"]
                         for day in ("mon", "tue", "wed", "thu", "fri")}})},
            "meta": {"version": "1", "time_zone": "Asia/Shanghai",
                     "default_department": "desk", "default_policy": "day"},
        }

    # -------------------------------------------------------------- edits

    def edit(self):
        """One edit, atomic."""
        self.number += 1
        if self.repair:
            self.apply([self.repair])
            self.repair = None
        else:
            self.dice.choices(
                (self.edit_route, self.remove_route, self.edit_area,
                 self.edit_department, self.load, self.spoil),
                (50, 10, 12, 6, 12, 10))[0]()

    def route(self):
        """Rules for any category have conditions: something is left for the
        fallback."""
        key = [self.dice.choice(("", *AREAS)), self.dice.choice(CATEGORIES)]
        kind = self.dice.choice(tuple(KINDS)[not key[1]:])
        value = {"department": self.dice.choice(TARGETS),
                 "lead_official": f"Official {self.number}",
                 "policy": "day", **KINDS[kind]}
        if self.dice.random() < 0.4:
            value["co"] = self.dice.sample(TARGETS, 2)
        if not kind and self.dice.random() < 0.1:
            value["override"] = True
        return "|".join(key + [kind] * bool(kind)), value

    def edit_route(self):
        key, value = self.route()
        self.apply([("routes", key, json.dumps(value))])

    def remove_route(self):
        """Removes one and touches another, so that the table is new."""
        key, value = self.route()
        gone = self.dice.choice(sorted(self.tables["routes"]))
        self.apply([("routes", gone, None),
                    ("routes", key, json.dumps(value))])

    def edit_area(self):
        entry = {"name": f"Area {self.number}", "units": {
            unit: self.dice.choice(DEPARTMENTS)
            for unit in self.dice.sample(("gas", "heat", "parks"), 2)}}
        if self.dice.random() < 0.7:
            entry["department"] = self.dice.choice(DEPARTMENTS)
        self.apply([("areas", self.dice.choice(AREAS), json.dumps(entry))])

    def edit_department(self):
        name = self.dice.choice(DEPARTMENTS)
        self.apply([("departments", name, json.dumps(
            {"name": name, "lead_official": f"Chief {self.number}"}))])

    def load(self):
        """Several tables at once, under the next version, as the tool does.
        What is read half of it names a department that is not there."""
        new = f"new-{self.number}"
        routes = {key: json.dumps({**json.loads(value), "department": new})
                  for key, value in self.tables["routes"].items()
                  if self.dice.random() < 0.3}
        gone = [name for name in self.tables["departments"]
                if name.startswith("new-") and not any(
                    name in value for key, value in
                    self.tables["routes"].items() if key not in routes)]
        changes = [("departments", new, json.dumps({"name": new})),
                   *(("departments", name, None) for name in gone),
                   *(("routes", *item) for item in routes.items()),
                   ("meta", "version",
                    str(int(self.tables["meta"]["version"]) + 1))]
        self.change(changes)
        changes.append(("meta", "checksum", checksum(self.tables)))
        self.apply(changes)

    def spoil(self):
        """A mistake, which the next edit corrects."""
        key, value = self.route()
        value["department"] = UNKNOWN
        self.repair = ("routes", key, json.dumps(
            {**value, "department": "desk"}))
        self.apply([("routes", key, json.dumps(value))], bad=True)

    # -------------------------------------------------------------- record

    def change(self, changes):
        for table, field, value in changes:
            if value is None:
                self.tables[table].pop(field, None)
            else:
                self.tables[table][field] = value

    def apply(self, changes, bad=False):
        """Records before it writes: no event is earlier than its record."""
        self.change(changes)
        name = version(self.tables)
        assert name not in self.known, "tables do not repeat"
        self.known[name] = {table: dict(entries)
                            for table, entries in self.tables.items()}
        self.order[name] = self.number
        if bad:
            self.bad.add(name)
        pipe = self.client.pipeline(transaction=True)
        for table, field, value in changes:
            if value is None:
                pipe.hdel(self.prefix + table, field)
            else:
                pipe.hset(self.prefix + table, field, value)
        pipe.execute()
