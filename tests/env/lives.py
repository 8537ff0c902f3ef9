"""Lives of tickets in real time: each is created so that its deadlines fall
due soon, and has events until some time after."""

import heapq
import itertools
import random
import threading
import time

CATALOGUE = {
    "departments": {
        "office": {"name": "Supervision office"},
        "district": {"name": "District", "parent": "office"},
        "housing": {"name": "Housing bureau", "parent": "district"},
        "gas": {"name": "Gas company", "parent": "district"},
        "roads": {"name": "Road office", "parent": "office"},
        "desk": {"name": "Hotline desk"},
    },
    "areas": {"city": {"name": "City", "department": "district",
                       "units": {"gas": "gas"}}},
    "routes": {
        "|housing": {"department": "housing", "policy": "short"},
        "|housing/heating": {"department": "@area.gas", "co": ["housing"],
                             "policy": "short"},
        "city|roads": {"department": "roads", "policy": "short"},
    },
    "policies": {
        "short": {"first_response": "1m", "resolution": "1m",
                  "warn": ["80%", "90%"], "close_after": "1m",
                  "max_extensions": 2, "reopen_on_unsolved": True,
                  "escalate": [{"after": "0m", "to": "@parent"},
                               {"after": "1m", "to": "office"}]},
    },
    "meta": {"time_zone": "Asia/Shanghai", "default_department": "district",
             "dispute_department": "desk", "default_policy": "short"},
}
CATEGORIES = ("housing", "housing/heating", "roads/potholes", "unheard-of")
LIMIT_S = 60

RESOLVED = {"plan": "Repair it", "reply": "It is repaired", "outcome": 1}
YES, NO = {"result": 1, "solved": 1}, {"result": 1, "solved": 2}

# (weight, what happens: seconds after `created`, kind, fields). Without a
# department the lead acts.
COURSES = (
    (25, ((1, "acknowledged", {"plan": "Tomorrow"}), (2, "contacted", {}),
          (6, "resolved", RESOLVED), (8, "callback", YES))),
    (10, ((2, "contacted", {}), (5, "resolved", RESOLVED),
          (7, "callback", NO), (12, "resolved", RESOLVED),
          (14, "callback", YES))),
    (15, ((1, "returned", {"reason": 2}), (3, "contacted", {}),
          (9, "resolved", RESOLVED))),
    (5, ((1, "returned", {"reason": 2}), (2, "returned", {"reason": 2}),
         (3, "returned", {"reason": 2}), (6, "resolved", RESOLVED))),
    (10, ((2, "paused", {"reason": "awaits parts"}), (9, "resumed", {}),
          (12, "resolved", RESOLVED))),
    (10, ((3, "extended", {"clock": 2, "by": "1m"}), (4, "contacted", {}))),
    (5, ((1, "updated", {"description": "It smells.", "urgency": 3}),
         (4, "urged", {"reason": "again"}), (15, "resolved", RESOLVED))),
    (5, ((4, "cancelled", {"reason": "a mistake"}),)),
    (5, ((3, "reassigned", {"department_id": "roads"}),
         (8, "resolved", RESOLVED))),
    (10, ()),
)


def event(pb, number, n, kind, fields, at_ms):
    event = pb.TicketEvent(event_id=f"{number}-{n}", ticket_id=f"t{number}",
                           occurred_at=at_ms, source="lives")
    part = getattr(event, kind)
    part.SetInParent()
    for name, value in fields.items():
        setattr(part, name, value)
    return event


def created(pb, number, dice, at_ms):
    """A ticket whose clocks end within 2 to 40 seconds."""
    ago_ms = LIMIT_S * 1000 - dice.randrange(2000, 40_000)
    first = event(pb, number, 0, "created", {
        "title": f"Ticket {number}", "channel": "phone", "area": "city/east",
        "requested_at": at_ms - ago_ms}, at_ms)
    first.created.contact.phone = "555-0100"
    first.created.matters.add(category=dice.choice(CATEGORIES))
    if dice.random() < 0.2:
        first.created.matters.add(category=dice.choice(CATEGORIES))
    return first


class Lives(threading.Thread):
    """Publishes so many lives, so many new ones a second. Every twentieth
    event is sent twice."""

    def __init__(self, pb, topics, count, rate, seed=1):
        super().__init__()
        self.pb, self.topics, self.count, self.rate = pb, topics, count, rate
        self.dice = random.Random(seed)
        self.begun = 0  # lives
        self.sent = 0  # records

    def run(self):
        self.producer = self.topics.producer(message_timeout_ms=300_000)
        start = time.monotonic()
        order = itertools.count()
        agenda = [(n / self.rate, next(order), n, 0, "created", {})
                  for n in range(self.count)]
        while agenda:
            due, _, number, n, kind, fields = heapq.heappop(agenda)
            pause = due - (time.monotonic() - start)
            if pause > 0:
                self.producer.poll(0)
                time.sleep(pause)
            self.publish(number, n, kind, fields)
            if kind == "created" and n == 0:
                self.begun += 1
                for at, *what in self.course():
                    n += 1
                    heapq.heappush(agenda, (due + at, next(order), number, n,
                                            *what))
        assert self.producer.flush(300) == 0

    def course(self):
        weights = [weight for weight, _ in COURSES]
        (_, course), = self.dice.choices(COURSES, weights)
        return course

    def publish(self, number, n, kind, fields):
        now_ms = int(time.time() * 1000)
        made = (created(self.pb, number, self.dice, now_ms)
                if kind == "created" else
                event(self.pb, number, n, kind, fields, now_ms))
        for _ in range(2 if self.dice.random() < 0.05 else 1):
            while True:
                try:
                    self.producer.produce(self.topics["tickets"],
                                          made.SerializeToString(),
                                          made.ticket_id)
                    break
                except BufferError:
                    self.producer.poll(0.1)
            self.sent += 1
