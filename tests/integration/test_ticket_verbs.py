"""What dispatchctl ticket says of wrong options, of tickets that it may not
touch, and when a server is not there. The states are made by hand."""

import itertools
import json

import pytest
from cities import CATALOGUE
from ticket_tool import TicketTool, open_state, publish_states
from topics import ROLES


class Nowhere(dict):
    """Topics where no broker is."""
    bootstrap = "127.0.0.1:1"


NOWHERE = Nowhere({role: role for role in ROLES})


@pytest.fixture
def ctl(topics, catalogue):
    catalogue.load(CATALOGUE)
    return TicketTool(topics, catalogue)


@pytest.fixture
def tickets(topics):
    """t1 and t2 of gas, t3 of roads, and t4, which has ended."""
    ended = open_state(4)
    ended.status = 3
    publish_states(topics, [("t1", open_state(1)), ("t2", open_state(2)),
                            ("t3", open_state(3, "roads")), ("t4", ended)])


def published(topics, pb):
    """The events of the tickets topic, by ticket."""
    events = [pb.TicketEvent.FromString(m.value())
              for m in topics.read("tickets")]
    return sorted(events, key=lambda event: event.ticket_id)


def test_an_event_says_who_did_what_and_when(ctl, tickets, topics, pb):
    ctl("acknowledge", "t1", "--department", "gas", "--official", "李",
        "--promised", "2030-01-01T12:00:00+08:00", "--actor", "Wei",
        "--actor-department", "gas", "--source", "desk-7", "--at",
        "2024-02-29T12:00:00.5Z", "--event-id", "e7")
    [event] = published(topics, pb)
    assert event == pb.TicketEvent(
        event_id="e7", ticket_id="t1", occurred_at=1709208000500,
        source="desk-7", actor="Wei", actor_department_id="gas",
        acknowledged=pb.TicketAcknowledged(
            department_id="gas", official="李", promised_at=1893470400000))


def test_without_options_the_ids_differ_and_the_time_is_now(
        ctl, tickets, topics, pb):
    ctl("urge", "t1", "t2", "t1")
    first, second = published(topics, pb)
    assert first.event_id != second.event_id
    assert first.event_id.startswith("ctl-") and len(first.event_id) == 36
    assert first.source == "dispatchctl" and first.actor
    [record, *_] = topics.read("tickets")
    assert 0 <= record.timestamp()[1] - first.occurred_at < 60_000


def test_records_lie_where_java_puts_their_keys(ctl, tickets, topics):
    ctl("urge", "t1", "t2", "t3")
    ours = {m.key(): m.partition() for m in topics.read("tickets")}
    topics.publish([(key, b"x") for key in ours], role="assignments")
    theirs = {m.key(): m.partition() for m in topics.read("assignments")}
    assert ours == theirs and len(set(ours.values())) > 1


@pytest.mark.parametrize("args, words", [
    (["return", "t1"], "--reason REASON is missing"),
    (["return", "t1", "--reason", "bad"], "--reason: is none of WRONG_AREA"),
    (["return", "t1", "--reason", "other", "--suggest-area", "a//b"],
     "suggested_area"),
    (["extend", "t1"], "say exactly one of --by and --until"),
    (["extend", "t1", "--by", "5 days"], "--by 5 days:"),
    (["pause", "t1", "--until", "soon"], "--until soon: write 2019-11-07"),
    (["pause", "t1", "--at", "soon"], "--at soon: write 2019-11-07"),
    (["update", "t1"], "say at least one of --description"),
    (["urge"], "name tickets, or say which"),
    (["urge", "t1", "--area", "city"], "not both"),
    (["acknowledge", "--department", "gas"], "name tickets, or say which"),
    (["urge", "--status", "opened"], "--status opened: must be open"),
    (["urge", "t1", "--reason", b"\xff"], "not UTF-8"),
    (["urge", "t1", "--timeout", "0"], "must be a number from 1"),
    (["urges", "t1"], "no command is called urges; did you mean urge?"),
])
def test_wrong_options_are_said_before_anything_is_read(args, words):
    done = TicketTool(NOWHERE).run(*args)
    assert done.returncode == 64, done.stderr
    assert words in done.stderr


