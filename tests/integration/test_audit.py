"""dispatchctl audit finds what is wrong in the topics, and nothing else."""

import subprocess
import time

import audits
import pytest
from audits import Audit
from confluent_kafka import TopicPartition
from marks import both_kafkas
from process import wait_until
from random_lives import CITY, RandomLives
from tales import commit, consistent
from topics import Topics


@pytest.fixture
def topics_of_one(bootstrap):
    """Topics with one partition each."""
    topics = Topics(bootstrap, partitions=1).create()
    yield topics
    topics.delete()


# ------------------------------------------------------------ written by hand

def test_what_is_as_it_should_be_has_no_violation(topics_of_one, pb):
    consistent(pb).publish(topics_of_one)
    audit = Audit(topics_of_one)
    assert not audit.violations, audit
    assert audit.summary["tickets"] == {
        "all": 4, "open": 2, "resolved": 0, "closed": 1, "merged": 0,
        "cancelled": 0, "dead_letter": 1, "waiting": 0, "unknown": 0,
        "begun_before": 0}
    assert audit.summary["inputs"] == {
        "applied": 8, "silent": 0, "repeats": 1, "dead_letters": 2,
        "waiting": 0, "unknown": 0, "lost": 0}
    assert audit.summary["dead_letters"] == {
        "no_route": 1, "wrong_state": 1, "foreign": 0}
    assert audit.summary["clocks"] == {
        "scheduled": 5, "met": 2, "met_late": 1, "cancelled": 1,
        "breached": 2, "open": 2, "paused": 1, "overdue": 1}


def test_a_clock_that_is_overdue_is_listed(topics_of_one, pb):
    """It is the department's fault, not the dispatcher's."""
    tale = consistent(pb)
    tale.publish(topics_of_one)
    audit = Audit(topics_of_one)
    late, still = audit.clocks
    assert (late["ticket_id"], late["department_id"], late["clock"],
            late["due_at"], late["breached"], late["paused"],
            late["event_id"]) == ("t2", "roads", "CLOCK_RESOLUTION",
                                  tale.at(60), True, False, "t2/7")
    assert late["overdue_ms"] >= 540 * 60_000
    assert (still["ticket_id"], still["paused"], still["overdue_ms"]) == (
        "t3", True, 0)


def assign_back(tale):
    tale.input("t2", "b9", "returned", 100, department_id="roads")
    tale.told("t2", "WITHDRAWN", "roads", "b9", 100)
    tale.clock("t2", "CANCELLED", "roads", "R", "b9", 100, 60)
    tale.told("t2", "REASSIGNED", "gas", "b9", 100, due=(0, 60),
              returns=[("gas", 10), ("roads", 100)])
    tale.clock("t2", "SCHEDULED", "gas", "R", "b9", 100, 60)


def rule_by_a_desk(tale):
    tale.input("t2", "b9", "reassigned", 100, department_id="gas")
    tale.told("t2", "WITHDRAWN", "roads", "b9", 100)
    tale.clock("t2", "CANCELLED", "roads", "R", "b9", 100, 60)
    tale.told("t2", "REASSIGNED", "gas", "b9", 100, due=(0, 60),
              returns=[("gas", 10)])
    tale.clock("t2", "SCHEDULED", "gas", "R", "b9", 100, 60)


def two_leads(tale):
    tale.event("t1/4").role = tale.pb.ROLE_LEAD
    for n in (7, 11, 13):
        tale.event(f"t1/{n}").role = tale.pb.ROLE_LEAD


