"""Tickets whose whole life is led by dispatchctl ticket, on a real
dispatcher, and told by it."""

import copy
import time

import pytest
from cities import CATALOGUE, ticket
from ticket_tool import TicketTool

HOUR_MS = 3600_000


@pytest.fixture
def ctl(topics, catalogue, dispatcher):
    city = copy.deepcopy(CATALOGUE)
    city["departments"]["gas-east"] = {"name": "Gas, east", "parent": "gas"}
    city["policies"]["day"].update(pausable=True, reopen_on_unsolved=True)
    city["policies"]["week"].update(reopen_on_unsolved=True)
    city["meta"]["dispute_department"] = "desk"
    dispatcher(topics, catalogue.load(city)).start()
    return TicketTool(topics, catalogue)


def open_ticket(topics, pb, number, category="housing/heating", at_ms=None):
    """Publishes a ticket and waits until it is dispatched."""
    event = ticket(pb, number, category)
    event.occurred_at = at_ms or int(time.time() * 1000)
    topics.publish([(event.ticket_id, event.SerializeToString())])
    topics.read_until("state", lambda got: any(
        m.key().decode() == event.ticket_id for m in got), what="its state")


def answers(ctl, *args):
    """The outputs that the event led to, as "KIND department"."""
    [sent, summary] = ctl.json(*args, "--wait")
    assert sent["answer"] == "taken" and summary["taken"] == 1
    return [f"{output['kind'].split('_KIND_')[1]} {output['department_id']}"
            for output in sent["outputs"]]


def find_in_order(text, *lines):
    at = 0
    for line in lines:
        assert line in text[at:], f"{line} is not behind {text[:at]}"
        at = text.index(line, at) + len(line)


def test_a_life_with_returns_pause_breach_resolution_and_callbacks(
        ctl, topics, pb):
    # Two hours for the first response, of which three seconds are left.
    open_ticket(topics, pb, 1,
                at_ms=int(time.time() * 1000) - 2 * HOUR_MS + 3000)
    assert answers(ctl, "acknowledge", "t1", "--department", "gas",
                   "--plan", "look at the valve") == ["UPDATED housing"]
    topics.read_until("deadlines", lambda got: any(
        pb.DeadlineEvent.FromString(m.value()).kind ==
        pb.DEADLINE_KIND_BREACHED for m in got), what="the breach")
    assert answers(ctl, "contact", "t1", "--department", "gas") == [
        "MET gas", "UPDATED housing"]
    assert answers(ctl, "return", "t1", "--department", "gas", "--reason",
                   "not_responsible", "--note", "not our valve") == [
        "WITHDRAWN gas", "CANCELLED gas", "REASSIGNED housing",
        "SCHEDULED housing", "SCHEDULED housing"]
    assert answers(ctl, "return", "t1", "--reason", "missing_information"
                   ) == ["WITHDRAWN housing", "CANCELLED housing",
                         "CANCELLED housing", "DISPUTED desk",
                         "SCHEDULED desk"]
    assert "t1 " in ctl("list", "--disputed")
    assert answers(ctl, "reassign", "t1", "--to-department", "gas", "--note",
                   "it is your valve", "--lead-official", "王芳")[-3:] == [
        "REASSIGNED gas", "SCHEDULED gas", "SCHEDULED gas"]
    assert answers(ctl, "pause", "t1", "--reason", "spring", "--approved-by",
                   "Director Li") == ["PAUSED gas", "UPDATED gas"]
    assert ctl("list", "--paused", "--count") == "1\n"
    assert answers(ctl, "resume", "t1") == ["RESUMED gas", "UPDATED gas"]
    assert answers(ctl, "resolve", "t1", "--department", "gas", "--outcome",
                   "solved", "--reply", "it is warm") == [
        "MET gas", "MET gas"]
    assert answers(ctl, "callback", "t1", "--result", "reached", "--solved",
                   "no", "--note", "cold again") == [
        "REOPENED gas", "SCHEDULED gas", "SCHEDULED gas"]
    assert answers(ctl, "resolve", "t1", "--outcome", "solved") == [
        "MET gas", "MET gas", "UPDATED gas"]
    assert answers(ctl, "callback", "t1", "--result", "reached", "--solved",
                   "yes") == ["CLOSED gas"]
    find_in_order(
        ctl("show", "t1"),
        "created, from test", "ASSIGNED     gas (Gas company) as LEAD",
        "ASSIGNED     housing (Housing bureau) as CO_HANDLER",
        "acknowledged by", "look at the valve",
        "time passed", "BREACHED     first response of gas",
        "contacted by", "MET          first response of gas", " late,",
        "returned by", "NOT_RESPONSIBLE", "not our valve",
        "REASSIGNED   housing",
        "returned by", "MISSING_INFORMATION", "DISPUTED     desk",
        "reassigned by", "it is your valve", "official 王芳",
        "paused by", "Director Li", "PAUSED       resolution of gas",
        "resumed by", "RESUMED      resolution of gas",
        "resolved by", "it is warm", "MET          resolution of gas, in time",
        "callback by", "cold again", "REOPENED     gas",
        "resolved by", "callback by", "CLOSED       gas",
        "CLOSED since", "round 2", "LEAD        gas", "official 王芳",
        "returned by gas, NOT_RESPONSIBLE",
        "returned by housing, MISSING_INFORMATION",
        "called back", "REACHED, solved: YES")
    [told] = ctl.json("show", "t1")
    numbers = [int(entry["value"]["event_id"].split("/")[1])
               for entry in told["events"]
               if entry["topic"] != topics["tickets"]]
    assert numbers == list(range(1, told["state"]["sequence"] + 1))


