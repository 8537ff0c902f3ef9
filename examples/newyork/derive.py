#!/usr/bin/env python3
"""Derives the New York catalogue from the tickets of one day.

    derive.py            writes catalogue/*.csv and the tables in README.md
    derive.py --check    says what would change; exit code 1 if anything would
    derive.py --misses   lists the recorded due dates that no policy gives

The complaint type decides the agency (every type of the day is pure), so there
is one route for each type. The offset between a ticket's creation and its
recorded due date is constant for nearly all (type, descriptor) pairs; a pair
gets a route of its own only where its offset is not that of its type.
"""
import csv
import gzip
import io
import json
import math
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
TIME_FORMAT = "%m/%d/%y %H:%M"
DESK = "NYC311"
CALENDAR = "new-york"

AGENCIES = {
    "ACS": "Administration for Children's Services",
    "DCA": "Department of Consumer Affairs",
    "DCAS": "Department of Citywide Administrative Services",
    "DEP": "Department of Environmental Protection",
    "DFTA": "Department for the Aging",
    "DHS": "Department of Homeless Services",
    "DOB": "Department of Buildings",
    "DOE": "Department of Education",
    "DOF": "Department of Finance",
    "DOHMH": "Department of Health and Mental Hygiene",
    "DOITT": "Department of Information Technology and Telecommunications",
    "DOT": "Department of Transportation",
    "DPR": "Department of Parks and Recreation",
    "DSNY": "Department of Sanitation",
    "EDC": "Economic Development Corporation",
    "HPD": "Department of Housing Preservation and Development",
    "HRA": "Human Resources Administration",
    "NYPD": "New York City Police Department",
    "TLC": "Taxi and Limousine Commission",
    DESK: "NYC311, the desk that takes the calls",
}

AREAS = {
    "new-york": "New York City",
    "new-york/BRONX": "The Bronx",
    "new-york/BROOKLYN": "Brooklyn",
    "new-york/MANHATTAN": "Manhattan",
    "new-york/QUEENS": "Queens",
    "new-york/STATEN ISLAND": "Staten Island",
}

# The city publishes no limit for the first contact: these are ours. Where the
# resolution takes at most so many hours, the citizen is contacted within that.
FIRST_RESPONSE = [(1, "30m"), (8, "2h"), (24, "8h"), (math.inf, "1d")]
# For types none of whose tickets carries a due date: ours, too.
DEFAULT_POLICY = {"id": "default", "first_response": "1d", "resolution": "30d"}

# What the agencies' replies say about limits that the rows cannot tell apart.
REPLIES = {
    "All other locations will be inspected in 8 days":
        "8 d, not 4 d, off streets and sidewalks; Location Type reads alike",
    "fulfill this literature request within 7 days":
        "7 d by post, 1 d by e-mail; no column says which was wanted",
}


def read_tickets():
    with gzip.open(HERE / "tickets.csv.gz") as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
        return list(csv.DictReader(text))


def step(text):
    """One step of a category path: neither '/' nor '|' may be inside."""
    return text.replace("/", "-").replace("|", "-")


def category(ticket):
    steps = (ticket["Complaint Type"], ticket["Descriptor"])
    return "/".join(step(text) for text in steps if text)


def local_time(text):
    return datetime.strptime(text, TIME_FORMAT)


def offset(ticket):
    """From creation to due date by the wall clock, or None."""
    if not ticket["Due Date"]:
        return None
    return local_time(ticket["Due Date"]) - local_time(ticket["Created Date"])


def duration(span):
    """The catalogue's word for a span: whole days, else whole hours."""
    if span >= timedelta(days=1):
        return f"{round(span / timedelta(days=1))}d"
    return f"{round(span / timedelta(hours=1))}h"


def hours(text):
    return int(text[:-1]) * (24 if text.endswith("d") else 1)


def agencies_by_type(tickets):
    seen = defaultdict(set)
    for ticket in tickets:
        seen[step(ticket["Complaint Type"])].add(ticket["Agency"])
    mixed = [name for name, agencies in seen.items() if len(agencies) > 1]
    if mixed:
        sys.exit(f"derive.py: types of several agencies: {mixed}")
    return {name: agencies.pop() for name, agencies in seen.items()}


def limits_by_category(tickets):
    """Category path -> its most frequent limit; only where dates exist."""
    seen = defaultdict(Counter)
    for ticket in tickets:
        span = offset(ticket)
        if span is not None:
            seen[category(ticket)][duration(span)] += 1
    return {path: most_common(counts) for path, counts in seen.items()}


def most_common(counts):
    """The most frequent limit; of equally frequent ones the shortest."""
    return min(counts, key=lambda limit: (-counts[limit], hours(limit)))


def derive_routes(tickets):
    limits = limits_by_category(tickets)
    routes = []
    for name, agency in sorted(agencies_by_type(tickets).items()):
        below = {path: limit for path, limit in limits.items()
                 if path.split("/")[0] == name}
        usual = (most_common(Counter(below.values())) if below
                 else DEFAULT_POLICY["id"])
        routes.append((name, agency, usual))
        routes += [(path, agency, limit)
                   for path, limit in sorted(below.items()) if limit != usual]
    return [{"area": "", "category": path, "department": agency,
             "policy": policy} for path, agency, policy in routes]


