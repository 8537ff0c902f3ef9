"""What is missing is named within seconds, in /readyz, metrics and log, also
while a call to the broker hangs, and is gone when it is over."""

import re
import socket
import threading
import time

import lags
import pytest
from broker import Kafka
from cities import CATALOGUE, record
from flow import Flow
from process import free_port, wait_until
from topics import Topics


def condition(program, what):
    return lags.series(program, "dispatcher_condition").get(f'what="{what}"')


def line_of(program, what):
    """The line of /readyz about one condition, or about a worker."""
    for line in program.http("/readyz")[1].splitlines():
        if line.startswith(what):
            return line
    return ""


def missing(program, what, reason, within):
    """Waits until it is named everywhere, counted from now."""
    def named():
        line = line_of(program, f"{what}: ")
        return (": missing for " in line and re.search(reason, line)
                and condition(program, what) == 0
                and re.search(rf"event=unavailable what={what} .*{reason}",
                              program.log))
    wait_until(named, within, f"{what}: {reason}, but\n"
               f"{program.http('/readyz')[1]}")


def over(program, what, within=30):
    """Waits until all is well again."""
    wait_until(lambda: line_of(program, f"{what}: ok")
               and condition(program, what) == 1, within,
               f"{what} is back, but\n{program.http('/readyz')[1]}")
    wait_until(lambda: program.http("/readyz")[0] == 200, within, "ready")
    last = [line for line in program.log.splitlines()
            if f"what={what} " in line][-1]
    assert "event=available" in last


def ready(program):
    wait_until(lambda: program.http("/readyz")[0] == 200, 30, "ready")
    assert lags.figure(program, "ready") == 1
    return program


def publish(topics, pb, first, count):
    topics.publish(record(pb, n) for n in range(first, first + count))


def settled(topics):
    """All is dispatched; partitions without records have no offset."""
    committed = sum(max(c, 0) for c in topics.committed().values())
    return committed == sum(topics.ends("tickets").values())


@pytest.fixture
def busy(own_kafka, dispatcher, catalogue, pb):
    """A dispatcher under a flow of tickets, with a broker of its own."""
    topics = Topics(own_kafka.bootstrap).create()
    program = ready(dispatcher(topics, catalogue.load(CATALOGUE)).start())
    program.topics = topics
    flow = Flow(pb, topics, 30_000, rate=300)
    flow.start()
    topics.read_count("assignments", 100)
    yield program
    flow.count = 0
    flow.join(60)


def test_a_broker_that_is_gone(busy, own_kafka):
    own_kafka.kill9()
    missing(busy, "broker", "does not answer", 5)
    assert busy.http("/readyz")[0] == 503
    assert lags.figure(busy, "ready") == 0
    own_kafka.start()
    over(busy, "broker")


def test_a_broker_that_hangs_and_the_call_that_waits_for_it(
        busy, own_kafka, pb):
    """In the midst of a backlog, so that a transaction is open."""
    busy.pause()
    busy.topics.publish(record(pb, n) for n in range(30_000, 60_000))
    busy.resume()
    wait_until(lambda: 5000 < lags.figure(busy, "lag_records") < 25_000, 20,
               "the midst")
    own_kafka.pause()
    try:
        missing(busy, "broker", "does not answer", 5)
        waits = r"worker 0: in (flush|send_offsets|commit_transaction|" \
                r"consume) for [4-9] s"
        wait_until(lambda: re.match(waits, line_of(busy, "worker 0")), 15,
                   "the call that hangs")
        age = lags.figure(busy, "lag_age_seconds")
        assert age > 2
        status = busy.http_json("/status.json")
        assert status["ready"] is False
        assert status["workers"][0]["for_seconds"] >= 4
        assert lags.series(busy, "dispatcher_call_seconds")['worker="0"'] >= 4
        assert lags.figure(busy, "lag_records") is not None
        time.sleep(1)
        assert lags.figure(busy, "lag_age_seconds") >= age + 1
    finally:
        own_kafka.resume()
    over(busy, "broker", 60)
    wait_until(lambda: lags.figure(busy, "lag_age_seconds") < 1, 10, "fresh")
    assert line_of(busy, "worker 0") == ""


def test_a_redis_that_is_gone(dispatcher, topics, catalogue, own_redis):
    catalogue = type(catalogue)(own_redis.url)
    program = ready(
        dispatcher(topics, catalogue.load(CATALOGUE)).start())
    own_redis.stop()
    missing(program, "redis", r"not needed|127\.0\.0\.1|lost|refused", 5)
    status, text = program.http("/readyz")
    assert status == 200
    assert "redis: missing" in text
    assert "(not needed to be ready)" in text
    own_redis.start()
    catalogue.load(CATALOGUE)
    over(program, "redis")


def test_a_catalogue_that_is_emptied(dispatcher, topics, catalogue, pb):
    program = ready(dispatcher(topics, catalogue.load(CATALOGUE)).start())
    refused = 'result="refused"'
    loads = "dispatcher_catalogue_loads_total"
    assert lags.series(program, loads)[refused] == 0
    catalogue.client.delete(*catalogue.client.keys(catalogue.prefix + "*"))
    wait_until(lambda: "stays in use; refused: "
               in line_of(program, "catalogue: ok"), 5, "the refusal")
    assert lags.series(program, loads)[refused] > 0
    assert "event=catalogue_refused version_kept=1" in program.log
    publish(topics, pb, 0, 10)
    wait_until(lambda: settled(topics), 30, "dispatched by the one before")
    catalogue.load(CATALOGUE)
    wait_until(lambda: "refused" not in line_of(program, "catalogue: ok"), 5,
               "the new catalogue")


