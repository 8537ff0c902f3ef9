"""The table of the demo: assignments by department, as they arrive.

On a terminal it is drawn anew in place; elsewhere a line now and then, and the
whole table once at the end.
"""

import shutil
import sys
import time
import unicodedata
from collections import Counter, deque

NAME = 38     # columns of a department's name
BAR = 17      # columns of the longest bar
ROWS = 12     # departments shown while it runs
FEW = 20      # so many tickets are all shown, of more only the latest
LATEST = 3
FRAME_S = 0.1


def width(text):
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1
               for char in text)


def fit(text, columns):
    """Exactly so many columns of a text."""
    while width(text) > columns:
        text = text[:-2] + "…"
    return text + " " * (columns - width(text))


class Table:
    def __init__(self, tickets, out=sys.stdout):
        self.tickets = tickets
        self.out = out
        self.live = out.isatty()
        self.names = {}
        self.leads = Counter()
        self.others = Counter()
        self.latest = deque(maxlen=FEW if tickets <= FEW else LATEST)
        self.started_at = time.monotonic()
        self.drawn_at = 0.0
        self.height = 0
        self.announced = 0

    @property
    def assigned(self):
        return self.leads.total()

    def add(self, event):
        """Counts one AssignmentEvent."""
        department = event["department_id"]
        self.names[department] = event["department_name"]
        if event["role"] != "ROLE_LEAD":
            self.others[department] += 1
            return
        self.leads[department] += 1
        self.latest.append(event)

    def draw(self):
        """Shows the present state, not more often than anyone can see."""
        now = time.monotonic()
        if self.live and now - self.drawn_at >= FRAME_S:
            self.drawn_at = now
            lines = [self.progress(), *self.departments(ROWS),
                     *map(self.ticket_line, self.latest)]
            # What has scrolled away cannot be written over.
            self.replace(lines[:shutil.get_terminal_size().lines - 1])
        if not self.live and self.assigned - self.announced >= 1000:
            self.announced = self.assigned - self.assigned % 1000
            print(self.progress(), file=self.out, flush=True)

    def finish(self):
        tickets = (sorted(self.latest, key=lambda event: event["ticket_id"])
                   if self.tickets <= FEW else ())
        self.replace([self.progress(), *self.departments(),
                      *map(self.ticket_line, tickets)])
        self.height = 0

    def replace(self, lines):
        """Writes lines over those that were written before."""
        if self.live:
            # A line that wraps would be two, and the next drawing too low.
            columns = shutil.get_terminal_size().columns - 1
            lines = [fit(line, columns).rstrip() for line in lines]
        up = f"\x1b[{self.height}F\x1b[J" if self.live and self.height else ""
        self.out.write(up + "".join(f"{line}\n" for line in lines))
        self.out.flush()
        self.height = len(lines)

    def progress(self):
        seconds = max(time.monotonic() - self.started_at, 0.001)
        return (f"  {self.assigned:,} of {self.tickets:,} tickets assigned, "
                f"{seconds:.1f} s")

    def departments(self, rows=None):
        """The head and a line for each department, the busiest first."""
        ids = sorted(self.leads.keys() | self.others.keys(),
                     key=lambda i: (-self.leads[i], -self.others[i], i))
        yield "  {} {:>6} {:>6} {:>7}".format(
            fit("department", NAME), "leads", "helps", "share")
        yield from map(self.department_line, ids[:rows])
        if rows is not None and len(ids) > rows:
            yield f"  … and {len(ids) - rows} more"

    def department_line(self, department):
        leads = self.leads[department]
        share = leads / max(self.assigned, 1)
        most = max(self.leads.values(), default=0) or 1
        name = f"{department}  {self.names[department]}"
        bar = "█" * round(BAR * leads / most)
        return (f"  {fit(name, NAME)} {leads:>6,} "
                f"{self.others[department]:>6,} {share:>7.1%} {bar}").rstrip()

    def ticket_line(self, event):
        helpers = "".join(f" + {department}" for department
                          in event.get("co_department_ids", ()))
        return (f"  {event['ticket_id']}  {fit(event['ticket']['title'], 32)} "
                f"-> {event['department_id']}{helpers}")