def test_a_department_that_nobody_knows_is_not_sent(ctl, tickets, topics):
    for verb, option in [
            ("acknowledge", "--department"), ("reassign", "--to-department"),
            ("update", "--supervised-by"), ("urge", "--actor-department")]:
        done = ctl.run(verb, "t1", option, "gaz")
        assert done.returncode == 1
        assert (f"{option} gaz: the catalogue has no such department; did "
                "you mean gas?") in done.stderr
    done = ctl.run("return", "t1", "--reason", "other",
                   "--suggest-department", "zoo")
    assert done.returncode == 1
    assert topics.read("tickets") == []
    assert ctl.run("urge", "t1", "--actor-department", "gaz",
                   "--force").returncode == 0
    assert len(topics.read("tickets")) == 1


def test_unknown_and_ended_tickets_are_left_out(ctl, tickets, topics, pb):
    done = ctl.run("urge", "t1", "t4", "t9")
    assert done.returncode == 1
    assert "t4: urged, not sent: wrong_state: The ticket is closed" in (
        done.stdout)
    assert "t9: urged, not sent: unknown_ticket:" in done.stdout
    assert "1 event published, 2 left out" in done.stderr
    assert [event.ticket_id for event in published(topics, pb)] == ["t1"]


def test_without_the_catalogue_the_status_alone_is_checked(
        tickets, topics, pb):
    ctl = TicketTool(topics)
    done = ctl.run("acknowledge", "t1", "t4", "t9", "--department", "zoo")
    assert done.returncode == 1
    assert "warning: the catalogue cannot be read" in done.stderr
    assert "t4: acknowledged, not sent: wrong_state:" in done.stdout
    assert "t9: acknowledged, not sent: unknown_ticket:" in done.stdout
    assert [event.ticket_id for event in published(topics, pb)] == ["t1"]


def test_a_dry_run_and_a_selection_without_yes_publish_nothing(
        ctl, tickets, topics):
    assert ctl.run("urge", "t1", "--dry-run").returncode == 0
    assert ctl.run("urge", "--area", "city", "--dry-run").returncode == 0
    assert ctl.run("urge", "--area", "city").returncode == 1
    assert ctl.run("urge", "--area", "city", "--json").returncode == 1
    assert topics.read("tickets") == []


@pytest.mark.parametrize("options, expected", [
    (["--area", "city/east"], "t1 t2 t3"),
    (["--category", "housing"], "t1 t2 t3"),
    (["--department", "roads"], "t3"),
    (["--from", "2023-11-14T22:15:00", "--to", "2023-11-14T22:16:00"], "t2"),
    (["--status", "open"], "t1 t2 t3"),
])
def test_a_selection_reaches_exactly_its_tickets(
        ctl, tickets, topics, pb, options, expected):
    done = ctl.run("urge", *options, "--yes", "--event-id", "all")
    assert done.returncode == 0, done.stderr
    events = published(topics, pb)
    assert [event.ticket_id for event in events] == expected.split()
    assert {event.event_id for event in events} == {
        f"all/{name}" for name in expected.split()}


def test_a_verb_s_own_department_chooses_too(ctl, tickets, topics, pb):
    done = ctl.run("acknowledge", "--department", "roads", "--area", "city",
                   "--yes")
    assert done.returncode == 0
    [event] = published(topics, pb)
    assert event.ticket_id == "t3"
    assert event.acknowledged.department_id == "roads"


def test_nothing_selected_is_said(ctl, tickets):
    done = ctl.run("urge", "--area", "nowhere", "--yes")
    assert done.returncode == 1 and "no ticket is selected" in done.stderr


