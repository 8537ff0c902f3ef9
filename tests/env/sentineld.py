"""A service with a failover: a master, a replica and a Sentinel."""

from pathlib import Path

import redis
from process import Process, free_port, wait_until
from redisd import Redis, redis_server

SERVICE = "city"


class Service:
    """Starts all three. A Sentinel is a redis-server in another mode; Debian
    ships it under the name redis-sentinel. `password` is that of both Redis
    servers, `own` the Sentinel's."""

    def __init__(self, directory, password=None, own=None):
        self.dir = Path(directory).resolve()
        self.password, self.own = password, own
        sync = ("--repl-diskless-sync-delay", "0")
        self.master = Redis(self.dir / "first", *sync, password=password)
        self.replica = Redis(self.dir / "second", *sync, "--replicaof",
                             "127.0.0.1", self.master.port,
                             password=password)
        self.process = Process("Sentinel", self.dir / "sentinel.log")
        self.port = free_port()

    @property
    def url(self):
        """With a Sentinel before the real one that nobody runs."""
        url = (f"sentinel://{self.master.login}127.0.0.1:1,"
               f"127.0.0.1:{self.port}/{SERVICE}")
        return f"{url}?sentinel=:{self.own}" if self.own else url

    def client(self, server):
        return redis.Redis.from_url(server.url, decode_responses=True)

    def start(self):
        self.master.start()
        self.replica.start()
        wait_until(lambda: self.client(self.replica).info("replication")[
            "master_link_status"] == "up", 20, "the replica follows")
        config = self.dir / "sentinel.conf"
        config.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {self.dir}\n"
            f"sentinel monitor {SERVICE} 127.0.0.1 {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {SERVICE} 1000\n"
            f"sentinel failover-timeout {SERVICE} 5000\n"
            + (f"sentinel auth-pass {SERVICE} {self.password}\n"
               if self.password else "")
            + (f"requirepass {self.own}\n" if self.own else ""))
        self.process.spawn([redis_server(), config, "--sentinel",
                            "--set-proc-title", "no"])
        self.process.await_start(self.knows_replica, timeout=30)
        return self

    def ask(self, *words):
        with redis.Redis(port=self.port, password=self.own,
                         decode_responses=True) as client:
            return client.execute_command("SENTINEL", *words)

    def knows_replica(self):
        try:
            return len(self.ask("replicas", SERVICE)) == 1
        except redis.ConnectionError:
            return False

    def master_port(self):
        return int(self.ask("get-master-addr-by-name", SERVICE)[1])

    def fail_over(self):
        """By command; a Sentinel that has just started needs a moment."""
        def accepted():
            try:
                return self.ask("failover", SERVICE)
            except redis.ResponseError:
                return False

        wait_until(accepted, 30, "the Sentinel obeys")

    def kill9(self):
        for server in (self.process, self.master, self.replica):
            server.kill9()
