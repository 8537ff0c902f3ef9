"""What the loop survives: rebalances, fencing, brokers and Redis away."""

import time

import pytest
from cities import CATALOGUE, record
from confluent_kafka import Producer
from flow import Flow
from ledger import Ledger
from process import wait_until
from topics import Topics


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def publish(topics, pb, first, count):
    topics.publish(record(pb, n) for n in range(first, first + count))


def test_sigterm_ends_it_within_two_seconds(
        dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 2000)
    topics.read_count("assignments", 100)
    begun = time.monotonic()
    assert program.terminate(10) == 0
    assert time.monotonic() - begun < 2
    program.start()
    wait_until(lambda: settled(topics), 60, "the rest")
    Ledger(pb, topics).check(range(2000))


def test_sigterm_ends_it_within_ten_seconds_without_a_broker(
        dispatcher, own_kafka, catalogue, pb):
    topics = Topics(own_kafka.bootstrap).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 100)
    topics.read_count("assignments", 100)
    own_kafka.kill9()
    time.sleep(1)
    begun = time.monotonic()
    assert program.terminate(15) == 0
    assert time.monotonic() - begun < 10


def test_a_broker_that_is_away_for_a_minute(
        dispatcher, own_kafka, catalogue, pb):
    """Longer than the transaction's time-out of 10 s: aborts, fencing and a
    new producer, but no restart of the process and nothing twice."""
    topics = Topics(own_kafka.bootstrap).create()
    program = dispatcher(
        topics, catalogue.load(CATALOGUE),
        **{"kafka.producer.transaction.timeout.ms": 10000}).start()
    pid = program.pid
    publish(topics, pb, 0, 500)
    topics.read_count("assignments", 300)
    own_kafka.kill9()
    time.sleep(60)
    assert program.running()
    own_kafka.start()
    publish(topics, pb, 500, 500)
    wait_until(lambda: settled(topics), 120, "all tickets dispatched")
    assert program.running() and program.pid == pid
    Ledger(pb, topics).check(range(1000))


def test_a_fenced_producer_is_replaced(dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 100)
    wait_until(lambda: settled(topics), 60, "the first hundred")
    thief = Producer({
        "bootstrap.servers": topics.bootstrap, "transactional.id":
        f"group-{topics.tag}/{program.settings['instance.id']}/0"})
    thief.init_transactions(30)
    publish(topics, pb, 100, 100)
    wait_until(lambda: settled(topics), 60, "the second hundred")
    assert "event=transaction_aborted" in program.log
    assert program.running()
    Ledger(pb, topics).check(range(200))


def test_a_twin_with_the_same_identity_ends_and_says_so(
        dispatcher, topics, catalogue, pb):
    first = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 50)
    second = dispatcher(topics, catalogue,
                        instance__id=first.settings["instance.id"])
    second.start(ready=False)

    def publish_and_look():
        publish_and_look.n += 1
        publish(topics, pb, publish_and_look.n, 1)
        return not (first.running() and second.running())
    publish_and_look.n = 49
    wait_until(publish_and_look, 60, "one of the twins ends")
    loser = second if first.running() else first
    assert loser.wait(5) == 1
    assert "instance.id" in loser.log
    wait_until(lambda: settled(topics), 90, "all tickets dispatched")
    Ledger(pb, topics).check(range(publish_and_look.n + 1))


def test_a_broker_that_hangs_for_longer_than_the_session_makes_no_twin(
        dispatcher, own_kafka, catalogue, pb):
    """It answers two tries of one member to join: the first one is fenced."""
    topics = Topics(own_kafka.bootstrap).create()
    catalogue.load(CATALOGUE)
    replicas = [dispatcher(topics, catalogue, workers=4, **{
        "kafka.consumer.session.timeout.ms": 6000,
        "kafka.producer.transaction.timeout.ms": 8000}) for _ in range(2)]
    for replica in replicas:
        replica.start(ready=False)
    publish(topics, pb, 0, 200)
    wait_until(lambda: settled(topics), 60, "the first two hundred")
    own_kafka.pause()
    time.sleep(11)
    own_kafka.resume()
    publish(topics, pb, 200, 200)
    wait_until(lambda: settled(topics), 60, "the second two hundred")
    assert all(replica.running() for replica in replicas)
    Ledger(pb, topics).check(range(400))


@pytest.mark.parametrize("membership", ["static", "dynamic"])
def test_a_second_replica_takes_its_share_and_gives_it_back(
        dispatcher, topics, catalogue, pb, membership):
    settings = {"membership": membership,
                "kafka.consumer.session.timeout.ms": 6000}
    first = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    publish(topics, pb, 0, 1000)
    second = dispatcher(topics, catalogue, **settings).start()
    publish(topics, pb, 1000, 1000)
    wait_until(lambda: settled(topics), 60, "two replicas at work")
    assert "partitions=3" in second.log
    assert second.terminate(10) == 0
    publish(topics, pb, 2000, 1000)
    wait_until(lambda: settled(topics), 60, "one replica again")
    assert first.running()
    Ledger(pb, topics).check(range(3000))


def test_redis_away_stops_nothing(
        dispatcher, topics, catalogue, own_redis, pb):
    catalogue = type(catalogue)(own_redis.url)
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    publish(topics, pb, 0, 100)
    topics.read_count("assignments", 125)
    own_redis.kill9()
    publish(topics, pb, 100, 900)
    wait_until(lambda: settled(topics), 60, "dispatched without Redis")
    assert program.running()
    Ledger(pb, topics).check(range(1000))


def test_a_paused_process_that_lost_its_partitions_repeats_nothing(
        dispatcher, topics, catalogue, pb):
    """A zombie: it wakes up after the group has given its work away."""
    settings = {"membership": "dynamic",
                "kafka.consumer.session.timeout.ms": 6000,
                "kafka.producer.transaction.timeout.ms": 10000}
    zombie = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    publish(topics, pb, 0, 3000)
    topics.read_count("assignments", 200)
    zombie.pause()
    heir = dispatcher(topics, catalogue, **settings).start(ready=False)
    wait_until(lambda: settled(topics), 90, "the heir did the rest")
    zombie.resume()
    publish(topics, pb, 3000, 500)
    wait_until(lambda: settled(topics), 90, "both go on")
    assert heir.running()
    Ledger(pb, topics).check(range(3500))


def test_the_watchdog_ends_a_call_that_does_not_return(
        dispatcher, own_kafka, catalogue, pb):
    """A limit below the two seconds that a broker gets for its answer."""
    topics = Topics(own_kafka.bootstrap).create()
    # The broker's coordinators take their time at the first call of all.
    first = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    first.terminate()
    program = dispatcher(topics, catalogue, watchdog__ms=1700,
                         instance__id=first.settings["instance.id"]).start()
    flow = Flow(pb, topics, 1_000_000, rate=500)
    flow.start()
    topics.read_count("assignments", 500)
    for _ in range(10):  # it may have been idle in just that moment
        own_kafka.pause()
        time.sleep(5)
        own_kafka.resume()
        if not program.running():
            break
        time.sleep(0.5)
    flow.stop()
    assert program.wait(5) == 1
    assert "event=watchdog call=" in program.log
