"""The embedded services: started, shared, killed, and gone afterwards."""

import os
import pwd
import signal
import socket
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from nexus.services import engines, new_ephemeral_state, remove_stale_runs, session
from nexus.services.postgres import Postgres
from nexus.services.rabbitmq import RabbitMQ
from nexus.services.session import is_in_use
from nexus.services.valkey import Valkey


def port_of(url: str) -> int:
    return urlsplit(url).port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_both_servers_answer_at_the_addresses_handed_over(state):
    with session(state) as services:
        with psycopg.connect(services.database("capstone")) as database:
            name, listen = database.execute(
                "SELECT current_database(), current_setting('listen_addresses')"
            ).fetchone()
        with redis.Redis.from_url(services.environment["REDIS_URL"]) as cache:
            bind = cache.config_get("bind")["bind"]
        queues = urlsplit(services.environment["CELERY_BROKER_URL"])

    assert (name, listen, bind) == ("capstone", "127.0.0.1", "127.0.0.1")
    assert queues.path == "/1"


def test_order_and_letters_are_unicodes_own(state):
    with session(state) as services, psycopg.connect(services.environment["DATABASE_URL"]) as database:
        words = database.execute("SELECT w FROM unnest(ARRAY['b', 'Z', 'é', 'a']) w ORDER BY w").fetchall()
        upper = database.execute("SELECT upper('é')").fetchone()

    assert [word for (word,) in words] == ["Z", "a", "b", "é"]
    assert upper == ("É",)


def test_after_a_session_no_process_port_or_lock_is_left(state, nothing_is_left):
    with session(state) as services:
        ports = [port_of(services.environment[name]) for name in ("DATABASE_URL", "REDIS_URL")]
        assert [listens(port) for port in ports] == [True, True]

    nothing_is_left(state.folder)
    assert [listens(port) for port in ports] == [False, False]
    assert not is_in_use(state)


def test_rows_and_queued_messages_survive_a_restart(state):
    with session(state) as services:
        with psycopg.connect(services.database("capstone")) as database:
            database.execute("CREATE TABLE kept AS SELECT 42 AS n")
        with redis.Redis.from_url(services.environment["CELERY_BROKER_URL"]) as queues:
            queues.rpush("default", "message")

    with session(state) as services:
        with psycopg.connect(services.database("capstone")) as database:
            row = database.execute("SELECT n FROM kept").fetchone()
        with redis.Redis.from_url(services.environment["CELERY_BROKER_URL"]) as queues:
            message = queues.lpop("default")

    assert (row, message) == ((42,), b"message")


def test_after_kill_9_of_the_postmaster_the_next_session_finds_every_committed_row(state):
    with session(state) as services:
        with psycopg.connect(services.database("capstone")) as database:
            database.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(Postgres(state).pid(), signal.SIGKILL)

    with session(state) as services, psycopg.connect(services.database("capstone")) as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_sessions_that_begin_together_share_the_servers_and_the_last_one_stops_them(
    state, client, nothing_is_left
):
    first, second, third = (client(state) for _ in range(3))
    addresses = {one.environment()["DATABASE_URL"] for one in (first, second, third)}

    assert len(addresses) == 1
    assert (first.leave(), second.leave()) == ("", "")
    assert listens(port_of(addresses.pop()))
    assert third.leave() == ""
    nothing_is_left(state.folder)


def test_after_kill_9_of_the_front_door_its_guard_stops_the_servers(state, client, nothing_is_left):
    front_door = client(state)
    front_door.environment()

    front_door.kill()

    nothing_is_left(state.folder)
    assert not is_in_use(state)


def test_after_kill_9_of_front_door_and_guard_the_next_session_takes_the_servers_over(
    state, client, nothing_is_left
):
    front_door = client(state)
    before = front_door.environment()
    os.kill(before["guard"], signal.SIGKILL)
    front_door.kill()

    with session(state) as services:
        after = services.environment["DATABASE_URL"]

    assert after == before["DATABASE_URL"]
    nothing_is_left(state.folder)


@pytest.mark.parametrize("milliseconds", [30, 150, 300, 600])
def test_a_front_door_stopped_while_it_starts_leaves_nothing(state, client, nothing_is_left, milliseconds):
    front_door = client(state)
    with pytest.raises(subprocess.TimeoutExpired):
        front_door.process.wait(milliseconds / 1000)

    front_door.process.terminate()
    front_door.leave()

    nothing_is_left(state.folder)


