"""How fast a replica reads its tickets back after a start, as a ratio to a bare
consumer loop that reads the same topic on the same broker, in turns. Ours is
the time until the last partition is ready, in the median; the loop's the time
to its last record in its best round: librdkafka before 2.2 rests for a second
whenever its queue was full.

    restore.py [--quick] [--tickets N] [--rounds N] [--json]
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "env"))

import protos  # noqa: E402
import redis  # noqa: E402
from broker import ROOT, VERSIONS, Kafka  # noqa: E402
from catalogues import load_catalogue  # noqa: E402
from process import wait_until  # noqa: E402
from program import Dispatcher  # noqa: E402
from redisd import Redis  # noqa: E402
from throughput import catalogue, settled, tickets  # noqa: E402
from topics import Topics  # noqa: E402


def moment(line):
    text = re.match(r"ts=(\S+)", line)[1].replace("Z", "+00:00")
    return datetime.fromisoformat(text).timestamp()


def restore(program):
    """Records a second, from `fetching` to the last partition's end."""
    program.start()
    wait_until(lambda: 'event=available what=state' in program.log, 300,
               "all restored")
    lines = program.log.splitlines()
    begun = next(moment(line) for line in lines if "event=fetching" in line)
    done = [line for line in lines if "event=state_restored" in line]
    records = sum(int(re.search(r"records=(\d+)", line)[1]) for line in done)
    program.terminate()
    return records / (moment(done[-1]) - begun)


def drain(topics, *how):
    line = subprocess.run(
        [ROOT / "build/tools/drain", topics.bootstrap, topics["state"],
         str(topics.partitions), *how], check=True, capture_output=True,
        text=True, timeout=300).stdout
    return float(re.search(r"records_per_s=(\d+)", line)[1])


def measure(args, work, say):
    protos.generate()
    pb = protos.load()
    kafka = Kafka(VERSIONS[0], work / "kafka").start()
    server = Redis(work / "redis").start()
    try:
        load_catalogue(redis.Redis.from_url(server.url), "dispatch:",
                       catalogue())
        topics = Topics(kafka.bootstrap).create()
        say(f"dispatching {args.tickets} tickets")
        program = Dispatcher(ROOT / "build/dispatcher",
                             {**topics.settings(), "redis.url": server.url},
                             work).start()
        topics.publish(tickets(pb, args.tickets))
        wait_until(lambda: settled(topics), 600, "dispatched")
        program.terminate()
        rounds = []
        for number in range(args.rounds):
            rounds.append({"restore": restore(program), "poll": drain(topics),
                           "batch": drain(topics, "batch")})
            say(f"round {number + 1}: " + ", ".join(
                f"{name} {rate:.0f} records/s"
                for name, rate in rounds[-1].items()))
        return rounds
    finally:
        kafka.kill9()
        server.kill9()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tickets", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.tickets = args.tickets or (100_000 if args.quick else 1_000_000)
    args.rounds = args.rounds or (2 if args.quick else 3)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as work:
        rounds = measure(args, Path(work),
                         lambda text: print(text, file=sys.stderr))
    ours = statistics.median(one["restore"] for one in rounds)
    ratio = {how: round(ours / max(one[how] for one in rounds), 2)
             for how in ("poll", "batch")}
    if args.json:
        print(json.dumps({"tickets": args.tickets, "ratio": ratio,
                          "rounds": rounds}, indent=2))
    else:
        print(f"Restoring {args.tickets} tickets: {ratio['poll']} of the rate "
              f"of a bare loop that polls, {ratio['batch']} of one that takes "
              "batches")


if __name__ == "__main__":
    main()
