"""What somebody may do to it, by mistake or not, and what must come of it."""

import os
import shlex
import socket

import pytest
from cities import CATALOGUE, record, ticket
from confluent_kafka.admin import (AlterConfigOpType, ConfigEntry,
                                   ConfigResource, NewPartitions)
from ledger import Ledger
from process import wait_until
from topics import ROLES, Topics


def settled(topics):
    """Whether the group has committed the end of each partition."""
    committed = topics.committed()
    return all(max(committed[partition], 0) == end
               for partition, end in topics.ends("tickets").items())


def set_max_size(topics, role, size):
    entry = ConfigEntry("max.message.bytes", str(size),
                        incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, topics[role],
                              incremental_configs=[entry])
    topics.admin.incremental_alter_configs([resource])[resource].result(30)


@pytest.mark.parametrize("closed", ["2>&-", "0<&- 1>&- 2>&-"])
def test_without_standard_files_no_log_line_goes_into_a_socket(
        dispatcher, topics, catalogue, pb, closed):
    program = dispatcher(topics, catalogue.load(CATALOGUE), log__level="debug")
    command = shlex.join(str(part) for part in program.command())
    program.process.spawn(["bash", "-c", f"exec {command} {closed}"])
    topics.publish(record(pb, n) for n in range(100))
    wait_until(lambda: settled(topics), 60, "dispatched without a log")
    assert os.readlink(f"/proc/{program.pid}/fd/2") == "/dev/null"
    Ledger(pb, topics).check(range(100))


def test_a_full_disk_under_the_log_stops_nothing(
        dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue.load(CATALOGUE), log__level="debug")
    command = shlex.join(str(part) for part in program.command())
    program.process.spawn(["bash", "-c", f"exec {command} 2>/dev/full"])
    topics.publish(record(pb, n) for n in range(100))
    wait_until(lambda: settled(topics), 60, "dispatched without a log")
    assert program.terminate(10) == 0


def test_silent_connections_of_one_client_keep_no_other_out(
        dispatcher, topics, catalogue):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    held = []
    try:
        for _ in range(100):
            client = socket.create_connection(
                ("127.0.0.1", program.http_port), 5, ("127.0.0.2", 0))
            client.sendall(b"GET /liv")
            held.append(client)
        assert program.http("/livez", timeout=5)[0] == 200
    finally:
        for client in held:
            client.close()


def add_partitions(topics, role, count):
    new = NewPartitions(topics[role], count)
    topics.admin.create_partitions([new])[topics[role]].result(30)


def test_new_partitions_of_the_output_topics_are_used(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap, partitions=2).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    topics.publish(record(pb, n) for n in range(50))
    wait_until(lambda: settled(topics), 30, "the first fifty")
    for role in ("assignments", "deadlines", "dead-letters"):
        add_partitions(topics, role, 5)
    program.terminate()  # or wait for a minute
    program.start()
    topics.publish(record(pb, n) for n in range(50, 100))
    wait_until(lambda: settled(topics), 60, "the second fifty")
    wait_until(lambda: all(topics.ends("deadlines", partitions=5).values()), 30,
               "deadlines in all five")


@pytest.mark.parametrize("role", ["tickets", "state"])
def test_another_number_of_partitions_ends_it_and_names_the_procedure(
        dispatcher, bootstrap, catalogue, pb, role):
    topics = Topics(bootstrap, partitions=2).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    topics.publish(record(pb, n) for n in range(50))
    wait_until(lambda: settled(topics), 30, "the first fifty")
    add_partitions(topics, role, 3)
    for _ in range(2):  # at work, and at the next start
        assert program.wait(30) == 1
        assert "Another number of partitions" in program.log
        program.start(ready=False)


def test_a_topic_that_takes_less_than_before_ends_it_and_a_restart_copes(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap).create()
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    set_max_size(topics, "assignments", 20_000)
    large = ticket(pb, 1)
    large.created.description = os.urandom(25_000).hex()
    topics.publish([(large.ticket_id, large.SerializeToString()),
                    record(pb, 2)])
    assert program.wait(60) == 1
    assert "max.message.bytes of a topic became smaller" in program.log
    program.start()
    letter = topics.read_count("dead-letters", 1)[0]
    assert dict(letter.headers())["dispatcher.error.code"] == \
        b"output_too_large"
    wait_until(lambda: settled(topics), 60, "the rest")
    Ledger(pb, topics).check([2])


@pytest.mark.parametrize("size", [100, 600])
def test_a_topic_for_tiny_records_only_is_told_at_start(
        dispatcher, bootstrap, catalogue, size):
    topics = Topics(bootstrap).create(
        *(role for role in ROLES if role != "deadlines"))
    topics.create("deadlines", config={"max.message.bytes": str(size)})
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start(ready=False)
    assert program.wait(30) == 1
    assert "max.message.bytes of an output topic is too small" in program.log


@pytest.mark.parametrize(("name", "value", "reason"), [
    ("transaction.timeout.ms", 2147483647, "transaction.max.timeout.ms"),
    ("linger.ms", 900000, "do not go together"),
    ("queue.buffering.max.kbytes", 1, "one record may have"),
])
def test_a_producer_that_cannot_work_ends_it_and_says_why(
        dispatcher, topics, catalogue, name, value, reason):
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         **{f"kafka.producer.{name}": value})
    program.start(ready=False)
    assert program.wait(30) == 1
    assert "event=producer_failed" in program.log and reason in program.log
