"""Calendars at work: deadlines that say why, in events and in explain, and
the warning months ahead that a calendar runs out."""

import copy
import datetime
import json
import re
import subprocess

import pytest
from cities import CATALOGUE, ticket
from process import wait_until
from program import binary

DAY_S = 86400
METRIC = "dispatcher_calendar_runs_out_timestamp_seconds"
WORDS = {
    "none": "",
    "en": "closed until Wed 15 Nov 09:00, when the clock starts; "
          "Wed 15 Nov 09:00 to 17:00 counts 8 h; "
          "Thu 16 Nov 09:00 to 16:00 counts 7 h; "
          "due Thu 16 Nov 2023 16:00 (Asia/Shanghai)",
    "zh": "非工作时间，自11月15日（周三）09:00起算；"
          "11月15日（周三）09:00至17:00计8小时；"
          "11月16日（周四）09:00至16:00计7小时；"
          "2023年11月16日（周四）16:00到期（Asia/Shanghai）",
}


def city(**calendars):
    """The small city with one more policy in working hours."""
    tables = copy.deepcopy(CATALOGUE)
    week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu")}
    tables["calendars"]["office"] = {"time_zone": "Asia/Shanghai",
                                     "week": week}
    tables["calendars"].update(calendars)
    tables["policies"]["office"] = {"resolution": "15wh",
                                    "calendar": "office"}
    tables["routes"]["|housing"]["policy"] = "office"
    return tables


@pytest.mark.parametrize("language", WORDS)
def test_a_deadline_is_explained_on_demand(language, dispatcher, topics,
                                           catalogue, pb):
    dispatcher(topics, catalogue.load(city()),
               events__explanation=language).start()
    event = ticket(pb, 1, "housing")
    event.occurred_at = 1_700_000_000_001  # a Wednesday morning, 06:13
    topics.publish([("t1", event.SerializeToString())])
    message, *_ = topics.read_count("deadlines", 1)  # SCHEDULED
    deadline = pb.DeadlineEvent.FromString(message.value())
    assert deadline.explanation == WORDS[language]


def announced(days):
    """A calendar that is announced for so many more days, and its end."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    last = today + datetime.timedelta(days=days)
    end = datetime.datetime(last.year, last.month, last.day,
                            tzinfo=datetime.timezone.utc)
    value = {"time_zone": "UTC", "announced_until": last.isoformat()}
    return value, end.timestamp() + DAY_S


def test_the_metrics_say_when_each_calendar_runs_out(dispatcher, topics,
                                                     catalogue):
    soon, soon_ends = announced(30)
    late, late_ends = announced(400)
    heir = {"inherits": "soon"}
    catalogue.load(city(soon=soon, late=late, heir=heir))
    program = dispatcher(topics, catalogue).start()
    page = program.http("/metrics")[1]
    found = dict(re.findall(METRIC + r'\{calendar="(\w+)"\} (\S+)', page))
    assert float(found.pop("soon")) == soon_ends
    assert float(found.pop("late")) == late_ends
    assert list(found) == ["local"]


def test_a_calendar_that_runs_out_is_logged_when_it_is_loaded(
        dispatcher, topics, catalogue):
    catalogue.load(city(late=announced(400)[0]))
    program = dispatcher(topics, catalogue).start()
    assert "calendar_runs_out" not in program.log
    catalogue.load(city(soon=announced(30)[0], late=announced(60)[0]))
    wait_until(lambda: "event=calendar_runs_out" in program.log, 10,
               "the warning")
    assert re.search(
        r"level=warn event=calendar_runs_out calendar=soon days_left=30\b",
        program.log)
    assert program.log.count("event=calendar_runs_out") == 1


def dispatchctl(catalogue, *words):
    return subprocess.run(
        [binary("dispatchctl"), *words, "--redis", catalogue.url,
         "--prefix", catalogue.prefix],
        capture_output=True, encoding="utf-8", timeout=30, check=False)


def explain(catalogue, *words):
    result = dispatchctl(catalogue, "explain", "--area", "city/east",
                         "--category", "housing",
                         "--at", "2023-11-15T08:13:20", *words)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("language, divider", [("en", "; "), ("zh", "；")])
def test_explain_lists_the_steps_that_events_carry(catalogue, language,
                                                   divider):
    catalogue.load(city())
    text = explain(catalogue, "--language", language)
    steps = WORDS[language].split(divider)
    assert "".join(f"      {step}\n" for step in steps) in text
    data = json.loads(explain(catalogue, "--language", language, "--json"))
    clock = data["parts"][0]["resolution"]
    assert [step["words"] for step in clock["steps"]] == steps
    assert [step["kind"] for step in clock["steps"]] == [
        "waits", "works", "works", "due"]
    assert sum(step.get("counted_ms", 0)
               for step in clock["steps"]) == 15 * 3600_000
    assert clock["steps"][-1]["until"] == clock["due_at"]


def test_an_unknown_language_is_a_wrong_command_line(catalogue):
    result = dispatchctl(catalogue, "explain", "--area", "a",
                         "--language", "de")
    assert result.returncode == 64
    assert "write en or zh" in result.stderr


def test_a_check_warns_that_a_calendar_runs_out(catalogue):
    catalogue.load(city(soon=announced(30)[0], late=announced(400)[0],
                        heir={"inherits": "soon"}))
    result = dispatchctl(catalogue, "catalogue", "check")
    assert result.returncode == 0, result.stderr
    warnings = [line for line in result.stderr.splitlines()
                if "announced_until" in line]
    assert len(warnings) == 1
    assert warnings[0].startswith("calendars: warning: soon, announced_until: "
                                  "what is announced is over in 30 days;")
