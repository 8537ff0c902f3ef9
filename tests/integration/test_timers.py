"""Deadlines fire by themselves: once, in order, and never before what was
answered in time is read."""

import time

import pytest
from cities import CATALOGUE
from desk import HOUR_MS, Desk, now_ms
from process import wait_until

BREACHED, MET = 4, 6
FIRST_RESPONSE_MS = 2 * HOUR_MS  # of the policy "day"


@pytest.fixture
def desk(pb, topics):
    return Desk(pb, topics)


def kinds(events):
    return [(e.ticket_id, e.kind) for e in events]


def test_an_answer_in_time_that_was_not_read_yet_is_no_breach(
        dispatcher, topics, catalogue, desk):
    """The dispatcher is away from before the answer until after the end."""
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    due = now_ms() + 4000
    for n in range(20):
        desk.send(desk.created(n, "roads/potholes", due - FIRST_RESPONSE_MS))
    desk.read("deadlines", 40)
    program.kill9()
    desk.send(*[desk.event(f"t{n}", "contacted", department_id="roads")
                for n in range(20)])
    wait_until(lambda: now_ms() > due + 500, 10, "the due time")
    program.start()
    got = desk.read("deadlines", 60)[40:]
    assert {e.kind for e in got} == {MET}
    assert not any(e.late_ms for e in got)


def test_an_open_upstream_transaction_holds_no_timer_back(
        dispatcher, topics, catalogue, desk):
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    upstream = topics.producer(transactional_id=f"up-{topics.tag}")
    upstream.init_transactions(30)
    upstream.begin_transaction()
    due = now_ms() + 3000
    for n in range(12):
        desk.send(desk.created(n, "roads/potholes", due - FIRST_RESPONSE_MS))
    desk.read("deadlines", 24)
    for partition in range(topics.partitions):
        upstream.produce(topics["tickets"], b"held back", b"x",
                         partition=partition)
    upstream.flush(30)
    got = desk.read("deadlines", 36)[24:]
    assert {e.kind for e in got} == {BREACHED}
    assert now_ms() - due < 20_000
    upstream.abort_transaction(30)


def test_after_an_outage_timers_fire_in_the_order_of_their_time(
        dispatcher, topics, catalogue, desk):
    """A thousand, of which some would also warn; none twice."""
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    begin = now_ms() + 6000
    dues = {f"t{n}": begin + n * 7919 % 2000 for n in range(1000)}
    desk.send(*[desk.created(n, "roads/potholes",
                             dues[f"t{n}"] - FIRST_RESPONSE_MS)
                for n in range(1000)])
    desk.read("deadlines", 2000)
    program.kill9()
    wait_until(lambda: now_ms() > begin + 2500, 20, "all due times")
    program.start()
    desk.read("deadlines", 3000)
    by_partition = {}
    for msg in desk.readers["deadlines"].records[2000:]:
        event = desk.pb.DeadlineEvent.FromString(msg.value())
        assert event.kind == BREACHED
        assert event.occurred_at == event.due_at == dues[event.ticket_id]
        by_partition.setdefault(msg.partition(), []).append(event.due_at)
    # Tickets and deadlines have as many partitions and the same keys.
    assert all(dues == sorted(dues) for dues in by_partition.values())
    time.sleep(1)
    desk.read("deadlines", 3000)


def test_timers_wait_neither_for_redis_nor_for_a_catalogue(
        dispatcher, topics, catalogue, desk):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    due = now_ms() + 4000
    desk.send(desk.created(1, "roads/potholes", due - FIRST_RESPONSE_MS))
    desk.read("deadlines", 2)
    program.terminate()
    program.settings["redis.url"] = "redis://127.0.0.1:1"
    program.start()
    assert kinds(desk.read("deadlines", 3))[2] == ("t1", BREACHED)
    desk.send(desk.created(2, "roads/potholes"))
    time.sleep(1)
    assert len(desk.read("assignments", 1)) == 1
    program.terminate()
    program.settings["redis.url"] = catalogue.url
    program.start()
    desk.read("assignments", 2)


def test_without_a_catalogue_only_tickets_with_unread_events_wait(
        dispatcher, topics, catalogue, desk):
    """What cannot be applied yet is looked through: an answer in time is no
    breach, and nobody else waits for it."""
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    due = now_ms() + 5000
    for n in range(20):
        desk.send(desk.created(n, "roads/potholes", due - FIRST_RESPONSE_MS))
    desk.read("deadlines", 40)
    program.terminate()
    answered = {f"t{n}" for n in range(0, 20, 2)}
    desk.send(*[desk.event(ticket_id, "contacted", department_id="roads")
                for ticket_id in sorted(answered)])
    program.settings["redis.url"] = "redis://127.0.0.1:1"
    program.start()
    got = desk.read("deadlines", 50)[40:]
    assert {e.kind for e in got} == {BREACHED}
    assert not answered & {e.ticket_id for e in got}
    time.sleep(1)
    desk.read("deadlines", 50)
    program.terminate()
    program.settings["redis.url"] = catalogue.url
    program.start()
    got = desk.read("deadlines", 60)[50:]
    assert {e.ticket_id for e in got} == answered
    assert {e.kind for e in got} == {MET}


def test_a_timer_fires_once_however_often_it_is_killed(
        dispatcher, topics, catalogue, desk):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    begin = now_ms() + 4000
    dues = {f"t{n}": begin + n * 20 for n in range(600)}
    desk.send(*[desk.created(n, "roads/potholes",
                             dues[f"t{n}"] - FIRST_RESPONSE_MS)
                for n in range(600)])
    desk.read("deadlines", 1200)
    while now_ms() < begin + 600 * 20:
        time.sleep(1.1)
        program.kill9()
        program.start(ready=False)
    desk.read("deadlines", 1800, timeout=60)
    time.sleep(1)
    got = desk.read("deadlines", 1800)
    assert len({e.event_id for e in got}) == 1800
    assert sum(e.kind == BREACHED for e in got) == 600


def test_a_hung_reader_of_the_past_is_no_reason_to_wait(
        dispatcher, topics, catalogue, desk):
    """Control records alone, behind the last ticket, are no unread tickets."""
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    upstream = topics.producer(transactional_id=f"up-{topics.tag}")
    upstream.init_transactions(30)
    due = now_ms() + 3000
    desk.send(desk.created(1, "roads/potholes", due - FIRST_RESPONSE_MS))
    for _ in range(3):
        upstream.begin_transaction()
        for partition in range(topics.partitions):
            upstream.produce(topics["tickets"], b"never", b"x",
                             partition=partition)
        upstream.flush(30)
        upstream.abort_transaction(30)
    assert kinds(desk.read("deadlines", 3))[2] == ("t1", BREACHED)
    assert now_ms() - due < 20_000
