"""dispatchctl catalogue: versions are kept, come back under a higher number,
and a change shows beforehand what it does, also to the last tickets."""

import gzip
import json
import time

import pytest
import redis
from catalogue_tool import Ctl, Stored, append, contents, folder
from cities import CATALOGUE, record
from intercept import Intercept


@pytest.fixture
def stored(own_redis):
    return Stored(own_redis)


@pytest.fixture
def ctl(stored):
    return Ctl(stored)


def history(ctl):
    return [json.loads(line) for line in
            ctl("history", "--json").splitlines()]


def versions(ctl):
    return [entry["version"] for entry in history(ctl)]


def without_version(tables):
    return {name: {field: value for field, value in entries.items()
                   if (name, field) != ("meta", "version")}
            for name, entries in tables.items()}


def test_each_load_is_kept_with_time_author_note_and_checksum(
        ctl, stored, tmp_path):
    city = folder(tmp_path)
    begun = time.time() * 1000 - 1
    ctl("load", "--author", "Wei", "--note", "城市 begins", city)
    append(city / "departments.csv", "gas", "Gas")
    ctl("load", city)
    second, first = history(ctl)
    assert (first["version"], second["version"]) == ("1", "2")
    assert (first["author"], first["note"]) == ("Wei", "城市 begins")
    assert begun <= first["written_at"] <= second["written_at"]
    assert second["checksum"] == json.loads(ctl("show", "--json"))["checksum"]
    assert second["checksum"] != first["checksum"]
    text = ctl("history")
    assert "城市 begins" in text and text.splitlines()[0].startswith("version")


