"""Servers that all workers of one test run share, each started when the
first test asks for it and ended with the run, also a failed one."""

import fcntl
import os
import shutil
import signal
from pathlib import Path

import services
from broker import ROOT

RUNS = ROOT / "build/integration"
VARIABLE = "TEST_RUN_DIRECTORY"


def open_run():
    """Begins a run in the process that controls the workers; first clears
    away the runs of such processes that were killed."""
    for old in RUNS.glob("run-*"):
        lock = try_lock(old)
        if lock is not None:
            close_run(old)
            shutil.rmtree(old, ignore_errors=True)
            os.close(lock)
    run = RUNS / f"run-{os.getpid()}"
    run.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(run)
    try_lock(run)  # held until this process ends
    return run


def try_lock(run):
    """The run's lock as a descriptor, or None: its controller lives."""
    lock = os.open(run / "controller.lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    except BlockingIOError:
        os.close(lock)
        return None


def run_dir():
    return Path(os.environ[VARIABLE])


def address(name, label, **options):
    """The address of the shared server; the first who asks starts it."""
    where = run_dir() / label
    where.mkdir(exist_ok=True)
    with (where / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return services.start(name, where, **options)


def close_run(run):
    """Kills whatever a test of this run has left, known by its folder; the
    logs stay until the next run."""
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if Path(os.readlink(cwd)).is_relative_to(run):
                os.kill(int(cwd.parent.name), signal.SIGKILL)
        except OSError:
            continue  # it ended meanwhile, or is another user's
