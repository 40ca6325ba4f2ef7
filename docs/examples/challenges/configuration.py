"""Ten environments, nine of them odd: which start, under settings as they are often written, and under ours."""

import os
import subprocess
import sys
from collections.abc import Mapping

import stage

# --8<-- [start:often]
OFTEN = """
import os
DEBUG = os.environ.get("DEBUG", True)
SECRET_KEY = os.environ.get("SECRET_KEY", "django-insecure-change-me")
DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///db.sqlite3")
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379")
REQUESTS = int(os.environ.get("API_REQUESTS_PER_MINUTE", 600))
BEHIND_HTTPS = bool(os.environ.get("BEHIND_HTTPS", ""))
"""
# --8<-- [end:often]
OURS = "import config.settings as settings; DEBUG, BEHIND_HTTPS = settings.DEBUG, settings.BEHIND_HTTPS"
TELL = "\nprint('debugs' if DEBUG else 'https off' if not BEHIND_HTTPS else 'starts')"
RIGHT = {
    "SECRET_KEY": "kR7vQ2mZ9xW4tY6uB1nC3eD5fG8hJ0kL2pS4vX6zA8qE1wT3yU",
    "DATABASE_URL": "postgresql://nexus:hunter2@db:5432/nexus",
    "REDIS_URL": "redis://cache:6379/0",
    "BEHIND_HTTPS": "1",
    "DEBUG": "0",
}
# --8<-- [start:mistakes]
MISTAKES: dict[str, dict[str, str | None]] = {
    "DEBUG=0, as it should be": {},
    "DEBUG=false": {"DEBUG": "false"},
    "DEBUG is not set": {"DEBUG": None},
    "DEBUG=nope": {"DEBUG": "nope"},
    "BEHIND_HTTPS=off": {"BEHIND_HTTPS": "off"},
    "SECRET_KEY is not set": {"SECRET_KEY": None},
    "SECRET_KEY=secret": {"SECRET_KEY": "secret"},
    "DATABASE_URL is not set": {"DATABASE_URL": None},
    "DATABASE_URL with port 5432a": {"DATABASE_URL": "postgresql://nexus:hunter2@db:5432a/nexus"},
    "API_REQUESTS_PER_MINUTE=6OO": {"API_REQUESTS_PER_MINUTE": "6OO"},
}
# --8<-- [end:mistakes]
SECRETS = ("hunter2", RIGHT["SECRET_KEY"])


def started(program: str, changes: Mapping[str, str | None]) -> subprocess.CompletedProcess[str]:
    """Start a process with an environment of its own."""
    environment = {name: value for name, value in (RIGHT | changes).items() if value is not None}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program + TELL],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Return what came of it, in two words or the variable that the refusal names."""
    if done.returncode == 0:
        return done.stdout.strip()
    last = done.stderr.strip().splitlines()[-1]
    named = next(
        (word for word in ("DEBUG", "SECRET_KEY", "DATABASE_URL", "API_REQUESTS_PER_MINUTE") if word in last),
        "",
    )
    return f"refuses {named}".strip()


def main() -> None:
    """Start both with each mistake."""
    rows, ours = [], []
    for name, changes in MISTAKES.items():
        often, mine = started(OFTEN, changes), started(OURS, changes)
        ours.append(mine)
        rows.append((name, told(often), told(mine)))
    stage.table(["the environment", "often written", "the capstone"], rows)
    wrong = [row for row in rows if "should be" not in row[0]]
    stage.table(
        ["of the 9 others", "often written", "the capstone"],
        [
            ("starts, and debugs", *(sum("debugs" in row[column] for row in wrong) for column in (1, 2))),
            (
                "starts as it was meant",
                *(sum(row[column] == meant(row[0]) for row in wrong) for column in (1, 2)),
            ),
            (
                "refuses, and names the variable",
                *(sum("refuses " in row[column] for row in wrong) for column in (1, 2)),
            ),
        ],
    )
    stage.say(
        f"passwords in the {len(ours)} answers: {sum(word in one.stderr for one in ours for word in SECRETS)}"
    )


def meant(name: str) -> str:
    """Return what an environment asks for that has no mistake but its spelling."""
    return {
        "DEBUG=false": "starts",
        "DEBUG is not set": "starts",
        "BEHIND_HTTPS=off": "https off",
    }.get(name, "-")


main()
