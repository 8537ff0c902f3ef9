"""dispatchctl calendar: a year drawn, a year as JSON, days of an .ics file."""

import json
import subprocess

import pytest
from broker import ROOT
from program import binary

EXAMPLES = ROOT / "examples/calendars"
EVENTS = {
    "国庆节 休": "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261008",
    "国庆节 补班": "DTSTART;VALUE=DATE:20261010",
    "Christmas": "DTSTART;VALUE=DATE:20241225\nRRULE:FREQ=YEARLY",
    "New Year": "DTSTART;VALUE=DATE:20251230\nDURATION:P4D",
    "cancelled": "DTSTART;VALUE=DATE:20260505\nSTATUS:CANCELLED",
    "two hours": "DTSTART:20260101T100000Z\nDTEND:20260101T120000Z",
}


def calendar(*words):
    return subprocess.run(
        [binary("dispatchctl"), "calendar", *map(str, words)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def show(*words):
    result = calendar("show", *words, "--catalogue", EXAMPLES)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def events_file(tmp_path):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for summary, dates in EVENTS.items():
        lines += ["BEGIN:VEVENT", f"UID:{summary}", *dates.split("\n")]
        lines += [f"SUMMARY:{summary}", "END:VEVENT"]
    path = tmp_path / "days.ics"
    path.write_text(
        "\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8"
    )
    return path


def test_a_year_is_drawn_with_holidays_and_make_up_days():
    drawn = show("china", "--year", 2019)
    assert " 7* 8  9 10 11 12+13." in drawn  # October
    assert "250 working days, 2000 h; announced until 2026-12-31" in drawn


def test_a_year_as_json_has_every_day():
    year = json.loads(show("boston", "--year", 2018, "--json"))
    days = {day["date"]: day for day in year["days"]}
    assert len(days) == 365
    assert year["time_zone"] == "America/New_York"
    assert days["2018-04-16"] == {
        "date": "2018-04-16",
        "kind": "holiday",
        "hours": [],
    }
    assert days["2018-04-17"]["hours"] == ["08:30-17:00"]


def test_an_unknown_calendar_is_an_error():
    result = calendar("show", "mars", "--catalogue", EXAMPLES)
    assert result.returncode == 1
    assert "mars" in result.stderr


def test_days_of_an_icalendar_file_are_printed_as_cells(events_file):
    result = calendar("import", events_file, "--year", 2026)
    assert result.returncode == 0
    holidays, workdays = result.stdout.splitlines()
    october = [f"2026-10-{day:02d}" for day in range(1, 8)]
    expected = ["2026-01-01", "2026-01-02", *october, "2026-12-25"]
    assert holidays == "holidays: " + "; ".join(expected)
    assert workdays == "workdays: 2026-10-10"
    assert "(1)" in result.stderr  # the event with a time of day


def test_make_up_days_can_have_another_mark(events_file):
    result = calendar(
        "import",
        events_file,
        "--year",
        2026,
        "--workdays",
        "Christmas",
        "--json",
    )
    days = json.loads(result.stdout)
    assert days["workdays"] == ["2026-12-25"]
    assert "2026-10-10" in days["holidays"]


@pytest.mark.parametrize(
    "text", ["", "holiday\n", "BEGIN:VEVENT\nEND:VEVENT\n"]
)
def test_a_file_that_is_no_icalendar_is_refused(tmp_path, text):
    path = tmp_path / "wrong.ics"
    path.write_text(text)
    result = calendar("import", path)
    assert result.returncode == 1
    assert "wrong.ics" in result.stderr


@pytest.mark.parametrize(
    "words",
    [[], ["draw"], ["show"], ["show", "china", "--year", "19"], ["import"]],
)
def test_a_wrong_command_line_is_answered_with_64(words):
    assert calendar(*words).returncode == 64
