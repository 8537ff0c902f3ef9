"""The catalogue changes, or Redis fails, while tickets flow.

SOAK=1 makes a thousand edits in ten minutes at 2,000 tickets a second; without
it the same happens in a shorter time.
"""

import os
import random
import time

import pytest
from catalogue_tool import Ctl, Stored, folder
from cities import CATALOGUE
from flow import Flow
from ledger import Ledger
from matcher import Matcher
from process import wait_until
from recorder import AREAS, CATEGORIES, Recorder
from sentineld import Service

SOAK = bool(os.environ.get("SOAK"))
EDITS, SECONDS, RATE = (1000, 600, 2000) if SOAK else (200, 20, 500)

CHANNELS = ("phone", "web", "app", "sensor")
URGENCIES = ("NORMAL", "URGENT", "EMERGENCY")
TYPES = ("", "INQUIRY", "HELP", "COMPLAINT", "REPORT", "SUGGESTION")
HOUR_MS = 3_600_000


@pytest.fixture
def stored(own_redis):
    return Stored(own_redis)


# ------------------------------------------------------------------ tickets

NOVEMBER_2023_MS = 1_700_000_000_000  # when the recorder's rules are in season


def tickets_of(seed, count=500):
    """Different tickets, which come again and again."""
    dice = random.Random(seed)
    return [{"area": dice.choice(("", "110000/120000", *AREAS,
                                  AREAS[-1] + "/1")),
             "category": dice.choice((*CATEGORIES[1:], "parks", "roads/lamps",
                                      "housing/heating/radiator/valve")),
             "channel": dice.choice(CHANNELS),
             "urgency": dice.choice(URGENCIES),
             "type": dice.choice(TYPES),
             "at_ms": NOVEMBER_2023_MS + dice.randrange(24 * 14) * HOUR_MS}
            for _ in range(count)]


def published(pb, ticket, number):
    """The ticket as a record: key and value."""
    event = pb.TicketEvent(event_id=f"e{number}", ticket_id=f"t{number}",
                           occurred_at=ticket["at_ms"], source="test")
    event.created.CopyFrom(pb.TicketCreated(
        title="A ticket", area=ticket["area"], channel=ticket["channel"],
        urgency=1 + URGENCIES.index(ticket["urgency"]),
        request_type=TYPES.index(ticket["type"])))
    event.created.matters.add(category=ticket["category"])
    return event.ticket_id, event.SerializeToString()


# -------------------------------------------------------------------- audit


class Audit:
    """Reads assignments and holds each against the table that it names."""

    def __init__(self, pb, topics, recorder, tickets):
        self.pb, self.recorder, self.tickets = pb, recorder, tickets
        self.reader = topics.reader("assignments")
        self.matchers = {}
        self.answers = {}
        self.seen = set()
        self.pending = {}  # partition -> the events of its last ticket
        self.newest = {}  # partition -> number of the last edit it has seen
        self.wrong = []

    def poll(self):
        """The events of one ticket lie behind each other in its partition;
        they are together when the next ticket's begin."""
        for msg in self.reader.poll():
            group = self.pending.setdefault(msg.partition(), [])
            if group and group[0].key() != msg.key():
                self.check(group)
                group.clear()
            group.append(msg)
        self.reader.records.clear()

    def finish(self, count, timeout=60):
        """Waits until so many tickets were assigned, and checks the last."""
        wait_until(lambda: self.poll() or count <= len(self.seen) + sum(
            map(bool, self.pending.values())), timeout, f"{count} tickets")
        self.poll()
        for group in filter(None, self.pending.values()):
            self.check(group)
        self.reader.close()

    def check(self, group):
        key = group[0].key().decode()
        events = [self.pb.AssignmentEvent.FromString(msg.value())
                  for msg in group]
        lead = [event for event in events if event.role == 1]
        names = {event.catalogue_version for event in events}
        if key in self.seen or len(lead) != 1 or len(names) != 1:
            self.wrong.append((key, "twice, or no lead", events))
            return
        self.seen.add(key)
        name, lead = names.pop(), lead[0]
        got = (lead.department_id, lead.lead_official,
               frozenset(event.department_id for event in events
                         if event.role == 2), lead.rule)
        if name not in self.recorder.known or name in self.recorder.bad:
            self.wrong.append((key, "no such version", name))
        elif got != self.expected(name, int(key[1:])):
            self.wrong.append((key, name, got,
                               self.expected(name, int(key[1:]))))
        else:
            self.check_order(key, group[0].partition(),
                             self.recorder.order[name])

    def check_order(self, key, partition, number):
        """No ticket is decided by an older table than the one before it."""
        if number < self.newest.get(partition, 0):
            self.wrong.append((key, "an older version", number))
        self.newest[partition] = number

    def expected(self, name, number):
        index = number % len(self.tickets)
        if (name, index) not in self.answers:
            if name not in self.matchers:
                self.matchers[name] = Matcher(self.recorder.known[name])
            self.answers[name, index] = self.matchers[name].decide(
                self.tickets[index])
        return self.answers[name, index]


