"""Beijing's tickets: what its README promises, seen from the topics."""

import re
import subprocess
from collections import defaultdict

import pytest
from broker import ROOT
from program import binary

FOLDER = ROOT / "examples" / "beijing"
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
TICKETS = 14


def dispatchctl(*args):
    done = subprocess.run([binary("dispatchctl"), *args],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def assigned(topics, catalogue, dispatcher, pb):
    """The assignments of each ticket, by the last four digits of its id."""
    dispatchctl("catalogue", "load", "--redis", catalogue.url,
                "--prefix", catalogue.prefix, FOLDER / "catalogue")
    dispatcher(topics, catalogue).start()
    dispatchctl("publish", "--brokers", topics.bootstrap,
                "--topic", topics["tickets"], FOLDER / "tickets.jsonl")

    def all_have_leads(records):
        leads = {msg.key() for msg in records if pb.AssignmentEvent.FromString(
            msg.value()).role == pb.ROLE_LEAD}
        return len(leads) == TICKETS

    topics.read_until("assignments", all_have_leads, what="a lead for each")
    tickets = defaultdict(dict)
    for msg in topics.read("assignments"):
        event = pb.AssignmentEvent.FromString(msg.value())
        tickets[event.ticket_id[-4:]][event.department_id] = event
    return tickets


def lead_of(pb, events):
    lead, = (event for event in events.values() if event.role == pb.ROLE_LEAD)
    return lead


def leads_of_the_readme():
    """The table's rows `| 0005, 0006 | ... | `water`, `heating` |`."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    promised = {}
    for row in re.findall(r"^\| (0\d{3}.*) \|$", text, re.MULTILINE):
        tickets, _, leads = row.split(" | ")
        promised.update(zip(re.findall(r"\d{4}", tickets),
                            re.findall(r"`([^`]+)`", leads)))
    return promised


def test_beijings_tickets_go_where_the_readme_says(assigned, pb):
    promised = leads_of_the_readme()
    assert len(promised) == TICKETS
    assert {ticket: lead_of(pb, events).department_id
            for ticket, events in assigned.items()} == promised

    several = lead_of(pb, assigned["0001"])
    assert list(several.matter_indexes) == [0]
    assert set(several.co_department_ids) == {
        "xicheng-guanganmenwai", "bj-traffic-police", "xicheng-supervision",
        "xicheng-city-management"}
    police = assigned["0001"]["bj-traffic-police"]
    assert list(police.matter_indexes) == [1, 3]
    assert police.resolution_due_at - police.occurred_at == 7 * DAY_MS
    assert several.resolution_due_at - several.occurred_at == 15 * DAY_MS

    emergency = lead_of(pb, assigned["0002"])
    assert (emergency.first_response_due_at - emergency.occurred_at
            == 10 * MINUTE_MS)
    assert emergency.resolution_due_at - emergency.occurred_at == 2 * HOUR_MS

    for event in assigned["0004"].values():
        assert event.ticket.confidential
        assert not event.ticket.HasField("contact")
    assert lead_of(pb, assigned["0005"]).ticket.HasField("contact")

    assert "点将" in lead_of(pb, assigned["0010"]).lead_official
    assert lead_of(pb, assigned["0012"]).fallback
    urgent = lead_of(pb, assigned["0014"])
    assert urgent.resolution_due_at - urgent.occurred_at == 3 * DAY_MS
