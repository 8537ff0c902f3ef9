"""Child processes that are started, awaited and stopped by their own pid.

Only the standard library: the demo uses this without a virtual environment.
"""

import os
import random
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

# Below the range that the kernel gives to outgoing connections, so that a
# server that was killed finds its port free when it starts again.
PORTS = range(15000, 32000)


class StartFailed(Exception):
    """A server ended, or was not ready in time; its log's end is the text."""


def wait_until(predicate, timeout, what):
    """Polls until predicate() is true and returns its value."""
    deadline = time.monotonic() + timeout
    pause = 0.005
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def free_port():
    """A port of the loopback address that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def accepts(port):
    """Whether somebody listens on this port of the loopback address."""
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def command_of(pid):
    """The command line of a living process, else an empty string."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(
            errors="replace").replace("\0", " ").strip()
    except OSError:
        return ""


@contextmanager
def interrupts_held():
    """SIGINT and SIGTERM wait: a program that was just begun is always known
    to the one that must stop it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    old = {number: signal.signal(number, lambda *args: held.append(args))
           for number in numbers}
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, old[number])
        for args in held[:1]:
            os.kill(os.getpid(), args[0])


class Process:
    """One program, its log in a file, and the signals a test sends to it."""

    def __init__(self, name, log):
        self.name = name
        self.log = Path(log)
        self.popen = None
        self.log_start = 0

    def spawn(self, command, env=None, detach=False):
        """Starts the program in its log's folder; output is appended.

        A detached one is in a session of its own: it outlives the shell.
        """
        assert not self.running(), f"{self.name} runs already"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.popen = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=self.log.parent,
                start_new_session=detach,
                env={**os.environ, **(env or {})})

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen is not None and self.popen.poll() is None

    def log_text(self):
        """What the program has logged since it was last started."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def wait_ready(self, predicate, timeout):
        """Waits until predicate() is true or the program has ended."""
        def ready_or_dead():
            return predicate() or not self.running()

        try:
            wait_until(ready_or_dead, timeout, f"{self.name} ready")
        except TimeoutError as err:
            raise StartFailed(f"{err}\n{self.log_tail()}") from None
        if not self.running():
            raise StartFailed(f"{self.name} ended with "
                              f"{self.popen.returncode}\n{self.log_tail()}")

    def await_start(self, predicate, timeout):
        """wait_ready, but nothing stays behind when it fails or somebody
        interrupts it: nobody else knows the process yet."""
        try:
            self.wait_ready(predicate, timeout)
        except BaseException:
            self.kill9()
            raise

    def wait_log(self, text, timeout=30):
        """Waits until the program has logged this text."""
        self.wait_ready(lambda: text in self.log_text(), timeout)

    def log_tail(self, lines=30):
        return "\n".join(self.log_text().splitlines()[-lines:])

    def wait(self, timeout):
        """Waits for the end and returns the exit code."""
        return self.popen.wait(timeout)

    def terminate(self, timeout=30):
        """SIGTERM, and the exit code; SIGKILL when it does not listen."""
        if self.popen is None:
            return None
        self.resume()
        self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise TimeoutError(f"{self.name} did not end within {timeout} s "
                               f"of SIGTERM\n{self.log_tail()}") from None

    def kill9(self):
        if self.popen is not None:
            self.signal(signal.SIGKILL)
            self.wait(30)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def signal(self, number):
        if self.running():
            self.popen.send_signal(number)


def stop_pid(pid, mark, timeout=30):
    """Ends a process that another program started, if it is still the one:
    its command line must hold `mark`. Returns whether there was one."""
    if mark not in command_of(pid):
        return False
    os.kill(pid, signal.SIGTERM)

    def gone():
        reap(pid)
        return mark not in command_of(pid)

    try:
        wait_until(gone, timeout, f"end of process {pid}")
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        wait_until(gone, timeout, f"end of killed process {pid}")
    return True


def reap(pid):
    """Takes the exit code of a child, so that it does not stay a zombie."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
