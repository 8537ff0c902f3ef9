"""One clock of one department: when it is due, and what comes before and
after that."""

import copy
from dataclasses import dataclass, field

from ticket_model_calendar import Calendar, is_working
from ticket_model_catalogue import Policy

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"


@dataclass
class Clock:
    kind: str
    department: str  # whose it is
    parent: str  # of the department when it was planned last
    policy: Policy
    calendar_id: str
    calendar: Calendar  # by which due_at was computed
    limit: str
    started_at: int
    counted_from: int  # started_at, later where it was paused
    caused_by: str
    state: str = "running"  # or paused, met
    due_at: int = 0
    provisional: bool = False
    left: int = None  # at counted_from, instead of the limit
    used: int = 0  # before counted_from
    extensions: list = field(default_factory=list)
    extended_until: int = 0
    extensions_used: int = 0
    warn_ats: list = field(default_factory=list)
    levels: list = field(default_factory=list)  # (at, level, to), to come
    levels_sent: set = field(default_factory=set)
    breached: bool = False
    paused_ms: int = 0

    def copy(self):
        clone = copy.copy(self)
        clone.extensions = list(self.extensions)
        clone.warn_ats = list(self.warn_ats)
        clone.levels = list(self.levels)
        clone.levels_sent = set(self.levels_sent)
        return clone

    def is_open(self):
        return self.state != "met"

    def measure(self, begin, end):
        """The time between two moments: open time for a working clock."""
        if is_working(self.limit):
            return self.calendar.elapsed(begin, end)
        return max(end - begin, 0)

    def after(self, begin, amount):
        """When so much time has passed: the inverse of measure."""
        if is_working(self.limit):
            at = self.calendar.advance(begin, amount)
            return at, self.calendar.is_provisional(at)
        return begin + amount, False

    def compute(self):
        """due_at and provisional, from how the end came about."""
        if self.extended_until:
            at, provisional = self.extended_until, False
        elif self.left is not None:
            at, provisional = self.after(self.counted_from, self.left)
        else:
            at, provisional = self.calendar.due(self.counted_from, self.limit)
        for duration in self.extensions:
            at, later = self.calendar.due(at, duration)
            provisional = provisional or later
        self.due_at, self.provisional = at, provisional

    def plan_ahead(self, now):
        """The warnings and levels of escalation that are still to come."""
        now = max(now, self.counted_from)
        points = {self.warn_point(warn) for warn in self.policy.warn}
        self.warn_ats = sorted(p for p in points
                               if p and now < p < self.due_at)
        self.levels = []
        for level, (after, to) in enumerate(self.policy.escalate):
            to = self.parent if to == "@parent" else to
            if to and level not in self.levels_sent:
                at, _ = self.calendar.due(self.due_at, after)
                self.levels.append((at, level, to))
        self.levels.sort()

    def warn_point(self, warn):
        """A share of its whole time without pauses, or so long before the
        end; None: the share was over before a pause."""
        if warn.startswith("-"):
            return self.calendar.before(self.due_at, warn[1:])
        whole = self.used + self.measure(self.counted_from, self.due_at)
        share = whole * int(warn[:-1]) // 100 - self.used
        return self.after(self.counted_from, share)[0] if share >= 0 else None

    def plan_by(self, today, parent, now):
        """The same by the calendar of today; the end stays that of the one by
        which it was computed."""
        before, self.calendar, self.parent = self.calendar, today, parent
        self.plan_ahead(now)
        self.calendar = before

    def move(self, calendar, parent, now):
        """The calendar is another one; what is due and only late stays due,
        if it is before the end."""
        late = [at for at in self.warn_ats if at <= now]
        self.calendar = calendar
        self.compute()
        self.plan_by(calendar, parent, now)
        self.warn_ats = [at for at in late if at < self.due_at] + self.warn_ats

    def next_due(self):
        """When it does something by itself next; None: never."""
        if self.state != "running":
            return None
        ends = self.warn_ats[:1] + [at for at, _, _ in self.levels[:1]]
        if not self.breached:
            ends.append(self.due_at)
        return min(ends, default=None)

    # ------------------------------------------------------------------ pause

    def pause(self, now, ends_at, today):
        """Keeps the time that is left. Where it is known when the pause ends,
        due_at is what it will be then."""
        before, self.calendar = self.calendar, today
        self.left = self.measure(now, self.due_at)
        self.used += self.measure(self.counted_from, now)
        self.extensions, self.extended_until = [], 0
        self.state = "paused"
        if ends_at:
            self.counted_from = ends_at
            self.compute()
        else:
            self.calendar = before

    def resume(self, now, pause):
        """Ended by itself: due_at is known since it began."""
        self.state = "running"
        self.paused_ms += max(now - pause.since, 0)

    # -------------------------------------------------------------- extension

    def extend_by(self, duration, calendar):
        """From the present end on."""
        self.due_at, later = calendar.due(self.due_at, duration)
        self.provisional = self.provisional or later
        self.extensions.append(duration)

    def extend_until(self, end, pause, today):
        """While it is paused this is more time that is left."""
        self.extensions = []
        if self.state == "paused":
            before, self.calendar = self.calendar, today
            self.left = self.measure(pause.ends_at or pause.since, end)
            self.calendar = before
        else:
            self.extended_until = end
        self.due_at, self.provisional = end, False
