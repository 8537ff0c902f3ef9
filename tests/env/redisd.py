"""A real Redis server that keeps nothing on disk. Only the standard library."""

import shutil
import socket
from pathlib import Path

from process import Process, free_port


def redis_server():
    binary = shutil.which("redis-server", path="/usr/bin:/usr/local/bin")
    if binary is None:
        raise FileNotFoundError("no redis-server: run tests/env/setup.sh run")
    return binary


class Redis:
    """One redis-server. It keeps its port over a restart, not its data, unless
    somebody had it SAVE them. Options are Redis's own: ("--save", ""). With a
    password nobody gets in without it, other servers included."""

    def __init__(self, directory, *options, password=None):
        self.dir = Path(directory).resolve()
        self.process = Process("Redis", self.dir / "redis.log")
        self.port = free_port()
        self.options = options
        self.login = ""
        if password:
            self.login = f":{password}@"
            self.options += ("--requirepass", password, "--masterauth",
                             password)

    @property
    def url(self):
        return f"redis://{self.login}127.0.0.1:{self.port}"

    def start(self, detach=False):
        """Starts the server and returns when it answers."""
        self.dir.mkdir(parents=True, exist_ok=True)
        # The server overwrites its own command line; set-proc-title keeps it
        # as given, so that its folder tells whose process it is.
        self.process.spawn(
            [redis_server(), "--port", self.port, "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", self.dir, "--daemonize", "no",
             "--set-proc-title", "no", *self.options], detach=detach)
        self.process.await_start(self.ready, timeout=30)
        return self

    def ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def stop(self):
        self.process.terminate(timeout=30)

    def kill9(self):
        self.process.kill9()

    def restart(self):
        if self.process.running():
            self.stop()
        return self.start()

    def pause(self):
        self.process.pause()

    def resume(self):
        self.process.resume()
