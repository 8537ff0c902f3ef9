"""What a ticket costs, as a ratio to the bare loop of the client library.

Both consume the same backlog and produce as many records of the same mean
sizes with as many headers, exactly once, on the same broker, in turns. The
bare loop (tests/tools/limit.c) decodes nothing, decides nothing and writes
constant payloads: what we cost above it is our own work.

    throughput.py [--quick] [--tickets N] [--rounds N] [--json]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "env"))

import protos  # noqa: E402
import redis  # noqa: E402
from broker import ROOT, VERSIONS, Kafka  # noqa: E402
from catalogues import load_catalogue  # noqa: E402
from process import wait_until  # noqa: E402
from program import Dispatcher  # noqa: E402
from redisd import Redis  # noqa: E402
from topics import Topics  # noqa: E402

AREAS, CATEGORIES = 100, 100
TICK = os.sysconf("SC_CLK_TCK")


def catalogue():
    """10,000 routes: 100 areas by 100 categories."""
    return {
        "departments": {f"d{n}": {"name": f"Department {n}"}
                        for n in range(50)},
        "areas": {f"city/{a}": {"name": f"Area {a}", "department": "d0"}
                  for a in range(AREAS)},
        "routes": {f"city/{a}|group/{c}":
                   {"department": f"d{(a + c) % 50}", "policy": "p"}
                   for a in range(AREAS) for c in range(CATEGORIES)},
        "policies": {"p": {"first_response": "2h", "resolution": "7d",
                           "warn": ["80%"]}},
        "meta": {"default_department": "d0"},
    }


def tickets(pb, count):
    now_ms = int(time.time() * 1000)
    for n in range(count):
        event = pb.TicketEvent(event_id=f"e{n}", ticket_id=f"ticket-{n:08}",
                               occurred_at=now_ms, source="bench")
        created = event.created
        created.title = "No heat since yesterday evening"
        created.description = "Radiators are cold in all rooms. " * 3
        created.channel = "phone"
        created.area = f"city/{n * 7 % AREAS}"
        created.address = "12 Long Street, second floor"
        created.matters.add(category=f"group/{n * 13 % CATEGORIES}")
        yield event.ticket_id, event.SerializeToString()


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def settled(topics):
    return topics.committed() == topics.ends("tickets")


def run_dispatcher(topics, settings, count, work):
    program = Dispatcher(ROOT / "build/dispatcher",
                         {**topics.settings(), **settings}, work)
    program.start()
    before, begun = cpu_seconds(program.pid), time.monotonic()
    # The log's line `fetching` comes before the first record.
    wait_until(lambda: settled(topics), 300, "the backlog is dispatched")
    wall = time.monotonic() - begun
    cpu = cpu_seconds(program.pid) - before
    program.terminate()
    return {"us_per_ticket": cpu / count * 1e6, "per_second": count / wall}


def output_shape(topics, count):
    """Of each topic: records a ticket, mean size, number of headers."""
    shape = {}
    for role in ("assignments", "deadlines", "state"):
        messages = topics.read(role)
        shape[role] = {
            "records": round(len(messages) / count),
            "bytes": round(statistics.mean(len(m.value()) for m in messages)),
            "headers": len(messages[-1].headers() or [])}
    return shape


def run_limit(bootstrap, topics, out, count, shape, number):
    outputs = [f"{out[role]}:{one['bytes']}:{one['headers']}"
               for role, one in shape.items() for _ in range(one["records"])]
    line = subprocess.run(
        [ROOT / "build/tools/limit", bootstrap, f"limit-{number}-{out.tag}",
         str(count), "100", topics["tickets"], *outputs], check=True,
        capture_output=True, text=True, timeout=300).stdout
    figures = dict(pair.split("=") for pair in line.split())
    return {"us_per_ticket": float(figures["cpu_us_per_record"]),
            "per_second": float(figures["records_per_s"])}


def measure(args, work, say):
    protos.generate()
    pb = protos.load()
    kafka = Kafka(VERSIONS[0], work / "kafka").start()
    server = Redis(work / "redis").start()
    try:
        load_catalogue(redis.Redis.from_url(server.url), "dispatch:",
                       catalogue())
        topics = Topics(kafka.bootstrap).create("tickets")
        say(f"publishing {args.tickets} tickets")
        topics.publish(tickets(pb, args.tickets))
        return rounds(args, kafka, server, topics, work, say)
    finally:
        kafka.kill9()
        server.kill9()


def rounds(args, kafka, server, topics, work, say):
    ours, bare, shape = [], [], None
    for number in range(args.rounds):
        out = Topics(kafka.bootstrap).create()
        out.names["tickets"] = topics["tickets"]
        ours.append(run_dispatcher(
            out, {"redis.url": server.url}, args.tickets, work))
        shape = shape or output_shape(out, args.tickets)
        bare.append(run_limit(kafka.bootstrap, topics, out, args.tickets,
                              shape, number))
        say(f"round {number + 1}: dispatcher "
            f"{ours[-1]['us_per_ticket']:.1f} us, bare loop "
            f"{bare[-1]['us_per_ticket']:.1f} us of CPU per ticket")
    ratio = statistics.median(
        o["us_per_ticket"] / b["us_per_ticket"] for o, b in zip(ours, bare))
    return {"tickets": args.tickets, "outputs": shape,
            "cpu_ratio": round(ratio, 2), "dispatcher": ours,
            "bare_loop": bare}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tickets", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.tickets = args.tickets or (100_000 if args.quick else 500_000)
    args.rounds = args.rounds or (1 if args.quick else 3)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as work:
        result = measure(args, Path(work),
                         lambda text: print(text, file=sys.stderr))
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        outputs = ", ".join(
            f"{one['records']} x {one['bytes']} bytes with {one['headers']} "
            f"headers to {role}" for role, one in result["outputs"].items())
        print(f"CPU per ticket: {result['cpu_ratio']} times the bare loop "
              f"(each ticket: {outputs})")


if __name__ == "__main__":
    main()