def derive_policies(routes):
    limits = {route["policy"] for route in routes} - {DEFAULT_POLICY["id"]}
    policies = [{"id": limit, "first_response": first_response(limit),
                 "resolution": limit} for limit in sorted(limits, key=hours)]
    escalate = json.dumps([{"after": "0m", "to": DESK}])
    return [policy | {"warn": "50%;80%", "escalate": escalate,
                      "calendar": CALENDAR}
            for policy in policies + [DEFAULT_POLICY]]


def first_response(limit):
    return next(text for most, text in FIRST_RESPONSE if hours(limit) <= most)


def derive_catalogue(tickets):
    routes = derive_routes(tickets)
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = json.dumps({day: ["00:00-24:00"] for day in days})
    meta = {"time_zone": "America/New_York", "default_department": DESK,
            "default_policy": DEFAULT_POLICY["id"]}
    return {
        "departments": [{"id": key, "name": name}
                        for key, name in AGENCIES.items()],
        "areas": [{"path": path, "name": name, "department": DESK}
                  for path, name in AREAS.items()],
        "routes": routes,
        "policies": derive_policies(routes),
        "calendars": [{"id": CALENDAR, "time_zone": "America/New_York",
                       "week": week}],
        "meta": [{"field": key, "value": value}
                 for key, value in meta.items()],
    }


def to_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def policy_of(path, routes):
    """The policy of the longest prefix of a category path."""
    table = {route["category"]: route["policy"] for route in routes}
    steps = path.split("/")
    prefixes = ("/".join(steps[:n]) for n in range(len(steps), 0, -1))
    return next(table[prefix] for prefix in prefixes if prefix in table)


def find_misses(tickets, routes):
    """Recorded due dates that differ from what the policy gives."""
    misses = []
    for ticket in tickets:
        span = offset(ticket)
        limit = policy_of(category(ticket), routes)
        if span is None or span == timedelta(hours=hours(limit)):
            continue
        misses.append((ticket, limit, explain(ticket, limit)))
    return misses


def explain(ticket, limit):
    reply = ticket["Resolution Description"]
    for words, why in REPLIES.items():
        if words in reply and not set_anew(ticket):
            return why
    if set_anew(ticket):
        return "the agency set it anew, whole days after its first action"
    return f"unexplained: not exactly {limit}"


def set_anew(ticket):
    """Whole days after the agency's action, give or take a minute."""
    if not ticket["Resolution Action Updated Date"]:
        return False
    action = local_time(ticket["Resolution Action Updated Date"])
    since = local_time(ticket["Due Date"]) + timedelta(minutes=1) - action
    return since % timedelta(days=1) <= timedelta(minutes=2)


def table_of_misses(misses):
    """One line for each reason and category, with the tickets' keys."""
    groups = defaultdict(list)
    for ticket, limit, why in misses:
        groups[why, category(ticket), limit].append(ticket["Unique Key"])
    lines = ["| why | complaint type / descriptor | policy | rows | tickets |",
             "|---|---|---|---|---|"]
    for why, path, limit in sorted(groups):
        keys = sorted(groups[why, path, limit])
        lines.append(f"| {why} | {path.replace('/', ' / ')} | `{limit}` "
                     f"| {len(keys)} | {', '.join(keys)} |")
    return "\n".join(lines)


def print_misses(misses):
    columns = ("Unique Key", "Complaint Type", "Descriptor", "Created Date",
               "Due Date")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns + ("policy", "why"))
    for ticket, limit, why in misses:
        writer.writerow([ticket[name] for name in columns] + [limit, why])


def summary(tickets, catalogue, misses):
    dated = sum(1 for ticket in tickets if ticket["Due Date"])
    hits = dated - len(misses)
    types = len(agencies_by_type(tickets))
    return "\n".join([
        "| | |", "|---|---|",
        f"| tickets | {len(tickets):,} |",
        f"| agencies | {len({t['Agency'] for t in tickets})} |",
        f"| complaint types, each of one agency | {types} |",
        f"| routes: one a type, and more where the limit differs "
        f"| {types} + {len(catalogue['routes']) - types} |",
        f"| policies | {len(catalogue['policies'])} |",
        f"| recorded due dates | {dated:,} |",
        f"| of these given to the minute | {hits:,} ({hits / dated:.2%}) |",
        f"| misses, listed below | {len(misses)} |"])


def insert(text, name, body):
    """Replaces what stands between the two comments of that name."""
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    head, rest = text.split(begin)
    return head + begin + body + end + rest.split(end)[1]


def derive_files(tickets):
    catalogue = derive_catalogue(tickets)
    misses = find_misses(tickets, catalogue["routes"])
    files = {HERE / "catalogue" / f"{name}.csv": to_csv(rows)
             for name, rows in catalogue.items()}
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    readme = insert(readme, "summary", summary(tickets, catalogue, misses))
    readme = insert(readme, "misses", table_of_misses(misses))
    return files | {HERE / "README.md": readme}


def main(args):
    tickets = read_tickets()
    if args == ["--misses"]:
        routes = derive_routes(tickets)
        print_misses(find_misses(tickets, routes))
        return 0
    if args not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    changed = {path: text for path, text in derive_files(tickets).items()
               if not path.exists()
               or path.read_text(encoding="utf-8") != text}
    for path, text in changed.items():
        print(path.relative_to(HERE), "differs" if args else "written")
        if not args:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if args and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
