"""GET /explain: who would get a ticket, asked of a running dispatcher."""

import json
import subprocess
import urllib.parse

import pytest
from cities import CATALOGUE
from process import wait_until
from program import binary

NOWHERE = {"kafka.bootstrap.servers": "127.0.0.1:1"}
AT = "2023-11-14T22:13:20Z"


@pytest.fixture
def program(dispatcher, catalogue):
    """One that has a catalogue and no broker: /explain needs none."""
    program = dispatcher(catalogue.load(CATALOGUE), **NOWHERE)
    program.start(ready=False)
    program.wait_log("event=catalogue_loaded")
    wait_until(lambda: program.http("/livez")[0], 10, "/livez")
    return program


def ask(program, *parameters):
    status, text = program.http("/explain?" +
                                urllib.parse.urlencode(parameters))
    return status, json.loads(text)


def test_it_answers_as_the_tool_does(program, catalogue):
    asked = [("area", "city/east"), ("category", "housing/heating"),
             ("category", "roads/potholes"), ("urgency", "urgent"),
             ("channel", "phone"), ("type", "complaint"), ("at", AT)]
    status, page = ask(program, *asked)
    assert status == 200
    options = [word for name, value in asked for word in (f"--{name}", value)]
    tool = subprocess.run(
        [binary("dispatchctl"), "explain", "--redis", catalogue.url,
         "--prefix", catalogue.prefix, "--json", *options],
        capture_output=True, text=True, check=True).stdout
    assert page == json.loads(tool)
    assert page["parts"][0]["department_id"] == "gas"
    assert len(page["matters"]) == 2


def test_a_moment_without_an_offset_is_local_to_the_catalogue(program):
    local = ask(program, ("area", "city"), ("at", "2023-11-15T06:13:20"))
    assert local == ask(program, ("area", "city"), ("at", AT))
    assert local[1]["occurred_at"] == 1_700_000_000_000


@pytest.mark.parametrize(("parameters", "why"), [
    ([], "area, category: at least one of them is needed"),
    ([("area", "city//east")], "area: "),
    ([("area", "x" * 600)], "area: "),
    ([("area", b"\xff\xfe")], "area: is not UTF-8"),
    ([("category", "a|b")], "category: "),
    ([("area", "city"), ("at", "tomorrow")], "at: write 2018-10-21T23:42"),
    ([("area", "city"), ("urgency", "high")], "urgency: "),
    ([("area", "city"), ("type", "rant")], "request_type: "),
    ([("area", "city"), ("categry", "a")], "did you mean category?"),
    ([("area", "city"), ("matters", "a")], "matters: no such parameter"),
    ([("category", "a")] * 17, "category: a ticket has at most 16 matters"),
    ([("area", "city")] * 33, "parameters: there are too many"),
])
def test_a_wrong_parameter_is_named(program, parameters, why):
    status, page = ask(program, *parameters)
    assert status == 400
    assert why in page["error"]
    assert program.http("/livez")[0] == 200


def test_a_request_that_is_too_long_is_refused(program):
    assert program.http("/explain?area=" + 20000 * "x")[0] in (None, 414, 431)
    assert program.http("/livez")[0] == 200


def test_an_edit_shows_in_the_next_answer(program, catalogue):
    def department():
        page = ask(program, ("category", "housing"))[1]
        return page["parts"][0]["department_id"]

    assert department() == "housing"
    catalogue.client.hset(f"{catalogue.prefix}routes", "|housing",
                          '{"department": "roads"}')
    wait_until(lambda: department() == "roads", 5, "the edit")


def test_without_a_catalogue_it_says_so(dispatcher):
    program = dispatcher(**NOWHERE, **{"redis.url": "redis://127.0.0.1:1"})
    program.start(ready=False)
    wait_until(lambda: program.http("/livez")[0], 10, "/livez")
    status, page = ask(program, ("area", "city"))
    assert status == 503
    assert page == {"error": "there is no catalogue yet"}
