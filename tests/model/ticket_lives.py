"""Random lives of tickets, in the dispatcher and in the model at once.

The same seed is the same run.
"""

import random
from collections import Counter

from google.protobuf.json_format import MessageToDict
from ticket_cities import as_stored, change_city, random_city
from ticket_events import Dice
from ticket_model import STATUSES, Partition, Result
from ticket_model_calendar import DAY, HOUR, MINUTE
from ticket_model_catalogue import Catalogue
from ticket_whole import faults

# Just before daylight saving changes, and two others: UTC.
BASES = (1772668800000, 1774440000000, 1782896400000, 1793275200000)
NEVER = 2**63 - 1
MAX_SIZE, ROOM = 100_000, 4096  # of a value, and what a state leaves free
TICKETS, STEPS = 5, 150
MARATHON = 500  # steps of a life with one ticket alone
# How fast time goes: the steps of a life, one of them each time.
PACES = ((0, 1, MINUTE, 2 * MINUTE, 5 * MINUTE, 12 * MINUTE),
         (0, 1, MINUTE, 7 * MINUTE, 20 * MINUTE, HOUR, 2 * HOUR),
         (0, MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 9 * HOUR, DAY))


class Disagreement(AssertionError):
    """The dispatcher and the model are not of one mind."""


def readable(message):
    """One line, with what was not set left out."""
    return str(MessageToDict(message, preserving_proto_field_name=True))


def comparable(topic, message):
    """The text of a refusal is for people: its code alone counts."""
    if getattr(message, "reason", "").startswith("wrong_state: "):
        message.reason = "wrong_state"
    return topic, message


