"""The cities of the demo: where their files are and what must come out."""

import csv
import gzip
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

EXAMPLES = Path(__file__).resolve().parent


class NewYork:
    key = "newyork"
    title = "New York, 21 October 2018"
    folder = EXAMPLES / "newyork"
    zone = "America/New_York"

    def __init__(self):
        tickets = self.folder / "tickets.csv.gz"
        with gzip.open(tickets, "rt", encoding="utf-8-sig",
                       newline="") as rows:
            self.rows = {f"NYC-{row['Unique Key']}": row
                         for row in csv.DictReader(rows)}
        self.publish = ["--mapping", self.folder / "mapping.ini", tickets]

    def ticket_ids(self):
        return set(self.rows)

    def compare(self, leads):
        """What only these tickets can show: the city's own record."""
        same = sum(leads[ticket_id]["department_id"] == row["Agency"]
                   for ticket_id, row in self.rows.items()
                   if ticket_id in leads)
        yield (same == len(self.rows), f"{same:,} of {len(self.rows):,} "
               "tickets are with the agency that the city recorded")
        dated = {ticket_id: row["Due Date"]
                 for ticket_id, row in self.rows.items() if row["Due Date"]}
        hits = sum(self.due(leads[ticket_id]) == due
                   for ticket_id, due in dated.items() if ticket_id in leads)
        yield (hits >= 0.988 * len(dated), f"{hits:,} of {len(dated):,} "
               f"recorded due dates ({hits / len(dated):.2%}) are met to the "
               "minute; the others: examples/newyork/README.md")

    def due(self, lead):
        """As the city wrote it: 10/21/18 8:05."""
        due = datetime.fromtimestamp(lead["resolution_due_at"] / 1000,
                                     ZoneInfo(self.zone))
        return f"{due.month}/{due.day}/{due:%y} {due.hour}:{due:%M}"


class Beijing:
    key = "beijing"
    title = "Beijing, 7 November 2019"
    folder = EXAMPLES / "beijing"
    zone = "Asia/Shanghai"

    def __init__(self):
        tickets = self.folder / "tickets.jsonl"
        with tickets.open(encoding="utf-8") as lines:
            self.tickets = [json.loads(line) for line in lines]
        self.publish = [tickets]

    def ticket_ids(self):
        return {ticket["ticket_id"] for ticket in self.tickets}

    def compare(self, leads):
        several = self.tickets[0]["ticket_id"]
        co = leads.get(several, {}).get("co_department_ids", [])
        yield (len(co) == 4, f"{several} has four problems: "
               f"{len(co)} departments work with its lead")
