"""What a read_committed reader must find for each ticket."""

from collections import defaultdict

from cities import CATEGORIES, EXPECTED


class Ledger:
    """Every event of both output topics, by ticket."""

    def __init__(self, pb, topics):
        self.events = defaultdict(list)
        self.ids = defaultdict(int)
        self.order = []
        for msg in topics.read("assignments"):
            self.add(msg, pb.AssignmentEvent.FromString(msg.value()))
        for msg in topics.read("deadlines"):
            self.add(msg, pb.DeadlineEvent.FromString(msg.value()))

    def add(self, msg, event):
        assert msg.key().decode() == event.ticket_id
        self.events[event.ticket_id].append(event)
        self.ids[event.event_id] += 1

    def twice(self):
        return [name for name, count in self.ids.items() if count > 1]

    def gaps(self):
        """Tickets whose event numbers are not 1..n, or not in order within
        a topic."""
        bad = []
        for ticket, events in self.events.items():
            numbers = [int(e.event_id.rsplit("/", 1)[1]) for e in events]
            if sorted(numbers) != list(range(1, len(numbers) + 1)):
                bad.append((ticket, numbers))
                continue
            by_type = defaultdict(list)
            for event, number in zip(events, numbers):
                by_type[type(event)].append(number)
            if any(n != sorted(n) for n in by_type.values()):
                bad.append((ticket, numbers))
        return bad

    def check(self, numbers, categories=CATEGORIES):
        """Exactly once, in order, and the right departments."""
        assert not self.twice(), self.twice()[:5]
        assert not self.gaps(), self.gaps()[:5]
        expected = {f"t{n}": categories[n % len(categories)] for n in numbers}
        missing = set(expected) - set(self.events)
        assert not missing, f"{len(missing)} missing: {sorted(missing)[:5]}"
        extra = set(self.events) - set(expected)
        assert not extra, sorted(extra)[:5]
        for name, category in expected.items():
            lead, everyone, count = EXPECTED[category]
            assigned = [e for e in self.events[name] if hasattr(e, "role")]
            assert {e.department_id for e in assigned} == everyone, name
            assert [e.department_id for e in assigned if e.role == 1] == [lead]
            assert len(self.events[name]) == count, self.events[name]
