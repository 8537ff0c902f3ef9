"""Very many open tickets: what is current is never read again, neither when a
replica comes or goes nor after an abort. SOAK=1 has a million."""

import os
import re

import pytest
from cities import CATALOGUE, record
from confluent_kafka import Producer
from process import wait_until

SOAK = bool(os.environ.get("SOAK"))
OPEN = 1_000_000 if SOAK else 50_000


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def restored(program):
    """Records read back, by partition."""
    return {int(p): int(n) for p, n in re.findall(
        r"event=state_restored .*partition=(\d+) .*records=(\d+)",
        program.log)}


def figure(program, name):
    page = program.http("/metrics")[1]
    return float(re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)[1])


@pytest.mark.soak
@pytest.mark.timeout(1800 if SOAK else 300)
def test_neither_a_rebalance_nor_an_abort_reads_what_is_current(
        dispatcher, topics, catalogue, pb):
    settings = {"membership": "dynamic"}
    first = dispatcher(topics, catalogue.load(CATALOGUE), **settings).start()
    topics.publish(record(pb, n) for n in range(OPEN))
    wait_until(lambda: settled(topics), 900, "all dispatched")
    name = 'dispatcher_remembered_tickets{status="open"}'
    wait_until(lambda: figure(first, name) == OPEN, 10, "all are open")
    assert figure(first, "dispatcher_state_bytes") / OPEN < 2000

    thief = Producer({
        "bootstrap.servers": topics.bootstrap, "transactional.id":
        f"group-{topics.tag}/{first.settings['instance.id']}/0"})
    thief.init_transactions(30)
    topics.publish(record(pb, n) for n in range(OPEN, OPEN + 500))
    wait_until(lambda: settled(topics), 60, "after an abort")
    assert "event=transaction_aborted" in first.log
    assert "partitions=6 kept=6" in first.log

    second = dispatcher(topics, catalogue, **settings).start()
    wait_until(lambda: 'event=available what=state' in second.log, 300,
               "the second has restored its share")
    assert "partitions=3 kept=3" in first.log
    topics.publish(record(pb, n) for n in range(OPEN + 500, OPEN + 1000))
    wait_until(lambda: settled(topics), 60, "two replicas at work")
    # At its start there was nothing to read, and after that it read nothing.
    assert sum(restored(first).values()) == 0
    assert len(restored(second)) == 3
    assert sum(restored(second).values()) > OPEN / 3
