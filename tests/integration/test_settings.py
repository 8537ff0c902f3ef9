"""The program's command line: what it prints and with which code it ends."""

import os
import subprocess

import pytest
from program import binary

USAGE, CONFIGURATION = 64, 78


def run(*arguments, **variables):
    """Runs the program without any DISPATCHER_ variable but these."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith("DISPATCHER_")}
    return subprocess.run([binary(), *arguments], env={**env, **variables},
                          capture_output=True, text=True, timeout=10,
                          check=False)


def checked(*arguments, **variables):
    """The settings that --check prints, by name."""
    result = run("--check", *arguments, **variables)
    assert result.returncode == 0, result.stderr
    return dict(line.split(" = ", 1) for line in result.stdout.splitlines())


def test_command_line_overrides_environment_overrides_file(tmp_path):
    path = tmp_path / "dispatcher.conf"
    path.write_text("# three of them\n"
                    "workers = 2\n"
                    "commit.interval.ms = 20\n"
                    "group.id = from the file\n")
    settings = checked("-c", path, "--set", "group.id=from the command line",
                       DISPATCHER_COMMIT_INTERVAL_MS="30",
                       DISPATCHER_GROUP_ID="from the environment")
    assert settings["workers"] == "2"
    assert settings["commit.interval.ms"] == "30"
    assert settings["group.id"] == "from the command line"


def test_what_check_prints_is_a_file_of_the_same_settings(tmp_path):
    path = tmp_path / "dispatcher.conf"
    first = run("--check", "--set", "workers=3", "--set",
                "kafka.consumer.fetch.min.bytes=5").stdout
    path.write_text(first)
    assert run("--check", "-c", path).stdout == first


def test_secrets_are_not_printed():
    settings = checked(DISPATCHER_REDIS_URL="redis://user:geheim@host:1/0",
                       DISPATCHER_KAFKA_SASL_PASSWORD="geheim")
    assert settings["redis.url"] == "redis://***@host:1/0"
    assert settings["kafka.sasl.password"] == "***"
    assert "geheim" not in str(settings)


@pytest.mark.parametrize("login, shown", [
    ("", ""), ("user:geheim@", "***@"), ("user:ge@heim@", "***@")])
def test_the_login_of_sentinels_is_not_printed(login, shown):
    settings = checked(DISPATCHER_REDIS_URL=f"sentinel://{login}host:1/city/0"
                       "?sentinel=watcher:gehe@im")
    assert settings["redis.url"] == (
        f"sentinel://{shown}host:1/city/0?sentinel=***")


@pytest.mark.parametrize("arguments", [["--nonsense"], ["tickets"], ["-c"]])
def test_a_wrong_command_line_ends_with_64(arguments):
    result = run(*arguments)
    assert result.returncode == USAGE
    assert "Try --help." in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("setting", "message"), [
    ("redis.ulr=redis://h", "did you mean redis.url?"),
    ("workers=many", "is not a whole number from 1 to 64"),
    ("kafka.isolation.level=read_uncommitted", "may not be set"),
    ("kafka.linger.mss=5", "did you mean linger.ms?"),
    ("topic.state=tickets", "each needs a topic of its own"),
    ("redis.url=redis://::::", "the port is no number"),
    ("http.listen=[]:1", "nothing in its brackets"),
    ("kafka.bootstrap.servers=,", "names no broker"),
    ("kafka.security.protocol=sasl_ssl", "sasl."),
    ("kafka.consumer.max.poll.interval.ms=5000", "max.poll.interval.ms"),
    ("kafka.receive.message.max.bytes=1000", "receive.message.max.bytes"),
])
@pytest.mark.parametrize("check", [["--check"], []])
def test_a_wrong_setting_ends_with_78_and_says_why(setting, message, check):
    result = run(*check, "--set", setting)
    assert result.returncode == CONFIGURATION
    assert message in result.stderr


def test_all_mistakes_are_told_at_once(tmp_path):
    path = tmp_path / "dispatcher.conf"
    path.write_text("nonsense\nredis.ulr = x\n")
    result = run("-c", path, "--set", "workers=0",
                 DISPATCHER_LOG_LEVEL="loud")
    assert result.returncode == CONFIGURATION
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        f"{path}:1", f"{path}:2", "DISPATCHER_LOG_LEVEL", "--set"]


def test_help_and_version_end_with_0():
    assert run("--help").stdout.startswith("Usage: dispatcher ")
    assert run("--version").stdout.startswith("dispatcher ")
    assert run("--help").returncode == run("--version").returncode == 0
