"""Redis behind a password, ACL users, a unix socket, TLS, and Sentinels that
want a login of their own. Passwords are told to nobody.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import redis
from catalogue_tool import Ctl, Stored, folder
from process import free_port, wait_until
from program import binary
from redisd import Redis
from sentineld import Service

SECRET, OTHER = "s3cret", "0ther"


@pytest.fixture
def guarded(tmp_path):
    """A Redis with a password."""
    server = Redis(tmp_path / "guarded", password=SECRET).start()
    yield server
    server.kill9()


def told(program):
    return [line for line in program.log.splitlines()
            if "event=unavailable what=redis" in line]


def tries(program):
    """How often reading the catalogue has failed."""
    page = program.http("/metrics")[1]
    return sum(float(line.split()[1]) for line in page.splitlines()
               if line.startswith("dispatcher_catalogue_loads_total"
                                  '{result="failed"}'))


def refused(program, reason):
    """It is refused again and again, told once, and without the secret."""
    program.wait_log("event=unavailable what=redis")
    wait_until(lambda: tries(program) >= 4, 20, "it is tried again")
    assert len(told(program)) == 1, told(program)
    assert reason in told(program)[0]
    assert SECRET not in program.log and OTHER not in program.log


def follows(program, stored):
    """What Redis holds is in force, and so is an edit."""
    program.wait_log("event=catalogue_loaded version=1+")
    stored.load(version=2)
    program.wait_log("event=catalogue_loaded version=2+")
    assert SECRET not in program.log and OTHER not in program.log


# ------------------------------------------------------------------- logins


def test_a_password_is_used(dispatcher, guarded):
    stored = Stored(guarded).load()
    follows(dispatcher(stored).start(ready=False), stored)


@pytest.mark.parametrize("login, reason", [
    (f":{OTHER}@", "refuses user and password"),
    (f"nobody:{SECRET}@", "refuses user and password"),
    ("", "it wants a password; put it in redis.url"),
])
def test_a_wrong_password_is_told_once_and_the_right_one_is_let_in(
        dispatcher, guarded, login, reason):
    stored = Stored(guarded).load()
    stored.url = f"redis://{login}127.0.0.1:{guarded.port}"
    program = dispatcher(stored).start(ready=False)
    refused(program, reason)
    name = "nobody" if login.startswith("nobody") else "default"
    stored.client.execute_command(
        "ACL", "SETUSER", name, "on", "allkeys", "allchannels",
        "allcommands", *([f">{SECRET}", f">{OTHER}"] if login
                         else ["nopass"]))
    follows(program, stored)


def test_a_password_that_nobody_asks_for_is_told(dispatcher, own_redis):
    stored = Stored(own_redis).load()
    stored.url = f"redis://:{SECRET}@127.0.0.1:{own_redis.port}"
    refused(dispatcher(stored).start(ready=False),
            "none is set there for the default user")


@pytest.mark.parametrize("rights", [
    ("~city:*", "+@read", "+@connection", "+@transaction", "+subscribe"),
    ("~city:*", "&__redis__:invalidate", "+@read", "+@transaction"),
], ids=["no channel", "no tracking"])
def test_a_right_that_is_missing_is_told(dispatcher, own_redis, rights):
    stored = Stored(own_redis).load()
    stored.client.execute_command("ACL", "SETUSER", "reader", "on",
                                  f">{SECRET}", "resetchannels", *rights)
    stored.url = f"redis://reader:{SECRET}@127.0.0.1:{own_redis.port}"
    refused(dispatcher(stored).start(ready=False),
            "the user lacks a permission")


@pytest.fixture
def short_path():
    """The name of a socket may have 107 bytes, folders of tests are longer."""
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def test_a_unix_socket_is_used_with_login_and_database(
        dispatcher, tmp_path, short_path):
    socket = short_path / "r.sock"
    server = Redis(tmp_path / "guarded", "--unixsocket", socket,
                   password=SECRET)
    try:
        stored = Stored(server.start())
        stored.client.select(3)
        stored.load()
        stored.url = f"unix://:{SECRET}@{socket}?db=3"
        follows(dispatcher(stored).start(ready=False), stored)
    finally:
        server.kill9()


def test_the_tool_uses_the_same_logins(guarded, tmp_path):
    stored = Stored(guarded)
    ctl = Ctl(stored)
    ctl("load", folder(tmp_path))
    assert ctl.version() == "1"
    stored.url = f"redis://:{OTHER}@127.0.0.1:{guarded.port}"
    done = Ctl(stored).run("show")
    assert done.returncode == 1
    assert "refuses user and password" in done.stderr
    assert OTHER not in done.stderr


# ---------------------------------------------------------------------- TLS


def has_tls():
    done = subprocess.run([binary(), "--check", "--set",
                           "redis.url=rediss://h"], capture_output=True,
                          timeout=20, check=False)
    return done.returncode == 0


def openssl(where, *words):
    subprocess.run([shutil.which("openssl"), *words], cwd=where, check=True,
                   capture_output=True, timeout=60)


@pytest.fixture
def certified(tmp_path):
    """A Redis with TLS, whose certificate names 127.0.0.1 and no other, and
    an authority that signed it."""
    where = tmp_path / "tls"
    where.mkdir()
    openssl(where, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
            "2", "-subj", "/CN=Authority", "-keyout", "ca.key", "-out",
            "ca.pem")
    openssl(where, "req", "-newkey", "rsa:2048", "-nodes", "-subj",
            "/CN=Redis", "-keyout", "redis.key", "-out", "redis.csr")
    (where / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl(where, "x509", "-req", "-in", "redis.csr", "-CA", "ca.pem",
            "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
            "names", "-out", "redis.pem")
    port = free_port()
    server = Redis(tmp_path / "redis", "--tls-port", port,
                   "--tls-auth-clients", "no", "--tls-replication", "no",
                   "--tls-cert-file", where / "redis.pem", "--tls-key-file",
                   where / "redis.key", "--tls-ca-cert-file",
                   where / "ca.pem", password=SECRET)
    server.tls_port, server.authority = port, where / "ca.pem"
    try:
        yield server.start()
    finally:
        server.kill9()


def test_tls_is_used_or_it_is_said_what_it_needs(dispatcher, certified):
    stored = Stored(certified).load()
    stored.url = f"rediss://:{SECRET}@127.0.0.1:{certified.tls_port}"
    program = dispatcher(stored, env={
        "SSL_CERT_FILE": str(certified.authority)})
    if has_tls():
        follows(program.start(ready=False), stored)
        return
    program.process.spawn(program.command(), env=program.env)
    assert program.wait() == 78
    assert "rediss:// needs hiredis 1.0 or later" in program.log
    assert SECRET not in program.log


@pytest.mark.parametrize("authority, host", [
    (False, "127.0.0.1"), (True, "localhost")],
    ids=["unknown authority", "another name"])
def test_a_certificate_that_proves_nothing_is_refused(
        dispatcher, certified, authority, host):
    """Without TLS in the build there is nothing that could be fooled."""
    stored = Stored(certified).load()
    stored.url = f"rediss://:{SECRET}@{host}:{certified.tls_port}"
    program = dispatcher(stored, env={
        "SSL_CERT_FILE": str(certified.authority)} if authority else None)
    if has_tls():
        refused(program.start(ready=False), "TLS")
    else:
        program.process.spawn(program.command(), env=program.env)
        assert program.wait() == 78


# ----------------------------------------------------------------- Sentinel


@pytest.fixture
def service(tmp_path, request):
    made = Service(tmp_path / "service", **request.param)
    try:
        yield made.start()
    finally:
        made.kill9()


def client_of(service):
    return redis.Redis(port=service.port, password=service.own,
                       decode_responses=True)


def wait_failover(service):
    old = service.master.port
    wait_until(lambda: service.master_port() != old, 30, "a failover")
    wait_until(lambda: service.client(service.replica).role()[0] == "master",
               30, "a new master")


SETUPS = [{"password": SECRET}, {"own": OTHER},
          {"password": SECRET, "own": OTHER}]
NAMES = ["the servers have a password", "the Sentinel has one", "both"]


@pytest.mark.parametrize("service", SETUPS, ids=NAMES, indirect=True)
def test_a_failover_is_followed_where_passwords_are_needed(
        dispatcher, service):
    stored = Stored(service.master, url=service.url).load()
    program = dispatcher(stored).start(ready=False)
    program.wait_log("event=catalogue_loaded version=1+")
    service.master.kill9()
    wait_failover(service)
    Stored(service.replica).load(version=2)
    program.wait_log("event=catalogue_loaded version=2+")
    assert len(told(program)) <= 1
    assert SECRET not in program.log and OTHER not in program.log


@pytest.mark.parametrize("service", [{"password": SECRET}], indirect=True)
def test_users_of_redis_and_of_the_sentinel_are_told_apart(
        dispatcher, service):
    """Each with no more rights than the manual says."""
    for server in (service.master, service.replica):
        service.client(server).execute_command(
            "ACL", "SETUSER", "reader", "on", f">{OTHER}", "resetchannels",
            "~city:*", "&__redis__:invalidate", "+@read", "+@connection",
            "+@transaction", "+subscribe", "+role")
    client_of(service).execute_command(
        "ACL", "SETUSER", "watcher", "on", f">{SECRET}", "resetchannels",
        "+auth", "+sentinel|get-master-addr-by-name")
    stored = Stored(service.master, url=(
        f"sentinel://reader:{OTHER}@127.0.0.1:{service.port}/city/0"
        f"?sentinel=watcher:{SECRET}")).load()
    client_of(service).execute_command("ACL", "SETUSER", "default", "off")
    program = dispatcher(stored).start(ready=False)
    follows(program, stored)


@pytest.mark.parametrize("service", [{"own": OTHER}], indirect=True)
@pytest.mark.parametrize("login, reason", [
    ("", "it wants a password"),
    (f"?sentinel=:{SECRET}", "refuses user and password"),
])
def test_a_sentinel_that_refuses_is_named(
        dispatcher, service, login, reason):
    stored = Stored(service.master, url=(
        f"sentinel://127.0.0.1:{service.port}/city{login}")).load()
    program = dispatcher(stored).start(ready=False)
    refused(program, f"Sentinel at 127.0.0.1:{service.port}")
    assert reason in told(program)[0]


@pytest.mark.parametrize("service", [{}], indirect=True)
def test_a_service_that_sentinels_do_not_know_is_named(dispatcher, service):
    stored = Stored(service.master, url=(
        f"sentinel://127.0.0.1:{service.port}/town")).load()
    refused(dispatcher(stored).start(ready=False), "knows no service town")
