"""A small city for tests: departments, areas, rules, and its tickets."""

import time

CATALOGUE = {
    "departments": {
        "district": {"name": "District office"},
        "housing": {"name": "Housing bureau", "parent": "district"},
        "gas": {"name": "Gas company", "lead_official": "Chief Wei"},
        "roads": {"name": "Road office"},
        "desk": {"name": "Hotline desk"},
    },
    "areas": {
        "city": {"name": "City", "department": "district"},
        "city/east": {"name": "East", "department": "district",
                      "units": {"gas": "gas"}},
    },
    "routes": {
        "|housing": {"department": "housing", "policy": "week"},
        "|housing/heating": {"department": "@area.gas", "co": ["housing"],
                             "policy": "day"},
        "city|roads": {"department": "roads", "policy": "day"},
    },
    "policies": {
        "day": {"first_response": "2h", "resolution": "24h",
                "warn": ["50%", "-1h"]},
        "week": {"first_response": "1d", "resolution": "7d"},
    },
    "calendars": {"local": {
        "time_zone": "Asia/Shanghai", "announced_until": "2059-12-31",
        "week": {day: ["09:00-18:00"]
                 for day in ("mon", "tue", "wed", "thu", "fri")}}},
    "meta": {"time_zone": "Asia/Shanghai", "default_department": "desk",
             "default_policy": "week"},
}

CATEGORIES = ("housing", "housing/heating", "roads/potholes", "unheard-of")

# Category -> lead, all departments, number of events (assignments, deadlines).
EXPECTED = {
    "housing": ("housing", {"housing"}, 3),
    "housing/heating": ("gas", {"gas", "housing"}, 4),
    "roads/potholes": ("roads", {"roads"}, 3),
    "unheard-of": ("district", {"district"}, 3),
}

# The tickets of a run are of today, so that no deadline of theirs is over.
START_MS = int(time.time()) * 1000 - 60_000


def ticket(pb, number, category=None, **created):
    """A TicketEvent `created` and its category."""
    category = category or CATEGORIES[number % len(CATEGORIES)]
    event = pb.TicketEvent(
        event_id=f"e{number}", ticket_id=f"t{number}",
        occurred_at=START_MS + number, source="test")
    event.created.CopyFrom(pb.TicketCreated(
        title=f"Ticket {number}", description="It is cold. " * 8,
        channel="phone", area="city/east", address="1 Main Street",
        contact=pb.Contact(name="A. Citizen", phone="555-0100"), **created))
    event.created.matters.add(category=category, description="No heat")
    return event


def record(pb, number, **kwargs):
    """The ticket as a record: key and value."""
    event = ticket(pb, number, **kwargs)
    return event.ticket_id, event.SerializeToString()
