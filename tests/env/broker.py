"""A real Kafka broker in KRaft mode with small settings.

Ready in about two seconds, 160 MB. Only the standard library.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from process import Process, accepts, free_port

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("4.1.1", "3.9.1")

# The short broker session lets a broker that was killed come back in seconds:
# the controller waits for the end of its old session first. Small segments of
# the offsets are compacted, and read back at once.
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
delete.topic.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
num.network.threads=1
num.io.threads=2
background.threads=1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
num.recovery.threads.per.data.dir=1
log.cleaner.dedupe.buffer.size=4194304
log.segment.bytes=67108864
offsets.topic.segment.bytes=8388608
"""

JAVA_OPTIONS = (
    "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)
STARTED = "Kafka Server started"


def java():
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin/java")) if home else shutil.which("java")


def libs(version):
    path = ROOT / "build/kafka" / version / "libs"
    if not path.is_dir():
        raise FileNotFoundError(
            f"no jars of Kafka {version}: run tests/env/kafka-jars.sh "
            f"{version}")
    return path


def archive_path(version):
    """The class data archive belongs to one JVM and one set of jars."""
    text = subprocess.run([java(), "-version"], capture_output=True,
                          check=True).stderr
    digest = hashlib.sha256(text).hexdigest()[:12]
    return libs(version).parent / f"classes-{digest}.jsa"


class Kafka:
    """One broker. It keeps its ports and its data over a restart."""

    def __init__(self, version, directory):
        self.version = version
        self.dir = Path(directory).resolve()
        self.process = Process(f"Kafka {version}", self.dir / "kafka.log")
        self.port = free_port()
        self.controller_port = free_port()
        self.classpath = f"{libs(version)}/*"

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    @property
    def config(self):
        return self.dir / "kafka.properties"

    def start(self, detach=False, dump_archive=None):
        """Starts the broker and returns when it takes requests."""
        if not self.config.exists():
            self.format()
        archive = archive_path(self.version)
        options = list(JAVA_OPTIONS)
        if dump_archive:
            options.append(f"-XX:ArchiveClassesAtExit={dump_archive}")
        elif archive.exists():
            options.append(f"-XX:SharedArchiveFile={archive}")
        self.process.spawn([java(), *options, "-cp", self.classpath,
                            "kafka.Kafka", self.config], detach=detach)
        self.process.await_start(self.ready, timeout=120)
        return self

    def ready(self):
        return STARTED in self.process.log_text() and accepts(self.port)

    def format(self):
        """Writes the settings and formats the data folder."""
        self.dir.mkdir(parents=True, exist_ok=True)
        self.config.write_text(SETTINGS.format(
            port=self.port, controller_port=self.controller_port,
            data=self.dir / "data"))
        self.run_class("kafka.tools.StorageTool", "format",
                       "-t", "dispatcher-tests-00000w", "-c", self.config)

    def run_class(self, name, *args):
        """Runs one of Kafka's command line classes, returns its output."""
        done = subprocess.run(
            [java(), *JAVA_OPTIONS, "-cp", self.classpath, name,
             *map(str, args)], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stdout}{done.stderr}")
        return done.stdout

    def stop(self):
        self.process.terminate(timeout=60)

    def kill9(self):
        self.process.kill9()

    def restart(self):
        """Starts again, after stop() or kill9(), with the data it had."""
        if self.process.running():
            self.stop()
        return self.start()

    def pause(self):
        self.process.pause()

    def resume(self):
        self.process.resume()


def make_archive(version):
    """Starts and stops a broker once to write its class data archive."""
    archive = archive_path(version)
    if archive.exists():
        return False
    scratch = archive.parent / f"archive-{os.getpid()}"
    try:
        broker = Kafka(version, scratch)
        broker.start(dump_archive=scratch / "classes.jsa")
        broker.stop()
        (scratch / "classes.jsa").rename(archive)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return True
