"""Rules learned from one half of a city's tickets, judged on the other half.

The rules are to route as well as majority counting does, which keeps the most
frequent department of each pair of area and category, and asks the category
above where it has not seen the pair; and they are to be far fewer.

boston_queues.csv.gz holds counts taken from BU-Spark/ds-boston-311-animal-
reports, which took them from the city's open data portal: of each combination
of neighbourhood, reason, type, department and queue how many cases there are,
every second case in either half. New York's tickets are those of examples/.
"""

import collections
import csv
import gzip
import json
import pathlib
import shutil
import subprocess

import pytest
from program import ROOT, binary

HERE = pathlib.Path(__file__).parent
NEW_YORK = ROOT / "examples/newyork"


def step(text):
    return text.strip().replace("/", "-").replace("|", "-")


def path(*steps):
    return "/".join(step(text) for text in steps if text.strip())


def prefixes(text):
    """The path itself first, the empty path last."""
    steps = text.split("/") if text else []
    return ["/".join(steps[:n]) for n in range(len(steps), -1, -1)]


def boston(label):
    """Facts of both halves: (area, category, department) -> count."""
    halves = {"learn": collections.Counter(), "judge": collections.Counter()}
    with gzip.open(HERE / "boston_queues.csv.gz", "rt", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            fact = (path("boston", row["neighborhood"]),
                    path(row["reason"], row["type"]), row[label])
            halves[row["half"]][fact] += int(row["count"])
    return halves["learn"], halves["judge"]


def new_york_rows():
    with gzip.open(NEW_YORK / "tickets.csv.gz", "rt",
                   encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def new_york():
    facts = [(path("new-york", row["Borough"], row["Community Board"]),
              path(row["Complaint Type"], row["Descriptor"]), row["Agency"])
             for row in new_york_rows()]
    return collections.Counter(facts[0::2]), collections.Counter(facts[1::2])


CITIES = {
    "New York's agencies": new_york,
    "Boston's departments": lambda: boston("department"),
    "Boston's queues": lambda: boston("queue"),
}


def suggest(*arguments, **kwargs):
    return subprocess.run(
        [binary("dispatchctl"), "catalogue", "suggest", *arguments],
        capture_output=True, text=True, check=True, **kwargs).stdout


def learn(facts, folder, *options):
    """The rules, (area, category) -> department, as the tool proposes them."""
    history = folder / "history.csv"
    with history.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["area", "category", "department", "count"])
        writer.writerows((*fact, count) for fact, count in facts.items())
    text = suggest(history, "--output", "csv", *options)
    return {(row["area"], row["category"]): row["department"]
            for row in csv.DictReader(text.splitlines())}


def route(rules, area, category):
    """The catalogue's order: the longer category, then the longer area."""
    for c in prefixes(category):
        for a in prefixes(area):
            if (a, c) in rules:
                return rules[a, c]
    return None


def majorities(facts):
    """For each key the most frequent department."""
    seen = collections.defaultdict(collections.Counter)
    for (area, category, department), count in facts.items():
        seen[area, category][department] += count
        for prefix in prefixes(category)[:-1]:
            seen[prefix][department] += count
    return {key: min(counts, key=lambda name: (-counts[name], name))
            for key, counts in seen.items()}


def majority_says(majority, area, category):
    keys = [(area, category), *prefixes(category)[:-1]]
    return next((majority[key] for key in keys if key in majority), None)


def rate(facts, says):
    right = sum(count for (area, category, department), count in facts.items()
                if says(area, category) == department)
    return right / facts.total()


@pytest.mark.parametrize("city", CITIES)
def test_half_of_a_city_teaches_how_the_other_half_went(city, tmp_path):
    half, other = CITIES[city]()
    rules = learn(half, tmp_path)
    majority = majorities(half)
    pairs = sum(1 for key in majority if isinstance(key, tuple))
    learned = rate(other, lambda a, c: route(rules, a, c))
    counted = rate(other, lambda a, c: majority_says(majority, a, c))
    print(f"{city}: {len(rules)} rules for {pairs} pairs, {learned:.4f} right, "
          f"by majority {counted:.4f}")
    assert learned >= counted
    assert len(rules) * 5 < pairs


@pytest.mark.parametrize("city", CITIES)
def test_the_half_it_learned_from_follows_every_majority(city, tmp_path):
    half, _ = CITIES[city]()
    rules = learn(half, tmp_path)
    majority = majorities(half)
    assert (rate(half, lambda a, c: route(rules, a, c)) ==
            rate(half, lambda a, c: majority[a, c]))


@pytest.mark.parametrize("city", CITIES)
def test_a_gain_that_is_asked_for_costs_little_and_saves_rules(city, tmp_path):
    half, other = CITIES[city]()
    fewer = learn(half, tmp_path, "--gain", "3")
    assert len(fewer) <= len(learn(half, tmp_path))
    assert rate(other, lambda a, c: route(fewer, a, c)) > 0.88


def test_no_rule_is_idle(tmp_path):
    half, _ = new_york()
    rules = learn(half, tmp_path, "--catch-all")
    all_right = rate(half, lambda a, c: route(rules, a, c))
    for key in rules:
        fewer = {k: v for k, v in rules.items() if k != key}
        assert rate(half, lambda a, c: route(fewer, a, c)) < all_right


@pytest.fixture
def halves(tmp_path):
    """New York's rows as two files."""
    rows = new_york_rows()
    paths = tmp_path / "half.csv", tmp_path / "other.csv"
    for i, name in enumerate(paths):
        with name.open("w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, rows[0])
            writer.writeheader()
            writer.writerows(rows[i::2])
    return paths


MAPPED = ("--mapping", NEW_YORK / "mapping.ini",
          "--department-column", "Agency")


def test_the_rules_make_a_catalogue_that_passes_the_check(halves, tmp_path):
    half, other = halves
    city = tmp_path / "city"
    shutil.copytree(NEW_YORK / "catalogue", city)
    (city / "routes.csv").write_text(
        suggest(half, *MAPPED, "--output", "csv"), encoding="utf-8")
    subprocess.run([binary("dispatchctl"), "catalogue", "check", city],
                   check=True)

    # The dispatcher's own matcher, over the half that it has not seen.
    found = json.loads(suggest(other, *MAPPED, "-C", city, "--json"))
    rules = learn(new_york()[0], tmp_path)
    expected = rate(new_york()[1], lambda a, c: route(rules, a, c))
    assert (found["present"]["right"] / found["history"]["tickets"] ==
            pytest.approx(expected))


def test_a_present_rule_that_history_contradicts_is_named(halves, tmp_path):
    half, _ = halves
    city = tmp_path / "city"
    shutil.copytree(NEW_YORK / "catalogue", city)
    routes = city / "routes.csv"
    text = routes.read_text(encoding="utf-8")
    assert ",Animal Abuse,NYPD," in text
    routes.write_text(text.replace(",Animal Abuse,NYPD,",
                                   ",Animal Abuse,DPR,"), encoding="utf-8")
    found = json.loads(suggest(half, *MAPPED, "-C", city, "--json"))
    [wrong] = found["contradicted"]
    assert wrong["rule"] == "|Animal Abuse"
    assert wrong["department"] == "DPR"
    assert wrong["instead"] == "NYPD"
    assert wrong["purity"] == 0
    [differs] = [rule for rule in found["rules"]
                 if rule["category"] == "Animal Abuse"]
    assert differs["present"] == "DPR"


def closed(department, *returned, kind="ASSIGNMENT_KIND_CLOSED"):
    """A record as `dispatchctl tail assignments --json` prints it."""
    return json.dumps({"topic": "assignments", "value": {
        "event_id": "e", "ticket_id": "t", "kind": kind, "role": "ROLE_LEAD",
        "department_id": department,
        "returns": [{"department_id": name} for name in returned],
        "ticket": {"area": "new-york",
                   "matters": [{"category": "Animal Abuse/Tortured"}]}}})


def test_the_assignments_topic_is_a_history_too():
    lines = [closed("DPR", "NYPD"), closed("DPR", "NYPD"), closed("NYPD"),
             closed("NYPD", kind="ASSIGNMENT_KIND_ASSIGNED")]
    found = json.loads(suggest("-", "--json", "-C", NEW_YORK / "catalogue",
                               input="\n".join(lines) + "\n"))
    assert found["history"]["tickets"] == 3
    assert found["history"]["ignored"] == 1
    assert [(r["category"], r["department"]) for r in found["rules"]] == [
        ("Animal Abuse", "DPR")]
    [wrong] = found["contradicted"]
    assert wrong["rule"] == "|Animal Abuse"
    assert wrong["returned"] == 2


def test_wrong_rows_are_said_with_their_line(tmp_path):
    history = tmp_path / "history.csv"
    history.write_text("area,category,department,count\n"
                       "a,b,x,1\na//b,c,x,1\na,b,x,many\na,b,,1\n",
                       encoding="utf-8")
    run = subprocess.run(
        [binary("dispatchctl"), "catalogue", "suggest", history, "--json"],
        capture_output=True, text=True)
    assert run.returncode == 1
    assert f"{history}:3: area: " in run.stderr
    assert f"{history}:4: count: " in run.stderr
    found = json.loads(run.stdout)["history"]
    assert (found["tickets"], found["refused"], found["ignored"]) == (1, 2, 1)
