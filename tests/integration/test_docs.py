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


def ctl(*arguments):
    return subprocess.run([binary("dispatchctl"), *arguments],
                          capture_output=True, text=True, timeout=10,
                          check=True).stdout


def names_listed(text, title):
    """The first words of the lines below a title of --help."""
    body = text[text.index(title):].split("\n\n")[0]
    return re.findall(r"^  (\S+)", body, re.MULTILINE)


def section(text, title):
    """The manual's section with this title."""
    return text[text.index(f"\n## {title}\n"):].split("\n## ", 2)[1]


def test_every_command_stands_in_the_manual():
    rows = table(manual("dispatchctl.md"), "command", "what it does")
    names = names_listed(ctl("--help"), "Commands:")
    assert sorted(name.strip("`") for name, _ in rows) == sorted(
        name for name in names if name != "help")


def test_every_verb_stands_in_the_manual_with_its_own_options():
    rows = table(manual("dispatchctl.md"), "verb", "event",
                 "options (those in bold are needed)")
    documented = {verb.strip("`"): sorted(re.findall(r"`--([\w-]+)`", options))
                  for verb, _, options in rows}
    verbs = names_listed(ctl("ticket", "--help"), "Verbs,")
    options = {}
    for verb in verbs:
        own = ctl("ticket", verb, "--help").split("Options:\n")[1]
        options[verb] = sorted(re.findall(r"^      --([\w-]+)",
                                          own.split("\n\n")[0],
                                          re.MULTILINE))
    assert documented == options


@pytest.mark.parametrize("command, title", [
    (["ticket", "list"], "ticket"), (["ticket", "show"], "ticket"),
    (["ticket", "urge"], "ticket"), (["redispatch"], "redispatch"),
    (["lag"], "lag"), (["publish"], "publish"), (["tail"], "tail"),
    (["explain"], "explain"), (["calendar", "show"], "calendar"),
    (["calendar", "import"], "calendar"),
    (["catalogue", "suggest"], "catalogue suggest")])
def test_every_option_of_the_help_stands_in_the_manual(command, title):
    text = manual("dispatchctl.md")
    everywhere = text[:text.index("\n## lag\n")] + section(text, "tail")
    for option in re.findall(r"^  (?:-\w, |    )(--[\w-]+)",
                             ctl(*command, "--help"), re.MULTILINE):
        if option in ("--help", "--prefix"):
            continue
        assert f"`{option}" in section(text, title) + everywhere, option


def test_every_verdict_of_redispatch_stands_in_the_manual():
    rows = table(manual("dispatchctl.md"), "verdict", "which tickets",
                 "`--also`")
    source = (ROOT / "dispatcher/ctl/ticket/redispatch.c").read_text()
    names = re.findall(r'\[REDISPATCH_\w+\] = \{"([\w-]+)"', source)
    assert sorted(name.strip("`") for name, *_ in rows) == sorted(names)
    also = {name.strip("`") for name, _, extra in rows if extra == "yes"}
    text = ctl("redispatch", "--help")
    assert all(name in text for name in names if name not in
               ("moves", "stays"))
    for name in also:
        assert re.search(rf"--also WHICH(.|\n)*{name}", text), name


@pytest.mark.parametrize("file, header, source", [
    ("catalogue.md", ("in `policies`", "value"), "compile_policies.c"),
    ("catalogue.md", ("in `meta`", "value"), "compile_meta.c"),
    ("calendars.md", ("name", "value"), "../time/calendar_spec.c")])
def test_every_field_of_the_catalogue_stands_in_the_manual(file, header,
                                                           source):
    documented = [name for cell, _ in table(manual(file), *header)
                  for name in re.findall(r"`(\w+)`", cell)]
    text = (ROOT / "dispatcher/catalogue" / source).read_text()
    names = re.findall(r'^    \{"(\w+)"', text[text.rindex("[] = {"):],
                       re.MULTILINE)
    assert sorted(documented) == sorted(
        set(names) - {"version", "checksum"})


def test_every_header_stands_in_the_manual():
    source = (ROOT / "dispatcher/kafka/record_headers.c").read_text()
    text = re.sub(r"`\.(\w+)`", r"`dispatcher.error.\1`",
                  manual("messages.md"))
    names = re.findall(r'theirs, "(\w+)"|headers, "([\w.-]+)"', source)
    assert len(names) > 15
    for name in map("".join, names):
        assert f"`{name}`" in text, name


def kinds_of_audit(name):
    """Name and rule of each kind in one of the tables of audit_kinds.h."""
    header = (ROOT / "include/audit_kinds.h").read_text().replace("\\\n", "")
    body = header[header.index(f"#define {name}(X)"):]
    body = body[:body.index("\n\n")]
    return [(kind, "".join(re.findall(r'"([^"]*)"', rule)))
            for kind, rule in re.findall(
                r'X\(\w+,\s*"(\w+)",\s*((?:"[^"]*"\s*)+)\)', body)]


@pytest.mark.parametrize("column,name", [("violation", "AUDIT_VIOLATIONS"),
                                         ("shortcoming",
                                          "AUDIT_SHORTCOMINGS")])
def test_every_finding_of_an_audit_stands_in_the_manual(column, name):
    rows = table(manual("dispatchctl.md"), column, "rule")
    assert [(kind.strip("`"), rule) for kind, rule in rows] == \
        kinds_of_audit(name)


def test_every_option_of_audit_stands_in_the_manual():
    rows = table(section(manual("dispatchctl.md"), "audit"), "option",
                 "meaning")
    documented = {option for cell, _ in rows
                  for option in re.findall(r"--[a-z-]+", cell)}
    options = re.findall(r"^  (?:-\w, |    )(--[\w-]+)", ctl("audit", "--help"),
                         re.MULTILINE)
    assert documented == set(options) - {"--brokers", "--help"}
