"""What random lives have reached; the test asserts that nothing is missing."""

from collections import Counter

from ticket_model import ACTIONS, STATUSES
from ticket_model_step import pb
from ticket_model_ticket import CO_HANDLER, LEAD

CODES = ("none", "repeat", "missing_id", "invalid_field", "too_many",
         "no_route", "unknown_ticket", "wrong_state", "too_old",
         "output_too_large")


def kinds_of(enum):
    return {value.name for value in enum.DESCRIPTOR.values if value.number}


class Coverage:
    """Counts of what happened."""

    def __init__(self):
        self.lives = 0
        self.pairs = Counter()  # (status, kind of event)
        self.codes = Counter()
        self.kinds = Counter()  # of outputs
        self.own_topics = Counter()  # kinds, in a department's own topic
        self.situations = Counter()

    def event(self, ticket, event, result, after):
        kind = event.WhichOneof("kind")
        code = "repeat" if result.repeat else result.code
        self.pairs[ticket.status if ticket else "unknown", kind] += 1
        self.codes[code] += 1
        self.outputs(result.outputs)
        if code != "none":
            self.situations[f"{kind}: {code}"] += 1
        if code == "none" and after:
            self.look_at(ticket, kind, after)
        self.lives += kind == "created" and code == "none"

    def outputs(self, outputs):
        for topic, message in outputs:
            enum = message.DESCRIPTOR.fields_by_name["kind"].enum_type
            name = enum.values_by_number[message.kind].name
            if topic in ("assignments", "deadlines"):
                self.kinds[name] += 1
            else:
                self.own_topics[name] += 1
            for name, holds in SIGHTS.items():
                if hasattr(message, "late_ms") and holds(message):
                    self.situations[name] += 1

    def look_at(self, before, kind, after):
        """Deep states, by name."""
        for name, holds in SITUATIONS.items():
            if holds(before, kind, after):
                self.situations[name] += 1

    def missing(self):
        """What was never reached."""
        pairs = {(status, kind) for status in ("unknown", *STATUSES)
                 for kind in ("created", *ACTIONS)}
        kinds = kinds_of(pb.AssignmentKind) | kinds_of(pb.DeadlineKind)
        own = kinds_of(pb.AssignmentKind)
        return ([f"{kind} when {status}" for status, kind
                 in sorted(pairs - set(self.pairs))]
                + sorted(set(CODES) - set(self.codes))
                + sorted(kinds - set(self.kinds))
                + [f"{kind} in an own topic"
                   for kind in sorted(own - set(self.own_topics))]
                + sorted({*SITUATIONS, *SIGHTS} - set(self.situations)))

    def text(self):
        lines = [f"{self.lives} lives, {sum(self.pairs.values())} events, "
                 f"{sum(self.kinds.values())} outputs"]
        for counter in (self.pairs, self.codes, self.kinds, self.own_topics,
                        self.situations):
            lines += [f"{n:8} {key if isinstance(key, str) else ' '.join(key)}"
                      for key, n in sorted(counter.items())]
        return "\n".join(lines + [f"missing: {self.missing()}"])


def parts(ticket, **values):
    return [part for part in ticket.parts
            if all(getattr(part, name) == value
                   for name, value in values.items())]


def clocks(ticket):
    return [clock for part in ticket.parts for clock in part.clocks.values()]


def longest_chain(ticket):
    return max((len(ticket.chain(part)) for part in ticket.parts), default=0)


# What a DeadlineEvent may show.
SIGHTS = {
    "a provisional end": lambda m: m.provisional,
    "met late": lambda m: m.late_ms > 0,
    "a late report": lambda m: m.explanation == "late report",
    "told to a supervisor": lambda m: m.explanation == "supervised",
    "moved by a calendar": lambda m: m.explanation == "the calendar changed",
    "a later level": lambda m: m.level >= 2,
    "paused time": lambda m: m.paused_ms > 0,
}

