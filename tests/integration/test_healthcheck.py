"""dispatcher --healthcheck, as the image asks it every ten seconds."""

import socket
import subprocess
import threading
from contextlib import contextmanager

import pytest
from process import free_port, wait_until
from program import binary

NOWHERE = {"kafka.bootstrap.servers": "127.0.0.1:1",
           "redis.url": "redis://127.0.0.1:1"}


def healthcheck(address):
    """Exit code and text."""
    result = subprocess.run(
        [binary(), "--healthcheck", "--set", f"http.listen={address}"],
        capture_output=True, text=True, timeout=10, check=False)
    assert result.stderr == ""
    return result.returncode, result.stdout


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "", "0.0.0.0",
                                  "[::1]", "[::]"])
def test_a_living_one_is_healthy_wherever_it_listens(dispatcher, host):
    program = dispatcher(**NOWHERE)
    address = f"{host}:{program.http_port}"
    program.settings["http.listen"] = address
    program.start(ready=False)
    program.wait_log("event=http_listening")
    assert healthcheck(address) == (0, "alive\n")


def test_where_nobody_listens_it_is_not_healthy():
    address = f"127.0.0.1:{free_port()}"
    assert healthcheck(address) == (1, f"{address}: Connection refused\n")


def test_one_that_hangs_is_not_healthy(dispatcher):
    program = dispatcher(**NOWHERE)
    address = program.settings["http.listen"]
    program.start(ready=False)
    wait_until(lambda: program.http("/livez")[0], 10, "/livez")
    program.pause()
    assert healthcheck(address) == (1, f"{address}: no answer in time\n")
    program.resume()
    assert healthcheck(address)[0] == 0


@contextmanager
def answering(answer):
    """A server that gives one answer, whatever is asked; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(("answer", "text"), [
    (b"HTTP/1.1 503 Service Unavailable\r\n\r\nnot alive\n", "not alive\n"),
    (b"HTTP/1.1 2000 Odd\r\n\r\nalive\n", "alive\n"),
    (b"-ERR unknown command\r\n\r\n", "this is no HTTP\n"),
    (b"HTTP/1.1 200 OK\r\n", "this is no HTTP\n"),
    (b"", "this is no HTTP\n"),
    (100000 * b"x", "this is no HTTP\n"),
])
def test_any_other_answer_is_not_healthy(answer, text):
    with answering(answer) as address:
        assert healthcheck(address) == (1, text)
