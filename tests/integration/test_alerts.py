"""The alerts: each fires when it should, and each finds what it asks for."""

import json
import os
import re
import shutil
import subprocess
import urllib.parse
import urllib.request

import pytest
from broker import ROOT
from cities import CATALOGUE, record
from process import Process, free_port, wait_until

FOLDER = ROOT / "docker" / "prometheus"


def tool(name):
    """A program of Debian's package prometheus."""
    path = os.environ.get(name.upper()) or shutil.which(name)
    assert path, f"{name} is in Debian's package prometheus"
    return path


def promtool(*arguments):
    result = subprocess.run([tool("promtool"), *arguments], text=True,
                            capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_rule_is_valid_and_fires():
    promtool("check", "rules", FOLDER / "rules.yml")
    promtool("test", "rules", FOLDER / "rules_test.yml")
    rules = (FOLDER / "rules.yml").read_text()
    cases = (FOLDER / "rules_test.yml").read_text()
    alerts = re.findall(r"- alert: (\w+)", rules)
    assert alerts == re.findall(r"- name: (\w+)", cases)
    assert len(alerts) == len(set(alerts)) > 10


def expressions():
    """Each rule's expression without its comparisons with numbers."""
    rules = (FOLDER / "rules.yml").read_text()
    found = re.findall(r"expr: (?:\|\n)?(.*?)\n {8}(?:for|labels):", rules,
                       re.DOTALL)
    return [" ".join(re.sub(r" (>|<|==) [\d.]+", "", expr).split())
            for expr in found]


class Prometheus:
    """A real Prometheus that scrapes one dispatcher each second."""

    def __init__(self, folder, target):
        self.port = free_port()
        config = folder / "prometheus.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(FOLDER / "rules.yml")],
            "scrape_configs": [{
                "job_name": "dispatcher",
                "static_configs": [{"targets": [target]}]}]}))
        self.process = Process("prometheus", folder / "prometheus.log")
        self.process.spawn([
            tool("prometheus"), f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}"])

    def query(self, expression):
        query = urllib.parse.urlencode({"query": expression})
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{query}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.load(answer)["data"]["result"]
        except OSError:
            return []


@pytest.fixture
def prometheus(tmp_path):
    """Starts a Prometheus: prometheus("127.0.0.1:9464")."""
    made = []

    def start(target):
        folder = tmp_path / "prometheus"
        folder.mkdir()
        made.append(Prometheus(folder, target))
        return made[-1]

    yield start
    for server in made:
        server.process.kill9()


def test_a_real_prometheus_finds_what_every_rule_asks_for(
        dispatcher, topics, catalogue, prometheus, pb):
    program = dispatcher(topics, catalogue.load(CATALOGUE)).start()
    server = prometheus(program.settings["http.listen"])
    topics.publish(record(pb, n) for n in range(20))
    assert len(expressions()) > 10
    for expression in expressions():
        wait_until(lambda expr=expression: server.query(expr), 30, expression)
    assert server.query('sum(dispatcher_tickets_total)')
    wait_until(lambda: server.query("sum(dispatcher_tickets_total) == 20"),
               20, "20 tickets counted")
    assert server.query('ALERTS{alertstate="firing"}') == []
