"""Fixtures: real servers, a dispatcher, and independent clients.

Every test makes its own topics and its own key prefix in Redis under random
names, so that one broker of each version and one Redis serve all workers.
"""

import itertools
import uuid

import protos
import pytest
import redis
import shared
from broker import VERSIONS, Kafka
from catalogues import load_catalogue
from program import Dispatcher, binary
from redisd import Redis
from topics import Topics


@pytest.fixture(scope="session")
def pb():
    """The message classes of the schemas: pb.TicketEvent and so on."""
    return protos.load()


@pytest.fixture(params=VERSIONS[:1], ids=lambda version: f"kafka-{version}")
def kafka_version(request):
    return request.param


@pytest.fixture
def bootstrap(kafka_version):
    """The address of the broker that all tests share: never stop it."""
    return shared.address("kafka", f"kafka-{kafka_version}",
                          version=kafka_version)


@pytest.fixture
def own_kafka(kafka_version, tmp_path):
    """A running broker of the test's own, to stop, kill and start again."""
    broker = Kafka(kafka_version, tmp_path / "kafka").start()
    yield broker
    broker.kill9()


@pytest.fixture
def topics(bootstrap):
    """The dispatcher's five topics under random names, created."""
    topics = Topics(bootstrap).create()
    yield topics
    topics.delete()


@pytest.fixture
def redis_url():
    """The Redis that all tests share: a test has a prefix of its own."""
    return shared.address("redis", "redis")


@pytest.fixture
def own_redis(tmp_path):
    """A running Redis of the test's own, to stop, kill and start again."""
    server = Redis(tmp_path / "redis").start()
    yield server
    server.kill9()


@pytest.fixture
def catalogue(redis_url):
    """Puts a catalogue, a dict of tables, into Redis: catalogue.load(...)."""
    return Catalogue(redis_url)


class Catalogue:
    """A catalogue in Redis under a random prefix."""

    def __init__(self, url):
        self.url = url
        self.prefix = f"test-{uuid.uuid4().hex[:8]}:"
        self.client = redis.Redis.from_url(url, decode_responses=True)
        self.version = 0

    def load(self, tables):
        self.version += 1
        load_catalogue(self.client, self.prefix, tables, self.version)
        return self

    def settings(self):
        return {"redis.url": self.url, "redis.prefix": self.prefix}


@pytest.fixture
def dispatcher(tmp_path, request):
    """Makes dispatchers: dispatcher(topics, catalogue, **settings).

    A setting's dots are written as two underscores: commit__interval__ms=5.
    The dispatcher is not started yet. Those still running at the end of the
    test are killed, and their logs are shown when it failed.
    """
    made = []
    numbers = itertools.count(1)

    def make(*sources, env=None, **settings):
        name = f"dispatcher-{next(numbers)}"
        chosen = {}
        for source in sources:
            chosen.update(source.settings())
        for key, value in settings.items():
            chosen[key.replace("__", ".")] = value
        made.append(Dispatcher(binary(), chosen, tmp_path, name, env))
        return made[-1]

    yield make
    for program in made:
        program.kill9()
        if getattr(request.node, "failed", False):
            print(f"--- log of {program.process.name}\n"
                  f"{program.process.log_tail(60)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed = report.failed
    return report