FAULTS = {
    "an assignment is lost": (
        lambda t: t.drop("t1/4"), {"event_missing": 1}),
    "a deadline is lost": (
        lambda t: t.drop("t1/2"), {"event_missing": 1}),
    "an event is there twice": (
        lambda t: t.again("t1/4"), {"event_twice": 1}),
    "a number is left out": (
        lambda t: setattr(t.event("t3/4"), "event_id", "t3/5"),
        {"event_missing": 1}),
    "a ticket is lost": (
        lambda t: t.input("t9", "z1", "created", 200), {"input_lost": 1}),
    "a breach is missing": (
        lambda t: (t.never("t1/8"), t.never("t1/8")), {"breach_missing": 1}),
    "a clock is breached twice": (
        lambda t: t.clock("t2", "BREACHED", "roads", "R", "b2", 60, 60),
        {"breach_twice": 1}),
    "a warning comes too early": (
        lambda t: setattr(t.event("t1/5"), "occurred_at", t.at(29)),
        {"warning_time": 1}),
    "a clock is met that was cancelled": (
        lambda t: t.clock("t2", "MET", "gas", "R", "b2", 10, 60),
        {"clock_order": 1}),
    "a promise has no deadline": (
        lambda t: t.never("t3/2") or t.never("t3/2"),
        {"clock_promised": 1}),
    "a deadline outlives its ticket": (
        lambda t: (t.never("t1/10"), t.never("t1/8"), t.never("t1/8")),
        {"clock_left": 1, "breach_missing": 1}),
    "who returned it gets it back": (assign_back, {"returned_to": 1}),
    "a desk may send it back": (rule_by_a_desk, {}),
    "two departments lead": (two_leads, {"leads": 1}),
    "an event has no cause": (
        lambda t: setattr(t.event("t1/13"), "caused_by", "nobody"),
        {"cause_unknown": 1, "not_closed": 1, "after_end": 1}),
    "an input is applied twice": (
        lambda t: t.told("t3", "UPDATED", "gas", "c2", 20, due=(0, 100)),
        {"answered_twice": 1}),
    "a dead letter was applied": (
        lambda t: t.letter(t.inputs[1], "wrong_state"),
        {"dead_letter_answered": 1}),
    "a dead letter is there twice": (
        lambda t: t.letters.append(t.letters[0]), {"dead_letter_twice": 1}),
    "a dead letter is lost": (
        lambda t: t.letters.pop(0), {"input_lost": 1}),
    "a repeat is no fault": (
        lambda t: t.inputs.append(t.inputs[2]), {}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(topics_of_one, pb, fault):
    spoil, expected = FAULTS[fault]
    tale = consistent(pb)
    spoil(tale)
    tale.publish(topics_of_one)
    audit = Audit(topics_of_one)
    assert audit.found == expected, audit


# --------------------------------------------------------------- what logs do

def transaction(topics, pb, role="assignments", n=5):
    """An open transaction with events that nobody can explain."""
    producer = topics.producer(
        transactional_id=f"{role}-{topics.tag}",
        transaction_timeout_ms=60000)
    producer.init_transactions(30)
    producer.begin_transaction()
    kind = {"assignments": pb.AssignmentEvent, "deadlines": pb.DeadlineEvent,
            "tickets": pb.TicketEvent}[role]
    for i in range(n):
        event = kind(event_id=f"x{i}/7", ticket_id=f"x{i}")
        producer.produce(topics[role], event.SerializeToString(), f"x{i}")
    producer.flush(30)
    return producer


@both_kafkas
def test_aborted_events_and_markers_count_for_nothing(topics_of_one, pb):
    tale = consistent(pb)
    for role in ("assignments", "deadlines", "tickets"):
        transaction(topics_of_one, pb, role).abort_transaction(30)
    tale.inputs = [None] * 6 + tale.inputs  # their offsets
    letters = [tale.letter_record(topics_of_one, *one)
               for one in tale.letters]
    tale.inputs, tale.letters = tale.inputs[6:], []
    topics_of_one.publish(letters, "dead-letters")
    tale.publish(topics_of_one)
    for role in ("assignments", "deadlines"):
        transaction(topics_of_one, pb, role).abort_transaction(30)
    commit(topics_of_one, 6 + len(tale.inputs))
    audit = Audit(topics_of_one)
    assert not audit.violations, audit
    assert audit.summary["inputs"]["waiting"] == 0
    ends = {t["topic"]: t["partitions"][0]["end_offset"]
            for t in audit.summary["topics"]}
    assert ends[topics_of_one["assignments"]] == 6 + 12 + 6


def test_events_behind_an_open_transaction_are_unknown(topics_of_one, pb):
    producer = transaction(topics_of_one, pb)
    consistent(pb).publish(topics_of_one)
    audit = Audit(topics_of_one, "--wait", 1)
    assert not audit.violations, audit
    assert "partition 0: an open transaction hides what lies behind offset " \
        "0\n" in audit.errors
    held = [t["topic"] for t in audit.summary["topics"]
            if t["partitions"][0]["held_back"]]
    assert held == [topics_of_one["assignments"]]
    assert audit.summary["tickets"]["unknown"] > 0
    producer.abort_transaction(30)
    audit = Audit(topics_of_one)
    assert not audit.violations, audit
    assert audit.summary["tickets"]["unknown"] == 0


def test_it_waits_for_an_open_transaction_to_end(topics_of_one, pb):
    producer = transaction(topics_of_one, pb)
    consistent(pb).publish(topics_of_one)
    with audits.started(topics_of_one, "--json") as running:
        running.wait_for("waiting for an open transaction")
        producer.abort_transaction(30)
        assert running.finish() == 0
    assert running.summary["tickets"]["unknown"] == 0


def delete_before(topics, role, offset):
    topics.admin.delete_records([TopicPartition(topics[role], 0, offset)])[
        TopicPartition(topics[role], 0)].result(30)


@pytest.mark.parametrize("role", ["tickets", "assignments", "deadlines",
                                  "dead-letters"])
def test_what_lies_before_a_log_is_unknown(topics_of_one, pb, role):
    consistent(pb).publish(topics_of_one)
    end = topics_of_one.ends(role)[0]
    for offset in range(1, end + 1, 2 if end > 4 else 1):
        delete_before(topics_of_one, role, offset)
        audit = Audit(topics_of_one)
        assert not audit.violations, audit
    log = next(t for t in audit.summary["topics"]
               if t["topic"] == topics_of_one[role])["partitions"][0]
    assert log["begins_late"] and log["begin_offset"] == offset


def test_behind_the_beginning_of_a_log_faults_are_found(topics_of_one, pb):
    """A ticket that is lost after one that is answered."""
    tale = consistent(pb)
    tale.input("t8", "y1", "created", 200)
    tale.input("t9", "z1", "created", 201)
    tale.told("t9", "ASSIGNED", "gas", "z1", 201)
    tale.publish(topics_of_one)
    delete_before(topics_of_one, "assignments", 2)
    delete_before(topics_of_one, "dead-letters", 1)
    audit = Audit(topics_of_one)
    assert audit.found == {"input_lost": 1}, audit
    assert audit.violations[0]["ticket_id"] == "t8"
    assert audit.summary["tickets"]["begun_before"] > 0


def test_since_is_as_if_the_logs_began_there(topics_of_one, pb):
    tale = consistent(pb)
    tale.input("t9", "z1", "created", 200)
    tale.publish(topics_of_one)
    assert Audit(topics_of_one, "--since", "1h").found == {"input_lost": 1}
    later = Audit(topics_of_one, "--since", "2099-01-01T00:00:00Z")
    assert not later.violations
    assert later.summary["tickets"]["all"] == 0
    assert all(t["records"] == 0 for t in later.summary["topics"])


# ------------------------------------------------------------ the command line

def test_the_report_for_people_ends_with_a_line_for_scripts(topics_of_one, pb):
    tale = consistent(pb)
    for n in range(5):
        tale.input(f"t{n + 20}", f"z{n}", "created", 200)
    tale.publish(topics_of_one)
    done = audits.command(topics_of_one, "--limit", 2)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"audit of group group-{topics_of_one.tag}, ")
    at = lines.index("VIOLATION input_lost: 5")
    assert lines[at + 1] == \
        "  Each input that was read is answered or a dead letter."
    assert lines[at + 2].startswith("    ticket t2")
    assert lines[at + 2].endswith("]") and "/0@1" in lines[at + 2]
    assert lines[at + 4] == "    ... and 3 more"
    assert lines[-1] == ("violations=5 shortcomings=0 tickets=9 waiting=0 "
                         "unknown=0 open_clocks=2 overdue_clocks=1")


def test_it_says_what_is_wrong(topics_of_one):
    missing = audits.command(topics_of_one, "--topic",
                              "deadlines=nowhere")
    assert missing.returncode == 1 and missing.stdout == ""
    assert "there is no topic nowhere" in missing.stderr
    for options, message in [
            (("--since", "soon"), "--since soon: must be a time"),
            (("-X", "isolation.level=read_uncommitted"),
             "an audit reads what was committed"),
            (("--topic", "tickets"), "--topic tickets: write tickets=NAME"),
            (("--limit", "-1"), "--limit"), (("file",), "no operands")]:
        wrong = audits.command(topics_of_one, *options)
        assert wrong.returncode == 64 and message in wrong.stderr, wrong


def test_without_a_state_topic_it_is_not_compared(topics_of_one, pb):
    consistent(pb).publish(topics_of_one)
    line = audits.arguments(topics_of_one)
    at = line.index(f"state={topics_of_one['state']}")
    done = subprocess.run(line[:at - 1] + line[at + 1:], capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "state      there is no such topic: it was not compared\n" in \
        done.stdout


def test_without_offsets_the_topics_tell_what_was_read(topics_of_one, pb):
    tale = consistent(pb)
    tale.publish(topics_of_one)
    topics_of_one.publish([("t5", tale.input("t5", "n1", "created", 300)
                            .SerializeToString())])
    options = ("--group", "nobody")
    audit = Audit(topics_of_one, *options)
    assert not audit.violations, audit
    assert "group nobody: it has committed no offsets" in audit.errors
    # The repeat behind the last input that was answered may be unread, too.
    assert audit.summary["inputs"]["waiting"] == 2


# ----------------------------------------------------------- the real thing

@both_kafkas
@pytest.mark.timeout(600)
def test_full_lives_through_kills_have_no_violation(
        dispatcher, topics, catalogue, pb):
    """Two replicas, each killed now and then; audited while they run."""
    catalogue.load(CITY)
    lives = RandomLives(pb, int(time.time() * 1000))
    records = lives.records(tickets=400, events=5000)
    replicas = [dispatcher(topics, catalogue).start(ready=False)
                for _ in range(2)]
    wait_until(lambda: any(r.is_ready() for r in replicas), 60, "a replica")
    for n, begin in enumerate(range(0, len(records), 600)):
        topics.publish(records[begin:begin + 600])
        audit = Audit(topics)
        assert not audit.violations, audit
        victim = replicas[n % 2]
        victim.kill9()
        victim.start(ready=False)
    wait_until(lambda: topics.committed() == topics.ends("tickets"), 120,
               "all inputs read")
    # One that warns in a moment: an hour before the end of two.
    lives.now_ms = int(time.time() * 1000)
    warning = lives.created(400)
    warning.created.matters[0].category = "roads/potholes"
    warning.occurred_at = lives.now_ms - 3_600_000 + 1000
    records.append(lives.record(warning))
    topics.publish(records[-1:])
    wait_until(lambda: fired(topics), 60, "a warning, and no late timer")
    audit = Audit(topics)
    assert not audit.violations, audit
    summary = audit.summary
    assert summary["tickets"]["all"] == 401
    assert summary["states_compared"] == 401
    inputs = summary["inputs"]
    assert inputs["waiting"] == inputs["unknown"] == inputs["lost"] == 0
    assert sum(inputs.values()) == len(records)
    assert inputs["repeats"] > 50 and inputs["silent"] > 10
    assert set(summary["assignments"]) >= {
        "ASSIGNED", "REASSIGNED", "WITHDRAWN", "DISPUTED", "UPDATED", "URGED",
        "REFUSED", "REOPENED", "CLOSED"}
    assert set(summary["deadlines"]) >= {
        "SCHEDULED", "RESCHEDULED", "WARNING", "BREACHED", "ESCALATED", "MET",
        "PAUSED", "RESUMED", "CANCELLED"}
    spoil(topics, pb)


def fired(topics):
    """There was a warning, and no clock is overdue and not breached."""
    audit = Audit(topics)
    return "WARNING" in audit.summary["deadlines"] and all(
        clock["breached"] for clock in audit.clocks
        if clock["overdue_ms"] > 3000)


def spoil(topics, pb):
    """Three faults that somebody with write access could make."""
    last = topics.read("assignments")[-1]
    topics.publish([(last.key(), last.value())], "assignments")
    topics.publish([("t0", b"\xff")], "deadlines")
    clock = next(c for c in Audit(topics).clocks if not c["paused"])
    topics.publish([(clock["ticket_id"], None)], "state")
    audit = Audit(topics)
    assert audit.found == {"event_twice": 1, "unreadable_event": 1,
                           "state_missing": 1}, audit
