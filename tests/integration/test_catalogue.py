"""The catalogue in Redis: followed live, refused when bad, kept when away.

No broker is needed: the thread that follows the catalogue works without.
"""

import json
import subprocess
import time

import pytest
from catalogue_tool import Ctl, Stored, append, contents, folder
from process import wait_until
from program import binary


@pytest.fixture
def stored(own_redis):
    return Stored(own_redis)


def lines(program, event):
    return [line for line in program.log.splitlines()
            if f"event={event} " in line]


def loaded(program):
    return len(lines(program, "catalogue_loaded"))


def refused(program):
    return lines(program, "catalogue_refused")


def wait_loaded(program, count, timeout=10):
    wait_until(lambda: loaded(program) >= count, timeout, f"load {count}")


def start(dispatcher, stored, **settings):
    program = dispatcher(stored, **settings).start(ready=False)
    wait_loaded(program, 1)
    return program


def test_an_edit_is_in_force_within_a_second(dispatcher, stored):
    program = start(dispatcher, stored.load())
    begun = time.monotonic()
    stored.edit("departments", "gas", '{"name": "Gas"}')
    wait_loaded(program, 2)
    assert time.monotonic() - begun < 1
    assert "version=1+" in lines(program, "catalogue_loaded")[-1]


def test_a_burst_of_edits_is_one_swap(dispatcher, stored):
    program = start(dispatcher, stored.load())
    for i in range(200):
        stored.edit("departments", f"d{i}", '{"name": "x"}')
    stored.edit("departments", "last", '{"name": "x", "parent": "none"}')
    wait_until(lambda: refused(program), 10, "the last edit was heard")
    # 200 edits take less than the half second after which it stops waiting;
    # a slow machine may need one more.
    assert loaded(program) <= 3


def test_only_the_tables_that_changed_are_read_again(dispatcher, stored):
    def scans():
        return stored.client.info("commandstats")["cmdstat_hscan"]["calls"]

    program = start(dispatcher, stored.load())
    before = scans()
    stored.edit("departments", "gas", '{"name": "Gas"}')
    wait_loaded(program, 2)
    assert scans() - before == 2  # of a few entries each: departments, meta
    assert "routes=1" in lines(program, "catalogue_loaded")[-1]


def test_a_bad_edit_is_refused_once_and_its_repair_is_in_force(
        dispatcher, stored):
    program = start(dispatcher, stored.load())
    stored.edit("routes", "110000|gas", '{"department": "nobody"}')
    wait_until(lambda: refused(program), 10, "refused")
    assert "nobody" in refused(program)[0]
    stored.edit("departments", "other", '{"name": "x"}')
    stored.edit("departments", "nobody", '{"name": "x"}')
    wait_loaded(program, 2)
    assert len(refused(program)) == 1


@pytest.mark.parametrize("spoil", [
    lambda client: client.flushall(),
    lambda client: client.delete("city:routes"),
    lambda client: client.delete("city:meta"),
    lambda client: client.set("city:areas", "no hash"),
    lambda client: client.hset("city:areas", "x", b"\xff{"),
    lambda client: client.hset("city:meta", "version", "0"),
], ids=["flushed", "table gone", "meta gone", "wrong type", "wrong bytes",
        "lower version"])
def test_a_spoilt_catalogue_is_refused_not_obeyed(dispatcher, stored, spoil):
    program = start(dispatcher, stored.load())
    spoil(stored.client)
    wait_until(lambda: refused(program), 10, "refused")
    assert "version_kept=1+" in refused(program)[0]
    stored.load(version=2)
    stored.edit("departments", "more", '{"name": "x"}')
    wait_loaded(program, 2)
    assert "version=2+" in lines(program, "catalogue_loaded")[-1]


def test_a_repaired_key_brings_all_tables_back(dispatcher, stored):
    program = start(dispatcher, stored.load())
    stored.client.rename("city:areas", "aside")
    stored.client.set("city:areas", "no hash")
    program.wait_log("cannot be read as a hash")
    stored.client.rename("aside", "city:areas")
    stored.edit("departments", "gas", '{"name": "Gas"}')
    wait_loaded(program, 2)
    assert "routes=1" in lines(program, "catalogue_loaded")[-1]


