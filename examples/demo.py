#!/usr/bin/env python3
"""Shows dispatcher at work: real tickets, a real broker, a real Redis.

    make demo                                   all of it under build/demo
    make demo KAFKA=host:port REDIS=host:port   with servers of your own
    make demo KEEP=1                            leaves everything running
    examples/demo.py stop                       ends what KEEP=1 left

Two cities, each with a catalogue, a dispatcher and topics of its own, since a
dispatcher has one catalogue. For each: load the catalogue, start a dispatcher,
publish the tickets, watch the assignments arrive, and at the end read
everything again and check it. Then one ticket lives through a day, and an audit
proves that nothing is lost. Only the standard library is needed.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "env"))

# ruff: noqa: E402 - what follows is found through the line above
from broker import VERSIONS, Kafka
from demo_check import check
from demo_city import Beijing, NewYork
from demo_dispatch import DemoFailed, Dispatch, Tail, dispatchctl
from demo_life import live
from demo_table import Table
from process import StartFailed, stop_pid
from redisd import Redis

DEMO = Path(os.environ.get("DEMO_DIR", ROOT / "build" / "demo")).resolve()
RUNNING = DEMO / "running.json"
STALLED_S = 60  # without any new assignment something is wrong


def say(text=""):
    print(text, flush=True)


class Running:
    """What the demo has started. It all ends with the demo, unless it is kept;
    its file tells `stop` and the next demo what an earlier one left."""

    def __init__(self, stack):
        self.stack = stack
        self.pids = []
        stack.callback(RUNNING.unlink, missing_ok=True)

    def start(self, server):
        # First the promise to stop it: the start may be broken off. Detached:
        # Ctrl-C is for this script, which then ends all the others.
        self.stack.callback(server.stop)
        server.start(detach=True)
        self.pids.insert(0, server.process.pid)
        RUNNING.write_text(json.dumps(self.pids))
        return server

    def keep(self):
        self.stack.pop_all()


class Servers:
    """Addresses of the broker and of Redis: the user's, or of our own."""

    def __init__(self, running):
        self.kafka = os.environ.get("KAFKA")
        self.redis = os.environ.get("REDIS")
        # Beside other people's topics and keys ours need names of their own.
        others = self.kafka or self.redis
        self.tag = f"demo-{uuid.uuid4().hex[:6]}-" if others else ""
        if not self.kafka:
            say("Starting Kafka")
            shutil.rmtree(DEMO / "kafka", ignore_errors=True)
            self.kafka = running.start(
                Kafka(VERSIONS[0], DEMO / "kafka")).bootstrap
        if not self.redis:
            say("Starting Redis")
            self.redis = running.start(Redis(DEMO / "redis")).url
        if "://" not in self.redis:
            self.redis = f"redis://{self.redis}"
        # It may hold a password, which is nothing for a command line.
        os.environ["DISPATCHER_REDIS_URL"] = self.redis


def watch(dispatch, publisher, tail, table):
    """Shows assignments until every ticket has its lead."""
    last_news = time.monotonic()
    while table.assigned < table.tickets:
        events = tail.take(timeout=0.1)
        for event in events:
            table.add(event)
        table.draw()
        now = time.monotonic()
        last_news = now if events else last_news
        if publisher.poll() not in (None, 0):
            raise DemoFailed(f"publishing failed:\n{publisher.stderr.read()}")
        if not dispatch.process.running():
            raise DemoFailed(f"{dispatch.process.name} has ended:\n"
                             f"{dispatch.process.log_tail()}")
        if now - last_news > STALLED_S:
            raise DemoFailed(f"nothing new for {STALLED_S} s, "
                             f"{table.assigned} of {table.tickets} assigned")