@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 300)
def test_each_assignment_follows_from_the_table_that_it_names(
        dispatcher, stored, topics, pb):
    recorder, tickets = Recorder(stored, seed=7), tickets_of(seed=11)
    audit = Audit(pb, topics, recorder, tickets)
    program = dispatcher(stored, topics).start()
    flow = Flow(pb, topics, 10 ** 9, RATE, make=lambda pb, n: published(
        pb, tickets[n % len(tickets)], n))
    flow.start()
    begun = time.monotonic()
    try:
        for edit in range(EDITS):
            while time.monotonic() - begun < edit * SECONDS / EDITS:
                audit.poll()
            recorder.edit()
    finally:
        sent = flow.stop()
        lasted = time.monotonic() - begun
    audit.finish(sent)
    assert not audit.wrong, (len(audit.wrong), audit.wrong[:3])
    assert len(audit.seen) == sent
    assert "event=catalogue_refused" in program.log, "mistakes were seen"
    # Several edits may come together when the machine is busy.
    assert len(audit.matchers) > EDITS / 4
    assert not topics.read("dead-letters")
    print(f"{sent} tickets in {lasted:.0f} s, {EDITS} edits, "
          f"{len(audit.matchers)} versions in assignments")


# ---------------------------------------------------------------- disasters


class Trial:
    """A dispatcher under a steady flow of tickets, and what it logs."""

    def __init__(self, dispatcher, stored, topics, pb):
        self.stored, self.topics, self.pb = stored, topics, pb
        self.reader = topics.reader("assignments")
        self.program = dispatcher(stored, topics).start()
        self.wait_log("catalogue_loaded", 1)
        self.flow = Flow(pb, topics, 10 ** 9, rate=300)
        self.flow.start()

    def count(self, *texts):
        """How many lines of the log hold all of these."""
        return sum(all(text in line for text in texts)
                   for line in self.program.log.splitlines())

    def wait_log(self, event, count, *texts, timeout=20):
        wait_until(lambda: self.count(f"event={event} ", *texts) >= count,
                   timeout, f"{count} of {event} {texts}")

    def assigned(self):
        self.reader.poll()
        return len(self.reader.records)

    def tickets_flow_on(self):
        """Whatever goes on, tickets that come now are assigned."""
        enough = self.assigned() + 300
        wait_until(lambda: self.assigned() >= enough, 20, "tickets flow on")

    def end(self, version):
        """The catalogue that was loaded last is in force, and each ticket was
        assigned once, by the rules, under some version of the catalogue."""
        self.wait_log("catalogue_loaded", 1, f"version={version}+")
        self.tickets_flow_on()
        sent = self.flow.stop()
        wait_until(lambda: self.assigned() >= sent, 30, "all of them")
        last = self.pb.AssignmentEvent.FromString(
            max(self.reader.records, key=lambda msg: msg.timestamp()[1])
            .value())
        assert last.catalogue_version.startswith(f"{version}+")
        self.reader.close()
        self.read_all(sent)

    def read_all(self, sent):
        wait_until(lambda: sum(self.topics.committed().values()) >= sent, 30,
                   "all tickets are done")
        Ledger(self.pb, self.topics).check(range(sent))


@pytest.fixture
def trial(dispatcher, stored, topics, pb):
    made = Trial(dispatcher, stored.load(CATALOGUE), topics, pb)
    yield made
    made.flow.stop()


def test_tickets_flow_on_while_redis_is_killed_and_comes_back_empty(
        trial, stored, own_redis):
    own_redis.kill9()
    trial.wait_log("unavailable", 1, "what=redis")
    trial.tickets_flow_on()
    own_redis.start()
    trial.wait_log("catalogue_refused", 1)
    trial.tickets_flow_on()
    stored.load(CATALOGUE, version=2)
    trial.end(version=2)
    assert trial.count("event=unavailable", "what=redis") == 1
    assert trial.count("event=catalogue_refused", "no department") == 1
    assert trial.count("event=catalogue_refused") == 1


