"""The services when something is wrong: damaged files, addresses that lead nowhere, nothing to start."""

from urllib.parse import urlsplit

import psycopg
import pytest

from nexus.errors import NexusError, ServiceError
from nexus.services import engines, session
from nexus.services.postgres import Postgres
from nexus.services.session import is_in_use
from nexus.services.state import State, make_folder
from nexus.services.valkey import Valkey


def test_damaged_database_files_are_named_with_the_way_out_and_kept(state):
    with session(state):
        pass
    control = Postgres(state).cluster / "global/pg_control"
    control.write_bytes(b"\0" * control.stat().st_size)

    with pytest.raises(ServiceError, match=r"(?s)does not start.*nexus reset"), session(state):
        pass

    assert control.exists()
    assert not is_in_use(state)


def test_a_lost_version_file_is_named_as_damage(state):
    with session(state):
        pass
    (Postgres(state).cluster / "PG_VERSION").unlink()

    with pytest.raises(ServiceError, match=r"(?s)PG_VERSION is missing.*nexus reset"), session(state):
        pass


def test_files_of_another_major_version_are_refused(state):
    with session(state):
        pass
    (Postgres(state).cluster / "PG_VERSION").write_text("9\n")

    with (
        pytest.raises(ServiceError, match=r"(?s)made by PostgreSQL 9, this is \d+.*nexus reset"),
        session(state),
    ):
        pass


def test_damaged_queue_files_are_named_with_the_way_out(state):
    with session(state):
        pass
    manifest = next((Valkey(state).folder / "appendonlydir").glob("*.manifest"))
    manifest.write_text("nonsense\n")

    with pytest.raises(ServiceError, match=r"(?s)Valkey does not start.*nexus reset"), session(state):
        pass


def test_an_initdb_that_was_interrupted_is_begun_again(state):
    state.make()
    unfinished = Postgres(state).folder / "cluster.new"
    unfinished.mkdir(parents=True)
    state.give_to_servers(Postgres(state).folder)
    (unfinished / "PG_VERSION").write_text("18\n")

    with session(state) as services, psycopg.connect(services.database("capstone")) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_a_wrong_password_in_the_environment_is_told_without_showing_it(state, own_folder, monkeypatch):
    with session(state) as services:
        right = urlsplit(services.environment["DATABASE_URL"])
        wrong = f"postgresql://nexus:not-the-password@127.0.0.1:{right.port}/postgres"
        monkeypatch.setenv("DATABASE_URL", wrong)
        with pytest.raises(ServiceError) as refused, session(State(own_folder / "other", state.engines)):
            pass

    assert f"DATABASE_URL in the environment leads nowhere usable (127.0.0.1:{right.port})" in str(
        refused.value
    )
    assert "password authentication failed" in str(refused.value)
    assert "not-the-password" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "url", "reason"),
    [
        ("DATABASE_URL", "postgresql://ada:secret-word@127.0.0.1:1/x", "Connection refused"),
        ("DATABASE_URL", "mysql://ada:secret-word@127.0.0.1/x", "must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://ada:secret-word@127.0.0.1:port/x", "must be a port number"),
        ("DATABASE_URL", "secret-word", "must begin with postgresql://"),
        ("REDIS_URL", "redis://:secret-word@127.0.0.1:1/0", "Connection refused"),
        ("CELERY_BROKER_URL", "amqp://ada:secret-word@127.0.0.1:1//", "Connection refused"),
        ("RABBITMQ_URL", "redis://:secret-word@127.0.0.1:1/0", "must begin with amqp://"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    state, monkeypatch, variable, url, reason
):
    monkeypatch.setenv(variable, url)

    with pytest.raises(ServiceError, match=reason) as refused, session(state):
        pass

    assert variable in str(refused.value)
    assert "secret-word" not in str(refused.value)


def test_an_address_in_the_environment_is_used_and_nothing_is_started_for_it(state, own_folder, monkeypatch):
    with session(state) as services:
        theirs = services.database("capstone")
        monkeypatch.setenv("DATABASE_URL", theirs)
        other = State(own_folder / "other", state.engines)
        with session(other) as second:
            assert second.environment["DATABASE_URL"] == theirs
            assert second.database("rest") == theirs
            assert Postgres(other).running() is None
            assert Valkey(other).running() is not None


@pytest.mark.parametrize("unsafe", ["symlink", "file", "writable by all"])
def test_a_state_folder_that_others_could_have_prepared_is_refused(own_folder, unsafe):
    path = own_folder / "state"
    if unsafe == "symlink":
        path.symlink_to(own_folder)
    elif unsafe == "file":
        path.touch()
    else:
        path.mkdir()
        path.chmod(0o777)

    with pytest.raises(NexusError, match="not a folder that you alone own"):
        make_folder(path, mode=0o700)


def test_without_any_server_the_error_names_the_compose_command(state, monkeypatch):
    monkeypatch.setattr(engines, "postgres_folder", lambda: None)

    with pytest.raises(ServiceError, match="up -d --wait postgres valkey"), session(state):
        pass
