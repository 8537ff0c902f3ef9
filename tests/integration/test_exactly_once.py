"""Kill -9 at random moments: each event once, none missing, in order."""

import random
import time

import pytest
from cities import CATALOGUE
from flow import Flow
from ledger import Ledger
from marks import both_kafkas
from process import wait_until


def settled(topics):
    ends = topics.ends("tickets")
    return topics.committed() == ends


@both_kafkas
@pytest.mark.timeout(600)
def test_kill_9_of_two_replicas_loses_and_repeats_nothing(
        dispatcher, topics, catalogue, pb):
    """100,000 tickets at 1,500/s; one of two replicas killed 24 times."""
    count, kills, dice = 100_000, 24, random.Random(20261123)
    catalogue.load(CATALOGUE)
    replicas = [dispatcher(topics, catalogue) for _ in range(2)]
    for replica in replicas:
        replica.start(ready=False)
    wait_until(lambda: any(r.is_ready() for r in replicas), 60, "a replica")
    flow = Flow(pb, topics, count, rate=1500)
    flow.start()
    for kill in range(kills):
        wait_until(lambda: flow.sent >= (kill + dice.random()) * count / 26,
                   120, "the next kill")
        victim = dice.choice(replicas)
        victim.kill9()
        time.sleep(dice.choice((0, 0, 0.3, 1.5)))
        victim.start(ready=False)
    flow.join()
    wait_until(lambda: settled(topics), 180, "all tickets dispatched")
    Ledger(pb, topics).check(range(count))
    for replica in replicas:
        assert replica.terminate(12) == 0