# Deep states: the ticket before (None: it was unknown), the kind of event, and
# the ticket after it.
SITUATIONS = {
    "many departments": lambda b, k, t: len(t.parts) >= 5,
    "a chain of three": lambda b, k, t: longest_chain(t) >= 3,
    "a co-handler forwards": lambda b, k, t: k == "reassigned" and any(
        p.role == CO_HANDLER and p.forwarded_by for p in t.parts),
    "a forwarded part comes back": lambda b, k, t: k == "returned"
    and longest_chain(b) > longest_chain(t),
    "two open questions": lambda b, k, t: len(t.disputes) >= 2,
    "a ruling": lambda b, k, t: k == "reassigned"
    and len(t.disputes) < len(b.disputes),
    "may not return": lambda b, k, t: any(
        p.may_not_return and not p.desk for p in t.parts),
    "the desk leads": lambda b, k, t: bool(parts(t, desk=True, role=LEAD)),
    "the desk co-operates": lambda b, k, t: bool(
        parts(t, desk=True, role=CO_HANDLER)),
    "supervises an emergency": lambda b, k, t: bool(
        parts(t, until_acknowledged=True)),
    "no longer supervises it": lambda b, k, t: bool(
        b and parts(b, until_acknowledged=True)
        and not parts(t, until_acknowledged=True)),
    "joined for a shared duty": lambda b, k, t: k == "returned"
    and len(t.parts) > len(b.parts),
    "a matter that is another's": lambda b, k, t: any(
        p.own and p.own != p.matters for p in t.parts),
    "three returns": lambda b, k, t: any(p.returns >= 3 for p in t.parts),
    "an area was corrected": lambda b, k, t: k == "returned"
    and b.content != t.content,
    "paused, two clocks": lambda b, k, t: sum(
        c.state == "paused" for c in clocks(t)) >= 2,
    "paused until a time": lambda b, k, t: bool(t.pause and t.pause.ends_at),
    "paused without an end": lambda b, k, t: bool(t.pause
                                                  and not t.pause.ends_at),
    "a pause ends by a move": lambda b, k, t: k in ("returned", "reassigned")
    and bool(b.pause and not t.pause),
    "resolved while paused": lambda b, k, t: k == "resolved"
    and bool(b.pause),
    "extended twice": lambda b, k, t: any(
        c.extensions_used >= 2 for c in clocks(t)),
    "extended while paused": lambda b, k, t: k == "extended"
    and bool(t.pause),
    "extended after a breach": lambda b, k, t: k == "extended" and any(
        c.breached for c in clocks(t)),
    "first response extended": lambda b, k, t: k == "extended" and any(
        c.extensions_used for p in t.parts
        for c in p.clocks.values() if c.kind == "first_response"),
    "urgency raised": lambda b, k, t: k in ("updated", "reclassified")
    and t.content.urgency > b.content.urgency,
    "dispatched anew": lambda b, k, t: k == "reclassified"
    and t.version != b.version,
    "resolved by one of many": lambda b, k, t: t.status == "open" and any(
        p.resolved for p in t.parts),
    "a third round": lambda b, k, t: t.round >= 3,
    "reopened by a call-back": lambda b, k, t: k == "callback"
    and t.round > b.round,
    "split off again": lambda b, k, t: k == "reopened"
    and b.status == "merged",
    "reopened after closing": lambda b, k, t: k == "reopened"
    and b.status == "closed",
    "supervised": lambda b, k, t: bool(t.supervised_by),
    "more inputs than are known again": lambda b, k, t: b is not None
    and len(b.inputs) == len(t.inputs) == 64,
    "more returns than are listed": lambda b, k, t: len(t.returns) > 32,
    "without matters": lambda b, k, t: bool(
        t.parts and not t.content.matters),
    "no policy": lambda b, k, t: any(p.policy is None for p in t.parts),
    "a lost calendar": lambda b, k, t: any(
        c.calendar_id == "branch" for c in clocks(t)),
    "levels sent after a breach": lambda b, k, t: any(
        c.levels_sent for c in clocks(t)),
    "confidential": lambda b, k, t: t.content.confidential,
    "known small": lambda b, k, t: bool(b and b.small),
}