def test_the_other_verbs_are_taken_too(ctl, topics, pb):
    open_ticket(topics, pb, 1)
    assert answers(ctl, "reassign", "t1", "--by-department", "gas",
                   "--to-department", "gas-east") == [
        "FORWARDED gas-east", "FORWARDED gas"]
    assert answers(ctl, "return", "t1", "--department", "gas-east",
                   "--reason", "other") == [
        "WITHDRAWN gas-east", "REASSIGNED gas"]
    assert answers(ctl, "extend", "t1", "--actor-department", "gas", "--by",
                   "2d", "--reason", "spring") == [
        "UPDATED housing", "RESCHEDULED gas"]
    assert answers(ctl, "urge", "t1", "--reason", "cold") == [
        "URGED gas", "URGED housing"]
    assert answers(ctl, "update", "t1", "--supervised-by", "desk",
                   "--description", "also next door") == [
        "ESCALATED gas", "UPDATED gas", "UPDATED housing"]
    assert ctl("list", "--supervised", "--count") == "1\n"
    assert "WITHDRAWN housing" in answers(
        ctl, "reclassify", "t1", "--to-category", "roads/potholes")
    [told] = ctl.json("show", "t1")
    [matter] = told["state"]["ticket"]["matters"]
    assert matter == {"category": "roads/potholes", "description": "No heat"}
    assert answers(ctl, "reclassify", "t1", "--again") == ["UPDATED roads"]
    assert answers(ctl, "cancel", "t1", "--reason", "a test") == [
        "CLOSED roads", "CANCELLED roads", "CANCELLED roads"]
    open_ticket(topics, pb, 2)
    answers(ctl, "resolve", "t2", "--outcome", "explained")
    assert "REOPENED gas" in answers(ctl, "reopen", "t2")


def test_a_dry_run_foretells_the_answer(ctl, topics, pb):
    open_ticket(topics, pb, 1)
    args = ["return", "t1", "--department", "gas", "--reason", "other",
            "--event-id", "r1"]
    [foretold, summary] = ctl.json(*args, "--dry-run")
    assert foretold["verdict"] == "planned" and summary["published"] == 0
    [sent, _] = ctl.json(*args, "--wait")
    for output in sent["outputs"] + foretold["outputs"]:
        for name in ("occurred_at", "due_at", "first_response_due_at",
                     "started_at", "returns", "warn_at"):
            output.pop(name, None)
    assert foretold["outputs"] == sent["outputs"]
    assert len(sent["outputs"]) == 6


def test_what_would_be_refused_is_not_sent_unless_forced(ctl, topics, pb):
    open_ticket(topics, pb, 1)
    done = ctl.run("contact", "t1", "--department", "roads")
    assert done.returncode == 1
    assert ("t1: contacted, not sent: wrong_state: The department does not "
            "hold this ticket.") in done.stdout
    assert len(topics.read("tickets")) == 1
    # Longer than ctl.run waits: a dead letter is an answer too.
    done = ctl.run("contact", "t1", "--department", "roads", "--force",
                   "--wait", "--timeout", "600")
    assert done.returncode == 1
    find_in_order(done.stdout, "t1: contacted, sent, event ctl-",
                  "in spite of: wrong_state", "REFUSED      roads",
                  "refused: wrong_state")
    assert "0 taken, 1 refused" in done.stderr
    assert ctl.run("resume", "t1").returncode == 1
    assert ctl.run("extend", "t1", "--until", "2020-01-01").returncode == 1