def test_a_taken_port_is_passed_over(state, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        taken = occupant.getsockname()[1]
        monkeypatch.setattr(Postgres, "usual_port", taken)
        monkeypatch.setattr(Valkey, "usual_port", taken)
        with session(state) as services:
            ports = {port_of(services.environment[name]) for name in ("DATABASE_URL", "REDIS_URL")}

    assert len(ports) == 2
    assert taken not in ports


def test_passwords_lie_in_files_for_us_alone_and_on_no_command_line(state, processes_of):
    with session(state):
        command_lines = "\n".join(processes_of(state.folder))
    secrets = list((state.folder / "secrets").iterdir())

    assert {file.name for file in secrets} == {"postgres", "valkey"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets} == {0o600}
    assert [file.name for file in secrets if file.read_text() in command_lines] == []


def test_a_test_runs_services_vanish_with_their_folder(own_folder, monkeypatch, nothing_is_left):
    monkeypatch.setenv("NEXUS_STATE_DIR", str(own_folder / "state"))
    ephemeral = new_ephemeral_state()

    with session(ephemeral) as services, psycopg.connect(services.environment["DATABASE_URL"]) as database:
        assert database.execute("SHOW fsync").fetchone() == ("off",)

    assert not ephemeral.folder.exists()
    nothing_is_left(own_folder)


def test_after_kill_9_a_test_runs_folder_goes_too(own_folder, client, monkeypatch, nothing_is_left):
    monkeypatch.setenv("NEXUS_STATE_DIR", str(own_folder / "state"))
    ephemeral = new_ephemeral_state()
    front_door = client(ephemeral)
    front_door.environment()

    front_door.kill()

    nothing_is_left(own_folder)
    assert not ephemeral.folder.exists()


def test_what_a_killed_guard_left_of_a_test_run_is_cleared_by_the_next(
    own_folder, client, monkeypatch, nothing_is_left
):
    monkeypatch.setenv("NEXUS_STATE_DIR", str(own_folder / "state"))
    stale, used = new_ephemeral_state(), new_ephemeral_state()
    front_door = client(stale)
    os.kill(front_door.environment()["guard"], signal.SIGKILL)
    front_door.kill()

    with session(used):
        remove_stale_runs()
        assert (stale.folder.exists(), used.folder.exists()) == (False, True)

    nothing_is_left(own_folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops rights")
def test_roots_servers_run_as_nobody(state):
    with session(state):
        owners = {Path(f"/proc/{server.pid()}").stat().st_uid for server in (Postgres(state), Valkey(state))}

    assert owners == {pwd.getpwnam("nobody").pw_uid}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers cannot see the user's folders")
def test_root_copies_programs_that_nobody_cannot_reach(state, own_folder):
    state.make()
    hidden = own_folder / "hidden"
    hidden.mkdir(mode=0o700)
    (hidden / "package").mkdir()
    program = hidden / "package/program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)

    copy = engines.usable(program, state, hidden / "package")

    assert copy.is_relative_to(state.engines)
    assert [stat.S_IMODE(path.stat().st_mode) & 0o005 for path in (copy, copy.parent)] == [0o005, 0o005]


def test_without_wheels_the_systems_own_servers_are_found(monkeypatch):
    monkeypatch.setattr(engines, "wheel_file", lambda *_: None)
    found = [engines.postgres_folder(), engines.valkey_server()]
    if None in found:
        pytest.skip("this machine has no PostgreSQL or Redis of its own")

    assert all(".venv" not in str(path) for path in found)


@pytest.mark.skipif(engines.rabbitmq_server() is None, reason="this machine has no rabbitmq-server")
def test_rabbitmq_starts_where_asked_for_and_takes_its_port_mapper_along(state, nothing_is_left):
    with session(state, rabbitmq=True) as services:
        mapper = int(RabbitMQ(state).ports_file.read_text().split()[1])
        assert services.environment["CELERY_BROKER_URL"] == services.environment["RABBITMQ_URL"]
        assert (listens(port_of(services.environment["RABBITMQ_URL"])), listens(mapper)) == (True, True)

    nothing_is_left(state.folder)
    assert not listens(mapper)
