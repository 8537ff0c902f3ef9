"""A wrong catalogue sent tickets to the wrong departments; it is corrected,
and dispatchctl redispatch sends them where they belong."""

import copy
import time

import pytest
from cities import CATALOGUE, ticket
from process import wait_until
from ticket_tool import TicketTool, open_state, publish_states


def city(heating):
    """The city, with heating tickets for this department."""
    tables = copy.deepcopy(CATALOGUE)
    tables["departments"]["roads-1"] = {"name": "Roads, one",
                                        "parent": "roads"}
    tables["routes"]["|housing/heating"] = {"department": heating,
                                            "policy": "day"}
    tables["meta"]["dispute_department"] = "desk"
    return tables


class Hotline:
    """A dispatcher whose catalogue was wrong: heating is sent to roads."""

    def __init__(self, dispatcher, topics, catalogue, pb):
        self.topics, self.catalogue, self.pb = topics, catalogue, pb
        catalogue.load(city("roads"))
        self.program = dispatcher(topics, catalogue).start()
        self.ctl = TicketTool(topics, catalogue)
        self.redispatch = TicketTool(topics, catalogue, "redispatch")

    def open(self, numbers, category="housing/heating"):
        events = []
        for number in numbers:
            event = ticket(self.pb, number, category)
            event.occurred_at = int(time.time() * 1000)
            events.append((event.ticket_id, event.SerializeToString()))
        self.topics.publish(events)
        wanted = {key for key, _ in events}
        self.topics.read_until("state", lambda got: wanted <= {
            m.key().decode(errors="replace") for m in got}, what="states")

    def act(self, *args):
        [sent, *_] = self.ctl.json(*args, "--wait")
        assert sent["answer"] == "taken", sent

    def correct(self, heating="gas"):
        """Loads a catalogue and waits until it is in force; returns the
        version before."""
        before = self.version()
        self.catalogue.load(city(heating))
        wait_until(lambda: self.version() != before, 30, "the new catalogue")
        return before

    def version(self):
        return self.program.http_json("/status.json")["catalogue"]["version"]

    def leads(self):
        return {entry["ticket_id"]:
                entry["state"]["parts"][0]["department_id"]
                for entry in self.ctl.json("list")}


@pytest.fixture
def hotline(dispatcher, topics, catalogue, pb):
    return Hotline(dispatcher, topics, catalogue, pb)


def verdicts(lines):
    return {line["ticket_id"]: line["verdict"]
            for line in lines if "ticket_id" in line}


def test_what_went_wrong_is_sent_where_it_belongs(hotline, topics):
    hotline.open(range(30))
    hotline.open(range(30, 40), "roads/potholes")
    wrong = hotline.correct()
    inputs = len(topics.read("tickets"))
    done = hotline.redispatch.run("--version", wrong, "--dry-run")
    assert done.returncode == 0
    for words in (f"40 open tickets; catalogue {hotline.version()} is in",
                  "     30  go elsewhere", "          30  roads -> gas",
                  "     10  the catalogue sends them where they are",
                  "t0: roads (|housing/heating) -> gas (|housing/heating)",
                  "... and 10 more"):
        assert words in done.stdout, words
    assert "30 events would be published" in done.stderr
    assert len(topics.read("tickets")) == inputs
    done = hotline.redispatch.run("--version", wrong, "--wait")
    assert done.returncode == 0, done.stderr
    assert "30 events published; 30 taken, 0 refused" in done.stderr
    leads = hotline.leads()
    assert {leads[f"t{n}"] for n in range(30)} == {"gas"}
    assert {leads[f"t{n}"] for n in range(30, 40)} == {"roads"}
    done = hotline.redispatch.run("--version", wrong)
    assert done.returncode == 0 and "0 events published" in done.stderr
    assert "10 open tickets" in done.stdout
    told = hotline.ctl("show", "t0")
    for words in ("reclassified by", "WITHDRAWN    roads",
                  "CANCELLED    resolution of roads", "REASSIGNED   gas"):
        assert words in told, words


def test_what_people_decided_is_left_alone_unless_it_is_asked_for(hotline):
    hotline.open(range(8))
    hotline.act("reassign", "t1", "--to-department", "housing")
    hotline.act("reassign", "t2", "--by-department", "roads",
                "--to-department", "roads-1")
    hotline.act("contact", "t3", "--department", "roads")
    hotline.act("acknowledge", "t4", "--department", "roads")
    hotline.act("return", "t5", "--department", "roads", "--reason",
                "not_responsible")
    hotline.act("pause", "t6")
    hotline.act("reassign", "t7", "--to-department", "gas")
    wrong = hotline.correct()
    done = hotline.redispatch.run("--version", wrong, "--dry-run")
    for words in ("1  a desk sent them where they are (--also ruled)",
                  "has forwarded them (--also forwarded)",
                  "or resolved them (--also begun)",
                  "4  go elsewhere", "3  roads -> gas", "1  housing -> gas"):
        assert words in done.stdout, words
    lines = hotline.redispatch.json("--version", wrong, "--dry-run")
    assert verdicts(lines) == {
        "t0": "moves", "t1": "ruled", "t2": "forwarded", "t3": "begun",
        "t4": "moves", "t5": "moves", "t6": "moves", "t7": "stays"}
    assert hotline.redispatch.run("--version", wrong, "--wait",
                                  "--also", "begun").returncode == 0
    leads = hotline.leads()
    assert [leads[f"t{n}"] for n in range(8)] == [
        "gas", "housing", "roads-1", "gas", "gas", "gas", "gas", "gas"]
    assert hotline.redispatch.run("--version", wrong, "--wait", "--also",
                                  "ruled", "--also", "forwarded"
                                  ).returncode == 0
    assert set(hotline.leads().values()) == {"gas"}


