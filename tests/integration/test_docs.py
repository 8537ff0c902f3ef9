"""The manual says what the program does: each table against its source."""

import re
import subprocess

import pytest
from broker import ROOT
from process import wait_until
from program import binary


def manual(name):
    return (ROOT / "docs" / name).read_text()


def table(text, *header):
    """The rows of the Markdown table with this header, as lists of cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if cells(line) == list(header):
            next(lines)
            break
    else:
        pytest.fail(f"no table {header}")
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def run(*arguments):
    return subprocess.run([binary(), *arguments], capture_output=True,
                          text=True, timeout=10, check=False)


def settings_of_help():
    """Name, default, values and text of each setting that --help lists."""
    text = run("--help").stdout
    body = text[text.index("Settings and their defaults:\n"):]
    pattern = r"^  (\S+) = (.*?)(?:    \((.*)\))?\n((?:      .*\n)+)"
    return [(name, default, values or "text", " ".join(words.split()))
            for name, default, values, words
            in re.findall(pattern, body, re.MULTILINE)]


def test_every_setting_stands_in_the_manual_as_in_the_help():
    rows = table(manual("settings.md"), "name", "default", "value",
                 "what it is")
    documented = [(name.strip("`"),
                   "" if default == "empty" else default.strip("`"),
                   values, text)
                  for name, default, values, text in rows]
    assert documented == settings_of_help()
    assert len(documented) > 20


def test_check_prints_every_setting_of_the_manual():
    printed = run("--check").stdout.splitlines()
    names = [line.split(" = ")[0] for line in printed]
    assert names == [name for name, *_ in settings_of_help()]


def refused_properties():
    return table(manual("settings.md"), "property", "why not")


def test_every_refusal_of_the_manual_is_one_of_the_program():
    for name, reason in refused_properties():
        result = run("--check", "--set",
                     f"kafka.producer.{name.strip('`')}=1")
        assert f"may not be set: {reason}\n" in result.stderr, name


def test_every_refusal_of_the_program_stands_in_the_manual():
    source = (ROOT / "dispatcher/kafka/properties.c").read_text()
    rows = source[source.index("} refused[] = {"):]
    rows = rows[:rows.index("};")]
    names = re.findall(r'\{"([^"]+)"', rows)
    assert names == [name.strip("`") for name, _ in refused_properties()]


@pytest.fixture
def page(dispatcher):
    """/metrics of a dispatcher that has neither broker nor Redis."""
    program = dispatcher(**{"kafka.bootstrap.servers": "127.0.0.1:1",
                            "redis.url": "redis://127.0.0.1:1"})
    program.start(ready=False)
    return wait_until(lambda: program.http("/metrics")[1], 10, "/metrics")


def families(page):
    """Name, type and help of each family, in order."""
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", page, re.MULTILINE))
    types = re.findall(r"^# TYPE (\S+) (\S+)$", page, re.MULTILINE)
    return [(name, kind, helps[name]) for name, kind in types]


def test_every_metric_stands_in_the_manual_with_type_and_help(page):
    rows = table(manual("metrics.md"), "name", "type", "labels",
                 "what it is")
    documented = [(name.strip("`"), kind, text)
                  for name, kind, _, text in rows]
    assert documented == families(page)


def test_every_series_has_the_labels_of_the_manual(page):
    rows = table(manual("metrics.md"), "name", "type", "labels",
                 "what it is")
    labels = {name.strip("`"): re.findall(r"`(\w+)`", text)
              for name, _, text, _ in rows}
    for line in page.splitlines():
        if line.startswith("#"):
            continue
        name = re.match(r"\w+", line)[0]
        family = re.sub("_(bucket|sum|count)$", "", name)
        found = [label for label in re.findall(r'(\w+)="', line)
                 if label != "le"]
        assert found == labels.get(name, labels.get(family)), line


def test_every_code_of_a_dead_letter_stands_in_the_manual(page):
    rows = table(manual("metrics.md"), "code",
                 "why the record is a dead letter")
    codes = re.findall(r'^dispatcher_dead_letters_total\{code="(\w+)"', page,
                       re.MULTILINE)
    assert [code.strip("`") for code, _ in rows] == codes
    header = (ROOT / "include/reject.h").read_text().replace("\\\n", "")
    header = re.sub(r'"\s+"', "", header)
    for code, reason in rows:
        assert f'"{code.strip("`")}", "{reason}")' in re.sub(
            r',\s+"', ', "', header), code