class Life:
    """One seed: one partition, a few tickets, one city that changes."""

    def __init__(self, driver, seed, coverage):
        self.seed = seed
        self.rng = random.Random(seed)
        self.driver, self.coverage = driver, coverage
        self.max_size = MAX_SIZE
        if self.rng.random() < 0.1:
            self.max_size = self.rng.randrange(7000, 16000)
        self.pace = self.rng.choice(PACES)
        self.tickets, self.steps = TICKETS, STEPS
        if self.rng.random() < 0.03:
            self.tickets, self.steps = 1, MARATHON
        self.dice = Dice(self.rng, self.max_size < MAX_SIZE, self.tickets == 1)
        self.retention = self.rng.choice([2 * DAY, 9 * DAY, 30 * DAY])
        self.model = Partition(self.retention)
        self.now = self.rng.choice(BASES) + self.rng.randrange(DAY)
        self.latest = self.now
        self.history = []
        self.sent = {}  # events by ticket, for repeats
        self.topic, self.uncommitted = [], []  # records of the state topic
        driver.begin(self.max_size, self.retention)
        self.city = random_city(self.rng)
        self.use_city()

    def note(self, text, name=""):
        self.history.append((name, text))

    def use_city(self):
        tables = as_stored(self.city)
        self.model.catalogue = Catalogue(tables)
        self.driver.catalogue(tables)
        self.note(f"catalogue {self.model.catalogue.version}")

    def run(self):
        for _ in range(self.steps):
            self.step()
        self.settle()

    def step(self):
        dice = self.rng.random()
        if dice < 0.78:
            self.event()
        elif dice < 0.90:
            self.fire(self.now)
        elif dice < 0.93:
            self.change_city()
        elif dice < 0.96:
            self.commit()
        elif dice < 0.98:
            self.abort()
        else:
            self.restore()

    def settle(self):
        """Time goes on until nothing is left to do."""
        self.commit()
        self.now += 60 * DAY
        self.fire(self.now)

    # ----------------------------------------------------------------- steps

    def tick(self):
        """Time goes on: a little, to where something is due, or far."""
        due = self.model.next_due()
        if due and due[0] > self.now and self.rng.random() < 0.2:
            self.now = due[0] + self.rng.choice([-1, 0, 0, 1])
            return
        self.now += self.rng.choice(self.pace)

    def name(self):
        """The first one lives most."""
        return f"t{max(self.rng.randrange(-2, self.tickets), 0)}"

    def event(self):
        self.tick()
        name = self.name()
        ticket = self.model.tickets.get(name)
        event = self.draw(name, ticket)
        timestamp = self.now
        if self.rng.random() < 0.02:
            timestamp -= self.rng.choice([
                HOUR, 3 * DAY, self.retention, self.retention + 1, 40 * DAY])
        self.latest = max(self.latest, timestamp)
        self.note(f"at {timestamp}: {readable(event)}", name)
        answer = self.driver.apply(timestamp, self.latest, event)
        result = self.model.apply(event, timestamp, self.latest)
        if answer.code == "output_too_large":
            result = self.too_large(name, ticket, event, answer, result)
        self.coverage.event(ticket, event, result,
                            self.model.tickets.get(name))
        self.keep(answer)
        self.check(name, answer, result.code, result.outputs, result.repeat)

    def too_large(self, name, ticket, event, answer, result):
        """The model does not know how large a state is: it believes what is
        plausible, and that nothing has changed."""
        before = max((len(value or b"") for key, value
                      in self.topic + self.uncommitted if key == name),
                     default=0)
        outputs = [message.ByteSize() for _, message in result.outputs]
        state = before + 2 * event.ByteSize() + ROOM
        if max(outputs, default=0) < self.max_size > state + ROOM:
            self.fail(name, "it is not too large", answer, result.outputs)
        if ticket:
            self.model.tickets[name] = ticket
        else:
            self.model.tickets.pop(name, None)
        return Result("output_too_large")

    def draw(self, name, ticket):
        """A new event, or one that was here before."""
        sent = self.sent.setdefault(name, [])
        if sent and self.rng.random() < 0.04:
            return self.rng.choice(sent[-70:])
        at = self.now
        if self.rng.random() < 0.25:
            at += self.rng.choice([-1, -4 * MINUTE, -14 * MINUTE,
                                   -16 * MINUTE, -2 * HOUR, -2 * DAY, 1,
                                   HOUR])
        event = self.dice.event(name, ticket, at)
        sent.append(event)
        return event

    def fire(self, until):
        """Time alone, one moment of one ticket after the other."""
        blind = self.rng.random() < 0.5
        while True:
            answer = self.driver.fire(until, blind)
            due = self.model.next_due()
            if not answer.record:
                if due and due[0] <= until:
                    self.fail(due[1], "nothing fires", answer,
                              self.model.fire(due[1], blind))
                return
            name = answer.record[0]
            at = self.model.tickets[name].next_due()
            self.note(f"timers at {at}", name)
            if due[0] != at:
                self.fail(name, f"{due} is due first", answer, [])
            outputs = self.model.fire(name, blind)
            self.coverage.outputs(outputs)
            self.keep(answer)
            self.check(name, answer, "none", outputs)

    def change_city(self):
        """A new version; most often open deadlines move with it at once."""
        self.city = change_city(self.rng, self.city)
        self.use_city()
        if self.rng.random() < 0.8:
            self.recalendar()

    def recalendar(self):
        moved = self.model.recalendar(self.now)
        for outputs in moved.values():
            self.coverage.outputs(outputs)
        while True:
            answer = self.driver.recalendar(self.now)
            if not answer.record:
                break
            name = answer.record[0]
            self.note(f"calendars at {self.now}", name)
            self.keep(answer)
            self.check(name, answer, "none", moved.pop(name, []), due=False)
        for name, outputs in moved.items():
            self.fail(name, "calendars do not move", answer, outputs)
        self.check_due()

    def keep(self, answer):
        if answer.record:
            self.uncommitted.append(answer.record)

    def commit(self):
        self.driver.commit()
        self.model.commit()
        self.topic += self.uncommitted
        self.uncommitted = []

    def abort(self):
        self.driver.abort()
        self.model.abort()
        self.uncommitted = []
        self.note("aborted")
        self.check_due()

    def restore(self):
        """The process is gone; of the topic each key's last value is left."""
        if self.rng.random() < 0.5:
            self.commit()
        else:
            self.abort()
        last = {key: i for i, (key, _) in enumerate(self.topic)}
        self.topic = [(key, value)
                      for i, (key, value) in enumerate(self.topic)
                      if last[key] == i or self.rng.random() < 0.3]
        self.driver.restore(self.topic)
        self.note("restored")
        self.check_due()

    # ---------------------------------------------------------------- compare

    def check(self, name, answer, code, outputs, repeat=False, due=True):
        found = [comparable(o.topic, o.message) for o in answer.outputs]
        expected = [comparable(*output) for output in outputs]
        if (answer.code, answer.repeat) != (code, repeat):
            self.fail(name, f"{code}, repeat {repeat}", answer, outputs)
        if found != expected:
            self.fail(name, "other outputs", answer, outputs)
        for output in answer.outputs:
            self.check_form(name, output)
        ticket = self.model.tickets.get(name)
        for fault in faults(ticket) if ticket else []:
            self.fail(name, fault, answer, outputs)
        if due:
            self.check_due(name, answer)

    def check_form(self, name, output):
        message = output.message
        enum = type(message).DESCRIPTOR.fields_by_name["kind"].enum_type
        kind = enum.values_by_number[message.kind].name
        kind = kind.partition("_KIND_")[2]
        assert output.key == message.ticket_id == name
        assert output.event_id == message.event_id
        assert output.department == message.department_id
        assert output.occurred_at == message.occurred_at
        assert output.kind == message.kind
        assert output.type == (f"dispatch.v1.{type(message).__name__}.{kind}")
        assert output.size <= self.max_size

    def check_due(self, name="", answer=None):
        answer = answer or self.driver.look()
        due = self.model.next_due()
        expected = due[0] if due else NEVER
        if answer.next_due != expected:
            self.fail(name, f"next due is {due}", answer, [])
        counts = Counter(t.status for t in self.model.tickets.values())
        counts = [counts.total(), *(counts[s] for s in STATUSES)]
        if answer.tickets != counts:
            self.fail(name, f"tickets are {counts}", answer, [])

    def fail(self, name, what, answer, outputs):
        lines = [f"seed {self.seed}, ticket {name}: the model says {what}", ""]
        lines += [text for of, text in self.history if of in ("", name)]
        lines += ["", f"dispatcher: {answer.code}"
                  f"{', repeat' * answer.repeat}, next {answer.next_due}"]
        found = [comparable(o.topic, o.message) for o in answer.outputs]
        outputs = [comparable(*output) for output in outputs]
        for i in range(max(len(found), len(outputs))):
            lines += compared(*(list_[i] if i < len(list_) else None
                                for list_ in (found, outputs)))
        raise Disagreement("\n".join(lines))


def compared(found, expected):
    """Lines for one output of each: where they are close, what differs."""
    if found == expected:
        return [f"  both:       {summary(*found)}"]
    lines = [f"  dispatcher: {summary(*found)}"] if found else []
    if not (found and expected and summary(*found) == summary(*expected)):
        return lines + ([f"  model:      {summary(*expected)}"]
                        if expected else [])
    one, two = (MessageToDict(message, preserving_proto_field_name=True)
                for _, message in (found, expected))
    return lines + [f"    {name}: {one.get(name)}, the model: {two.get(name)}"
                    for name in {**one, **two}
                    if one.get(name) != two.get(name)]


def summary(topic, message):
    """What happened to whom."""
    words = [topic, message.event_id, str(message.occurred_at)]
    fields = message.DESCRIPTOR.fields_by_name
    for name in ("kind", "department_id", "role", "matter_indexes", "clock",
                 "due_at", "level", "escalate_to"):
        if name not in fields:
            continue
        value = getattr(message, name)
        enum = fields[name].enum_type
        words.append(enum.values_by_number[value].name if enum
                     else str(value))
    return " ".join(words)
