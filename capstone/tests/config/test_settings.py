"""Settings: a wrong environment is refused at start, with a sentence that says what to do."""

import os
import subprocess
import sys

import pytest

RIGHT = {
    "SECRET_KEY": "kR7vQ2mZ9xW4tY6uB1nC3eD5fG8hJ0kL2pS4vX6zA8qE1wT3yU",
    "DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:5432/none",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "books.example.org",
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    folders = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); print('started')"],
        env=inherited | {"PYTHONPATH": folders, "DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_right_environment_starts():
    assert start(**RIGHT).stdout == "started\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SECRET_KEY": ""}, "at least 50 random characters"),
        ({"SECRET_KEY": "short"}, "at least 50 random characters"),
        ({"SECRET_KEY": "x" * 60}, "at least 50 random characters"),
        ({"DEBUG": "perhaps"}, "DEBUG='perhaps' is neither true nor false"),
        ({"ACCESS_TOKEN_SECONDS": "a while"}, "ACCESS_TOKEN_SECONDS='a while' is not a whole number"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "PostgreSQL only"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:5432/"}, "must look like postgresql://"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:port/x"}, "must look like postgresql://"),
        (
            {"NEXUS_MINE": "rest", "NEXUS_WORK_DIR": "/nowhere"},
            "/lab_rest/__init__.py, not from /nowhere/rest.",
        ),
        ({"NEXUS_MINE": "tset"}, "lab_tset comes from nowhere"),
        ({"NEXUS_MINE": "../rest"}, "lab_../rest comes from nowhere"),
    ],
)
def test_a_wrong_variable_is_named_and_no_password_is_shown(wrong, said):
    failed = start(**(RIGHT | wrong))

    assert failed.returncode == 1
    assert said in failed.stderr.splitlines()[-1]
    assert "hunter2" not in failed.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_what_has_no_default_is_asked_for(name):
    failed = start(**{key: value for key, value in RIGHT.items() if key != name})

    assert f"Set {name} in the environment" in failed.stderr.splitlines()[-1]
