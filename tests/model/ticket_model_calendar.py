"""Working calendars and durations, laid out day by day.

Everything is looked up in one list of open spans in UTC; a span belongs to the
day on which it opens.
"""

import bisect
import datetime
import re
from zoneinfo import ZoneInfo

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_DAY = datetime.date(2025, 11, 1)
LAST_DAY = datetime.date(2027, 9, 30)
EPOCH = datetime.datetime(1970, 1, 1)
NEVER = 2**63 - 1
DURATION = re.compile(r"(\d{1,7})(m|h|d|wh|wd\.end|wd)")


def parse_duration(text):
    """(5, "wd") of "5wd"; None where it is no duration."""
    match = DURATION.fullmatch(text)
    if not match or int(match[1]) > 1_000_000:
        return None
    return int(match[1]), match[2]


def is_working(text):
    """Whether a duration counts working time only."""
    return parse_duration(text)[1].startswith("w")


def utc_ms(local, zone):
    """A wall-clock time in milliseconds; of two the first, and what the clock
    leaves out counts with the offset before."""
    aware = local.replace(tzinfo=zone)
    utc = aware.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return (utc - EPOCH) // datetime.timedelta(milliseconds=1)


def wall_clock(at, zone):
    utc = EPOCH + datetime.timedelta(milliseconds=at)
    aware = utc.replace(tzinfo=datetime.timezone.utc).astimezone(zone)
    return aware.replace(tzinfo=None)