def test_a_redis_that_comes_back_empty_changes_nothing(
        dispatcher, stored, own_redis):
    program = start(dispatcher, stored.load(version=7))
    own_redis.kill9()
    program.wait_log("event=unavailable what=redis")
    own_redis.start()
    wait_until(lambda: refused(program), 15, "the empty one was refused")
    stored.load(version=6)
    wait_until(lambda: len(refused(program)) == 2, 10, "an old one as well")
    assert "lower than 7" in refused(program)[1]
    stored.load(version=8)
    wait_loaded(program, 2)
    assert "version=8+" in lines(program, "catalogue_loaded")[-1]


def test_what_changed_while_redis_stood_still_is_found_out(
        dispatcher, stored, own_redis):
    program = start(dispatcher, stored.load())
    own_redis.pause()
    program.wait_log("event=unavailable what=redis")
    own_redis.resume()
    stored.load(version=2)
    wait_loaded(program, 2, timeout=15)
    assert "version=2+" in lines(program, "catalogue_loaded")[-1]


def test_a_dead_connection_is_noticed_and_edits_are_heard_again(
        dispatcher, stored):
    program = start(dispatcher, stored.load())
    stored.client.client_kill_filter(_type="pubsub")
    stored.edit("departments", "gas", '{"name": "Gas"}')
    wait_loaded(program, 2)
    stored.client.client_kill_filter(_type="normal", skipme=True)
    stored.edit("departments", "heat", '{"name": "Heat"}')
    wait_loaded(program, 3)


def test_a_restart_during_an_outage_uses_the_cache_file(
        dispatcher, stored, own_redis, tmp_path):
    cache = tmp_path / "catalogue.cache"
    program = start(dispatcher, stored.load(version=3),
                    catalogue__cache=cache)
    wait_until(cache.exists, 10, "the cache file")
    assert program.terminate() == 0
    own_redis.kill9()
    program.start(ready=False)
    wait_loaded(program, 1)
    assert "source=cache" in lines(program, "catalogue_loaded")[0]
    own_redis.start()
    stored.load(version=4)
    wait_loaded(program, 2, timeout=15)
    assert "source=redis" in lines(program, "catalogue_loaded")[1]


def test_a_damaged_cache_file_is_not_used(dispatcher, stored, tmp_path):
    cache = tmp_path / "catalogue.cache"
    cache.write_text("dispatcher catalogue 1\nareas 1 2\nx{}\n")
    program = start(dispatcher, stored.load(), catalogue__cache=cache)
    assert lines(program, "catalogue_cache_refused")
    assert "source=redis" in lines(program, "catalogue_loaded")[0]


def test_user_password_and_database_are_used_and_the_password_is_not_logged(
        dispatcher, stored, own_redis):
    stored.client.execute_command(
        "ACL", "SETUSER", "reader", "on", ">s3cret%/", "~city:*",
        "&__redis__:invalidate", "+@read", "+@connection",
        "+@transaction", "+subscribe")
    stored.client.select(5)
    stored.load()
    stored.url = f"redis://reader:s3cret%25%2f@127.0.0.1:{own_redis.port}/5"
    program = start(dispatcher, stored)
    assert "s3cret" not in program.log
    stored.client.execute_command("ACL", "SETUSER", "reader", "resetpass",
                                  ">other")
    stored.client.client_kill_filter(_type="pubsub")
    program.wait_log("event=unavailable what=redis")
    wait_until(lambda: program.log.count("event=unavailable what=redis") >= 1,
               10, "refused")
    assert "s3cret" not in program.log


# ------------------------------------------------------------ dispatchctl


@pytest.fixture
def ctl(stored):
    return Ctl(stored)