def test_a_start_without_a_catalogue(dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue)
    program.start(ready=False)
    missing(program, "catalogue", "dispatchctl catalogue load", 5)
    assert program.http("/readyz")[0] == 503
    publish(topics, pb, 0, 10)
    wait_until(lambda: lags.figure(program, "lag_records") == 10, 10,
               "tickets that wait")
    catalogue.load(CATALOGUE)
    over(program, "catalogue", 5)
    wait_until(lambda: settled(topics), 30, "dispatched")


@pytest.mark.parametrize("role", ["assignments", "dead-letters"])
def test_a_topic_that_is_deleted(dispatcher, topics, catalogue, pb, role):
    program = ready(dispatcher(topics, catalogue.load(CATALOGUE),
                               membership="dynamic").start())
    publish(topics, pb, 0, 20)
    wait_until(lambda: settled(topics), 30, "dispatched")
    topics.delete(role)
    missing(program, "topics", f"topic {topics[role]} is missing: create it",
            15)
    assert program.http("/readyz")[0] == 503
    topics.create(role)
    over(program, "topics")
    publish(topics, pb, 100, 20)
    wait_until(lambda: settled(topics), 60, "dispatched again")
    assert program.running()


def test_tickets_that_are_deleted_while_their_state_stays_need_an_operator(
        dispatcher, topics, catalogue, pb):
    program = ready(dispatcher(topics, catalogue.load(CATALOGUE),
                               membership="dynamic").start())
    publish(topics, pb, 0, 20)
    wait_until(lambda: settled(topics), 30, "dispatched")
    topics.delete("tickets")
    missing(program, "topics",
            f"topic {topics['tickets']} is missing: create it", 15)
    program.wait_log("event=revoked", 20)
    topics.create("tickets")
    assert program.wait(60) == 1
    assert "Offsets that are gone" in program.log


class SaslKafka(Kafka):
    """A broker with one more listener, for which a password is needed."""

    def __init__(self, version, directory, password):
        super().__init__(version, directory)
        self.sasl_port = free_port()
        self.password = password

    def format(self):
        super().format()
        self.plain = self.config.read_text()
        self.write_password(self.password)

    def write_password(self, password):
        """Takes effect at the next start."""
        settings = dict(line.split("=", 1)
                        for line in self.plain.splitlines())
        address = f",SASL_PLAINTEXT://127.0.0.1:{self.sasl_port}"
        settings["listeners"] += address
        settings["advertised.listeners"] += address
        settings["listener.security.protocol.map"] += \
            ",SASL_PLAINTEXT:SASL_PLAINTEXT"
        settings["sasl.enabled.mechanisms"] = "PLAIN"
        settings["listener.name.sasl_plaintext.plain.sasl.jaas.config"] = (
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_dispatcher="{password}";')
        self.config.write_text("".join(
            f"{name}={value}\n" for name, value in settings.items()))


@pytest.fixture
def sasl_kafka(kafka_version, tmp_path):
    broker = SaslKafka(kafka_version, tmp_path / "kafka", "right").start()
    yield broker
    broker.kill9()


def with_password(broker, password):
    return {"kafka.bootstrap.servers": f"127.0.0.1:{broker.sasl_port}",
            "kafka.security.protocol": "SASL_PLAINTEXT",
            "kafka.sasl.mechanism": "PLAIN",
            "kafka.sasl.username": "dispatcher",
            "kafka.sasl.password": password}


def test_a_wrong_password_from_the_start(
        sasl_kafka, dispatcher, catalogue):
    topics = Topics(sasl_kafka.bootstrap).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         **with_password(sasl_kafka, "wrong-one"))
    program.start(ready=False)
    missing(program, "broker", "refuses our user, password", 5)
    assert "wrong-one" not in program.log + program.http("/readyz")[1]
    sasl_kafka.stop()
    sasl_kafka.write_password("wrong-one")
    sasl_kafka.start()
    over(program, "broker")


def test_a_password_that_is_changed_while_it_works(
        sasl_kafka, dispatcher, catalogue, pb):
    topics = Topics(sasl_kafka.bootstrap).create()
    program = ready(dispatcher(topics, catalogue.load(CATALOGUE),
                               **with_password(sasl_kafka, "right")).start())
    sasl_kafka.stop()
    sasl_kafka.write_password("another")
    missing(program, "broker", "does not answer", 5)
    sasl_kafka.start()
    missing(program, "broker", "refuses our user, password", 5)
    sasl_kafka.stop()
    sasl_kafka.write_password("right")
    sasl_kafka.start()
    over(program, "broker")
    publish(topics, pb, 0, 50)
    wait_until(lambda: settled(topics), 60, "dispatched")


def test_a_listener_that_speaks_another_protocol(dispatcher, catalogue):
    """It hangs up, as a listener for TLS does when it is greeted without."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def hang_up():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
        threading.Thread(target=hang_up, daemon=True).start()
        program = dispatcher(
            catalogue.load(CATALOGUE),
            **{"kafka.bootstrap.servers":
               f"127.0.0.1:{server.getsockname()[1]}"})
        program.start(ready=False)
        missing(program, "broker", "kafka.security.protocol", 5)
