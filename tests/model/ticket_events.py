"""Random events for a ticket: most of them fit to how it stands, some do not.

The dice look at the model's ticket; that only decides what is asked, not what
is right.
"""

import protos
from ticket_cities import CATEGORIES, CHANNELS, DEPARTMENTS
from ticket_model_calendar import DAY, HOUR, MINUTE

pb = protos.load()
STRANGER = "nobody-knows-it"
TICKET_AREAS = ("1/xc", "1/xc/7", "1/xc/7/12", "1/dc", "1/dc/2", "1", "2", "")
DURATIONS = ("1h", "30m", "1wh", "1d", "1wd", "2wd.end")

# How often which kind comes, by the ticket's status.
WEIGHTS = {
    None: {"created": 60, **dict.fromkeys(
        ("acknowledged", "contacted", "resolved", "returned", "reassigned",
         "reclassified", "paused", "resumed", "extended", "updated", "urged",
         "merged", "cancelled", "callback", "reopened"), 0.3)},
    "open": {
        "acknowledged": 6, "contacted": 6, "resolved": 9, "returned": 16,
        "reassigned": 14, "reclassified": 6, "paused": 7, "resumed": 5,
        "extended": 8, "updated": 8, "urged": 2, "callback": 2, "merged": 0.7,
        "cancelled": 0.5, "reopened": 0.5, "created": 1},
    "resolved": {
        "callback": 6, "reopened": 6, "resolved": 3, "updated": 2, "urged": 1,
        "contacted": 2, "acknowledged": 1, "merged": 1, "cancelled": 1,
        "returned": 1, "reassigned": 1, "paused": 1, "extended": 1,
        "reclassified": 1, "resumed": 1, "created": 1},
    "closed": {
        "reopened": 10, "callback": 6, "created": 1, "resolved": 1,
        "contacted": 1, "acknowledged": 1, "returned": 1, "reassigned": 1,
        "reclassified": 1, "paused": 1, "resumed": 1, "extended": 1,
        "updated": 1, "urged": 1, "merged": 1, "cancelled": 1},
    "merged": {
        "reopened": 16, "created": 1, "updated": 1, "resolved": 1,
        "contacted": 1, "acknowledged": 1, "returned": 1, "reassigned": 1,
        "reclassified": 1, "paused": 1, "resumed": 1, "extended": 1,
        "urged": 1, "merged": 1, "cancelled": 1, "callback": 1},
    "cancelled": dict.fromkeys(
        ("created", "acknowledged", "contacted", "resolved", "returned",
         "reassigned", "reclassified", "paused", "resumed", "extended",
         "updated", "urged", "merged", "cancelled", "callback", "reopened"),
        1),
}


def can_pause(ticket):
    return not ticket.pause and any(
        clock.kind == "resolution" and clock.policy.pausable
        and not clock.breached for clock in ticket.clocks())


