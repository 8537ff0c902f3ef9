"""The lag that operators see, against what Kafka's own tool reports."""

import json
import time

import lags
import pytest
from cities import CATALOGUE, record
from flow import Flow
from marks import both_kafkas
from process import wait_until


def publish(topics, pb, first, count):
    topics.publish(record(pb, n) for n in range(first, first + count))


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def publish_in_transaction(topics, pb, numbers, commit=True):
    """Leaves a control record at the end of each partition."""
    producer = topics.producer(transactional_id=f"upstream-{topics.tag}")
    producer.init_transactions(30)
    producer.begin_transaction()
    for n in numbers:
        key, value = record(pb, n)
        producer.produce(topics["tickets"], value, key)
    producer.flush(30)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


@pytest.fixture
def idle(dispatcher, topics, catalogue, pb):
    """A dispatcher that has done all there was to do."""
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         membership="dynamic").start()
    publish(topics, pb, 0, 600)
    wait_until(lambda: settled(topics), 60, "600 tickets")
    return program


@pytest.fixture
def waiting(idle, dispatcher, topics, catalogue):
    """Makes dispatchers of the same group that wait for a catalogue: they
    own partitions and take nothing from them."""
    assert idle.terminate() == 0
    empty = type(catalogue)(catalogue.url)

    def start():
        program = dispatcher(topics, empty, membership="dynamic")
        program.start(ready=False)
        return program
    return start


def agree(topics, tmp_path, version, *programs):
    """Waits until the dispatchers show what Kafka's tool reports."""
    truth = lags.of_kafka(topics, tmp_path, version)
    assert lags.of_command(topics) == truth
    if programs:
        wait_until(lambda: lags.of_metrics(*programs) == truth, 10,
                   f"{truth}, not {lags.of_metrics(*programs)}")
    return sum(truth.values())


@both_kafkas
@pytest.mark.timeout(600)
def test_it_is_kafkas_own_lag_behind_200_000_tickets(
        idle, topics, pb, tmp_path, kafka_version):
    idle.pause()
    publish(topics, pb, 600, 200_000)
    assert agree(topics, tmp_path, kafka_version) == 200_000
    idle.resume()
    seen = []

    def drained():
        lag = lags.figure(idle, "lag_records")
        seen.append(200_000 if lag is None else lag)
        return lag == 0 and settled(topics)
    wait_until(drained, 120, "all dispatched")
    assert all(0 <= lag <= 200_000 for lag in seen)
    assert agree(topics, tmp_path, kafka_version, idle) == 0


def test_a_dispatcher_without_a_catalogue_shows_what_waits(
        waiting, topics, pb, tmp_path, kafka_version):
    publish(topics, pb, 600, 5000)
    program = waiting()
    wait_until(lambda: len(lags.of_metrics(program)) == 6, 30, "partitions")
    assert agree(topics, tmp_path, kafka_version, program) == 5000
    assert lags.figure(program, "lag_records") == 5000
    page = program.http_json("/status.json")["lag"]
    assert page["records"] == 5000
    assert len(page["partitions"]) == 6


def test_it_is_exactly_zero_when_idle(idle, topics, tmp_path, kafka_version):
    wait_until(lambda: lags.figure(idle, "lag_records") == 0, 10, "no lag")
    commits = lags.figure(idle, "transactions_committed_total")
    for _ in range(30):
        assert lags.of_metrics(idle) == dict.fromkeys(range(6), 0)
        assert lags.of_metrics(idle, name="partition_lag_seconds") == \
            dict.fromkeys(range(6), 0)
        assert lags.figure(idle, "held_back_records") == 0
        time.sleep(0.1)
    assert lags.figure(idle, "transactions_committed_total") == commits
    assert agree(topics, tmp_path, kafka_version, idle) == 0


@both_kafkas
@pytest.mark.parametrize("commit", [True, False],
                         ids=["committed", "aborted"])
def test_no_phantom_remains_of_upstream_transactions(
        idle, topics, pb, tmp_path, kafka_version, commit):
    """Control records, and records that nobody reads, end the partitions:
    the offsets behind them are committed once, then nothing more."""
    publish_in_transaction(topics, pb, range(600, 700), commit)
    wait_until(lambda: sum(topics.ends("tickets").values()) > 700, 10,
               "control records")
    wait_until(lambda: settled(topics), 10, "the ends committed")
    wait_until(lambda: lags.figure(idle, "lag_records") == 0, 5, "no lag")
    commits = lags.figure(idle, "transactions_committed_total")
    assert agree(topics, tmp_path, kafka_version, idle) == 0
    time.sleep(2)
    assert lags.figure(idle, "transactions_committed_total") == commits
    assert lags.figure(idle, "lag_seconds") == 0


def test_aborted_transactions_in_a_backlog_count_as_kafka_counts_them(
        waiting, topics, pb, tmp_path, kafka_version):
    publish(topics, pb, 600, 100)
    publish_in_transaction(topics, pb, range(700, 900), commit=False)
    publish(topics, pb, 900, 100)
    program = waiting()
    wait_until(lambda: len(lags.of_metrics(program)) == 6, 30, "partitions")
    assert agree(topics, tmp_path, kafka_version, program) > 400
    assert lags.figure(program, "held_back_records") == 0


