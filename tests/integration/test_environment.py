"""The tests' own ground: servers start, stop, and keep what they must."""

import redis
from marks import both_kafkas
from process import wait_until
from topics import Topics


@both_kafkas
def test_records_of_an_aborted_transaction_are_not_read(topics):
    topics.publish([("a", b"1"), ("b", b"2")])
    producer = topics.producer(transactional_id=f"tx-{topics.tag}")
    producer.init_transactions(30)
    for value, end in ((b"3", producer.abort_transaction),
                       (b"4", producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(topics["tickets"], value, "a")
        producer.flush(30)
        end(30)
    committed = {msg.value() for msg in topics.read("tickets")}
    all_there = {msg.value() for msg in
                 topics.read("tickets", isolation="read_uncommitted")}
    assert committed == {b"1", b"2", b"4"}
    assert all_there == {b"1", b"2", b"3", b"4"}


@both_kafkas
def test_a_killed_broker_keeps_its_port_and_its_records(own_kafka):
    topics = Topics(own_kafka.bootstrap, partitions=2).create("tickets")
    topics.publish([(f"key-{i}", b"x") for i in range(100)])
    own_kafka.kill9()
    own_kafka.restart()
    assert len(topics.read_count("tickets", 100)) == 100


def test_the_state_topic_is_compacted(topics):
    assert topics.config("state")["cleanup.policy"] == "compact"


def test_a_redis_that_was_stopped_starts_empty_on_its_port(own_redis):
    client = redis.Redis.from_url(own_redis.url)
    client.set("key", "value")
    own_redis.restart()
    assert wait_until(client.ping, 5, "Redis answers")
    assert client.get("key") is None


def test_a_catalogue_is_stored_as_json(catalogue):
    catalogue.load({"departments": {"gas": {"name": "燃气公司"}},
                    "meta": {"time_zone": "Asia/Shanghai"}})
    stored = catalogue.client.hgetall(catalogue.prefix + "departments")
    assert stored == {"gas": '{"name": "燃气公司"}'}
    meta = catalogue.client.hgetall(catalogue.prefix + "meta")
    assert meta == {"time_zone": "Asia/Shanghai", "version": "1"}


def test_python_reads_back_a_ticket_it_wrote(pb):
    event = pb.TicketEvent(event_id="e1", ticket_id="t1",
                           created=pb.TicketCreated(title="漏水"))
    assert pb.TicketEvent.FromString(event.SerializeToString()) == event
