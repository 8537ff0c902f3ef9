"""dispatchctl ticket show and list: what the topics say of tickets."""

import json

import pytest
from cities import ticket
from ticket_tool import TicketTool, open_state, publish_states, state_pb
from topics import Topics

START = 1_700_000_000_000  # 2023-11-14 22:13:20 UTC
MINUTE = 60_000


@pytest.fixture
def topics(bootstrap):
    """Records here have the timestamps of a day long ago, and stay."""
    topics = Topics(bootstrap).create(config={"retention.ms": "-1"})
    yield topics
    topics.delete()


@pytest.fixture
def ctl(topics):
    return TicketTool(topics)


def publish_events(topics, pb, records):
    """Each at the time when it happened."""
    producer = topics.producer()
    for key, value in records:
        producer.produce(topics["tickets"], value, key, timestamp=pb
                         .TicketEvent.FromString(value).occurred_at)
    assert producer.flush(60) == 0


def record(pb, number, **kwargs):
    """The ticket t<number> as a record, created at minute 0."""
    created = ticket(pb, number, **kwargs)
    created.occurred_at = START
    return created.ticket_id, created.SerializeToString()


def event(pb, number, event_id, minute, **kind):
    """An event of the ticket t<number> at that minute, as a record."""
    return (f"t{number}", pb.TicketEvent(
        event_id=event_id, ticket_id=f"t{number}", source="test",
        occurred_at=START + minute * MINUTE, **kind).SerializeToString())


def assignment(pb, number, sequence, cause, kind, department, minute=0,
               **fields):
    return (f"t{number}", pb.AssignmentEvent(
        event_id=f"t{number}/{sequence}", ticket_id=f"t{number}",
        occurred_at=START + minute * MINUTE, kind=kind,
        department_id=department, caused_by=cause,
        **fields).SerializeToString())


def deadline(pb, number, sequence, cause, kind, minute, due_minute, **fields):
    return (f"t{number}", pb.DeadlineEvent(
        event_id=f"t{number}/{sequence}", ticket_id=f"t{number}",
        occurred_at=START + minute * MINUTE, kind=kind,
        clock=pb.CLOCK_RESOLUTION, department_id="gas", policy_id="day",
        calendar_id="24x7", due_at=START + due_minute * MINUTE,
        caused_by=cause, **fields).SerializeToString())


def tell_a_story(topics, pb):
    """t1: dispatched, refused an event, breached, contacted, resolved late;
    beside it another ticket."""
    publish_events(topics, pb, [
        record(pb, 1, category="housing/heating"), record(pb, 2),
        event(pb, 1, "wrong", 10, acknowledged=pb.TicketAcknowledged(
            department_id="roads")),
        event(pb, 1, "silent", 20, acknowledged=pb.TicketAcknowledged(
            department_id="gas", plan="change the valve")),
        event(pb, 1, "silent", 20, acknowledged=pb.TicketAcknowledged(
            department_id="gas", plan="change the valve")),
        event(pb, 1, "done", 90, resolved=pb.TicketResolved(
            department_id="gas", outcome=pb.OUTCOME_SOLVED,
            reply="it is warm")),
    ])
    topics.publish([
        assignment(pb, 1, 1, "e1", pb.ASSIGNMENT_KIND_ASSIGNED, "gas",
                   department_name="Gas company", role=pb.ROLE_LEAD,
                   matter_indexes=[0], rule="|housing/heating",
                   catalogue_version="7", attempt=1,
                   ticket=ticket(pb, 1).created),
        assignment(pb, 1, 3, "wrong", pb.ASSIGNMENT_KIND_REFUSED, "roads", 10,
                   reason="wrong_state"),
        assignment(pb, 2, 1, "e2", pb.ASSIGNMENT_KIND_ASSIGNED, "roads"),
    ], role="assignments")
    topics.publish([
        deadline(pb, 1, 5, "done", pb.DEADLINE_KIND_MET, 90, 60,
                 late_ms=30 * MINUTE),
        deadline(pb, 1, 2, "e1", pb.DEADLINE_KIND_SCHEDULED, 0, 60),
        deadline(pb, 1, 4, "e1", pb.DEADLINE_KIND_BREACHED, 60, 60),
    ], role="deadlines")


