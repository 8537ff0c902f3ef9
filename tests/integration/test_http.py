"""The operator's pages: what they answer, and that they cannot be worn out."""

import http.client
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from process import wait_until

NOWHERE = {"kafka.bootstrap.servers": "127.0.0.1:1",
           "redis.url": "redis://127.0.0.1:1"}


@pytest.fixture
def alone(dispatcher):
    """A dispatcher that has neither broker nor Redis, with its pages up."""
    program = dispatcher(**NOWHERE)
    program.start(ready=False)
    wait_until(lambda: program.http("/livez")[0], 10, "/livez")
    return program


def connect(program):
    return http.client.HTTPConnection("127.0.0.1", program.http_port,
                                      timeout=10)


def request(connection, method, path):
    connection.request(method, path)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def test_it_is_alive_but_not_ready_without_a_broker(alone):
    assert alone.http("/livez") == (200, "alive\n")
    wait_until(lambda: "127.0.0.1:1" in alone.http("/readyz")[1], 10,
               "the broker's address as the reason")
    status, text = alone.http("/readyz")
    assert status == 503
    lines = text.splitlines()
    assert lines[0] == "not ready"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "broker", "topics", "group", "state", "timers", "catalogue",
        "redis"]
    assert all(": missing for " in line for line in lines[1:])
    assert "(not needed to be ready)" in lines[-1]


def test_the_status_names_who_it_is_and_what_is_missing(alone):
    alone.wait_log("what=redis")
    status = alone.http_json("/status.json")
    assert status["dispatcher"]["instance"] == alone.settings["instance.id"]
    assert status["dispatcher"]["group"] == "dispatcher"
    assert status["dispatcher"]["pid"] == alone.pid
    assert status["ready"] is False
    assert status["conditions"]["broker"]["ok"] is False
    assert status["conditions"]["redis"]["needed"] is False
    status["lag"].pop("measured_at")
    assert status["lag"] == {"records": 0, "seconds": 0.0,
                             "held_back_records": 0, "partitions": []}
    assert set(status["rates_per_second"]["tickets"]) == {"1m", "5m", "15m"}
    assert status["catalogue"]["version"] is None
    assert any("what=redis" in error["line"]
               for error in status["last_errors"])


def test_get_and_head_are_all_that_is_answered(alone):
    connection = connect(alone)
    answer, body = request(connection, "HEAD", "/metrics")
    assert answer.status == 200
    assert body == ""
    assert int(answer.headers["Content-Length"]) > 1000
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"):
        answer, _ = request(connect(alone), method, "/metrics")
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/metrics/", "/Metrics", "/../metrics",
                                  "/metrics%2f", "/" + 1000 * "x"])
def test_other_paths_are_not_found(alone, path):
    assert request(connect(alone), "GET", path)[0].status == 404


def test_a_query_is_ignored_and_a_connection_is_kept(alone):
    connection = connect(alone)
    for path in ("/livez?verbose=1", "/livez", "/metrics"):
        answer, _ = request(connection, "GET", path)
        assert answer.status == 200
        assert not answer.will_close


def test_pages_tell_their_type_and_are_not_cached(alone):
    types = {"/metrics": "text/plain; version=0.0.4; charset=utf-8",
             "/livez": "text/plain; charset=utf-8",
             "/status.json": "application/json"}
    for path, content_type in types.items():
        answer, _ = request(connect(alone), "GET", path)
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["Cache-Control"] == "no-store"


def test_headers_without_end_are_refused(alone):
    filler = b"X-Filler: " + 1000 * b"x" + b"\r\n"
    with socket.create_connection(("127.0.0.1", alone.http_port)) as s:
        s.settimeout(10)
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
            for _ in range(10000):
                s.sendall(filler)
    assert alone.http("/livez")[0] == 200


def test_silent_connections_do_not_shut_others_out_for_ever(alone):
    silent = [socket.create_connection(("127.0.0.1", alone.http_port))
              for _ in range(60)]
    try:
        wait_until(lambda: alone.http("/livez", timeout=2)[0] == 200, 25,
                   "an answer beside 60 silent connections")
    finally:
        for s in silent:
            s.close()


def test_a_port_in_use_ends_the_start_and_is_named(alone, dispatcher):
    second = dispatcher(**NOWHERE)
    second.settings["http.listen"] = alone.settings["http.listen"]
    second.process.spawn(second.command())
    assert second.wait(10) == 1
    assert "event=http_failed" in second.log
    assert "Address already in use" in second.log


def test_port_0_takes_a_free_port_and_the_log_names_it(dispatcher):
    program = dispatcher(**{"http.listen": "127.0.0.1:0", **NOWHERE})
    program.settings["http.listen"] = "127.0.0.1:0"
    program.start(ready=False)
    program.wait_log("event=http_listening")
    line = next(line for line in program.log.splitlines()
                if "event=http_listening" in line)
    port = int(line.rsplit("port=", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    assert request(connection, "GET", "/livez")[0].status == 200


def http_seconds(pid):
    """Processor time of libmicrohttpd's thread, in seconds."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith("MHD"):
            on_cpu = (task / "schedstat").read_text().split()[0]
            return int(on_cpu) / 1e9
    raise LookupError("no thread of libmicrohttpd")


def test_a_scrape_costs_at_most_2_ms_of_its_own_thread(alone):
    connection = connect(alone)
    request(connection, "GET", "/metrics")
    before = http_seconds(alone.pid)
    scrapes = 100
    for _ in range(scrapes):
        request(connection, "GET", "/metrics")
    assert (http_seconds(alone.pid) - before) / scrapes < 0.002


def test_promtool_finds_nothing_to_say(alone):
    promtool = os.environ.get("PROMTOOL") or shutil.which("promtool")
    assert promtool, "promtool is in Debian's package prometheus"
    result = subprocess.run([promtool, "check", "metrics"],
                            input=alone.http("/metrics")[1], text=True,
                            capture_output=True, timeout=20, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