class Calendar:
    """One calendar; `chain` are its entry and those it inherits from."""

    def __init__(self, name, chain):
        self.name = name
        self.zone_name = first_of(chain, "time_zone")
        self.zone = ZoneInfo(self.zone_name)
        self.week = first_of(chain, "week") or {}
        self.listed = listed_days(chain, self.week)
        self.until = first_of(chain, "announced_until")
        self.always = not self.week and not self.listed
        self.runs_out_at = NEVER
        if self.until:
            day = datetime.date.fromisoformat(self.until)
            self.runs_out_at = self.midnight(day + datetime.timedelta(1))
        self.spans = [] if self.always else self.lay_out()
        self.opens = [opens for opens, _, _ in self.spans]
        self.worked = [0]  # open time before each span
        for opens, closes, _ in self.spans:
            self.worked.append(self.worked[-1] + closes - opens)
        self.days = sorted({day for _, _, day in self.spans})

    def same_as(self, other):
        """Whether both give the same due dates."""
        return ((self.zone_name, self.spans, self.runs_out_at) ==
                (other.zone_name, other.spans, other.runs_out_at))

    def midnight(self, day):
        return utc_ms(datetime.datetime.combine(day, datetime.time()),
                      self.zone)

    def hours(self, day):
        return self.listed.get(day.isoformat(),
                               self.week.get(WEEKDAYS[day.weekday()], []))

    def lay_out(self):
        spans, last_close = [], 0
        day = FIRST_DAY
        while day <= LAST_DAY:
            midnight = datetime.datetime.combine(day, datetime.time())
            for text in self.hours(day):
                begin, end = map(minutes, text.split("-"))
                end += 24 * 60 if end < begin else 0
                opens, closes = (
                    utc_ms(midnight + datetime.timedelta(minutes=m), self.zone)
                    for m in (begin, end))
                opens = max(opens, last_close)
                if opens < closes:
                    spans.append((opens, closes, day))
                    last_close = closes
            day += datetime.timedelta(1)
        return spans

    def begun(self, at):
        """How many spans have begun."""
        return bisect.bisect_right(self.opens, at)

    def is_open(self, at):
        n = self.begun(at)
        return self.always or (n > 0 and at < self.spans[n - 1][1])

    def worked_until(self, at):
        n = self.begun(at)
        if n == 0:
            return 0
        opens, closes, _ = self.spans[n - 1]
        return self.worked[n - 1] + min(at, closes) - opens

    def elapsed(self, begin, end):
        """Open time between two moments."""
        if end <= begin:
            return 0
        if self.always:
            return end - begin
        return self.worked_until(end) - self.worked_until(begin)

    def opening(self, at):
        """Now, or the next opening, and its span."""
        n = self.begun(at)
        if n > 0 and at < self.spans[n - 1][1]:
            return at, self.spans[n - 1]
        return self.spans[n][0], self.spans[n]

    def advance(self, at, open_ms):
        """When so much open time has passed, the earliest such moment."""
        if self.always:
            return at + max(open_ms, 0)
        if open_ms <= 0:
            return self.opening(at)[0]
        target = self.worked_until(at) + open_ms
        n = bisect.bisect_left(self.worked, target)
        return self.spans[n - 1][0] + target - self.worked[n - 1]

    def retreat(self, at, open_ms):
        """So much open time before, the latest such moment."""
        if self.always:
            return at - open_ms
        target = self.worked_until(at) - open_ms
        n = bisect.bisect_right(self.worked, target)
        return self.spans[n - 1][0] + target - self.worked[n - 1]

    def shift_days(self, at, days):
        if days == 0:
            return at
        moved = wall_clock(at, self.zone) + datetime.timedelta(days=days)
        return utc_ms(moved, self.zone)

    def end_of_day(self, day):
        return max(closes for _, closes, d in self.spans if d == day)

    def on_workday(self, at, day, count, to_end):
        """The same wall-clock time, or the end, of a later working day."""
        target = self.days[self.days.index(day) + count]
        if to_end:
            return self.end_of_day(target)
        return self.shift_days(at, (target - day).days)

    def every_day(self, at, count, to_end):
        """As if each day were a working day."""
        moved = self.shift_days(at, count)
        if not to_end:
            return moved
        day = wall_clock(moved, self.zone).date()
        return self.midnight(day + datetime.timedelta(1))

    def due(self, start, text):
        """When a duration is over, and whether that is provisional."""
        count, unit = parse_duration(text)
        to_end = unit == "wd.end"
        if unit in ("m", "h"):
            return start + count * (MINUTE if unit == "m" else HOUR), False
        if unit == "d":
            return self.shift_days(start, count), False
        if unit == "wh":
            at = self.advance(start, count * HOUR)
        elif self.always:
            at = self.every_day(start, count, to_end)
        else:
            begin, span = self.opening(start)
            at = self.on_workday(begin, span[2], count, to_end)
        return at, self.is_provisional(at)

    def before(self, end, text):
        """A duration before the end."""
        count, unit = parse_duration(text)
        if unit in ("m", "h"):
            return end - count * (MINUTE if unit == "m" else HOUR)
        if unit == "d":
            return self.shift_days(end, -count)
        if unit == "wh":
            return self.retreat(end, count * HOUR)
        if self.always:
            return self.every_day(end, -count, unit == "wd.end")
        _, closes, day = self.spans[self.begun(end) - 1]
        return self.on_workday(min(end, closes), day, -count,
                               unit == "wd.end")

    def is_provisional(self, at):
        return at > self.runs_out_at


def minutes(text):
    return int(text[:2]) * 60 + int(text[3:])


def first_of(chain, name):
    """A value of the entry, else of the nearest that it inherits from."""
    return next((entry[name] for entry in chain if name in entry), None)


def listed_days(chain, week):
    """Hours of each listed day; the nearest entry that lists it counts."""
    days = {}
    open_days = [week[day] for day in WEEKDAYS if week.get(day)]
    for entry in reversed(chain):
        for kind in ("holidays", "workdays"):
            for item in entry.get(kind, []):
                date = item if isinstance(item, str) else item["date"]
                weekday = datetime.date.fromisoformat(date).weekday()
                usual = week.get(WEEKDAYS[weekday])
                if not isinstance(item, str) and "hours" in item:
                    days[date] = item["hours"]
                elif kind == "holidays":
                    days[date] = []
                else:
                    days[date] = usual or open_days[0]
    return days


ALWAYS = Calendar("24x7", [{"time_zone": "UTC"}])
