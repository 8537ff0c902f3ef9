"""Topics, and an independent Kafka client to fill and read them."""

import time
import uuid

from confluent_kafka import (OFFSET_BEGINNING, Consumer, KafkaError, Producer,
                             TopicPartition)
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

from process import wait_until

ROLES = ("tickets", "assignments", "deadlines", "dead-letters", "state")


class Topics:
    """One dispatcher's topics under random names: topics["tickets"]."""

    def __init__(self, bootstrap, partitions=6):
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.tag = uuid.uuid4().hex[:8]
        self.names = {role: f"{role}-{self.tag}" for role in ROLES}
        self.admin = AdminClient({"bootstrap.servers": bootstrap})

    def __getitem__(self, role):
        return self.names[role]

    def settings(self):
        """The dispatcher's settings that go with these topics."""
        return {"kafka.bootstrap.servers": self.bootstrap,
                "group.id": f"group-{self.tag}",
                **{f"topic.{role}": name for role, name in self.names.items()}}

    def create(self, *roles, config=None):
        """Creates the topics of these roles (default: all), and waits."""
        new = []
        for role in roles or ROLES:
            policy = "compact" if role == "state" else "delete"
            new.append(NewTopic(self[role], self.partitions, 1, config={
                "cleanup.policy": policy, **(config or {})}))
        for future in self.admin.create_topics(new).values():
            future.result(30)
        # The controller has them; the broker learns of them a little later.
        wait_until(lambda: self.led(new), 30, "leaders of new topics")
        return self

    def led(self, new):
        """Whether each partition of these topics has a leader."""
        known = self.admin.list_topics(timeout=30).topics
        return all(
            topic.topic in known and
            len(known[topic.topic].partitions) == topic.num_partitions and
            all(p.leader > 0 for p in known[topic.topic].partitions.values())
            for topic in new)

    def delete(self, *roles):
        names = [self[role] for role in roles or ROLES]
        for future in self.admin.delete_topics(names).values():
            try:
                future.result(30)
            except Exception as err:  # one that the test never created
                if err.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise

    def config(self, role):
        """The topic's settings as the broker reports them."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, self[role])
        future = self.admin.describe_configs([resource])[resource]
        return {name: entry.value for name, entry in future.result(30).items()}

    def producer(self, **settings):
        """A producer that partitions as Java's does."""
        return Producer({"bootstrap.servers": self.bootstrap,
                         "partitioner": "murmur2_random", "linger.ms": 5,
                         **{k.replace("_", "."): v
                            for k, v in settings.items()}})

    def publish(self, records, role="tickets"):
        """Sends (key, value) or (key, value, headers) and waits for all."""
        producer = self.producer()
        errors = []

        def delivered(err, _):
            if err is not None:
                errors.append(err)

        for record in records:
            key, value, *rest = record
            while True:
                try:
                    producer.produce(self[role], value, key,
                                     headers=rest[0] if rest else None,
                                     on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        left = producer.flush(60)
        assert not errors and left == 0, f"{errors[:3]}, {left} not sent"

    def partition_of(self, key, role="tickets"):
        """Where the partitioner of producer() puts a key; sends nothing."""
        found = [m.partition() for m in self.read(role)
                 if m.key() == key.encode()]
        return found[0]

    def read(self, role, isolation="read_committed", timeout=60):
        """Every record from the beginning to the end as it is now."""
        reader = Reader(self.bootstrap, self[role], self.partitions, isolation)
        try:
            return reader.read_to_end(timeout)
        finally:
            reader.close()

    def reader(self, role, isolation="read_committed"):
        """A reader to poll again and again, from the beginning on."""
        return Reader(self.bootstrap, self[role], self.partitions, isolation)

    def read_until(self, role, predicate, timeout=60, what="records"):
        """Reads on until predicate(all records so far) holds; returns them."""
        reader = self.reader(role)
        try:
            return reader.read_until(predicate, timeout, what)
        finally:
            reader.close()

    def read_count(self, role, count, timeout=60):
        """Reads until there are at least so many records."""
        return self.read_until(role, lambda got: len(got) >= count, timeout,
                               f"{count} records in {role}")

    def ends(self, role, timeout=30, partitions=None):
        """The last stable offset of each partition."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap,
                             "group.id": "unused",
                             "isolation.level": "read_committed"})
        try:
            return {p: consumer.get_watermark_offsets(
                        TopicPartition(self[role], p), timeout)[1]
                    for p in range(partitions or self.partitions)}
        finally:
            consumer.close()

    def committed(self, timeout=30):
        """The group's committed offset of each partition of tickets."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap,
                             "group.id": f"group-{self.tag}",
                             "enable.auto.commit": False})
        try:
            wanted = [TopicPartition(self["tickets"], p)
                      for p in range(self.partitions)]
            return {tp.partition: tp.offset
                    for tp in consumer.committed(wanted, timeout)}
        finally:
            consumer.close()


class Reader:
    """Reads a whole topic without a group, in the order of each partition."""

    def __init__(self, bootstrap, topic, partitions, isolation):
        self.topic = topic
        self.consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": "unused-by-assign",
            "isolation.level": isolation, "enable.auto.commit": False,
            "enable.partition.eof": True, "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50, "topic.metadata.refresh.interval.ms":
            1000, "reconnect.backoff.max.ms": 500})
        self.consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING)
                              for p in range(partitions)])
        self.at_end = dict.fromkeys(range(partitions), False)
        self.records = []

    def poll(self, timeout=0.1):
        """Takes what is there into self.records; returns the new ones."""
        new = []
        for msg in self.consumer.consume(10000, timeout):
            err = msg.error()
            if err is None:
                self.at_end[msg.partition()] = False
                new.append(msg)
            elif err.code() == KafkaError._PARTITION_EOF:
                self.at_end[msg.partition()] = True
            elif not err.retriable() and err.code() not in (
                    KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN):
                raise AssertionError(f"reading {self.topic}: {err}")
        self.records += new
        return new

    def read_to_end(self, timeout=60):
        """All records up to the end of each partition."""
        deadline = time.monotonic() + timeout
        while not all(self.at_end.values()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.topic}: no end in {timeout} s, "
                                   f"{len(self.records)} records so far")
            self.poll()
        return self.records

    def read_until(self, predicate, timeout, what):
        deadline = time.monotonic() + timeout
        while not predicate(self.records):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.topic}: {what} not in {timeout} s, "
                                   f"{len(self.records)} records so far")
            self.poll()
        return self.records

    def close(self):
        self.consumer.close()