def run_city(dispatch, running):
    city = dispatch.city
    say(f"\n{city.title}")
    dispatch.load()
    running.start(dispatch)
    table = Table(len(city.ticket_ids()))
    tail = Tail(dispatch)
    publisher = subprocess.Popen(
        dispatchctl(*dispatch.publish("--quiet", *city.publish)),
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        watch(dispatch, publisher, tail, table)
        publisher.wait()
    finally:
        publisher.kill()
        publisher.wait()
        publisher.stderr.close()
        tail.stop()
    table.finish()


def check_city(dispatch):
    """Reads everything from the topics; returns whether all is as it must."""
    found = list(check(dispatch.city, *map(
        dispatch.read, ("assignments", "deadlines", "dead-letters"))))
    say(f"\n{dispatch.city.title}")
    for holds, sentence in found:
        say(f"  {'ok ' if holds else 'NOT'} {sentence}")
    return all(holds for holds, _ in found)


def show_life(dispatch):
    """A ticket of today, from its creation to its end."""
    say("\nA ticket's life: Beijing, today")
    found = list(live(dispatch, DEMO / "today.jsonl", say))
    for holds, sentence in found:
        say(f"  {'ok ' if holds else 'NOT'} {sentence}")
    return all(holds for holds, _ in found)


def audit(dispatches):
    say("\nAudit: what the topics prove")
    good = True
    for dispatch in dispatches:
        found = dispatch.audit()
        good = good and found["violations"] == 0
        say(f"  {'ok ' if found['violations'] == 0 else 'NOT'} "
            f"{dispatch.city.title}: {found['tickets']['all']:,} tickets, "
            f"{found['clocks']['scheduled']:,} clocks, "
            f"{found['clocks']['breached']:,} breached, "
            f"{found['violations']} violations")
    return good


def keep(dispatches):
    """Leaves all running, and says how to talk to it."""
    say("\nStill running. Try, in another terminal:")
    for dispatch in dispatches:
        say(f"\n{dispatch.city.title}")
        say(f"  curl {dispatch.http}/readyz")
        say("  " + shell(dispatchctl(
            "tail", "assignments", *dispatch.at("assignments"))))
        say("  " + shell(dispatchctl(*dispatch.publish("MY-TICKETS.jsonl"))))
    say("\nexamples/beijing/tickets.jsonl shows how a ticket is written; the "
        "logs are\nunder build/demo. End it with:\n  examples/demo.py stop")


def shell(command):
    """A command as a person types it at the top of the tree."""
    return shlex.join(command).replace(f"{ROOT}/", "")


def stop_left():
    """Ends what an earlier demo left running, if it still lives."""
    pids = json.loads(RUNNING.read_text()) if RUNNING.exists() else []
    for pid in pids:
        # The command line of each names our folder: no other process's does.
        if stop_pid(pid, str(DEMO)):
            say(f"Stopped process {pid} of an earlier demo")
    RUNNING.unlink(missing_ok=True)


def forget_settings():
    """The environment goes before a file: the user's is not for the demo."""
    for name in [n for n in os.environ if n.startswith("DISPATCHER_")]:
        del os.environ[name]


def demo():
    forget_settings()
    with ExitStack() as stack:
        running = Running(stack)
        servers = Servers(running)
        if servers.tag:
            say("On your servers the names of all topics, groups and keys "
                f"begin with {servers.tag}")
        dispatches = []
        for city in (NewYork(), Beijing()):
            dispatches.append(Dispatch(city, servers, DEMO))
            run_city(dispatches[-1], running)
        say("\nReading all topics again to check them")
        good = all([*(check_city(dispatch) for dispatch in dispatches),
                    show_life(dispatches[-1]), audit(dispatches)])
        if os.environ.get("KEEP"):
            keep(dispatches)
            running.keep()
        return good


def main(args):
    if args not in ([], ["stop"]):
        print(__doc__, file=sys.stderr)
        return 64
    DEMO.mkdir(parents=True, exist_ok=True)
    # Also where SIGINT is ignored, as for a shell's background jobs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        stop_left()
        if args:
            return 0
        good = demo()
    except KeyboardInterrupt:
        say("\nStopped")
        return 130
    except (DemoFailed, StartFailed, TimeoutError, OSError) as err:
        print(f"demo: {err}", file=sys.stderr)
        return 1
    say("\nEverything is as it must be." if good else "\nSomething is wrong.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
