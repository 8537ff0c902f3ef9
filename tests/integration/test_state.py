"""The state topic: what is read back, what is refused, what is forgotten."""

import time

import pytest
from cities import CATALOGUE, record
from confluent_kafka import (Consumer, ConsumerGroupTopicPartitions,
                             TopicPartition)
from desk import HOUR_MS, Desk, now_ms
from marks import both_kafkas
from process import wait_until
from topics import Topics


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def publish(topics, pb, first, count):
    topics.publish(record(pb, n) for n in range(first, first + count))


def refused(program, what):
    assert program.wait(60) == 1
    assert what in program.log
    assert "docs/kafka.md" in program.log


def make_state_anew(topics):
    topics.delete("state")
    wait_until(lambda: topics["state"] not in
               topics.admin.list_topics(timeout=10).topics, 30, "deletion")
    topics.create("state")


@pytest.fixture
def used(dispatcher, topics, catalogue, pb):
    """A dispatcher that has done its work and is stopped."""
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         membership="dynamic").start()
    publish(topics, pb, 0, 60)
    wait_until(lambda: settled(topics), 30, "dispatched")
    program.terminate()
    return program


def test_the_state_topic_is_created_as_it_must_be(
        dispatcher, bootstrap, catalogue):
    topics = Topics(bootstrap, partitions=4).create("tickets")
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         topics__create="true", topics__partitions=9).start()
    assert topics.config("state")["cleanup.policy"] == "compact"
    assert topics.config("state")["segment.bytes"] == str(64 << 20)
    found = topics.admin.list_topics(timeout=10).topics
    assert len(found[topics["state"]].partitions) == 4
    assert len(found[topics["deadlines"]].partitions) == 9
    assert program.running()


@pytest.mark.parametrize("policy", ["delete", "compact,delete"])
def test_a_state_topic_that_forgets_is_refused(
        dispatcher, bootstrap, catalogue, policy):
    topics = Topics(bootstrap).create("tickets", "assignments", "deadlines",
                                      "dead-letters")
    topics.create("state", config={"cleanup.policy": policy})
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start(ready=False)
    assert program.wait(30) == 1
    assert f"cleanup.policy={policy}" in program.log
    assert "set it to compact" in program.log


def test_tickets_must_not_be_forgotten_before_their_topic_forgets_them(
        dispatcher, bootstrap, catalogue):
    topics = Topics(bootstrap).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         state__closed__retention="24h").start(ready=False)
    assert program.wait(30) == 1
    assert "state.closed.retention is 24 h" in program.log
    assert "keeps its records for 168 h" in program.log


def test_offsets_that_are_gone_need_an_operator(used, topics, pb):
    group = f"group-{topics.tag}"
    topics.admin.delete_consumer_groups([group])[group].result(30)
    used.start(ready=False)
    refused(used, "Offsets that are gone")


def test_a_state_that_is_gone_needs_an_operator(used, topics):
    make_state_anew(topics)
    used.start(ready=False)
    refused(used, "A state that is gone")


def test_a_state_that_is_made_anew_while_it_is_in_use_ends_it(
        dispatcher, topics, catalogue, pb):
    """The new topic lacks what is in memory, and would go on lacking it."""
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 60)
    wait_until(lambda: settled(topics), 30, "dispatched")
    make_state_anew(topics)
    publish(topics, pb, 60, 60)
    for _ in range(2):  # at work, and at the next start
        refused(program, "A state that is gone")
        program.start(ready=False)


def test_a_state_that_is_made_anew_while_it_is_read_needs_an_operator(
        used, topics):
    foreign = topics.producer(transactional_id=f"foreign-{topics.tag}")
    foreign.init_transactions(30)
    foreign.begin_transaction()
    for partition in range(topics.partitions):
        foreign.produce(topics["state"], b"x", b"x", partition)
    foreign.flush(30)
    used.start(ready=False)
    used.wait_log("event=state_waits")
    make_state_anew(topics)
    refused(used, "A state that is gone")


def commit_offset(topics, partition, offset):
    """As a group's coordinator may do it that does not know better yet."""
    member = Consumer({"bootstrap.servers": topics.bootstrap,
                       "group.id": f"group-{topics.tag}"})
    setter = topics.producer(transactional_id=f"setter-{topics.tag}")
    setter.init_transactions(30)
    setter.begin_transaction()
    setter.send_offsets_to_transaction(
        [TopicPartition(topics["tickets"], partition, offset)],
        member.consumer_group_metadata(), 30)
    setter.commit_transaction(30)
    member.close()


def test_an_offset_that_moves_while_the_state_is_read_is_asked_for_again(
        used, topics):
    hanging = topics.producer(transactional_id=f"hang-{topics.tag}")
    hanging.init_transactions(30)
    hanging.begin_transaction()
    hanging.produce(topics["state"], b"", b"x", partition=2)
    hanging.flush(30)
    used.start(ready=False)
    used.wait_log("event=state_waits partition=2", 20)
    commit_offset(topics, 2, 0)
    hanging.abort_transaction(30)
    used.wait_log("event=offset_moved partition=2", 30)
    wait_until(lambda: settled(topics), 30, "read again")
    again = sum(m.partition() == 2 for m in topics.read("tickets"))
    wait_until(lambda: f"dispatcher_repeats_total {again}" in
               used.http("/metrics")[1], 10, "all of them repeats")


def test_another_groups_state_is_refused(used, topics, dispatcher, catalogue):
    other = dispatcher(topics, catalogue, group__id=f"other-{topics.tag}")
    other.start(ready=False)
    refused(other, "Offsets that are gone")