def test_large_selections_are_counted_exactly(ctl, topics, pb):
    publish_states(topics, [(f"t{n}", open_state(n)) for n in range(2000)])
    done = ctl.run("urge", "--area", "city")
    assert "... and 1980 more" in done.stdout
    assert "to these 2000 tickets" in done.stderr
    [*lines, summary] = ctl.json("urge", "--area", "city", "--yes")
    assert summary["published"] == 2000 and len(lines) == 2000
    assert len(topics.read("tickets")) == 2000


def test_no_dispatcher_gives_no_answer(ctl, tickets):
    done = ctl.run("urge", "t1", "t2", "--wait", "--timeout", "1")
    assert done.returncode == 1
    assert "no answer within 1 s; does a dispatcher run?" in done.stderr
    assert "2 without an answer" in done.stderr
    assert done.stdout.count("no answer") == 2


def test_merging_checks_what_is_remembered(ctl, tickets, topics, pb):
    done = ctl.run("merge", "t1", "--into", "t3")
    assert done.returncode == 1 and "It is older" in done.stdout
    done = ctl.run("merge", "t3", "--into", "t9")
    assert done.returncode == 1
    assert "t9 cannot take other tickets: unknown_ticket" in done.stderr
    assert topics.read("tickets") == []
    ctl("merge", "t3", "t2", "--into", "t1")
    older, *younger = published(topics, pb)
    assert list(older.updated.merged_ticket_ids) == ["t3", "t2"]
    assert [event.merged.into_ticket_id for event in younger] == ["t1", "t1"]
    done = ctl.run("merge", "t1", "--into", "t3", "--force")
    assert "in spite of: invalid_field: It is older" in done.stdout
    assert done.returncode == 0 and len(topics.read("tickets")) == 5


def test_reclassifying_keeps_what_was_not_corrected(ctl, topics, pb):
    state = open_state(1)
    state.ticket.matters[0].description = "No heat"
    state.ticket.matters.add(category="roads", address="2 Side Street")
    publish_states(topics, [("t1", state)])
    ctl("reclassify", "t1", "--to-category", "housing/roof",
        "--to-category", "roads/signs", "--to-scheme", "s", "--to-area",
        "city/west", "--to-urgency", "urgent")
    [event] = published(topics, pb)
    assert event.reclassified == pb.TicketReclassified(
        area="city/west", urgency=pb.URGENCY_URGENT, matters=[
            pb.Matter(category="housing/roof", category_scheme="s",
                      description="No heat"),
            pb.Matter(category="roads/signs", category_scheme="s",
                      address="2 Side Street")])


def test_a_program_gets_one_line_a_ticket_and_the_counts(ctl, tickets):
    done = ctl.run("urge", "t1", "t4", "--reason", "cold", "--json")
    assert done.returncode == 1
    sent, refused, summary = map(json.loads, done.stdout.splitlines())
    assert sent["verdict"] == "sent" and sent["outputs"] == []
    assert sent["event"]["urged"] == {"reason": "cold"}
    assert refused["verdict"] == "refused"
    assert refused["code"] == "wrong_state" and refused["message"]
    assert summary == {"dry_run": False, "published": 1, "repeats": 0,
                       "left_out": 1, "failed": 0, "taken": 0, "refused": 0}


def test_no_broker_is_said_with_exit_code_1():
    done = TicketTool(NOWHERE).run("urge", "t1")
    assert done.returncode == 1 and "no broker answered" in done.stderr


def test_every_verb_explains_itself():
    ctl = TicketTool(NOWHERE)
    text = ctl.run("--help").stdout
    verbs = text[text.index("Verbs"):].splitlines()[1:]
    names = [line.split()[0] for line in
             itertools.takewhile(str.strip, verbs)]
    assert len(names) == 15
    for name in [*names, "show", "list"]:
        done = ctl.run(name, "--help")
        assert done.returncode == 0
        assert f"usage: dispatchctl ticket {name} [options]" in done.stdout
        assert f"dispatchctl ticket {name} " in done.stdout.split(
            "Examples:")[1]