def test_an_event_id_makes_sending_again_harmless(ctl, topics, pb):
    open_ticket(topics, pb, 1)
    assert answers(ctl, "urge", "t1", "--event-id", "call-7") == [
        "URGED gas", "URGED housing"]
    done = ctl.run("urge", "t1", "--event-id", "call-7", "--wait")
    assert done.returncode == 0
    assert "not sent, the ticket has had this event" in done.stdout
    assert answers(ctl, "urge", "t1", "--event-id", "call-7", "--source",
                   "hotline") == ["URGED gas", "URGED housing"]
    [told] = ctl.json("show", "t1")
    assert told["state"]["urges"] == 2


def test_a_new_phone_number_leaves_the_name(ctl, topics, pb):
    open_ticket(topics, pb, 1)
    done = ctl.run("update", "t1", "--contact-phone", "555-0199", "--wait")
    assert done.returncode == 0
    assert "555" not in done.stdout + done.stderr
    [told] = ctl.json("show", "t1", "--contacts")
    assert told["state"]["ticket"]["contact"] == {
        "name": "A. Citizen", "phone": "555-0199"}
    assert "555-0199" not in ctl("show", "t1")


def test_the_younger_ticket_goes_into_the_older_one(ctl, topics, pb):
    for number in range(1, 5):
        open_ticket(topics, pb, number)
    done = ctl.run("merge", "t1", "--into", "t2")
    assert done.returncode == 1 and "It is older" in done.stdout
    assert len(topics.read("tickets")) == 4
    *sent, summary = ctl.json("merge", "t2", "t3", "--into", "t1", "--wait",
                              "--event-id", "m1")
    assert summary["taken"] == 3
    assert [event["event"]["event_id"] for event in sent] == [
        "m1/t2", "m1/t3", "m1/t1"]
    [older] = ctl.json("show", "t1")
    assert older["state"]["ticket"]["related_ticket_ids"] == ["t2", "t3"]
    [younger] = ctl.json("show", "t2")
    assert younger["state"]["merged_into"] == "t1"
    assert "MERGED into t1" in ctl("show", "t3")
    # Whoever had to stop in between can go on: only the rest is sent.
    *sent, summary = ctl.json("merge", "t2", "t4", "--into", "t1", "--wait")
    assert [event["event"]["ticket_id"] for event in sent] == ["t4", "t1"]
    assert sent[1]["event"]["updated"]["merged_ticket_ids"] == ["t2", "t4"]
    # Nothing goes into what has ended.
    open_ticket(topics, pb, 5)
    done = ctl.run("merge", "t5", "--into", "t2")
    assert done.returncode == 1
    assert "t2 cannot take other tickets: wrong_state" in done.stderr
    [kept] = ctl.json("show", "t5")
    assert kept["state"]["status"] == "TICKET_STATUS_OPEN"
    for args in (["t1", "--into", "t1"], ["--into", "t1"]):
        assert ctl.run("merge", *args).returncode == 64


def test_a_leader_names_officials_for_the_tickets_of_a_day(ctl, topics, pb):
    for number in range(1, 4):
        open_ticket(topics, pb, number)
    open_ticket(topics, pb, 4, "roads/potholes")
    choice = ["update", "--lead-official", "王芳", "--category", "housing",
              "--area", "city/east"]
    done = ctl.run(*choice)
    assert done.returncode == 1
    assert "with --yes it is, to these 3 tickets" in done.stderr
    find_in_order(done.stdout, "t1 ", "t2 ", "t3 ")
    assert "t4" not in done.stdout
    assert len(topics.read("tickets")) == 4
    done = ctl.run(*choice, "--dry-run")
    assert done.returncode == 0 and "3 events would be" in done.stderr
    done = ctl.run(*choice, "--yes", "--wait")
    assert done.returncode == 0 and done.stdout == ""
    assert "3 events published; 3 taken, 0 refused" in done.stderr
    named = {entry["ticket_id"]: entry["state"]["parts"][0]["lead_official"]
             for entry in ctl.json("list")
             if "lead_official" in entry["state"]["parts"][0]}
    assert named == {"t1": "王芳", "t2": "王芳", "t3": "王芳"}


def test_of_a_selection_only_what_is_refused_is_listed(ctl, topics, pb):
    for number in range(1, 4):
        open_ticket(topics, pb, number)
    answers(ctl, "pause", "t2")
    done = ctl.run("pause", "--from", "2020-01-01", "--yes", "--wait")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "t2: paused, not sent: wrong_state: The ticket is paused already."]
    assert "2 events published, 1 left out; 2 taken" in done.stderr
    assert ctl("list", "--paused", "--count") == "3\n"
