"""A ticket's life, after the two real days: today's, with a deadline that falls
due while one looks on.

Beijing's fifth ticket, a house without water, comes again as if the citizen
had called almost two hours ago; the first response is due within two.
"""

import json
import time

from demo_dispatch import DemoFailed, run

TICKET = "BJ-TODAY-1"
LEAD, CO_HANDLER = "water", "haidian"
FIRST_RESPONSE_S = 2 * 60 * 60
AHEAD_S = 6  # so long before it is due does the ticket come

# What desks and departments do; None: wait for what time does.
STEPS = (
    ("acknowledge", "--department", LEAD, "--plan", "上门查看"),
    ("return", "--department", CO_HANDLER, "--reason", "not_responsible"),
    None,
    ("contact", "--department", LEAD),
    ("resolve", "--outcome", "solved", "--plan", "更换水泵",
     "--reply", "已恢复供水"),
    ("callback", "--result", "reached", "--solved", "no"),
    ("resolve", "--outcome", "solved", "--plan", "更换阀门",
     "--reply", "顶层也已恢复供水"),
    ("callback", "--result", "reached", "--solved", "yes"),
)

def live(dispatch, file, say):
    """Runs the life, shows it, and yields (holds, sentence)."""
    now_ms = int(time.time() * 1000)
    ticket = dict(dispatch.city.tickets[4], ticket_id=TICKET,
                  event_id=f"{TICKET}-1", occurred_at=now_ms)
    ticket["created"] = dict(ticket["created"], requested_at=now_ms -
                             (FIRST_RESPONSE_S - AHEAD_S) * 1000)
    file.write_text(json.dumps(ticket, ensure_ascii=False), encoding="utf-8")
    run(*dispatch.publish("--quiet", file))
    wait_for(dispatch, "ASSIGNED")
    for step in STEPS:
        if step:
            verb, *options = step
            dispatch.ticket(verb, TICKET, "--wait", *options)
        else:
            wait_for(dispatch, "ESCALATED")
    for line in dispatch.ticket("show", TICKET).splitlines():
        say(f"  {line}")
    yield from judge(dispatch)


def wait_for(dispatch, kind):
    for _ in range(100):
        if f" {kind} " in dispatch.ticket("show", TICKET):
            return
        time.sleep(0.2)
    raise DemoFailed(f"{TICKET}: {kind} does not come")


def judge(dispatch):
    breach, = [record for record in dispatch.records("deadlines")
               if record["value"]["ticket_id"] == TICKET
               and record["value"]["kind"] == "DEADLINE_KIND_BREACHED"]
    late_ms = breach["timestamp"] - breach["value"]["due_at"]
    yield (late_ms < 1000,
           f"the breach was in its topic {late_ms} ms after the due time")
    state = json.loads(dispatch.ticket("show", TICKET, "--json"))["state"]
    yield (state["status"] == "TICKET_STATUS_CLOSED",
           f"{TICKET} was reopened once, and is closed")