def test_what_somebody_else_wrote_there_is_refused(used, topics):
    topics.publish([("t1", b"\xff\xff not a state")], role="state")
    used.start(ready=False)
    refused(used, "A state that is not ours")


def test_a_newer_format_is_refused(used, topics, pb):
    from dispatch.v1 import state_pb2
    value = state_pb2.TicketState(format_version=99).SerializeToString()
    topics.publish([("t1", value)], role="state")
    used.start(ready=False)
    refused(used, "A newer format")


def test_offsets_set_by_hand_are_accepted_and_repeats_are_noticed(
        dispatcher, topics, catalogue, pb):
    settings = {"membership": "dynamic"}
    program = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    publish(topics, pb, 0, 60)
    wait_until(lambda: settled(topics), 30, "dispatched")
    program.terminate()
    events = len(topics.read("assignments"))
    offsets = [TopicPartition(topics["tickets"], p, 0)
               for p in range(topics.partitions)]
    request = ConsumerGroupTopicPartitions(f"group-{topics.tag}", offsets)
    for future in topics.admin.alter_consumer_group_offsets(
            [request]).values():
        future.result(30)
    program.start()
    wait_until(lambda: settled(topics), 30, "read again")
    assert program.log.count("event=offset_without_stamp") == 6
    wait_until(lambda: "dispatcher_repeats_total 60" in
               program.http("/metrics")[1], 10, "all of them repeats")
    assert len(topics.read("assignments")) == events


def test_closed_tickets_are_forgotten_and_their_past_is_too_old(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap).create(config={"retention.ms": "0"})
    desk = Desk(pb, topics)
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         state__closed__retention="0m",
                         membership="dynamic").start()
    first = desk.created(1, "roads/potholes")
    desk.send(first, desk.event("t1", "cancelled", reason="a mistake"))
    partition = topics.partition_of("t1")  # before retention strikes
    desk.read("assignments", 2)
    wait_until(lambda: any(m.key() == b"t1" and m.value() is None
                           for m in topics.read("state")), 30, "a tombstone")
    # Its partition has come further than this record, which comes again.
    later = desk.created(2, "roads/potholes")
    producer = topics.producer()
    producer.produce(topics["tickets"], first.SerializeToString(), "t1",
                     partition=partition, timestamp=first.occurred_at - 1000)
    producer.flush(30)
    letter = topics.read_count("dead-letters", 1)[0]
    assert dict(letter.headers())["dispatcher.error.code"] == b"too_old"
    desk.send(later)
    desk.read("assignments", 3)
    assert program.running()


@both_kafkas
def test_a_rebalance_keeps_what_is_current(
        dispatcher, topics, catalogue, pb):
    settings = {"membership": "dynamic"}
    first = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    publish(topics, pb, 0, 600)
    wait_until(lambda: settled(topics), 30, "dispatched")
    second = dispatcher(topics, catalogue, **settings).start()
    wait_until(lambda: "partitions=3 kept=3" in first.log, 30,
               "the first keeps three")
    publish(topics, pb, 600, 600)
    wait_until(lambda: settled(topics), 30, "two at work")
    assert first.log.count("event=state_restored") == 6
    assert second.log.count("event=state_restored") == 3
    second.terminate()
    wait_until(lambda: "partitions=6 kept=3" in first.log, 30,
               "the first has all again")
    publish(topics, pb, 1200, 100)
    wait_until(lambda: settled(topics), 30, "one at work")
    assert first.log.count("event=state_restored") == 9
    assert len(topics.read("assignments")) == 1300 + 1300 // 4


def test_a_restore_waits_for_a_transaction_that_hangs(
        dispatcher, topics, catalogue, pb, used):
    """Somebody's open transaction in the state hides what lies behind it."""
    hanging = topics.producer(transactional_id=f"hang-{topics.tag}")
    hanging.init_transactions(30)
    hanging.begin_transaction()
    hanging.produce(topics["state"], b"", b"x", partition=2)
    hanging.flush(30)
    used.start()
    used.wait_log("event=state_waits partition=2", 20)
    assert used.http("/readyz")[0] == 503
    publish(topics, pb, 100, 60)
    time.sleep(2)
    assert not settled(topics)
    hanging.abort_transaction(30)
    wait_until(lambda: settled(topics), 30, "all dispatched")


def test_a_memory_that_was_overtaken_is_read_anew(
        dispatcher, topics, catalogue, pb):
    """Only the stamp tells: the timer of another owner moves no offset."""
    settings = {"membership": "dynamic",
                "kafka.session.timeout.ms": 3000,
                "kafka.heartbeat.interval.ms": 500}
    desk = Desk(pb, topics)
    first = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    desk.send(desk.created(1, "roads/potholes",
                           now_ms() - 2 * HOUR_MS + 10_000))
    scheduled = desk.read("deadlines", 2)
    first.pause()
    second = dispatcher(topics, catalogue, **settings).start()
    assert desk.read("deadlines", 3)[2].kind == pb.DEADLINE_KIND_BREACHED
    second.terminate()
    first.resume()
    first.wait_log("partitions=6 kept=5", 30)
    wait_until(lambda: first.http("/readyz")[0] == 200, 30, "ready")
    desk.send(desk.event("t1", "contacted", department_id="roads"))
    events = desk.read("deadlines", 4)
    assert events[3].kind == pb.DEADLINE_KIND_MET
    assert [int(e.event_id.split("/")[1]) for e in events] == \
        sorted({int(e.event_id.split("/")[1]) for e in events})
    assert events[:2] == scheduled
