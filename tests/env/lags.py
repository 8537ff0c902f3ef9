"""Lag as three independent parties see it: Kafka's own tool, dispatchctl and
the dispatcher's /metrics. Each gives {partition: records}."""

import json
import re
import subprocess

from broker import VERSIONS, Kafka
from program import binary

SERIES = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)$')


def of_kafka(topics, directory, version=VERSIONS[0]):
    """What ConsumerGroupCommand reports; None where nothing is committed."""
    text = Kafka(version, directory).run_class(
        "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
        "--bootstrap-server", topics.bootstrap, "--describe",
        "--group", topics.settings()["group.id"])
    rows = [line.split() for line in text.splitlines()]
    return {int(row[2]): None if row[5] == "-" else int(row[5])
            for row in rows if len(row) > 5 and row[1] == topics["tickets"]}


def command(topics, *options):
    """dispatchctl lag for the group of these topics."""
    return subprocess.run(
        [binary("dispatchctl"), "lag", "--brokers", topics.bootstrap,
         "--group", topics.settings()["group.id"],
         "--topic", topics["tickets"], *map(str, options)],
        capture_output=True, text=True, timeout=30, check=False)


def page_of_command(topics, *options):
    return json.loads(command(topics, "--json", *options).stdout)


def of_command(topics):
    return {row["partition"]: row["lag_records"]
            for row in page_of_command(topics)["partitions"]}


def series(program, name):
    """{labels: value} of one metric; {} when it has no series."""
    found = {}
    for line in program.http("/metrics")[1].splitlines():
        match = SERIES.match(line)
        if match and match[1] == name:
            found[match[2] or ""] = float(match[3])
    return found


def figure(program, name):
    """The value of a metric without labels."""
    return series(program, f"dispatcher_{name}").get("")


def of_metrics(*programs, name="partition_lag_records"):
    """The figures of all replicas; no partition may be shown twice."""
    found = {}
    for program in programs:
        for labels, value in series(program, f"dispatcher_{name}").items():
            partition = int(re.search(r'partition="(\d+)"', labels)[1])
            assert partition not in found, f"{partition} is owned twice"
            found[partition] = value
    return found
