"""The dispatcher's tickets, lived through by tests/tools/life.c."""

import os
import subprocess
from dataclasses import dataclass, field

import protos
from broker import ROOT

DRIVER = ROOT / os.environ.get("BUILD_DIRECTORY", "build") / "tools/life"
pb = protos.load()


@dataclass
class Output:
    """One record on its way out, with what its headers are made of."""
    topic: str
    key: str
    event_id: str
    type: str
    department: str
    occurred_at: int
    kind: int
    message: object
    size: int


@dataclass
class Answer:
    """What one command led to."""
    code: str = "none"
    repeat: bool = False
    next_due: int = 0
    tickets: list = None  # how many in each status; the first: in all
    outputs: list = field(default_factory=list)
    record: tuple = None  # key, and value or None: forget the ticket


def to_hex(data):
    return "-" if data is None else data.hex()


def from_hex(text):
    return None if text == "-" else bytes.fromhex(text)


def read_output(words):
    topic, key, event_id, kind_name, department, at, kind, value = words
    value = from_hex(value)
    message = (pb.DeadlineEvent() if topic == "deadlines"
               else pb.AssignmentEvent())
    message.ParseFromString(value)
    return Output(topic, from_hex(key).decode(), from_hex(event_id).decode(),
                  kind_name, from_hex(department).decode(), int(at),
                  int(kind), message, len(value))


class Driver:
    """One run of the driver; each call is one command."""

    def __init__(self):
        self.process = subprocess.Popen(
            [str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(10) == 0
        self.process.stdout.close()

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = Answer()
        while True:
            line = self.process.stdout.readline()
            assert line, f"the driver has ended at: {words[0]}"
            name, *words_back = line.split()
            if name == "output":
                answer.outputs.append(read_output(words_back))
            elif name == "record":
                key, value = map(from_hex, words_back)
                answer.record = (key.decode(), value)
            else:
                break
        code, repeat, next_due, *tickets = words_back
        answer.code, answer.repeat = code, repeat == "1"
        answer.next_due = int(next_due)
        answer.tickets = [int(n) for n in tickets]
        return answer

    def begin(self, max_size, retention_ms):
        return self.ask("begin", max_size, retention_ms)

    def catalogue(self, tables):
        rows = [f"{table}\t{name}\t{value}"
                for table, entries in tables.items()
                for name, value in entries.items()]
        return self.ask("catalogue", "\n".join([str(len(rows)), *rows]))

    def apply(self, timestamp, now, event, key=None):
        key = event.ticket_id if key is None else key
        return self.ask("apply", timestamp, now, to_hex(key.encode()),
                        to_hex(event.SerializeToString()))

    def fire(self, until, blind=False):
        return self.ask("fire", until, *["blind"] * blind)

    def recalendar(self, at):
        return self.ask("recalendar", at)

    def commit(self):
        return self.ask("commit")

    def abort(self):
        return self.ask("abort")

    def look(self):
        """Changes nothing."""
        return self.ask("look")

    def restore(self, records):
        """Begins with an empty memory and reads the state topic again."""
        self.ask("restore")
        for key, value in records:
            answer = self.ask("load", to_hex(key.encode()), to_hex(value))
            assert answer.code == "none", answer