def test_exporting_and_loading_gives_the_same_catalogue(
        ctl, stored, tmp_path):
    stored.load()
    ctl("export", tmp_path / "city")
    ctl("load", tmp_path / "city")
    first = contents(stored)
    assert first["meta"]["version"] == "2"
    ctl("export", tmp_path / "again")
    stored.client.flushall()
    ctl("load", tmp_path / "again")
    again = contents(stored)
    for of in (first, again):
        del of["meta"]["version"]
    assert again == first
    assert json.loads(first["departments"]["water"]) == {"name": "水务局"}


def test_loading_writes_the_differences_under_the_next_version(
        ctl, stored, tmp_path):
    ctl("load", folder(tmp_path))
    assert ctl.version() == "1"
    append(tmp_path / "city/departments.csv", "gas", "Gas")
    dry = ctl("load", "--dry-run", tmp_path / "city")
    assert "1 added, 0 changed, 0 removed" in dry
    assert ctl.version() == "1"
    ctl("load", tmp_path / "city")
    assert ctl.version() == "2"
    assert "nothing differs" in ctl("load", tmp_path / "city")
    assert ctl.version() == "2"


def test_loading_removes_what_the_folder_has_no_more(ctl, stored, tmp_path):
    city = folder(tmp_path)
    append(city / "departments.csv", "gas", "Gas")
    ctl("load", city)
    (city / "departments.csv").write_text("id,name\ndesk,New name\n")
    shown = ctl("load", "--above", "41", city)
    assert "departments  0 added, 1 changed, 1 removed" in shown
    assert ctl.version() == "42"
    assert stored.client.hgetall("city:departments") == {
        "desk": '{"name":"New name"}'}


def test_loading_over_somebody_elses_change_is_refused(
        ctl, stored, tmp_path):
    ctl("load", folder(tmp_path))
    ctl("export", tmp_path / "mine")
    stored.edit("departments", "hand", '{"name": "by hand"}')
    before = contents(stored)
    append(tmp_path / "mine/departments.csv", "gas", "Gas")
    done = ctl.run("load", tmp_path / "mine")
    assert done.returncode == 1
    assert "comes from version 1, but Redis holds 1+" in done.stderr
    assert contents(stored) == before


def test_a_loaded_folder_follows_its_version(ctl, stored, tmp_path):
    ctl("load", folder(tmp_path))
    ctl("export", tmp_path / "mine")
    for i in range(3):
        append(tmp_path / "mine/departments.csv", f"d{i}", "", "", "", "", "")
        ctl("load", tmp_path / "mine")
    assert ctl.version() == "4"


def test_what_is_wrong_is_not_loaded_and_named_by_line(
        ctl, stored, tmp_path):
    city = folder(tmp_path)
    append(city / "routes.csv", "110000", "gas", "nobody")
    done = ctl.run("load", city)
    assert done.returncode == 1
    assert f"{city}/routes.csv:3: error: 110000|gas, department" in done.stderr
    assert not stored.client.keys("*")
    done = ctl.run("check", "--json", city)
    assert done.returncode == 1
    finding = json.loads(done.stdout)
    assert finding["line"] == 3 and finding["name"] == "department"


@pytest.mark.parametrize("args", [["load"], ["laod"], [], ["load", "a", "b"],
                                  ["check", "--nonsense"]])
def test_a_wrong_command_line_is_exit_code_64(args):
    done = subprocess.run([binary("dispatchctl"), "catalogue", *args],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 64
    assert done.stderr


def test_diff_shows_each_entry_before_and_after(ctl, stored, tmp_path):
    city = folder(tmp_path)
    ctl("load", city)
    assert ctl("diff", city) == ""
    append(city / "departments.csv", "gas", "Gas")
    stored.edit("areas", "120000", '{"department":"desk"}')
    differences = [json.loads(line) for line in
                   ctl("diff", "--json", city).splitlines()]
    assert differences == [
        {"table": "departments", "field": "gas", "kind": "added",
         "before": None, "after": '{"name":"Gas"}'},
        {"table": "areas", "field": "120000", "kind": "removed",
         "before": '{"department":"desk"}', "after": None}]
