"""A city's dispatcher, and dispatchctl to go with it."""

import json
import queue
import subprocess
import threading
from urllib.request import urlopen

from process import Process, free_port
from program import binary

TOPICS = ("tickets", "assignments", "deadlines", "dead-letters", "state")


class DemoFailed(Exception):
    """The text is for the person who watches."""


class Dispatch:
    """One city's dispatcher, its settings, and dispatchctl to go with it."""

    def __init__(self, city, servers, directory):
        self.city = city
        self.servers = servers
        self.name = f"{servers.tag}{city.key}"
        self.http = f"127.0.0.1:{free_port()}"
        self.conf = directory / f"{city.key}.conf"
        self.process = Process(f"dispatcher of {city.key}",
                               directory / f"{city.key}.log")

    def topic(self, role):
        return f"{self.name}-{role}"

    def settings(self):
        return {
            "kafka.bootstrap.servers": self.servers.kafka,
            "redis.prefix": f"{self.name}:",
            "group.id": self.name,
            "instance.id": "demo",
            "http.listen": self.http,
            "topics.create": "true",
            **{f"topic.{role}": self.topic(role) for role in TOPICS},
        }

    def start(self, detach):
        self.conf.write_text("".join(
            f"{name} = {value}\n" for name, value in self.settings().items()))
        self.process.log.unlink(missing_ok=True)
        self.process.spawn([binary(), "-c", self.conf], detach=detach)
        self.process.wait_ready(self.ready, timeout=60)

    def ready(self):
        try:
            with urlopen(f"http://{self.http}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        if not self.process.running():
            return
        code = self.process.terminate()
        if code != 0:
            raise DemoFailed(f"{self.process.name} ended with {code}\n"
                             f"{self.process.log_tail()}")

    def load(self):
        """Puts the city's folder of CSV files into Redis."""
        run("catalogue", "load", "--prefix", f"{self.name}:",
            self.city.folder / "catalogue")

    def publish(self, *source):
        return ["publish", *self.at("tickets"), *source]

    def tail(self, role):
        return ["tail", role, *self.at(role), "--from", "beginning", "--json"]

    def at(self, role):
        """Where dispatchctl finds a topic."""
        return ["--brokers", self.servers.kafka, "--topic", self.topic(role)]

    def records(self, role):
        """Every record of a topic as it is now."""
        lines = run(*self.tail(role), "--until-end").splitlines()
        return [json.loads(line) for line in lines]

    def read(self, role):
        """Every message of a topic as it is now."""
        return [record.get("value") for record in self.records(role)]

    def topics(self):
        """Where dispatchctl finds all of them."""
        return [part for role in TOPICS
                for part in ("--topic", f"{role}={self.topic(role)}")]

    def ticket(self, command, ticket_id, *options):
        return run("ticket", command, ticket_id, *options, *self.topics(),
                   "--brokers", self.servers.kafka,
                   "--prefix", f"{self.name}:", "--zone", self.city.zone)

    def audit(self):
        """What the topics prove: the summary."""
        lines = run("audit", "--json", "--quiet", *self.topics(),
                    "--brokers", self.servers.kafka, "--group", self.name)
        return json.loads(lines.splitlines()[-1])


def dispatchctl(*args):
    return [str(part) for part in (binary("dispatchctl"), *args)]


def run(*args):
    """Runs dispatchctl to its end; returns what it printed."""
    done = subprocess.run(dispatchctl(*args), capture_output=True,
                          encoding="utf-8")
    if done.returncode != 0:
        raise DemoFailed(f"dispatchctl {args[0]} failed:\n"
                         f"{done.stdout}{done.stderr}")
    return done.stdout


class Tail:
    """Follows the assignments of a city from their beginning."""

    def __init__(self, dispatch):
        self.events = queue.Queue()
        self.process = subprocess.Popen(
            dispatchctl(*dispatch.tail("assignments")),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            start_new_session=True)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line)["value"])

    def take(self, timeout):
        """The next events, at least one unless the time is up."""
        try:
            events = [self.events.get(timeout=timeout)]
        except queue.Empty:
            return []
        while not self.events.empty():
            events.append(self.events.get())
        return events

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
