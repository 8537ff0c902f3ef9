"""The dispatcher as a process that a test starts, watches and ends."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path

from broker import ROOT
from process import Process, free_port


def binary(name="dispatcher"):
    """The program to test; BUILD_DIRECTORY chooses a variant's folder."""
    build = Path(os.environ.get("BUILD_DIRECTORY", "build"))
    return ROOT / build / name


class Dispatcher:
    """One build/dispatcher with settings from a dict, its log in a file."""

    def __init__(self, binary, settings, directory, name="dispatcher",
                 env=None):
        self.binary = Path(binary)
        self.http_port = free_port()
        self.settings = {"http.listen": f"127.0.0.1:{self.http_port}",
                         "instance.id": name, **settings}
        self.env = env
        self.process = Process(name, Path(directory) / f"{name}.log")

    def command(self):
        options = []
        for name, value in self.settings.items():
            options += ["--set", f"{name}={value}"]
        return [self.binary, *options]

    def start(self, ready=True, timeout=30):
        """Starts it; with ready, returns when it has partitions to work on."""
        self.process.spawn(self.command(), env=self.env)
        return self.wait_ready(timeout) if ready else self

    def wait_ready(self, timeout=30):
        self.process.wait_ready(self.is_ready, timeout)
        return self

    def is_ready(self):
        return "event=fetching" in self.log

    def wait_log(self, text, timeout=30):
        self.process.wait_log(text, timeout)

    def http(self, path, timeout=5):
        """Status and text of an HTTP answer; (None, "") without one."""
        url = f"http://{self.settings['http.listen']}{path}"
        try:
            with urllib.request.urlopen(url, timeout=timeout) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as err:
            return err.code, err.read().decode()
        except OSError:
            return None, ""

    def http_json(self, path):
        return json.loads(self.http(path)[1])

    @property
    def log(self):
        """What it has logged since it was last started."""
        return self.process.log_text()

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process.running()

    def wait(self, timeout=30):
        return self.process.wait(timeout)

    def terminate(self, timeout=30):
        """SIGTERM; returns the exit code."""
        return self.process.terminate(timeout)

    def kill9(self):
        self.process.kill9()

    def pause(self):
        self.process.pause()

    def resume(self):
        self.process.resume()
