"""Random catalogues for random lives of tickets: every field of the contract,
in a city that is small enough for things to meet."""

import copy
import json

DEPARTMENTS = {
    "city": {"name": "City"},
    "xc": {"name": "西城区", "parent": "city", "lead_official": "Xu"},
    "xc-1": {"name": "XC first", "parent": "xc", "calendar": "office"},
    "xc-1-a": {"parent": "xc-1", "lead_official": "Ann"},
    "xc-2": {"parent": "xc"},
    "dc": {"name": "DC", "parent": "city", "calendar": "shanghai"},
    "dc-1": {"parent": "dc"},
    "gas": {"name": "Gas", "lead_official": "Guo"},
    "gas-north": {"parent": "gas", "calendar": "night"},
    "heat": {"name": "Heat", "calendar": "office"},
    "power": {"name": "Power"},
    "boss": {"name": "Supervision"},
    "desk": {"name": "12345"},
    "extra": {"name": "Extra", "parent": "gas", "calendar": "shanghai"},
}
AREAS = {
    "1": {"name": "City", "department": "city"},
    "1/xc": {"department": "xc",
             "units": {"heat": "heat", "gas": "gas-north"}},
    "1/xc/7": {"department": "xc-1", "units": {"heat": "xc-2"}},
    "1/dc": {"department": "dc", "units": {"gas": "gas"}},
    "1/dc/2": {"units": {"heat": "dc-1"}},
    "2": {"units": {"heat": "heat"}},
}
WEEK = {day: ["09:00-12:00", "13:00-18:00"]
        for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDARS = {
    "office": {
        "time_zone": "America/New_York", "week": WEEK,
        "holidays": ["2026-03-10", "2026-11-03", "2026-07-03",
                     {"date": "2026-03-12", "hours": ["09:00-12:00"]},
                     {"date": "2026-12-31", "hours": ["09:00-11:30"]}],
        "workdays": ["2026-03-07", {"date": "2026-11-07",
                                    "hours": ["10:00-14:00"]}],
        "announced_until": "2026-12-31"},
    "night": {
        "time_zone": "Europe/Berlin",
        "week": {day: ["22:00-06:00"] for day in ("mon", "wed", "fri", "sat")},
        "holidays": ["2026-03-28", "2026-10-26"]},
    "shanghai": {
        "time_zone": "Asia/Shanghai", "week": WEEK,
        "holidays": ["2026-03-09", "2027-01-01"],
        "workdays": ["2026-03-08", "2026-11-01"]},
    "branch": {"inherits": "office", "holidays": ["2026-03-11"],
               "workdays": ["2026-03-10"]},
}
# The category of a route, and what may take it.
CATEGORIES = ("gas", "gas/leak", "heat", "heat/cold", "roads", "noise/night",
              "water", "odd")
CHANNELS = ("phone", "web", "sensor")


def choose(rng, *options):
    return rng.choice(options)


def random_policy(rng, calendars):
    """Values or None, which leaves the name out."""
    entry = {
        "first_response": choose(rng, "30m", "2h", "1wh", "1d", None),
        "resolution": choose(rng, "4h", "24h", "6wh", "2wd", "1wd.end", "3d",
                             "7d", None),
        "urgency": random_urgency(rng),
        "first_response_by": choose(rng, None, "contacted", "acknowledged"),
        "warn": rng.sample(["50%", "80%", "1%", "99%", "-1h", "-30m", "-1wh",
                            "-1d", "-1wd", "-0m"], rng.randrange(4)) or None,
        "escalate": [{"after": choose(rng, "0m", "1h", "1d", "2wh", "1wd"),
                      "to": choose(rng, "@parent", "boss", "desk")}
                     for _ in range(rng.randrange(4))] or None,
        "calendar": choose(rng, None, "24x7", *calendars),
        "return_within": choose(rng, None, None, "1h", "4wh", "1d"),
        "pausable": choose(rng, None, True, True, False),
        "max_pause": choose(rng, None, "2h", "1d", "3wh"),
        "max_extensions": choose(rng, None, 0, 1, 2, 3),
        "restart_on_reassign": choose(rng, None, True, False),
        "reopen_on_unsolved": choose(rng, None, True, True, False),
        "reopen_resolution": choose(rng, None, "2h", "4wh", "1d"),
        "close_after": choose(rng, None, "3h", "1d", "2wd"),
    }
    return {name: value for name, value in entry.items() if value is not None}


def random_urgency(rng):
    limits = {}
    for urgency in ("URGENT", "EMERGENCY"):
        own = {"first_response": choose(rng, None, "10m", "20m", "1wh"),
               "resolution": choose(rng, None, "1h", "2h", "3wh")}
        own = {clock: limit for clock, limit in own.items() if limit}
        if own:
            limits[urgency] = own
    return limits or None


def random_routes(rng, policies):
    """Area and category may meet in many ways; none of them ties."""

    def route(department, *co, **more):
        value = {"department": department, "policy": rng.choice(policies)}
        if rng.random() < 0.15:
            del value["policy"]
        if rng.random() < 0.3:
            value["lead_official"] = choose(rng, "Rita", "Rui")
        if co and rng.random() < 0.8:
            value["co"] = rng.sample(co, rng.randrange(1, len(co) + 1))
        return {**value, **more}

    routes = {
        "|gas": route("gas", "heat", "@area"),
        "|gas/leak": route("gas-north", "gas"),
        "1/xc|gas": route("@area.gas", "xc"),
        "|heat": route("heat"),
        "1|heat": route("@area.heat", "heat", "@area.gas"),
        "1|heat/cold": route("power", channels=["phone", "web"]),
        "1|heat/cold|now": route("xc-2", urgencies=["EMERGENCY"],
                                 channels=["sensor"]),
        "|roads": route("dc", "xc-1"),
        "1/xc|roads": route("@area"),
        "1/xc/7|roads": route("xc-1-a", types=["COMPLAINT"]),
        "1|noise/night": route("power", when="!office"),
        "1|noise/night|day": route("gas", when="office"),
        "|noise": route("city", "dc-1", until="2026-11-10"),
        "1/dc|": route("@area"),
    }
    if rng.random() < 0.3:
        routes["1/dc|gas"] = route("dc-1", override=True)
    return routes


def random_city(rng):
    """The six tables as dicts."""
    policies = {name: random_policy(rng, CALENDARS) for name in "pqr"}
    departments = copy.deepcopy(DEPARTMENTS)
    for entry in departments.values():
        if rng.random() < 0.2:
            entry["topic"] = choose(rng, "for-some", "for-others")
    return {"departments": departments, "areas": copy.deepcopy(AREAS),
            "routes": random_routes(rng, list(policies)),
            "policies": policies, "calendars": copy.deepcopy(CALENDARS),
            "meta": {"version": rng.randrange(5, 50), **random_meta(rng)}}


def random_meta(rng):
    meta = {"time_zone": "Asia/Shanghai",
            "dispute_department": choose(rng, *["desk"] * 7, "city", "city",
                                         None),
            "default_department": choose(rng, "desk", "desk", "power", None),
            "default_policy": choose(rng, "p", "q", None),
            "returns": choose(rng, "auto", "auto", "review", None),
            "max_returns": choose(rng, 0, 1, 2, 3, 5, None),
            "report_delay": choose(rng, None, "5m", "1h")}
    return {name: value for name, value in meta.items() if value is not None}


def change_city(rng, city):
    """Another version: a holiday more, other rules, other policies."""
    city = copy.deepcopy(city)
    city["meta"]["version"] += choose(rng, 1, 1, 1, 1, 2, -1)
    changes = rng.choice(("holiday", "holiday", "holiday", "week", "policy",
                          "routes", "people", "calendar", "department",
                          "meta"))
    if changes == "holiday":
        calendar = city["calendars"][rng.choice(list(city["calendars"]))]
        day = choose(rng, "2026-03-09", "2026-03-13", "2026-03-16",
                     "2026-10-30", "2026-11-02", "2026-11-04", "2026-11-05")
        listed = calendar.get("holidays", []) + calendar.get("workdays", [])
        if day not in listed:
            calendar.setdefault("holidays", []).append(day)
    elif changes == "week":
        city["calendars"]["office"]["week"] = {
            **WEEK, "sat": ["10:00-12:00"]}
    elif changes == "policy":
        city["policies"][rng.choice("pqr")] = random_policy(
            rng, city["calendars"])
    elif changes == "routes":
        city["routes"] = random_routes(rng, list(city["policies"]))
    elif changes == "people":
        change_people(rng, city["departments"])
    elif changes == "meta":
        version = city["meta"]["version"]
        city["meta"] = {"version": version, **random_meta(rng)}
    elif changes == "calendar":
        lose_calendar(city)
    else:
        city["departments"].pop("extra", None)
    return city


def change_people(rng, departments):
    """Names, officials, parents, calendars and topics."""
    departments["heat"].update(name="Heating", topic="for-heat")
    departments["gas-north"]["lead_official"] = choose(rng, "Gu", "Ge")
    departments["xc-1"]["parent"] = choose(rng, "xc", "city")
    departments["dc"]["calendar"] = choose(rng, "office", "shanghai")


def lose_calendar(city):
    """The calendar `branch`, by which clocks may run, is gone."""
    city["calendars"].pop("branch", None)
    for policy in city["policies"].values():
        if policy.get("calendar") == "branch":
            policy["calendar"] = "office"


def as_stored(city):
    """Every value as text."""
    return {table: {name: str(value) if table == "meta"
                    else json.dumps(value, ensure_ascii=False)
                    for name, value in entries.items()}
            for table, entries in city.items()}
