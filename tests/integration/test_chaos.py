"""Tickets with lives and short deadlines, while replicas are killed, brokers
restart and Redis is gone half of the time: an audit of the topics finds
nothing lost and nothing twice, and no timer was late while a replica was
ready. SOAK=1 is the long form."""

import os
import random
import threading
import time

import pytest
import redis
from audits import Audit
from catalogues import load_catalogue
from lives import CATALOGUE, Lives
from process import wait_until
from topics import Topics

SOAK = bool(os.environ.get("SOAK"))
LIVES, RATE = (200_000, 150) if SOAK else (6_000, 120)
KILLS, BROKER_RESTARTS = (50, 10) if SOAK else (8, 1)
LATE_MS, READY_S = 1000 if SOAK else 3000, 10  # beside other tests
SETS_CLOCK = {1, 2, 8}  # SCHEDULED, RESCHEDULED, RESUMED
BY_TIME = {3, 4, 5}  # WARNING, BREACHED, ESCALATED


class Watch(threading.Thread):
    """When each replica was ready."""

    def __init__(self, replicas):
        super().__init__(daemon=True)
        self.replicas, self.seen, self.ended = replicas, [], False

    def run(self):
        while not self.ended:
            ready = all(r.http("/readyz", timeout=1)[0] == 200
                        for r in self.replicas)
            self.seen.append((time.time(), ready))
            time.sleep(0.2)

    def ready_before(self, at):
        """Whether all were ready in the ten seconds before a moment."""
        window = [ready for seen, ready in self.seen
                  if at - READY_S <= seen <= at]
        return len(window) >= 10 and all(window)


class RedisTrouble(threading.Thread):
    """Redis is there for some seconds, then gone for as long."""

    def __init__(self, server, prefix, dice):
        super().__init__(daemon=True)
        self.server, self.prefix, self.dice = server, prefix, dice
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(self.dice.uniform(2, 6)):
            self.server.kill9()
            self.ended.wait(self.dice.uniform(2, 6))
            self.server.start()
            load_catalogue(redis.Redis.from_url(self.server.url), self.prefix,
                           CATALOGUE)


def late_timers(pb, topics, watch):
    """What fired late although all had been ready."""
    late, n = [], 0
    told = {}
    for msg in topics.read("deadlines", timeout=300):
        event = pb.DeadlineEvent.FromString(msg.value())
        clock = event.ticket_id, event.department_id, event.clock
        if event.kind in SETS_CLOCK:
            told[clock] = msg.timestamp()[1]
        # A clock that was over when it was set is told at once.
        if event.kind not in BY_TIME or event.occurred_at < told[clock]:
            continue
        n += 1
        delay = msg.timestamp()[1] - event.occurred_at
        if delay > LATE_MS and watch.ready_before(msg.timestamp()[1] / 1000):
            late.append((event.event_id, delay))
    return late, n


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def no_timer_waits(replicas):
    def overdue(replica):
        page = replica.http("/metrics")[1]
        return "dispatcher_timer_overdue_seconds 0\n" not in page
    return not any(overdue(replica) for replica in replicas)


@pytest.mark.soak
@pytest.mark.timeout(7200 if SOAK else 600)
def test_an_audit_after_the_worst_day_finds_nothing(
        dispatcher, own_kafka, own_redis, catalogue, pb, tmp_path):
    dice = random.Random(20191107)
    topics = Topics(own_kafka.bootstrap).create()
    catalogue = type(catalogue)(own_redis.url).load(CATALOGUE)
    replicas = [dispatcher(topics, catalogue,
                           catalogue__cache=tmp_path / f"cache-{n}")
                for n in range(2)]
    for replica in replicas:
        replica.start(ready=False)
    wait_until(lambda: any(r.is_ready() for r in replicas), 60, "a replica")
    watch = Watch(replicas)
    trouble = RedisTrouble(own_redis, catalogue.prefix, dice)
    lives = Lives(pb, topics, LIVES, RATE)
    for thread in (watch, trouble, lives):
        thread.start()
    faults = sorted([dice.random() for _ in range(KILLS)])
    restarts = {i * KILLS // BROKER_RESTARTS for i in range(BROKER_RESTARTS)}
    for i, moment in enumerate(faults):
        wait_until(lambda moment=moment: lives.begun >= moment * LIVES, 3600,
                   "the next fault")
        if i in restarts:
            dice.choice((own_kafka.kill9, own_kafka.stop))()
            own_kafka.start()
        victim = dice.choice(replicas)
        victim.kill9()
        time.sleep(dice.choice((0, 0, 0.3, 1.5)))
        victim.start(ready=False)
        print(f"fault {i + 1} of {KILLS}, {lives.begun} of {LIVES} lives",
              flush=True)
    lives.join()
    trouble.ended.set()
    trouble.join()
    wait_until(lambda: settled(topics), 300, "all tickets dispatched")
    time.sleep(2.5 * 60)  # the last escalation, and the last closing
    wait_until(lambda: no_timer_waits(replicas), 60, "all timers fired")
    watch.ended = True
    watch.join()
    for replica in replicas:
        assert replica.terminate(12) == 0
    audit = Audit(topics)
    assert not audit.violations, audit
    assert audit.summary["tickets"]["all"] == LIVES
    assert audit.summary["clocks"]["breached"] > LIVES / 3
    late, n = late_timers(pb, topics, watch)
    assert n > LIVES / 2
    assert not late, f"{len(late)} of {n}: {late[:5]}"