def bury(topics, key, value, offset):
    """The dead letter of the input at this offset."""
    topics.publish([(key, value, {
        "dispatcher.error.code": "wrong_state",
        "dispatcher.error.message": "The department does not hold it.",
        "dispatcher.error.offset": str(offset)})], role="dead-letters")


def offset_of(topics, event_id, pb):
    for message in topics.read("tickets"):
        if pb.TicketEvent.FromString(message.value()).event_id == event_id:
            return message.offset()
    raise AssertionError(event_id)


def test_a_story_is_told_in_order_with_its_clocks(topics, pb, ctl):
    tell_a_story(topics, pb)
    wrong = event(pb, 1, "wrong", 10, acknowledged=pb.TicketAcknowledged(
        department_id="roads"))
    bury(topics, *wrong, offset_of(topics, "wrong", pb))
    state = open_state(1)
    state.parts[0].acknowledged_at = START + 20 * MINUTE
    publish_states(topics, [("t1", state), ("t2", open_state(2))])
    told = ctl("show", "t1")
    expected = [
        "ticket t1", "created, from test", "Ticket 1",
        "    1  ASSIGNED     gas (Gas company) as LEAD of matter 0, rule "
        "|housing/heating, catalogue 7",
        "    2  SCHEDULED    resolution of gas, due 2023-11-14 23:13:20 "
        "+00:00, policy day, calendar 24x7",
        "acknowledged, from test",
        "refused: wrong_state: The department does not hold it.",
        "    3  REFUSED      roads: wrong_state",
        "acknowledged, from test", "plan             change the valve",
        "a repeat: it changed nothing",
        "2023-11-14 23:13:20 +00:00  time passed",
        "    4  BREACHED     resolution of gas, was due 2023-11-14 23:13:20",
        "2023-11-14 23:43:20 +00:00  resolved, from test",
        "    5  MET          resolution of gas, 30 min late",
        ": OPEN, last decided by catalogue 1",
        "LEAD        gas (gas), matter 0, since 2023-11-14 22:14:20 +00:00",
        "acknowledged 2023-11-14 22:33:20 +00:00",
    ]
    at = 0
    for line in expected:
        assert line in told[at:], f"{line} in {told[at:]}"
        at = told.index(line, at) + len(line)
    assert "t2" not in told


def test_contacts_are_shown_only_when_they_are_asked_for(topics, pb, ctl):
    tell_a_story(topics, pb)
    bury(topics, "t1", ticket(pb, 1).SerializeToString(), 999)
    bury(topics, "t1", b"\xff 555-0100 is no message", 998)
    publish_states(topics, [("t1", open_state(1))])
    for command in (["show", "t1"], ["show", "t1", "--json"], ["list"],
                    ["list", "--json"]):
        assert "555-0100" not in ctl(*command), command
        assert "A. Citizen" not in ctl(*command), command
    for command in (["show", "t1"], ["show", "t1", "--json"],
                    ["list", "--json"]):
        assert "555-0100" in ctl(*command, "--contacts"), command


def test_a_program_gets_the_records_in_the_same_order(topics, pb, ctl):
    tell_a_story(topics, pb)
    publish_states(topics, [("t1", open_state(1))])
    [told] = ctl.json("show", "t1")
    ids = [entry["value"]["event_id"] for entry in told["events"]]
    assert ids == ["e1", "t1/1", "t1/2", "wrong", "t1/3", "silent", "silent",
                   "t1/4", "done", "t1/5"]
    assert [entry.get("repeat") for entry in told["events"]][5:7] == [
        False, True]
    assert told["ticket_id"] == "t1" and told["cut"] is False
    [whole] = ctl.json("show", "t1", "--contacts")
    assert not any("value_base64" in entry for entry in whole["events"])
    assert told["state"]["status"] == "TICKET_STATUS_OPEN"
    assert told["events"][0]["topic"] == topics["tickets"]


