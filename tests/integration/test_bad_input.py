"""Bad input ends as a dead letter and stops nothing."""

from cities import CATALOGUE, record, ticket
from collections import Counter
from garbage import KINDS
from ledger import Ledger
from marks import both_kafkas
from topics import ROLES, Topics


def headers(msg):
    return {name: value.decode() for name, value in msg.headers() or []
            if name.startswith("dispatcher.")}


@both_kafkas
def test_a_stream_with_a_tenth_of_garbage(dispatcher, topics, catalogue, pb):
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    good, bad, sent = [], [], []
    for n in range(3000):
        if n % 10:
            good.append(n)
            sent.append(record(pb, n))
        else:
            make, code = KINDS[n // 10 % len(KINDS)]
            bad.append((code, *make(pb, n)))
            sent.append((*bad[-1][1:], [("origin", b"\x00\xff")]))
    topics.publish(sent)
    letters = topics.read_count("dead-letters", len(bad))
    topics.read_count("deadlines", 2 * len(good))
    assert Counter(headers(m)["dispatcher.error.code"] for m in letters) == \
        Counter(code for code, _, _ in bad)
    expected = {(key.encode(), value): code for code, key, value in bad}
    originals = {(m.partition(), m.offset()): m
                 for m in topics.read("tickets")}
    for msg in letters:
        told = headers(msg)
        assert told["dispatcher.error.code"] == \
            expected[msg.key(), msg.value()]
        origin = originals[int(told["dispatcher.error.partition"]),
                           int(told["dispatcher.error.offset"])]
        assert (origin.key(), origin.value()) == (msg.key(), msg.value())
        assert origin.headers() == msg.headers()[:1]
        assert told["dispatcher.error.topic"] == topics["tickets"]
        assert int(told["dispatcher.error.timestamp"]) == \
            origin.timestamp()[1]
        assert told["dispatcher.error.message"]
    Ledger(pb, topics).check(good)


def test_contacts_are_in_no_log_and_no_error_header(
        dispatcher, topics, catalogue, pb):
    program = dispatcher(topics, catalogue.load(CATALOGUE),
                         log__level="debug").start()
    secret = "Citizen-Name-7261"
    events = []
    for n, damage in enumerate((0, 5, 40)):
        event = ticket(pb, n)
        event.created.contact.name = secret
        value = event.SerializeToString()
        events.append((event.ticket_id, value[:len(value) - damage]))
    wrong = ticket(pb, 9)
    wrong.created.contact.name = secret
    events.append((secret, wrong.SerializeToString()))
    topics.publish(events)
    letters = topics.read_count("dead-letters", 3)
    assert secret not in program.log
    for msg in letters:
        assert secret not in str(headers(msg))


def test_a_record_without_a_key_is_a_dead_letter(
        dispatcher, topics, catalogue, pb):
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    topics.publish([(None, record(pb, 1)[1])])
    letter = topics.read_count("dead-letters", 1)[0]
    assert headers(letter)["dispatcher.error.code"] == "key_mismatch"
    assert letter.key() is None


def test_a_record_from_the_far_future_makes_no_later_ticket_too_old(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap).create(
        *(role for role in ROLES if role != "tickets"))
    topics.create("tickets", config={
        "message.timestamp.after.max.ms": str(2**63 - 1)})
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    producer = topics.producer()
    for partition in range(topics.partitions):
        producer.produce(topics["tickets"], b"\xff", b"x", partition,
                         timestamp=4102444800000)  # the year 2100
    assert producer.flush(30) == 0
    topics.read_count("dead-letters", topics.partitions)
    topics.publish(record(pb, n) for n in range(20))
    topics.read_count("deadlines", 40)
    Ledger(pb, topics).check(range(20))


def test_an_event_too_large_for_its_topic_is_a_dead_letter(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap).create(
        *(role for role in ROLES if role != "assignments"))
    topics.create("assignments", config={"max.message.bytes": "20000"})
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    large = ticket(pb, 1)
    large.created.description = "y" * 40_000
    topics.publish([("t1", large.SerializeToString()), record(pb, 2)])
    letter = topics.read_count("dead-letters", 1)[0]
    assert headers(letter)["dispatcher.error.code"] == "output_too_large"
    topics.read_count("assignments", 1)
    assert {e.split("/")[0] for e in Ledger(pb, topics).ids} == {"t2"}


def test_a_dead_letter_that_does_not_fit_is_cut_and_says_so(
        dispatcher, bootstrap, catalogue, pb):
    topics = Topics(bootstrap).create(
        *(role for role in ROLES if role != "dead-letters"))
    topics.create("dead-letters", config={"max.message.bytes": "20000"})
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    value = b"\xff" * 50_000
    topics.publish([("t1", value), record(pb, 2)])
    letter = topics.read_count("dead-letters", 1)[0]
    assert headers(letter)["dispatcher.error.truncated"] == str(len(value))
    assert letter.value() == value[:len(letter.value())]
    assert 15_000 < len(letter.value()) < 20_000
    topics.read_count("assignments", 1)


def test_both_framings_are_accepted(dispatcher, topics, catalogue, pb):
    """Confluent's prefix, with the short and the long form of index 0."""
    dispatcher(topics, catalogue.load(CATALOGUE)).start()
    index = list(pb.DESCRIPTOR.message_types_by_name).index("TicketEvent")
    zigzag = bytes([2, 2 * index])
    events = [record(pb, n) for n in range(2)]
    topics.publish([
        (events[0][0], events[0][1]),
        (events[1][0], b"\x00\x00\x00\x00\x07" + zigzag + events[1][1])])
    topics.read_count("deadlines", 4)
    Ledger(pb, topics).check(range(2))