class Dice:
    """Draws events; `rng` is the life's only source of chance."""

    def __init__(self, rng, wordy, restless):
        self.rng = rng
        self.wordy = wordy  # texts are long: tickets may grow too large
        self.restless = restless  # tickets go round, and do not end
        self.events = 0

    def some(self, *options):
        return self.rng.choice(options)

    def chance(self, share):
        return self.rng.random() < share

    def department(self):
        if self.chance(0.03):
            return self.some(STRANGER, "")
        return self.rng.choice(list(DEPARTMENTS))

    def holder(self, ticket, share=0.85):
        """Most often one that holds it or supervises it."""
        if ticket and ticket.parts and self.chance(share):
            parts = ticket.parts
            if self.chance(0.5):
                parts = [part for part in parts if part.holds()]
            return self.rng.choice(parts).department
        return self.department()

    def text(self, *options):
        text = self.some("", *options)
        return text * self.some(1, 40, 200) if self.wordy else text

    def kind(self, ticket):
        weights = dict(WEIGHTS[ticket and ticket.status])
        if ticket and ticket.status == "open":
            weights["resumed"] *= 4 if ticket.pause else 0.1
            weights["paused"] *= 1 if can_pause(ticket) else 0.1
            weights["reassigned"] *= 3 if ticket.disputes else 1
        if ticket and self.restless:
            weights.update(cancelled=0, merged=0)
            weights["resolved"] *= 0.1
            weights["returned"] *= 2
            weights["reassigned"] *= 2
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def event(self, ticket_id, ticket, at):
        """An event that happened at a moment."""
        self.events += 1
        kind = self.kind(ticket)
        event_id = "" if self.chance(0.003) else f"e{self.events}"
        event = pb.TicketEvent(
            event_id=event_id, ticket_id=ticket_id, occurred_at=at,
            source=self.some("", "desk", "app"),
            actor=self.text("somebody"))
        message = getattr(event, kind)
        message.SetInParent()
        getattr(self, kind)(event, message, ticket)
        return event

    # -------------------------------------------------------------- each kind

    def matters(self, most):
        for _ in range(self.rng.randrange(most + 1)):
            yield pb.Matter(
                category_scheme=self.text("GB"),
                category=self.rng.choice(CATEGORIES),
                description=self.text("it smells"),
                area=self.some(*[""] * 6, *TICKET_AREAS[:5]))

    def created(self, event, message, ticket):
        message.title = self.text("路灯不亮")
        message.description = self.text("dark")
        message.channel = self.rng.choice(CHANNELS)
        message.urgency = self.some(0, 1, 1, 1, 2, 3, 9)
        message.area = self.rng.choice(TICKET_AREAS)
        message.matters.extend(self.matters(self.some(*[4] * 9, 16)))
        message.request_type = self.some(0, 1, 3, 4, 99)
        message.confidential = self.chance(0.2)
        if self.chance(0.5):
            message.contact.phone = "555-0100"
        message.lead_official = self.text("", "", "Tess")
        if self.chance(0.3):
            message.requested_at = event.occurred_at + self.some(
                -40 * DAY, -3 * HOUR, -HOUR, 0, 5 * MINUTE)
        if self.chance(0.02):
            message.area = "no//path"
        if self.chance(0.1):
            message.attachments.add(uri="http://x/1")

    def reporter(self, event, message, ticket):
        """Named by the message, by the event, or nobody."""
        if self.chance(0.75):
            message.department_id = self.holder(ticket)
        elif self.chance(0.7):
            event.actor_department_id = self.holder(ticket)

    def asker(self, event, ticket):
        if self.chance(0.4):
            event.actor_department_id = self.holder(ticket, 0.7)

    def acknowledged(self, event, message, ticket):
        self.reporter(event, message, ticket)
        message.plan = self.text("we look")
        message.promised_at = self.some(0, event.occurred_at + DAY)

    def contacted(self, event, message, ticket):
        self.reporter(event, message, ticket)
        message.method = self.text("phone")
        message.note = self.text("called")

    def resolved(self, event, message, ticket):
        self.reporter(event, message, ticket)
        if ticket and ticket.status == "open" and self.chance(0.5):
            waiting = [part for part in ticket.parts
                       if part.holds() and not part.resolved]
            if waiting:
                message.department_id = self.rng.choice(waiting).department
        message.outcome = self.some(0, 1, 2, 3, 4)
        message.plan = self.text("planned")
        message.reply = self.text("done")

    def returned(self, event, message, ticket):
        self.reporter(event, message, ticket)
        message.reason = self.some(0, 1, 1, 2, 2, 2, 3, 4, 4, 5, 6, 7, 8, 12)
        message.note = self.text("not us")
        if self.chance(0.35):
            message.suggested_department_id = self.department()
        if self.chance(0.3):
            message.suggested_area = self.rng.choice(TICKET_AREAS)

    def reassigned(self, event, message, ticket):
        message.lead_official = self.text("", "Lei")
        message.note = self.text("yours")
        message.department_id = self.department()
        if self.chance(0.4):
            if self.chance(0.2):
                message.by_department_id = "desk"
            if self.chance(0.3):
                message.department_id = self.holder(ticket)
            return
        message.by_department_id = self.giver(ticket)
        below = [name for name, entry in DEPARTMENTS.items()
                 if entry.get("parent") == message.by_department_id]
        deeper = [name for name, entry in DEPARTMENTS.items()
                  if entry.get("parent") in below]
        if below and self.chance(0.8):
            message.department_id = self.rng.choice(below + deeper)
        elif self.chance(0.4):
            message.department_id = message.by_department_id

    def giver(self, ticket):
        """Most often one that holds it and has departments below it."""
        parents = {entry.get("parent") for entry in DEPARTMENTS.values()}
        parts = [part for part in ticket.parts if part.holds()
                 and part.department in parents] if ticket else []
        if parts and self.chance(0.6):
            return self.rng.choice(parts).department
        return self.holder(ticket)

    def reclassified(self, event, message, ticket):
        self.asker(event, ticket)
        if self.chance(0.15):
            return
        if self.chance(0.4):
            message.area = self.rng.choice(TICKET_AREAS)
        if self.chance(0.6):
            message.matters.extend(self.matters(3))
            if ticket and not ticket.small and self.chance(0.5):
                del message.matters[:]
                message.matters.extend(ticket.content.matters)
                if message.matters and self.chance(0.7):
                    message.matters[0].category = self.rng.choice(CATEGORIES)
        if self.chance(0.4):
            message.urgency = self.some(1, 2, 3, 7)

    def paused(self, event, message, ticket):
        self.asker(event, ticket)
        message.reason = self.text("parts")
        if self.chance(0.6):
            message.until_at = event.occurred_at + self.some(
                -MINUTE, 0, 20 * MINUTE, HOUR, 5 * HOUR, 2 * DAY)

    def resumed(self, event, message, ticket):
        self.asker(event, ticket)
        message.reason = self.text("parts came")

    def extended(self, event, message, ticket):
        self.asker(event, ticket)
        message.clock = self.some(0, 1, 2, 2, 2, 2, 5)
        message.reason = self.text("it takes long")
        clocks = ticket.clocks() if ticket else []
        end = event.occurred_at
        if clocks and self.chance(0.8):
            clock = self.rng.choice(clocks)
            message.clock = 1 if clock.kind == "first_response" else 2
            event.actor_department_id = clock.department
            end = clock.due_at
        if self.chance(0.6):
            message.by = self.some(*DURATIONS * 3, "0h", "soon", "1h30m")
        if self.chance(0.1) or not message.by:
            message.until_at = end + self.some(-HOUR, 0, HOUR, DAY, 4 * DAY)

    def updated(self, event, message, ticket):
        self.asker(event, ticket)
        message.description = self.text("still dark")
        message.urgency = self.some(0, 0, 0, 1, 2, 3, 3, 8)
        if self.chance(0.2):
            message.contact.phone = "555-0101"
        if self.chance(0.1):
            count = self.some(1, 2, 40, 60)
            message.attachments.extend(
                pb.Attachment(uri=f"http://x/{i}") for i in range(count))
        message.lead_official = self.text("", "", "", "Lin")
        if self.chance(0.2):
            message.supervised_by = self.some("boss", "city", "desk", STRANGER)
        if self.chance(0.2):
            message.merged_ticket_ids.extend(
                f"m{self.rng.randrange(99)}"
                for _ in range(self.some(1, 2, 30)))

    def callback(self, event, message, ticket):
        self.asker(event, ticket)
        message.result = self.some(0, 1, 2, 3)
        message.solved = self.some(0, 1, 2, 2, 3)
        message.note = self.text("the caller says so")

    def reopened(self, event, message, ticket):
        self.asker(event, ticket)
        message.reason = self.text("it is back")

    def merged(self, event, message, ticket):
        self.asker(event, ticket)
        message.into_ticket_id = self.some("older", "older", "older", "",
                                           event.ticket_id)

    def cancelled(self, event, message, ticket):
        self.asker(event, ticket)
        message.reason = self.text("a mistake")

    def urged(self, event, message, ticket):
        self.asker(event, ticket)
        message.reason = self.text("again")