def test_a_rollback_writes_the_old_contents_under_a_higher_version(
        ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    before = contents(stored)
    append(city / "departments.csv", "gas", "Gas")
    (city / "routes.csv").write_text("area,category,department\n")
    ctl("load", city)
    shown = ctl("rollback", "1")
    assert "+ routes 110000|water" in shown
    assert "version      2 -> 3" in shown
    assert ctl.version() == "3"
    assert without_version(contents(stored)) == without_version(before)
    assert history(ctl)[0]["note"] == "back to 1"


def test_what_was_made_by_hand_is_kept_when_it_is_replaced(
        ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    stored.edit("departments", "hand", '{"name":"by hand"}')
    by_hand = ctl.version()
    ctl("rollback", "1")
    assert versions(ctl) == ["2", by_hand, "1"]
    assert "hand" not in contents(stored)["departments"]
    ctl("rollback", by_hand)
    assert "hand" in contents(stored)["departments"]
    assert ctl.version() == "3"


def test_a_catalogue_from_before_the_history_is_kept(ctl, stored, tmp_path):
    stored.load()
    found = ctl.version()
    ctl("load", folder(tmp_path))
    assert versions(ctl) == ["2", found]


def test_twenty_versions_are_kept(ctl, stored, tmp_path):
    city = folder(tmp_path)
    for i in range(23):
        append(city / "departments.csv", f"d{i}", "x")
        ctl("load", city)
    assert versions(ctl) == [str(n) for n in range(23, 3, -1)]
    assert stored.client.hlen("city:history:tables") == 20
    done = ctl.run("rollback", "3")
    assert done.returncode == 1 and "not kept" in done.stderr


def test_a_kept_version_can_be_read_with_gunzip(ctl, stored, own_redis,
                                                tmp_path):
    ctl("load", folder(tmp_path))
    packed = redis.Redis.from_url(own_redis.url).hget(
        "city:history:tables", "1")
    assert b'110000|water{"department":"desk"}' in gzip.decompress(packed)


def test_damaged_tables_of_a_version_are_not_written(ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    append(city / "departments.csv", "gas", "Gas")
    ctl("load", city)
    before = contents(stored)
    for damage in (b"", b"nonsense", gzip.compress(b"nonsense")):
        stored.client.hset("city:history:tables", "1", damage)
        done = ctl.run("rollback", "1")
        assert done.returncode == 1 and "damaged" in done.stderr
    packed = redis.Redis.from_url(stored.url).hget("city:history:tables", "2")
    stored.client.hset("city:history:tables", "1", packed)
    assert ctl.run("rollback", "1").returncode == 1
    assert contents(stored) == before


def test_a_dry_run_writes_neither_catalogue_nor_history(
        ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    append(city / "departments.csv", "gas", "Gas")
    ctl("load", city)
    before = contents(stored)
    assert "(not written)" in ctl("rollback", "--dry-run", "1")
    assert contents(stored) == before
    assert versions(ctl) == ["2", "1"]


def test_loading_shows_what_differs(ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    for i in range(25):
        append(city / "departments.csv", f"d{i:02}", "x")
    shown = ctl("load", city)
    assert '+ departments d00 {"name":"x"}' in shown
    assert "... and 5 more in departments" in shown
    assert "25 added, 0 changed, 0 removed" in shown
    append(city / "departments.csv", "last", "x")
    difference, summary = [json.loads(line) for line in
                           ctl("load", "--json", city).splitlines()]
    assert difference["field"] == "last"
    assert summary == {"version_before": "2", "version": "3",
                       "written": True}
    assert json.loads(ctl("load", "--json", city)) == {
        "version_before": "3", "version": "3", "written": False}


def test_loading_warns_of_rules_whose_time_has_run_out(ctl, stored, tmp_path):
    city = folder(tmp_path)
    (city / "routes.csv").write_text(
        "area,category,department,until\n110000,water,desk,2020-02-29\n"
        "110000,gas,desk,2999-12-31\n")
    done = ctl.run("load", city)
    assert done.returncode == 0
    assert f"{city}/routes.csv:2: warning: 110000|water, until" in done.stderr
    assert "2020-02-29" in done.stderr
    assert "gas" not in done.stderr


@pytest.mark.parametrize("command", ["load", "rollback"])
def test_a_change_between_reading_and_writing_is_not_overwritten(
        stored, own_redis, tmp_path, command):
    city = folder(tmp_path)
    direct = Ctl(stored)
    direct("load", city)
    append(city / "departments.csv", "gas", "Gas")
    direct("load", city)
    append(city / "departments.csv", "heat", "Heat")
    proxy = Intercept(own_redis.port, b"EXEC", lambda: stored.edit(
        "departments", "hand", '{"name":"by hand"}'))
    slow = Stored(own_redis, url=f"redis://127.0.0.1:{proxy.port}")
    done = Ctl(slow).run(command, city if command == "load" else "1")
    proxy.close()
    assert proxy.act is None, "the moment never came"
    assert done.returncode == 1
    assert "somebody else changed the catalogue" in done.stderr
    now = contents(stored)["departments"]
    assert "hand" in now and "heat" not in now and "gas" in now
    assert versions(direct) == ["2", "1"]


# ---------------------------------------------------------------- --replay


class City:
    """cities.CATALOGUE in Redis, and a copy in a folder to edit."""

    def __init__(self, stored, tmp_path):
        stored.load(CATALOGUE)
        self.ctl = Ctl(stored)
        self.folder = tmp_path / "city"
        self.ctl("export", self.folder)

    def replay(self, topics, *args):
        return self.ctl("diff", self.folder, "--brokers", topics.bootstrap,
                        "--topic", topics["tickets"], *args)

    def replay_json(self, topics, *args):
        *tickets, summary = map(json.loads, self.replay(
            topics, "--json", *args).splitlines())
        return tickets, summary

    def change(self, table, old, new):
        path = self.folder / f"{table}.csv"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture
def city(stored, tmp_path):
    return City(stored, tmp_path)


def test_replaying_shows_which_tickets_would_go_elsewhere(
        city, topics, pb):
    topics.publish(record(pb, n) for n in range(40))
    city.change("routes", "city,roads,,roads", "city,roads,,desk")
    tickets, summary = city.replay_json(topics, "--replay", "1000")
    assert {t["ticket_id"] for t in tickets} == {
        f"t{n}" for n in range(40) if n % 4 == 2}
    assert tickets[0]["from_rule"] == tickets[0]["to_rule"] == "city|roads"
    assert summary == {
        "tickets": 40, "undecodable": 0, "elsewhere": 10, "co_handlers": 0,
        "deadline": 0,
        "moves": [{"from": "roads", "to": "desk", "tickets": 10}]}
    text = city.replay(topics, "--replay", "1000")
    assert "10 would go elsewhere" in text
    assert "10  roads -> desk" in text


def test_replaying_tells_co_handlers_and_deadlines_apart(city, topics, pb):
    topics.publish(record(pb, n) for n in range(40))
    city.change("routes", "housing/heating,,@area.gas,housing",
                "housing/heating,,@area.gas,")
    city.change("policies", "week,1d,7d", "week,1d,8d")
    tickets, summary = city.replay_json(topics, "--replay", "1000")
    assert summary["elsewhere"] == 0
    assert summary["co_handlers"] == 10
    assert summary["deadline"] == 20  # housing, and what has no rule


def test_only_the_last_tickets_are_replayed(city, topics, pb):
    events = [(f"t{n % 40}", pb.TicketEvent(
        event_id=f"u{n}", ticket_id=f"t{n % 40}", occurred_at=1,
        urged=pb.TicketUrged(reason="x")).SerializeToString())
        for n in range(400)]
    topics.publish(record(pb, n) for n in range(32))
    topics.publish(record(pb, n) for n in range(32, 40))
    topics.publish([*events, ("t1", b"\xff")])
    city.change("routes", "city,roads,,roads", "city,roads,,desk")
    tickets, summary = city.replay_json(topics, "--replay", "8")
    assert summary["tickets"] == 8, "urgings came after them"
    assert {t["ticket_id"] for t in tickets} == {"t34", "t38"}
    _, summary = city.replay_json(topics, "--replay", "1000")
    assert summary["tickets"] == 40 and summary["undecodable"] == 1


def test_a_ticket_that_nobody_would_take_is_shown(city, topics, pb):
    topics.publish(record(pb, n, category="unheard-of") for n in range(3))
    city.change("areas", "city,City,district", "city,City,")
    city.change("areas", "city/east,East,district", "city/east,East,")
    city.change("meta", "default_department,desk\r\n", "") if "\r\n" in (
        city.folder / "meta.csv").read_text() else city.change(
        "meta", "default_department,desk\n", "")
    text = city.replay(topics, "--replay", "10")
    assert "3  district -> (nobody)" in text


def test_replaying_needs_a_catalogue_in_redis(stored, topics, tmp_path):
    done = Ctl(stored).run("diff", folder(tmp_path), "--replay", "10",
                           "--brokers", topics.bootstrap)
    assert done.returncode == 1
    assert "no catalogue" in done.stderr
