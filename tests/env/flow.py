"""A steady flow of tickets."""

import threading
import time

from cities import record


class Flow(threading.Thread):
    """Publishes tickets at a steady rate: make(pb, n) gives key and value."""

    def __init__(self, pb, topics, count, rate, make=record):
        super().__init__()
        self.pb, self.topics, self.count, self.rate = pb, topics, count, rate
        self.make = make
        self.sent = 0

    def run(self):
        producer = self.topics.producer()
        begun = time.monotonic()
        while self.sent < self.count:
            n = self.sent
            key, value = self.make(self.pb, n)
            producer.produce(self.topics["tickets"], value, key)
            self.sent = n + 1
            if n % 50 == 0:
                producer.poll(0)
                ahead = n / self.rate - (time.monotonic() - begun)
                if ahead > 0:
                    time.sleep(ahead)
        assert producer.flush(60) == 0

    def stop(self):
        """Ends it before its count; returns how many tickets were sent."""
        self.count = 0
        self.join()
        return self.sent
