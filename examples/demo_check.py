"""The check at the end of the demo: read from the topics, not from the view.

Every ticket has exactly one lead, both deadlines of that lead are scheduled,
no event is there twice, and nothing became a dead letter.
"""

from collections import Counter


def check(city, assignments, deadlines, dead_letters):
    """Yields (holds, sentence) for everything that must be so."""
    wanted = city.ticket_ids()
    leads = [event for event in assignments if event["role"] == "ROLE_LEAD"
             and event["kind"] == "ASSIGNMENT_KIND_ASSIGNED"]
    counts = Counter(event["ticket_id"] for event in leads)
    once = sum(counts[ticket_id] == 1 for ticket_id in wanted)
    yield (once == len(wanted) == len(leads),
           f"{once:,} of {len(wanted):,} tickets have exactly one lead")

    by_ticket = {event["ticket_id"]: event for event in leads}
    scheduled = Counter(
        (event["ticket_id"], event["clock"]) for event in deadlines
        if event["kind"] == "DEADLINE_KIND_SCHEDULED"
        and is_of(event, by_ticket.get(event["ticket_id"])))
    both = sum(scheduled[ticket_id, "CLOCK_FIRST_RESPONSE"] == 1
               and scheduled[ticket_id, "CLOCK_RESOLUTION"] == 1
               for ticket_id in wanted)
    yield (both == len(wanted), f"{both:,} of {len(wanted):,} have both "
           "deadlines scheduled: first response and resolution")

    ids = Counter(event["event_id"] for event in assignments + deadlines)
    repeated = sum(count - 1 for count in ids.values())
    yield (repeated == 0, f"{len(ids):,} events, {repeated:,} of them twice")
    yield (not dead_letters, f"{len(dead_letters):,} dead letters")
    yield from city.compare(by_ticket)


def is_of(deadline, lead):
    """Whether a deadline is that of its ticket's lead, to the same moment."""
    if lead is None or deadline["department_id"] != lead["department_id"]:
        return False
    name = {"CLOCK_FIRST_RESPONSE": "first_response_due_at",
            "CLOCK_RESOLUTION": "resolution_due_at"}[deadline["clock"]]
    return deadline["due_at"] == lead[name]
