"""The demo, as a newcomer runs it: what it says, and what it leaves behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from broker import ROOT
from process import wait_until
from program import binary

DEMO = ROOT / "examples" / "demo.py"


@pytest.fixture
def demo(tmp_path):
    """Starts the demo in a folder of its own: demo(*args, **environment)."""
    started = []

    def start(*args, **environment):
        env = {**os.environ, "DEMO_DIR": str(tmp_path / "demo"),
               "BUILD_DIRECTORY": str(binary().parent), **environment}
        for name in ("KAFKA", "REDIS", "KEEP"):
            if name not in environment:
                env.pop(name, None)
        started.append(subprocess.Popen(
            [sys.executable, DEMO, *args], env=env, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    end, _ = start("stop").communicate(timeout=60)
    print(end)


def run(process):
    """Exit code and everything that was printed."""
    output, _ = process.communicate(timeout=200)
    return process.returncode, output


def processes_of(folder):
    """Command lines of living processes that name this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found


def test_the_demo_checks_both_cities_on_servers_of_its_own(demo, tmp_path):
    code, output = run(demo())
    assert code == 0, output
    assert "6,765 of 6,765 tickets have exactly one lead" in output
    assert "14 of 14 tickets have exactly one lead" in output
    assert "3,001 of 3,037 recorded due dates" in output
    assert "BJ-TODAY-1 was reopened once, and is closed" in output
    assert "6,765 tickets, 13,530 clocks, 13,530 breached, 0 viol" in output
    assert "  NOT " not in output
    assert processes_of(tmp_path) == []


def test_the_demo_uses_the_users_own_broker_and_redis(
        demo, bootstrap, redis_url, tmp_path):
    code, output = run(demo(KAFKA=bootstrap,
                            REDIS=redis_url.removeprefix("redis://")))
    assert code == 0, output
    assert "Starting" not in output
    assert processes_of(tmp_path) == []


def test_a_demo_that_is_kept_runs_until_it_is_told_to_stop(demo, tmp_path):
    code, output = run(demo(KEEP="1"))
    assert code == 0, output
    assert "Still running" in output
    assert len(processes_of(tmp_path)) == 4  # broker, Redis, two dispatchers
    code, output = run(demo("stop"))
    assert code == 0, output
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("moment", ["Starting Kafka", "tickets assigned"])
def test_ctrl_c_stops_everything_that_the_demo_started(
        demo, tmp_path, moment):
    process = demo()
    wait_until(lambda: moment in process.stdout.readline(), 60, moment)
    process.send_signal(signal.SIGINT)
    code, output = run(process)
    assert code == 130, output
    # A program that the demo waited for is killed, not waited for.
    wait_until(lambda: processes_of(tmp_path) == [], 10, "nothing runs")


def test_the_demo_fails_in_words_when_redis_is_not_there(demo, bootstrap):
    code, output = run(demo(KAFKA=bootstrap, REDIS="127.0.0.1:1"))
    assert code == 1
    assert "demo: " in output and "Traceback" not in output