def test_two_replicas_share_it_and_one_gets_it_back(
        waiting, topics, pb, tmp_path, kafka_version):
    publish(topics, pb, 600, 3000)
    first = waiting()
    wait_until(lambda: len(lags.of_metrics(first)) == 6, 30, "six partitions")
    second = waiting()
    for replica in (first, second):
        wait_until(lambda r=replica: len(lags.of_metrics(r)) == 3, 30,
                   "three partitions each")
    assert agree(topics, tmp_path, kafka_version, first, second) == 3000
    for replica in (first, second):
        assert replica.http_json("/status.json")["lag"]["records"] == \
            lags.figure(replica, "lag_records")
    assert second.terminate() == 0
    wait_until(lambda: len(lags.of_metrics(first)) == 6, 30, "all again")
    assert agree(topics, tmp_path, kafka_version, first) == 3000


def test_in_flight_it_lies_between_two_samples(
        dispatcher, topics, catalogue, pb):
    """What must hold at any moment: what had ended before is not less, what
    was committed after is not more."""
    publish(topics, pb, 0, 30_000)
    program = dispatcher(topics, catalogue.load(CATALOGUE))
    program.start(ready=False)
    wait_until(lambda: len(lags.of_metrics(program)) == 6, 30, "6 partitions")
    ends = sum(topics.ends("tickets").values())
    samples = 0
    while True:
        before = sum(max(c, 0) for c in topics.committed().values())
        lag = lags.figure(program, "lag_records")
        after = sum(max(c, 0) for c in topics.committed().values())
        assert ends - after <= lag <= ends - before
        samples += 1
        if before == ends:
            break
    assert samples > 2


def test_under_a_steady_flow_it_stays_near_zero(idle, topics, pb):
    flow = Flow(pb, topics, 4000, rate=500)
    flow.start()
    while flow.is_alive():
        assert 0 <= lags.figure(idle, "lag_records") < 500
        assert 0 <= lags.figure(idle, "lag_seconds") < 2
        time.sleep(0.05)
    wait_until(lambda: settled(topics), 30, "the rest")
    wait_until(lambda: lags.figure(idle, "lag_records") == 0, 5, "no lag")


def test_records_behind_an_open_transaction_are_held_back(
        idle, topics, pb, tmp_path):
    producer = topics.producer(transactional_id=f"open-{topics.tag}")
    producer.init_transactions(30)
    producer.begin_transaction()
    for partition in range(6):
        key, value = record(pb, 600 + partition)
        producer.produce(topics["tickets"], value, key, partition=partition)
    producer.flush(30)
    publish(topics, pb, 1000, 300)
    wait_until(lambda: lags.figure(idle, "held_back_records") == 306, 5,
               "306 held back")
    assert lags.figure(idle, "lag_records") == 0
    assert lags.figure(idle, "lag_seconds") == 0
    page = lags.page_of_command(topics)
    assert (page["lag_records"], page["held_back_records"]) == (0, 306)
    assert lags.of_metrics(idle, name="partition_held_back_records") == {
        row["partition"]: row["held_back_records"]
        for row in page["partitions"]}
    producer.commit_transaction(30)
    wait_until(lambda: lags.figure(idle, "held_back_records") == 0, 5,
               "none held back")
    wait_until(lambda: settled(topics), 30, "all dispatched")
    wait_until(lambda: lags.figure(idle, "lag_records") == 0, 5, "no lag")


def test_its_age_is_that_of_the_oldest_waiting_record(waiting, topics, pb):
    """Behind records of an aborted transaction, which nobody waits for."""
    producer = topics.producer(transactional_id=f"old-{topics.tag}")
    producer.init_transactions(30)
    now_ms = int(time.time() * 1000)
    for age_s, end in ((9000, producer.abort_transaction),
                       (3600, producer.commit_transaction),
                       (60, producer.commit_transaction)):
        producer.begin_transaction()
        key, value = record(pb, 600 + age_s)
        producer.produce(topics["tickets"], value, key, partition=2,
                         timestamp=now_ms - age_s * 1000)
        end(30)
    program = waiting()
    wait_until(lambda: lags.figure(program, "lag_seconds"), 30, "an age")
    by_metrics = lags.figure(program, "lag_seconds")
    by_command = lags.page_of_command(topics)["lag_seconds"]
    age_s = time.time() - now_ms / 1000 + 3600
    assert by_metrics == pytest.approx(age_s, abs=2)
    assert by_command == pytest.approx(age_s, abs=2)
    seconds = lags.of_metrics(program, name="partition_lag_seconds")
    assert [p for p, s in seconds.items() if s] == [2]


def test_the_command_ends_with_2_when_a_limit_is_passed(idle, topics, pb):
    idle.pause()
    publish(topics, pb, 600, 50)
    try:
        assert lags.command(topics, "--max-records", 50).returncode == 0
        assert lags.command(topics, "--max-records", 49).returncode == 2
        assert lags.command(topics, "--max-seconds", 3600).returncode == 0
        time.sleep(1)
        passed = lags.command(topics, "--max-seconds", 0, "--json")
        assert passed.returncode == 2
        assert json.loads(passed.stdout)["limit_passed"] is True
    finally:
        idle.resume()


def test_the_command_shows_a_table(idle, topics):
    result = lags.command(topics)
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"group group-{topics.tag}, ")
    assert lines[2].split() == ["partition", "committed", "end", "lag",
                                "seconds", "held", "back"]
    assert len(lines) == 3 + 6 + 1
    assert lines[-1].split() == ["all", "0", "0.0", "0"]


def test_the_command_says_what_is_wrong(topics):
    unknown = lags.command(topics)
    assert unknown.returncode == 0
    assert "has committed nothing" in unknown.stderr
    missing = lags.command(topics, "--topic", "no-such-topic")
    assert missing.returncode == 1
    assert "no topic no-such-topic" in missing.stderr
    assert lags.command(topics, "--max-records", "many").returncode == 64
    assert lags.command(topics, "--watch", "--once").returncode == 64
