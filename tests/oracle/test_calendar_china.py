"""Each day from 2004 to 2026 against the Python package chinesecalendar."""

import datetime

import calendar_client as client
import chinese_calendar

FIRST = datetime.date(2004, 1, 1)
LAST = datetime.date(2026, 12, 31)


def days():
    day = FIRST
    while day <= LAST:
        yield day
        day += datetime.timedelta(days=1)


def ask_days(question):
    define = client.define_examples()
    return client.ask(define + [question(d) for d in days()])[len(define) :]


def test_the_plan_of_each_day_agrees_with_chinesecalendar():
    plans = ask_days(lambda d: f"day china {d}")
    assert len(plans) == 8401
    for day, (_, minutes) in zip(days(), plans):
        assert (minutes > 0) == chinese_calendar.is_workday(day), day


def test_the_open_spans_of_each_day_agree_with_chinesecalendar():
    shanghai = datetime.timezone(datetime.timedelta(hours=8))

    def elapsed(day):
        start = datetime.datetime(
            day.year, day.month, day.day, tzinfo=shanghai
        )
        end = start + datetime.timedelta(days=1)
        return f"elapsed china {client.to_ms(start)} {client.to_ms(end)}"

    for day, (open_ms,) in zip(days(), ask_days(elapsed)):
        expected = 8 * 3600 * 1000 if chinese_calendar.is_workday(day) else 0
        assert open_ms == expected, day
