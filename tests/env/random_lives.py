"""Random lives of tickets: events of any kind, from any department."""

import random

from cities import CATALOGUE, CATEGORIES, ticket

MINUTE_MS = 60_000
DEPARTMENTS = ("district", "housing", "gas", "roads", "desk", "stranger")
REASONS = (1, 2, 3, 4, 5, 8)

# The city with everything that makes time pass: warnings, escalations, ends.
POLICIES = {
    "day": {"first_response": "2h", "resolution": "24h",
            "warn": ["50%", "-1h"], "reopen_on_unsolved": True,
            "escalate": [{"after": "0m", "to": "@parent"},
                         {"after": "1h", "to": "desk"}],
            "close_after": "1h"},
    "week": {"first_response": "30m", "resolution": "9wh", "calendar":
             "local", "warn": ["75%"], "restart_on_reassign": True,
             "max_pause": "2h", "max_extensions": 3},
}
CITY = {**CATALOGUE, "policies": POLICIES}


class RandomLives:
    """Events for many tickets, in the order in which they are published."""

    def __init__(self, pb, now_ms, seed=20261127):
        self.pb, self.now_ms = pb, now_ms
        self.dice = random.Random(seed)
        self.n = 0

    def created(self, number):
        """A new ticket, an old one, or one that warns or is breached within
        seconds."""
        event = ticket(self.pb, number, self.dice.choice(CATEGORIES))
        age_ms = self.dice.choice((
            0, self.dice.randrange(3 * 24 * 60) * MINUTE_MS,
            60 * MINUTE_MS - self.dice.randrange(12_000),
            120 * MINUTE_MS - self.dice.randrange(12_000)))
        event.occurred_at = self.now_ms - age_ms
        return event

    def event(self, number):
        """Any event about a ticket that was created before."""
        dice = self.dice
        self.n += 1
        event = self.pb.TicketEvent(
            event_id=f"l{self.n}", ticket_id=f"t{number}",
            occurred_at=self.now_ms, source="lives")
        getattr(self, dice.choice(KINDS))(event, dice.choice(DEPARTMENTS),
                                          dice.choice(DEPARTMENTS))
        return event

    def acknowledged(self, event, one, _):
        event.acknowledged.department_id = one
        event.acknowledged.plan = "A plan"

    def contacted(self, event, one, _):
        event.contacted.department_id = one

    def resolved(self, event, one, _):
        event.resolved.department_id = one
        event.resolved.reply = self.dice.choice(("", "Done"))

    def returned(self, event, one, other):
        event.returned.department_id = one
        event.returned.reason = self.dice.choice(REASONS)
        event.returned.suggested_department_id = self.dice.choice((other, ""))

    def reassigned(self, event, one, other):
        event.reassigned.department_id = one
        event.reassigned.by_department_id = self.dice.choice((other, ""))

    def reclassified(self, event, *_):
        change = event.reclassified
        change.SetInParent()
        if self.dice.random() < 0.7:
            change.matters.add(category=self.dice.choice(CATEGORIES))
        change.urgency = self.dice.randrange(4)

    def paused(self, event, *_):
        event.paused.until_at = self.dice.choice(
            (0, self.now_ms + 2_000, self.now_ms + 60_000))

    def resumed(self, event, *_):
        event.resumed.SetInParent()

    def extended(self, event, one, _):
        event.actor_department_id = one
        event.extended.clock = self.dice.choice((1, 2))
        event.extended.by = self.dice.choice(("1h", "3wh"))

    def callback(self, event, *_):
        event.callback.solved = self.dice.choice((1, 2))

    def reopened(self, event, *_):
        event.reopened.SetInParent()

    def merged(self, event, *_):
        event.merged.into_ticket_id = "older"

    def cancelled(self, event, *_):
        event.cancelled.SetInParent()

    def urged(self, event, one, _):
        event.actor_department_id = self.dice.choice((one, ""))
        event.urged.SetInParent()

    def updated(self, event, one, _):
        event.updated.description = "More"
        event.updated.urgency = self.dice.choice((0, 0, 3))
        event.updated.supervised_by = self.dice.choice(("", "", one))

    def record(self, event):
        return event.ticket_id, event.SerializeToString()

    def records(self, tickets, events):
        """All tickets, then events about them; some of all twice."""
        sent = []
        for number in range(tickets):
            sent.append(self.created(number))
        for _ in range(events):
            sent.append(self.event(self.dice.randrange(tickets + 3)))
            if self.dice.random() < 0.03:
                sent.append(self.dice.choice(sent[-200:]))
        return [self.record(event) for event in sent]


KINDS = (*("acknowledged", "contacted", "resolved", "returned", "reassigned",
           "extended", "callback", "reopened") * 3,
         *("reclassified", "paused", "resumed", "urged", "updated") * 2,
         "merged", "cancelled")
