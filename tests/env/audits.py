"""dispatchctl audit, run over a test's topics."""

import json
import subprocess
from collections import Counter

from program import binary

ROLES = ("tickets", "assignments", "deadlines", "dead-letters", "state")


def arguments(topics, *options):
    names = [part for role in ROLES
             for part in ("--topic", f"{role}={topics[role]}")]
    return [binary("dispatchctl"), "audit", "--brokers", topics.bootstrap,
            "--group", topics.settings()["group.id"], *names,
            *map(str, options)]


def command(topics, *options):
    """The finished process."""
    return subprocess.run(arguments(topics, *options), capture_output=True,
                          text=True, timeout=900, check=False)


class started:
    """An audit that runs beside the test."""

    def __init__(self, topics, *options):
        self.line = arguments(topics, *options)
        self.summary = None

    def __enter__(self):
        self.process = subprocess.Popen(self.line, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        return self

    def wait_for(self, text):
        for line in self.process.stderr:
            if text in line:
                return
        raise AssertionError(f"it ended without {text!r}")

    def finish(self):
        out, _ = self.process.communicate(timeout=60)
        self.summary = json.loads(out.splitlines()[-1])
        return self.process.returncode

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Audit:
    """One audit's JSON: what it found, what is open, the summary."""

    def __init__(self, topics, *options):
        done = command(topics, "--json", "--quiet", *options)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert lines, done.stderr
        self.code, self.errors = done.returncode, done.stderr
        self.summary = lines[-1]
        assert self.summary["type"] == "summary"
        self.violations = self.of_type(lines, "violation")
        self.shortcomings = self.of_type(lines, "shortcoming")
        self.clocks = self.of_type(lines, "open_clock")
        assert self.summary["violations"] == len(self.violations)
        assert self.code == (1 if self.violations else 0)

    @staticmethod
    def of_type(lines, name):
        return [line for line in lines if line["type"] == name]

    @property
    def found(self):
        """{kind: number} of the violations."""
        return dict(Counter(v["kind"] for v in self.violations))

    def __repr__(self):
        return "\n".join(
            f"{v['kind']} {v['ticket_id']}: {v['message']} {v['evidence']}"
            for v in self.violations) or "no violation"
