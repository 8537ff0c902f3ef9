"""Who gets the matters of a ticket by the catalogue."""

from dataclasses import dataclass, field

from ticket_model_catalogue import URGENCIES, Policy
from ticket_model_step import Refused

TYPES = ("", "INQUIRY", "HELP", "COMPLAINT", "REPORT", "SUGGESTION")


@dataclass
class Share:
    """What one department is to take over, and why."""
    department: str
    matters: list = field(default_factory=list)
    own: list = field(default_factory=list)
    co_only: bool = False
    policy: Policy = None  # of the first matter that has one
    # By matter: the policy of its resolution, and whether it is the desk's.
    terms: list = field(default_factory=list)
    rule: str = ""
    fallback: bool = False
    official: str = ""  # the route's

    @property
    def desk(self):
        return any(as_desk for _, as_desk in self.terms)

    def under(self, policy, resolution=None, as_desk=False):
        """One more matter: under this policy, its resolution maybe under
        another."""
        self.policy = self.policy or policy
        self.terms.append((resolution or policy, as_desk))

    def add(self, matter, own):
        """None stands for the whole of a ticket without matters."""
        if matter is None:
            return
        self.matters = sorted({*self.matters, matter})
        if own:
            self.own = sorted({*self.own, matter})

    def take(self, choice):
        """Its first own matter says under which rule it is here."""
        self.co_only = False
        self.policy, self.terms = None, []
        self.under(choice.policy)
        self.rule, self.fallback = choice.rule, choice.fallback
        self.official = choice.official


def query_of(content, matter, at):
    """What the rules look at for a matter; None: the ticket has none."""
    urgency = content.urgency if 1 <= content.urgency <= 3 else 1
    kind = content.request_type if 0 <= content.request_type <= 5 else 0
    return {"area": (matter and matter.area) or content.area,
            "category": matter.category if matter else "",
            "channel": content.channel, "type": TYPES[kind],
            "urgency": URGENCIES[urgency - 1], "at_ms": at}


def queries_of(content, matters, at):
    """(index, query) of these matters; a ticket without any is matched by its
    area alone."""
    if not content.matters:
        return [(None, query_of(content, None, at))]
    return [(i, query_of(content, content.matters[i], at)) for i in matters]


def add_own(shares, choice, matter):
    share = shares.setdefault(choice.department,
                              Share(choice.department, co_only=True))
    if share.co_only:
        share.take(choice)
    else:
        share.under(choice.policy)
    share.add(matter, own=True)
    return share


def add_co(shares, department, choice, matter):
    if department not in shares:
        shares[department] = Share(department)
        shares[department].take(choice)
        shares[department].co_only = True
        shares[department].fallback = False
    shares[department].add(matter, own=False)


def plan(step, content, excluded=()):
    """The shares of all matters, the lead's first."""
    shares = {}
    for i, query in queries_of(content, range(len(content.matters)), step.at):
        choice = step.catalogue.choose(query, excluded)
        if not choice:
            raise Refused("no_route")
        add_own(shares, choice, i)
        for department in choice.co:
            if department not in excluded:
                add_co(shares, department, choice, i)
    return list(shares.values())
