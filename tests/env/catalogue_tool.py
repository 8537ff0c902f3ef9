"""A catalogue in a Redis, one in a folder, and dispatchctl between them."""

import csv
import json
import subprocess

import redis
from catalogues import TABLES, load_catalogue
from program import binary

GOOD = {
    "departments": {"water": {"name": "水务局"}, "desk": {"name": "12345"}},
    "areas": {"110000": {"name": "Beijing", "department": "desk"}},
    "routes": {"110000|water": {"department": "water", "policy": "day"}},
    "policies": {"day": {"resolution": "24h"}},
    "meta": {"time_zone": "Asia/Shanghai", "default_department": "desk"},
}


class Stored:
    """A catalogue in a Redis, and the settings that lead to it."""

    def __init__(self, server, prefix="city:", url=None):
        self.url = url or server.url
        self.prefix = prefix
        self.client = redis.Redis.from_url(server.url, decode_responses=True)

    def load(self, tables=GOOD, version=1):
        tables = {name: dict(entries) for name, entries in tables.items()}
        tables["meta"]["version"] = version
        load_catalogue(self.client, self.prefix, tables, version)
        return self

    def edit(self, table, field, value):
        self.client.hset(self.prefix + table, field, value)

    def settings(self):
        """The dispatcher's settings, with no broker unless topics add one."""
        return {"kafka.bootstrap.servers": "127.0.0.1:1",
                "redis.url": self.url, "redis.prefix": self.prefix}


class Ctl:
    """dispatchctl catalogue on one Redis."""

    def __init__(self, stored):
        self.options = ["--redis", stored.url, "--prefix", stored.prefix]

    def run(self, command, *args):
        return subprocess.run(
            [binary("dispatchctl"), "catalogue", command, *self.options,
             *args], capture_output=True, text=True, timeout=60)

    def __call__(self, command, *args):
        done = self.run(command, *args)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def version(self):
        return json.loads(self("show", "--json"))["version"]


def contents(stored):
    return {table: stored.client.hgetall(stored.prefix + table)
            for table in TABLES}


def append(path, *cells):
    with open(path, "a", newline="") as file:
        csv.writer(file).writerow(cells)


def folder(tmp_path):
    """A small catalogue as CSV files, of no version."""
    path = tmp_path / "city"
    path.mkdir()
    for name, text in {
        "departments": "id,name\ndesk,Desk\n",
        "areas": "path,department\n110000,desk\n",
        "routes": "area,category,department\n110000,water,desk\n",
        "policies": "id\n", "calendars": "id\n",
        "meta": "field,value\ntime_zone,UTC\n",
    }.items():
        (path / f"{name}.csv").write_text(text)
    return path
