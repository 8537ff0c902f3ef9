"""The main job: tickets in, assignments and deadlines out."""

import time
from datetime import datetime, timezone

import pytest
from cities import CATALOGUE, START_MS, record, ticket
from ledger import Ledger
from marks import both_kafkas
from process import wait_until
from topics import Topics


@pytest.fixture
def city(dispatcher, topics, catalogue):
    """A running dispatcher with the small city's catalogue."""
    return dispatcher(topics, catalogue.load(CATALOGUE)).start()


def events_of(pb, topics, role, count):
    kind = pb.AssignmentEvent if role == "assignments" else pb.DeadlineEvent
    return [(msg, kind.FromString(msg.value()))
            for msg in topics.read_count(role, count)]


@both_kafkas
def test_every_ticket_goes_to_its_departments(city, topics, pb):
    topics.publish(record(pb, n) for n in range(400))
    topics.read_count("assignments", 500)
    topics.read_count("deadlines", 800)
    Ledger(pb, topics).check(range(400))


def test_an_assignment_says_everything_the_department_needs(city, topics, pb):
    topics.publish([record(pb, 1)])
    (_, lead), (_, other) = events_of(pb, topics, "assignments", 2)
    event = ticket(pb, 1)
    assert lead.event_id == "t1/1" and lead.ticket_id == "t1"
    assert lead.kind == pb.ASSIGNMENT_KIND_ASSIGNED
    assert (lead.department_id, lead.department_name) == ("gas", "Gas company")
    assert lead.role == pb.ROLE_LEAD and other.role == pb.ROLE_CO_HANDLER
    assert list(lead.matter_indexes) == [0]
    assert list(lead.co_department_ids) == ["housing"]
    assert lead.lead_official == "Chief Wei"
    assert lead.rule == "|housing/heating" and not lead.fallback
    # The test wrote the table by hand: no checksum was ever stored.
    assert lead.catalogue_version.startswith("1")
    assert lead.attempt == 1 and lead.caused_by == "e1"
    assert lead.ticket == event.created
    assert lead.first_response_due_at == event.occurred_at + 2 * 3600_000
    assert lead.resolution_due_at == event.occurred_at + 24 * 3600_000
    assert other.first_response_due_at == other.resolution_due_at == 0


def test_deadlines_are_scheduled_with_their_first_warning(city, topics, pb):
    now = int(time.time() * 1000)
    event = ticket(pb, 1)
    event.occurred_at = now
    topics.publish([("t1", event.SerializeToString())])
    got = [e for _, e in events_of(pb, topics, "deadlines", 2)]
    assert [e.clock for e in got] == [pb.CLOCK_FIRST_RESPONSE,
                                      pb.CLOCK_RESOLUTION]
    for e, hours in zip(got, (2, 24)):
        assert e.kind == pb.DEADLINE_KIND_SCHEDULED
        assert e.department_id == "gas" and e.policy_id == "day"
        assert e.started_at == now
        assert e.due_at == now + hours * 3600_000
        assert e.warn_at == now + hours * 1800_000


def rfc3339(ms):
    at = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_events_carry_cloudevents_and_the_trace(city, topics, pb):
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    key, value = record(pb, 2)
    topics.publish([(key, value, [("traceparent", trace.encode()),
                                  ("tracestate", b"x=1")])])
    msg, event = events_of(pb, topics, "assignments", 1)[0]
    headers = {name: value.decode() for name, value in msg.headers()}
    assert headers == {
        "ce_specversion": "1.0", "ce_id": event.event_id,
        "ce_source": f"/dispatcher/group-{topics.tag}",
        "ce_type": "dispatch.v1.AssignmentEvent.ASSIGNED",
        "ce_subject": "t2", "ce_time": rfc3339(START_MS + 2),
        "ce_departmentid": "roads", "content-type": "application/protobuf",
        "traceparent": trace, "tracestate": "x=1"}


def test_headers_can_be_switched_off(dispatcher, topics, catalogue, pb):
    dispatcher(topics, catalogue.load(CATALOGUE),
               events__headers="none").start()
    topics.publish([record(pb, 2)])
    assert not topics.read_count("assignments", 1)[0].headers()


def test_a_retry_would_give_the_same_partition_as_java(city, topics, pb):
    """murmur2 of the key: the client's own partitioner agrees."""
    topics.publish(record(pb, n) for n in range(60))
    where = {m.key(): m.partition()
             for m in topics.read_count("tickets", 60)}
    got = topics.read_count("assignments", 75)
    assert {m.key(): m.partition() for m in got} == where


def test_a_department_with_its_own_topic_gets_the_contact(
        dispatcher, topics, catalogue, pb):
    """Confidential tickets: the contact goes nowhere else."""
    others = Topics(topics.bootstrap).create("assignments")
    own = others["assignments"]
    tables = {**CATALOGUE, "departments": {
        **CATALOGUE["departments"], "roads": {"name": "R", "topic": own}}}
    dispatcher(topics, catalogue.load(tables),
               topics__departments=own).start()
    event = ticket(pb, 2, confidential=True)
    topics.publish([("t2", event.SerializeToString())])
    _, public = events_of(pb, topics, "assignments", 1)[0]
    private = pb.AssignmentEvent.FromString(
        others.read_count("assignments", 1)[0].value())
    assert not public.ticket.HasField("contact")
    assert private.ticket.contact.phone == "555-0100"
    assert private.event_id == public.event_id


def test_new_tickets_wait_for_the_first_catalogue(
        dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue).start(ready=False)
    topics.publish([record(pb, 2)])
    program.wait_log("event=assigned")
    assert not topics.read("assignments")
    catalogue.load(CATALOGUE)
    topics.read_count("assignments", 1)
    assert not topics.read("dead-letters")


def test_topics_are_created_when_told_to(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap)
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         topics__create="true", topics__partitions=6)
    program.start()
    topics.publish([record(pb, 2)])
    topics.read_count("assignments", 1)


def test_a_missing_topic_is_named(dispatcher, bootstrap, catalogue):
    topics = Topics(bootstrap).create("tickets", "state", "assignments",
                                      "dead-letters")
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start(ready=False)
    program.wait_log(f"topic {topics['deadlines']} is missing")
    topics.create("deadlines")
    program.wait_ready()


def test_idle_input_is_committed_at_once(city, topics, pb):
    """No phantom lag: also behind an upstream transaction's markers."""
    producer = topics.producer(transactional_id=f"up-{topics.tag}")
    producer.init_transactions()
    producer.begin_transaction()
    for n in range(30):
        key, value = record(pb, n)
        producer.produce(topics["tickets"], value, key)
    producer.commit_transaction()
    ends = topics.ends("tickets")
    wait_until(lambda: {p: o for p, o in topics.committed().items()
                        if o >= 0} == {p: o for p, o in ends.items() if o},
               20, "committed offsets reach the ends")


def test_times_in_the_future_count_as_the_record_s(city, topics, pb):
    event = ticket(pb, 2)
    event.occurred_at = START_MS
    event.created.requested_at = int(time.time() * 1000) + 10 ** 9
    topics.publish([("t2", event.SerializeToString())])
    _, assigned = events_of(pb, topics, "assignments", 1)[0]
    stamp = topics.read_count("tickets", 1)[0].timestamp()[1]
    assert assigned.resolution_due_at == stamp + 24 * 3600_000