def test_tickets_flow_on_while_redis_comes_back_with_old_data(
        trial, stored, own_redis):
    stored.client.save()
    stored.load(CATALOGUE, version=2)
    trial.wait_log("catalogue_loaded", 2)
    own_redis.kill9()
    own_redis.start()
    trial.wait_log("catalogue_refused", 1, "lower than 2")
    trial.tickets_flow_on()
    stored.load(CATALOGUE, version=3)
    trial.end(version=3)
    assert trial.count("event=catalogue_refused") == 1
    assert trial.count("event=unavailable", "what=redis") <= 1


@pytest.mark.parametrize("spoil, reason", [
    (lambda client: client.flushall(), "no department"),
    (lambda client: client.hset("city:routes", "|water", "{"), "|water"),
    (lambda client: client.hset("city:routes", "|water",
                                '{"department":"nobody"}'), "nobody"),
], ids=["FLUSHALL", "no JSON", "unknown department"])
def test_tickets_flow_on_while_what_redis_holds_is_refused(
        trial, stored, spoil, reason):
    spoil(stored.client)
    trial.wait_log("catalogue_refused", 1, reason)
    trial.tickets_flow_on()
    stored.load(CATALOGUE, version=2)
    trial.end(version=2)
    assert trial.count("event=catalogue_refused") == 1
    assert trial.count("event=unavailable", "what=redis") == 0


def test_tickets_flow_on_while_redis_stands_still(trial, stored, own_redis):
    own_redis.pause()
    trial.wait_log("unavailable", 1, "what=redis")
    trial.tickets_flow_on()
    own_redis.resume()
    stored.load(CATALOGUE, version=2)
    trial.end(version=2)
    assert trial.count("event=unavailable", "what=redis") == 1
    assert trial.count("event=catalogue_refused") == 0


# ------------------------------------------------------------------ Sentinel


@pytest.fixture
def service(tmp_path):
    service = Service(tmp_path / "service")
    try:
        yield service.start()
    finally:
        service.kill9()


@pytest.fixture
def watched(service):
    """The catalogue on the service's master, found by Sentinel."""
    return Stored(service.master, url=service.url).load(CATALOGUE)


def wait_failover(service):
    old = service.master.port
    wait_until(lambda: service.master_port() != old, 30, "a failover")
    wait_until(lambda: service.client(service.replica).role()[0] == "master",
               30, "a new master")


def test_a_failover_is_ridden_out_while_tickets_flow(
        dispatcher, service, watched, topics, pb):
    trial = Trial(dispatcher, watched, topics, pb)
    try:
        service.master.kill9()
        trial.tickets_flow_on()
        wait_failover(service)
        Stored(service.replica).load(CATALOGUE, version=2)
        trial.end(version=2)
        assert trial.count("event=unavailable", "what=redis") == 1
        assert trial.count("event=catalogue_refused") == 0
        service.master.start()  # and becomes a replica
        Stored(service.replica).load(CATALOGUE, version=3)
        trial.wait_log("catalogue_loaded", 1, "version=3+")
    finally:
        trial.flow.stop()


def test_a_failover_by_command_is_followed(dispatcher, service, watched):
    program = dispatcher(watched).start(ready=False)
    program.wait_log("event=catalogue_loaded version=1+")
    service.fail_over()
    wait_failover(service)
    Stored(service.replica).load(CATALOGUE, version=2)
    program.wait_log("event=catalogue_loaded version=2+")


def test_a_master_that_became_a_replica_is_left_within_seconds(
        dispatcher, service, watched):
    """Also where nobody cuts the connections."""
    program = dispatcher(watched).start(ready=False)
    program.wait_log("event=catalogue_loaded version=1+")
    service.process.kill9()
    service.client(service.master).replicaof("127.0.0.1",
                                             service.replica.port)
    program.wait_log("is no master any more", timeout=10)


def test_a_reader_behind_sentinel_needs_only_the_rights_of_the_manual(
        dispatcher, service, watched):
    service.client(service.master).execute_command(
        "ACL", "SETUSER", "reader", "on", ">s3cret", "~city:*",
        "&__redis__:invalidate", "+@read", "+@connection", "+@transaction",
        "+subscribe", "+role")
    watched.url = watched.url.replace("://", "://reader:s3cret@")
    program = dispatcher(watched).start(ready=False)
    program.wait_log("event=catalogue_loaded version=1+")
    assert "s3cret" not in program.log


def test_the_tool_writes_to_the_master_that_sentinel_names(
        service, watched, tmp_path):
    ctl = Ctl(watched)
    ctl("load", folder(tmp_path))
    assert ctl.version() == "2"
    assert service.client(service.master).hget("city:meta", "version") == "2"
