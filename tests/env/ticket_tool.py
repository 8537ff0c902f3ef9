"""dispatchctl ticket on one set of topics, and topics filled by hand."""

import json
import subprocess

import protos
from program import binary

PARTITION_KEY = b"\0partition"


def state_pb():
    """The message classes of dispatch/v1/state.proto."""
    protos.load()
    from dispatch.v1 import state_pb2
    return state_pb2


class TicketTool:
    """dispatchctl with a first word, on these topics and this catalogue."""

    def __init__(self, topics, catalogue=None, command="ticket"):
        self.command = command
        self.options = ["--brokers", topics.bootstrap]
        if command == "ticket":
            self.options += ["--zone", "UTC"]
        for role in ("tickets", "assignments", "deadlines", "dead-letters",
                     "state"):
            self.options += ["--topic", f"{role}={topics[role]}"]
        url = catalogue.url if catalogue else "redis://127.0.0.1:1"
        self.options += ["--redis", url]
        if catalogue:
            self.options += ["--prefix", catalogue.prefix]

    def run(self, *args, stdin=None):
        """The finished process, whatever its exit code."""
        words = [] if self.command != "ticket" else [args[0]]
        rest = args[len(words):]
        return subprocess.run(
            [binary("dispatchctl"), self.command, *words, *self.options,
             *rest], capture_output=True, text=True, timeout=60, check=False,
            stdin=stdin or subprocess.DEVNULL)

    def __call__(self, *args):
        done = self.run(*args)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *args):
        """The objects of its JSON lines."""
        return [json.loads(line)
                for line in self(*args, "--json").splitlines()]


def publish_states(topics, states, format_version=1):
    """(id, TicketState or None) as records, behind the reserved ones."""
    state = state_pb()
    header = state.StatePartition(format_version=format_version,
                                  partitions=topics.partitions)
    producer = topics.producer()
    for partition in range(topics.partitions):
        producer.produce(topics["state"], header.SerializeToString(),
                         PARTITION_KEY, partition)
    assert producer.flush(60) == 0
    topics.publish([(key, value.SerializeToString() if value else None)
                    for key, value in states], role="state")


def open_state(number, department="gas", **fields):
    """A ticket of one department, as cities.ticket makes it."""
    state = state_pb()
    from dispatch.v1 import dispatch_pb2 as pb
    built = state.TicketState(
        format_version=1, status=state.TICKET_STATUS_OPEN, sequence=3,
        catalogue_version="1", created_at=1_700_000_000_000 + number * 60_000,
        requested_at=1_700_000_000_000 + number * 60_000, round=1, **fields)
    built.round_started_at = built.requested_at
    built.ticket.area = "city/east"
    built.ticket.contact.CopyFrom(pb.Contact(name="A. Citizen",
                                             phone="555-0100"))
    built.ticket.matters.add(category="housing/heating")
    built.parts.add(department_id=department, department_name=department,
                    role=pb.ROLE_LEAD, matter_indexes=[0], attempt=1,
                    rule="|housing/heating", assigned_at=built.created_at)
    return built