def test_partition_counts_may_differ_by_topic(bootstrap, pb):
    few, many = Topics(bootstrap, 3), Topics(bootstrap, 7)
    few.names["assignments"] = many["assignments"]
    few.create("tickets", "deadlines", "dead-letters", "state")
    many.create("assignments")
    try:
        for number in range(8):
            few.publish([record(pb, number)])
            many.publish([assignment(pb, number, 1, f"e{number}",
                                     pb.ASSIGNMENT_KIND_ASSIGNED, "gas")],
                         role="assignments")
        publish_states(few, [(f"t{n}", open_state(n)) for n in range(8)])
        for number in range(8):
            [told] = TicketTool(few).json("show", f"t{number}")
            assert len(told["events"]) == 2 and told["state"], number
    finally:
        few.delete("tickets", "deadlines", "dead-letters", "state")
        many.delete("assignments")


def test_an_unknown_ticket_is_said_with_exit_code_1(topics, pb, ctl):
    topics.publish([record(pb, 1)])
    done = ctl.run("show", "t9")
    assert done.returncode == 1 and done.stdout == ""
    assert "no ticket is called t9" in done.stderr
    assert ctl.run("show").returncode == 64
    assert ctl.run("show", "a", "b").returncode == 64


def test_a_ticket_that_nobody_has_read_yet_or_that_is_forgotten(
        topics, pb, ctl):
    topics.publish([record(pb, 1)])
    publish_states(topics, [("t1", open_state(1)), ("t1", None)])
    assert "remembers nothing of it" in ctl("show", "t1")
    [told] = ctl.json("show", "t1")
    assert told["state"] is None and len(told["events"]) == 1


def test_records_of_an_aborted_transaction_are_not_shown(topics, pb, ctl):
    producer = topics.producer(transactional_id=f"x-{topics.tag}")
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topics["state"],
                     open_state(1, "nobody").SerializeToString(), "t1")
    producer.flush(30)  # it is in the topic before it is aborted
    producer.abort_transaction(30)
    producer.begin_transaction()
    producer.produce(topics["state"], open_state(2).SerializeToString(), "t2")
    producer.commit_transaction(30)
    assert ctl("list", "--count") == "1\n"
    assert ctl.run("show", "t1").returncode == 1


# --------------------------------------------------------------------- list


@pytest.fixture
def city(topics):
    """Five tickets that differ, an ended one and a forgotten one."""
    state = state_pb()
    from dispatch.v1 import dispatch_pb2 as pb
    plain, disputed, fallback, late, paused = (
        open_state(n, department) for n, department in
        enumerate(("gas", "gas", "district", "roads", "gas")))
    disputed.disputes.add(department_id="desk", raised_by="gas",
                          reason=pb.RETURN_REASON_NOT_RESPONSIBLE)
    disputed.parts[0].acknowledged_at = 1
    fallback.parts[0].fallback = True
    fallback.ticket.area = "city/west"
    late.parts[0].clocks.add(kind=pb.CLOCK_RESOLUTION, due_at=START,
                             state=state.CLOCK_STATE_RUNNING)
    late.ticket.matters[0].category = "roads/potholes"
    late.supervised_by = "office"
    paused.pause.since_at = START
    ended = state.TicketState(format_version=1, created_at=START,
                              status=state.TICKET_STATUS_CLOSED)
    publish_states(topics, [
        ("plain", open_state(9, "roads")), ("plain", plain),
        ("disputed", disputed), ("fallback", fallback), ("late", late),
        ("paused", paused), ("ended", open_state(9)), ("ended", ended),
        ("forgotten", open_state(9)), ("forgotten", None)])


