#!/usr/bin/env python3
"""Starts and stops a real Kafka broker and a real Redis on free ports.

    services.py start kafka --dir build/demo [--version 4.1.1]
    services.py start redis --dir build/demo
    services.py address kafka --dir build/demo
    services.py stop [kafka|redis] --dir build/demo
    services.py versions

start prints the address (host:port, or redis://host:port) and returns when
the server answers. Data, log and pid are under DIR/kafka and DIR/redis; stop
ends just the process that start began. Only the standard library is needed.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from broker import VERSIONS, Kafka, make_archive
from process import StartFailed, command_of, stop_pid
from redisd import Redis

NAMES = ("kafka", "redis")


def state_file(directory, name):
    return Path(directory) / name / "service.json"


def read_state(directory, name):
    """What start wrote about a server that lives, else None."""
    try:
        state = json.loads(state_file(directory, name).read_text())
    except FileNotFoundError:
        return None
    return state if state["mark"] in command_of(state["pid"]) else None


def start(name, directory, version=VERSIONS[0]):
    """Starts a server that outlives this process; returns its address."""
    state = read_state(directory, name)
    if state:
        return state["address"]
    where = Path(directory).resolve() / name
    shutil.rmtree(where, ignore_errors=True)
    if name == "kafka":
        server = Kafka(version, where).start(detach=True)
        address = server.bootstrap
    else:
        server = Redis(where).start(detach=True)
        address = server.url
    state_file(directory, name).write_text(json.dumps(
        {"pid": server.process.pid, "mark": str(where), "address": address}))
    return address


def stop(name, directory):
    """Stops what start began; returns whether it was running."""
    state = read_state(directory, name)
    state_file(directory, name).unlink(missing_ok=True)
    return bool(state) and stop_pid(state["pid"], state["mark"])


def run(args):
    if args.command == "versions":
        print("\n".join(VERSIONS))
    elif args.command == "archive":
        if make_archive(args.version):
            print(f"Made the class data archive of Kafka {args.version}")
    elif args.command == "start":
        print(start(args.name, args.dir, args.version), flush=True)
    elif args.command == "stop":
        for name in [args.name] if args.name else NAMES:
            if stop(name, args.dir):
                print(f"Stopped {name}")
    else:
        state = read_state(args.dir, args.name)
        if state is None:
            print(f"{args.name} does not run", file=sys.stderr)
            return 1
        print(state["address"])
    return 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command",
                        choices=("start", "stop", "address", "versions",
                                 "archive"))
    parser.add_argument("name", nargs="?", choices=NAMES)
    parser.add_argument("--dir", default="build/demo")
    parser.add_argument("--version", default=VERSIONS[0], help="of Kafka")
    args = parser.parse_args()
    if args.name is None and args.command not in ("stop", "versions"):
        parser.error(f"{args.command} what? {' or '.join(NAMES)}")
    try:
        return run(args)
    except (StartFailed, OSError, RuntimeError) as err:
        print(f"{args.command} {args.name}: {err}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