def test_it_never_goes_to_who_has_returned_it(hotline):
    hotline.open(range(2))
    hotline.act("reassign", "t0", "--to-department", "gas")
    hotline.act("return", "t0", "--department", "gas", "--reason",
                "not_responsible")
    assert hotline.leads()["t0"] == "roads"
    wrong = hotline.correct()
    assert hotline.redispatch.run("--version", wrong, "--wait"
                                  ).returncode == 0
    assert hotline.leads() == {"t0": "housing", "t1": "gas"}


def test_a_second_correction_takes_back_the_first(hotline):
    hotline.open(range(3))
    first = hotline.correct("housing")
    assert hotline.redispatch.run("--version", first, "--wait"
                                  ).returncode == 0
    assert set(hotline.leads().values()) == {"housing"}
    second = hotline.correct("gas")
    lines = hotline.redispatch.json("--version", first, "--version", second,
                                    "--wait")
    assert verdicts(lines) == {f"t{n}": "moves" for n in range(3)}
    assert set(hotline.leads().values()) == {"gas"}


def test_a_program_gets_tickets_counts_and_events(hotline):
    hotline.open(range(2))
    wrong = hotline.correct()
    first, second, summary, *events, counts = hotline.redispatch.json(
        "--version", wrong, "--dry-run")
    assert first == {
        "ticket_id": first["ticket_id"], "verdict": "moves", "sent": True,
        "from": "roads", "from_rule": "|housing/heating", "to": "gas",
        "to_rule": "|housing/heating"}
    assert {first["ticket_id"], second["ticket_id"]} == {"t0", "t1"}
    assert summary["moves"] == [{"from": "roads", "to": "gas", "tickets": 2}]
    assert summary["tickets"] == 2 and summary["verdicts"]["moves"] == 2
    assert summary["catalogue_version"] == hotline.version()
    assert [event["verdict"] for event in events] == ["planned"] * 2
    assert events[0]["event"]["reclassified"] == {}
    assert events[0]["event"]["event_id"] == (
        f"redispatch/{wrong}/{hotline.version()}/"
        f"{events[0]['event']['ticket_id']}")
    assert counts["published"] == 0 and counts["dry_run"] is True


# ----------------------------------------------------- without a dispatcher


@pytest.fixture
def tool(topics, catalogue):
    catalogue.load(city("gas"))
    return TicketTool(topics, catalogue, "redispatch")


def test_versions_are_compared_whole(tool, topics):
    states = []
    for number, version in enumerate(("42", "42+1f3a9c07", "43", "4")):
        state = open_state(number, "roads")
        state.catalogue_version = version
        states.append((f"t{number}", state))
    closed = open_state(9, "roads")
    closed.status, closed.catalogue_version = 3, "42"
    publish_states(topics, [*states, ("t9", closed)])
    for options, expected in [
            (["42"], {"t0"}), (["42+1f3a9c07"], {"t1"}), (["7"], set()),
            (["42", "--version", "42+1f3a9c07"], {"t0", "t1"})]:
        lines = tool.json("--dry-run", "--version", *options)
        assert set(verdicts(lines)) == expected, options
    assert topics.read("tickets") == []


def test_another_time_limit_alone_moves_nothing(tool, topics, pb):
    state = open_state(1, "gas")
    state.catalogue_version = "42"
    state.policies.add(id="hour")
    state.parts[0].clocks.add(kind=pb.CLOCK_RESOLUTION, state=1,
                              policy_number=1, limit="1h", due_at=1)
    publish_states(topics, [("t1", state)])
    done = tool.run("--version", "42")
    assert done.returncode == 0
    assert ("1  stay where they are, with another time limit (--also "
            "deadline)") in done.stdout
    assert topics.read("tickets") == []
    assert tool.run("--version", "42", "--also", "deadline").returncode == 0
    [record] = topics.read("tickets")
    event = pb.TicketEvent.FromString(record.value())
    assert event.WhichOneof("kind") == "reclassified"


def test_the_catalogue_that_was_wrong_must_be_gone(tool, topics):
    [summary, _] = tool.json("--version", "x", "--dry-run")
    done = tool.run("--version", summary["catalogue_version"])
    assert done.returncode == 1
    assert "load the right one first" in done.stderr
    for args, words in {
            (): "--version VERSION is missing",
            ("--version", "1", "--also", "closed"): "--also closed: must be",
            ("--version", "1", "t1"): "t1 is no option"}.items():
        done = tool.run(*args)
        assert done.returncode == 64 and words in done.stderr
    done = TicketTool(topics, None, "redispatch").run("--version", "1")
    assert done.returncode == 1 and "Redis at" in done.stderr