@pytest.mark.parametrize("options, expected", [
    ([], "plain disputed fallback late paused"),
    (["--disputed"], "disputed"),
    (["--fallback"], "fallback"),
    (["--not-acknowledged"], "plain fallback late paused"),
    (["--overdue"], "late"),
    (["--overdue", "--department", "gas"], ""),
    (["--paused"], "paused"),
    (["--supervised"], "late"),
    (["--department", "gas"], "plain disputed paused"),
    (["--department", "roads", "--department", "district"], "fallback late"),
    (["--area", "city/west"], "fallback"),
    (["--area", "city"], "plain disputed fallback late paused"),
    (["--category", "housing"], "plain disputed fallback paused"),
    (["--category", "roads", "--area", "city/east"], "late"),
    (["--from", "2023-11-14T22:15:00"], "fallback late paused"),
    (["--to", "2023-11-14T22:15:00Z"], "plain disputed"),
    (["--from", "2023-11-15"], ""),
    (["--status", "closed"], "ended"),
    (["--status", "open", "--status", "closed"],
     "ended plain disputed fallback late paused"),
])
def test_filters_choose_tickets(city, ctl, options, expected):
    found = [entry["ticket_id"] for entry in ctl.json("list", *options)]
    assert found == expected.split()
    assert ctl("list", *options, "--count") == f"{len(found)}\n"


def test_a_person_sees_a_table_with_marks(city, ctl):
    titles, *lines = ctl("list").splitlines()
    assert titles.split() == ["ticket", "status", "created", "lead", "due",
                              "marks", "area", "category"]
    late = next(line for line in lines if line.startswith("late"))
    for word in ("OPEN", "roads", "2023-11-14 22:13:20 +00:00",
                 "overdue, supervised", "city/east", "roads/potholes"):
        assert word in late
    assert ctl.json("list", "--count") == [{"count": 5}]


def test_what_is_wrong_with_a_filter_is_said(topics, ctl):
    for args, words in {
            ("--status", "done"): "must be open, resolved,",
            ("--from", "yesterday"): "--from yesterday: write 2019-11-07",
            ("t1",): "t1 is no option",
            ("--zone", "Mars/Base"): "--zone:",
            ("--topic", "states=x"): "--topic states=x: write tickets=NAME",
            ("--area", b"\xff"): "not UTF-8"}.items():
        done = ctl.run("list", *args)
        assert done.returncode == 64 and words in done.stderr, args


def test_a_time_without_an_offset_needs_the_zone_of_the_city(
        topics, catalogue):
    publish_states(topics, [("t0", open_state(0))])
    ctl = TicketTool(topics)
    ctl.options.remove("--zone"), ctl.options.remove("UTC")
    done = ctl.run("list", "--from", "2023-11-14")
    assert done.returncode == 64 and "time zone is unknown" in done.stderr
    assert "22:13:20 Z" in ctl("list")
    catalogue.load({"meta": {"time_zone": "Asia/Shanghai"}})
    ctl = TicketTool(topics, catalogue)
    ctl.options.remove("--zone"), ctl.options.remove("UTC")
    assert ctl("list", "--from", "2023-11-15", "--count") == "1\n"
    assert "2023-11-15 06:13:20 +08:00" in ctl("list")


def test_the_state_of_a_newer_dispatcher_is_not_believed(topics, pb, ctl):
    topics.publish([record(pb, 1)])
    publish_states(topics, [("t1", open_state(1))], format_version=2)
    done = ctl.run("list")
    assert done.returncode == 1 and "newer dispatcher" in done.stderr
    done = ctl.run("show", "t1")
    assert done.returncode == 0 and "newer dispatcher" in done.stderr
    assert "created, from test" in done.stdout


def test_a_topic_that_is_not_there_is_named(topics, ctl):
    done = ctl.run("list", "--topic", "state=nowhere")
    assert done.returncode == 1
    assert "there is no topic nowhere" in done.stderr


def test_a_state_that_nobody_can_read_is_counted(topics, ctl):
    publish_states(topics, [("t0", open_state(0))])
    topics.publish([("t1", b"\xff\xff")], role="state")
    done = ctl.run("list", "--json")
    assert "1 records of" in done.stderr and done.returncode == 0
    assert [json.loads(line)["ticket_id"]
            for line in done.stdout.splitlines()] == ["t0"]
