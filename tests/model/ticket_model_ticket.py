"""What is remembered of a ticket."""

import copy
from dataclasses import dataclass, field

from ticket_model_catalogue import URGENCIES, Policy
from ticket_model_clock import FIRST_RESPONSE, RESOLUTION

LEAD, CO_HANDLER, SUPERVISOR = 1, 2, 3


@dataclass
class Part:
    """One department's share of a ticket."""
    department: str
    name: str
    role: int
    matters: list = field(default_factory=list)
    own: list = field(default_factory=list)  # the others are another's
    co_only: bool = False  # none is its own
    rule: str = ""
    fallback: bool = False
    official: str = ""
    policy: Policy = None
    clocks: dict = field(default_factory=dict)
    assigned_at: int = 0
    attempt: int = 1
    returns: int = 0  # that count towards max_returns
    may_not_return: bool = False
    forwarded_by: str = ""
    until_acknowledged: bool = False
    acknowledged: bool = False
    contacted: bool = False
    resolved: bool = False
    desk: bool = False  # the dispute department, for want of others

    def copy(self):
        clone = copy.copy(self)
        clone.clocks = {kind: clock.copy()
                        for kind, clock in self.clocks.items()}
        return clone

    def holds(self):
        return self.role != SUPERVISOR

    def answers_for(self):
        """The matters that go on when it returns its part."""
        return self.matters if self.co_only else self.own

    def open_clock(self, kind):
        clock = self.clocks.get(kind)
        return clock if clock and clock.is_open() else None

    def has_answered(self):
        """Whether its first response is given."""
        return self.contacted or (
            self.acknowledged and self.policy is not None
            and self.policy.first_response_by == "acknowledged")


@dataclass
class Dispute:
    """A question that the desk must decide."""
    desk: str  # which was asked
    raised_by: str


@dataclass
class Pause:
    since: int
    ends_at: int  # 0: not by itself
    caused_by: str


@dataclass
class Ticket:
    id: str
    content: object  # TicketCreated as it is now; replaced, never changed
    status: str = "open"
    sequence: int = 0
    inputs: list = field(default_factory=list)  # (source, event_id)
    version: str = ""  # of the catalogue, when it last decided
    number: int = 0
    caused_by: str = ""
    parts: list = field(default_factory=list)  # lead, co-handlers, supervisors
    pause: Pause = None
    disputes: list = field(default_factory=list)  # the oldest first
    returns: list = field(default_factory=list)
    returned_by: list = field(default_factory=list)
    supervised_by: str = ""
    close_at: int = 0
    forget_at: int = 0
    merged_into: str = ""
    round: int = 1
    round_at: int = 0  # when the present one began
    paused_ms: int = 0  # over all ended pauses of this round
    small: bool = False  # nothing but ids and times is kept

    def copy(self):
        clone = copy.copy(self)
        clone.parts = [part.copy() for part in self.parts]
        clone.pause = copy.copy(self.pause)
        clone.disputes = list(self.disputes)
        clone.returns = list(self.returns)
        clone.returned_by = list(self.returned_by)
        return clone

    @property
    def urgency(self):
        number = self.content.urgency
        return URGENCIES[number - 1] if 1 <= number <= 3 else "NORMAL"

    @property
    def lead(self):
        return self.parts[0]

    def sort(self):
        self.parts.sort(key=lambda part: part.role)

    def part(self, department):
        for part in self.parts:
            if part.department == department:
                return part
        return None

    def below(self, part):
        """Who has it from this department; None: it did not forward it."""
        for other in self.parts:
            if other.forwarded_by == part.department:
                return other
        return None

    def chain(self, part):
        """A part and those above that forwarded it, itself first."""
        parts = [part]
        while parts[-1].forwarded_by:
            parts.append(self.part(parts[-1].forwarded_by))
        return parts

    def upper(self, part):
        """Who forwarded it first: that part carries the clocks."""
        return self.chain(part)[-1]

    def lower(self, part):
        """Who holds what this department has forwarded, or itself; None: it
        only supervises."""
        while part and not part.holds():
            part = self.below(part)
        return part

    def clocks(self):
        """All that are open, in the order of the parts."""
        return [part.clocks[kind] for part in self.parts
                for kind in (FIRST_RESPONSE, RESOLUTION)
                if part.open_clock(kind)]

    def next_due(self):
        """When time does something next; None: never."""
        ends = [clock.next_due() for clock in self.clocks()]
        ends += [self.close_at, self.forget_at,
                 self.pause and self.pause.ends_at]
        return min((at for at in ends if at), default=None)
