"""The time module of the dispatcher, asked through tests/tools/calendar.c.

Questions are collected and answered in one run of the driver, so that a
million of them take seconds.
"""

import csv
import datetime
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = ROOT / os.environ.get("BUILD_DIRECTORY", "build") / "tools/calendar"
EXAMPLES = ROOT / "examples/calendars/calendars.csv"
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLISECOND = datetime.timedelta(milliseconds=1)


def to_ms(moment):
    """An aware datetime as UTC milliseconds."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(ms, zone):
    return (EPOCH + ms * MILLISECOND).astimezone(zone)


def ask(lines):
    """The driver's answers, one list of integers for each line."""
    result = subprocess.run(
        [str(DRIVER)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    answers = [line.split() for line in result.stdout.splitlines()]
    assert len(answers) == len(lines)
    return [[int(w) for w in a] if a != ["ok"] else [] for a in answers]


def examples():
    """Rows of the ready calendars, parents before their children."""
    with open(EXAMPLES, newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    return sorted(rows, key=lambda row: row["inherits"] != "")


def example_json(row):
    """The catalogue's JSON value of a row of calendars.csv."""
    value = {
        name: row[name]
        for name in ("time_zone", "announced_until")
        if row[name]
    }
    if row["week"]:
        value["week"] = json.loads(row["week"])
    for name in ("holidays", "workdays"):
        text = row[name].strip()
        if text.startswith("["):
            value[name] = json.loads(text)
        elif text:
            value[name] = [item.strip() for item in text.split(";")]
    return json.dumps(value)


def define_examples():
    """Driver lines that define every ready calendar."""
    lines = []
    for row in examples():
        if row["inherits"]:
            lines.append(
                f"inherit {row['id']} {row['inherits']} {example_json(row)}"
            )
        else:
            lines.append(f"calendar {row['id']} {example_json(row)}")
    return lines
