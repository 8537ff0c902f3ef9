"""How soon after its moment a breach is decided and can be read, when nothing
else happens and beside a stream of tickets.

    timers.py [--quick] [--timers N] [--rate TICKETS_PER_SECOND] [--json]
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "env"))

import protos  # noqa: E402
import redis  # noqa: E402
from broker import ROOT, VERSIONS, Kafka  # noqa: E402
from catalogues import load_catalogue  # noqa: E402
from flow import Flow  # noqa: E402
from process import wait_until  # noqa: E402
from program import Dispatcher  # noqa: E402
from redisd import Redis  # noqa: E402
from throughput import catalogue, tickets  # noqa: E402
from topics import Topics  # noqa: E402

FIRST_RESPONSE_MS = 2 * 3600_000  # as throughput.py's policy has it
LEAD_MS = 5000  # until the first one is due
BREACHED = 4
DECIDED_S = "0.02"  # one of the histogram's bounds


def due_soon(pb, count, seconds):
    """Tickets whose first response is over at random moments from soon on."""
    begin = int(time.time() * 1000) + LEAD_MS - FIRST_RESPONSE_MS
    for n, (_, value) in enumerate(tickets(pb, count)):
        event = pb.TicketEvent.FromString(value)
        event.ticket_id = f"due-{n}"
        event.occurred_at = begin + random.randrange(seconds * 1000)
        yield event.ticket_id, event.SerializeToString()


def read_breaches(pb, topics, count, timeout):
    """How many milliseconds after its moment each breach could be read."""
    reader, delays = topics.reader("deadlines"), []
    deadline = time.monotonic() + timeout
    while len(delays) < count and time.monotonic() < deadline:
        new, now_ms = reader.poll(0.002), time.time() * 1000
        for msg in new:
            event = pb.DeadlineEvent.FromString(msg.value())
            if event.kind == BREACHED:
                delays.append(now_ms - event.due_at)
    assert len(delays) == count, f"{len(delays)} of {count} came"
    return sorted(delays)


def decided_in_time(page):
    """The share of timers that were decided within 20 ms."""
    name = "dispatcher_timer_delay_seconds"
    within = re.search(rf'^{name}_bucket{{le="{DECIDED_S}"}} (\d+)', page,
                       re.M)
    return int(within[1]) / int(re.search(rf"^{name}_count (\d+)", page,
                                          re.M)[1])


def measure(pb, kafka, server, args, rate, work):
    topics = Topics(kafka.bootstrap).create()
    program = Dispatcher(ROOT / "build/dispatcher",
                         {**topics.settings(), "redis.url": server.url}, work)
    program.start()
    wait_until(lambda: program.http("/readyz")[0] == 200, 30, "ready")
    stream = tickets(pb, 10_000_000)
    flow = Flow(pb, topics, 10_000_000 if rate else 0, rate,
                lambda pb, n: next(stream))
    flow.start()
    topics.publish(due_soon(pb, args.timers, args.seconds))
    delays = read_breaches(pb, topics, args.timers, args.seconds + 60)
    flow.stop()
    share = decided_in_time(program.http("/metrics")[1])
    program.terminate()
    return {"rate": rate, "decided_within_20_ms": round(share, 4),
            "visible_ms": {name: round(delays[int(len(delays) * part)], 1)
                           for name, part in (("p50", .5), ("p90", .9),
                                              ("p99", .99))}}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--timers", type=int)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.timers = args.timers or (300 if args.quick else 2000)
    args.seconds = 5 if args.quick else 30
    protos.generate()
    pb = protos.load()
    results = []
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        work = Path(folder)
        kafka = Kafka(VERSIONS[0], work / "kafka").start()
        server = Redis(work / "redis").start()
        try:
            load_catalogue(redis.Redis.from_url(server.url), "dispatch:",
                           catalogue())
            for rate in (0, args.rate):
                results.append(measure(pb, kafka, server, args, rate, work))
        finally:
            kafka.kill9()
            server.kill9()
    if args.json:
        print(json.dumps({"timers": args.timers, "results": results}))
        return
    for one in results:
        print("Timers beside {rate} tickets/s: {0:.1%} decided within 20 ms; "
              "visible after {p50} ms in the median, {p99} ms at the 99th "
              "percentile".format(one["decided_within_20_ms"],
                                  rate=one["rate"], **one["visible_ms"]))


if __name__ == "__main__":
    main()
