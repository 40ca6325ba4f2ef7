"""
Make `.venv` where it is missing or out of date, then become it.

Standard library only: this runs before anything is installed. `.venv/nexus-stamp.json` is written last, so an
install that was interrupted has no stamp, and the next start builds it again from nothing.
"""

import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn, TypedDict

NEEDED_MB = 1_100  # .venv takes 925 MB on Linux
# Of one command (nexus.labs.notebook), of an image (Flower), of environments of their own.
ON_DEMAND = {"notebook.txt", "flower.txt", "codegen.txt", "bench.txt", "load.txt"}
AS_IT_IS = {"lock", "doctor", "--help"}  # what needs nothing that has changed
IF_LOCKS_CONTRADICT = (
    "Where requirements/*.txt contradict each other, after a merge say, ./nexus lock writes them anew."
)
SOURCE_FOLDERS = ("capstone", "labs/*/src", "labs/*", "tools")


class InstallError(Exception):
    """What stands in the way, and what to do about it."""


class Stamp(TypedDict):
    """What `.venv` was made from: a difference in `place` needs a new one, in `locks` an update."""

    place: list[str]
    locks: str
    sources: list[str]


def main(root: str, arguments: Sequence[str]) -> int:
    """Hand over to `.venv/bin/python -m nexus …`; returns an exit code only when that is impossible."""
    checkout = Path(root)
    try:
        if not takes_it_as_it_is(checkout, arguments):
            install_where_needed(checkout)
    except InstallError as error:
        if arguments[:1] != ["lock"] or not has_uv(checkout):
            return stop(f"{error}\n{IF_LOCKS_CONTRADICT}")
        say("locking needs none of that: it goes on.")
    except OSError as error:
        return stop(explanation(error, checkout))
    except KeyboardInterrupt:
        return stop("interrupted; the next start begins the installation again.", code=130)
    module = ["nexus.lock", *arguments[1:]] if arguments[:1] == ["lock"] else ["nexus", *arguments]
    return become(str(checkout / ".venv/bin/python"), module)


def takes_it_as_it_is(checkout: Path, arguments: Sequence[str]) -> bool:
    """
    Tell whether the environment does as it is, which is then said where it is out of date.

    Lock files that contradict each other, after a merge say, cannot be installed, and `lock` is what mends them.
    """
    asked = next((word for word in arguments if word in AS_IT_IS), "")
    if not asked or (asked != "--help" and arguments[0] != asked) or not has_uv(checkout):
        return False
    if not up_to_date(checkout):
        say(f".venv is not what requirements/ ask for; {asked} takes it as it is.")
    return True


def has_uv(checkout: Path) -> bool:
    """Tell whether the environment has got as far as uv, with which everything else is installed and locked."""
    return python_works(checkout) and any(checkout.glob(".venv/lib/python3.*/site-packages/uv"))


def become(python: str, module_and_arguments: Sequence[str]) -> NoReturn:
    """Replace this process: one process, one exit code, and signals arrive where they belong."""
    os.execv(python, [python, "-P", "-m", *module_and_arguments])  # noqa: S606 -- no shell is the point


def stop(message: str, code: int = 1) -> int:
    """Print why nothing can run."""
    say(message)
    return code


def say(message: str) -> None:
    """Print one line of progress or of reason, beside the command's own output."""
    print(f"nexus: {message}", file=sys.stderr, flush=True)


def explanation(error: OSError, checkout: Path) -> str:
    """Return what the person at the keyboard can do about an operating system's refusal."""
    where = error.filename or checkout
    if error.errno == errno.ENOSPC:
        return (
            f"the disk is full ({where}). .venv needs about {NEEDED_MB} MB; free some space and start again."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"cannot write {where} ({error.strerror}). Make the checkout writable, or clone it where you may write."
    return f"{error.strerror}: {where}"


def install_where_needed(checkout: Path) -> None:
    """Bring `.venv` up to date. One start installs at a time; the others wait and find it done."""
    if up_to_date(checkout):
        return
    with only_one_installs(checkout / ".nexus"):
        if not up_to_date(checkout):
            install(checkout)


def up_to_date(checkout: Path) -> bool:
    """Tell whether `.venv` works here and was made from these locks."""
    return python_works(checkout) and read_stamp(checkout) == wanted_stamp(checkout)


def python_works(checkout: Path) -> bool:
    """Tell whether `.venv/bin/python` leads to a program (an upgrade of the system's Python may remove it)."""
    return os.access(checkout / ".venv/bin/python", os.X_OK)


def stamp_file(checkout: Path) -> Path:
    """Return where the stamp lies."""
    return checkout / ".venv/nexus-stamp.json"


def read_stamp(checkout: Path) -> Stamp | None:
    """Return the stamp, or None where no installation was ever finished."""
    try:
        stamp: Stamp = json.loads(stamp_file(checkout).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return stamp


def wanted_stamp(checkout: Path) -> Stamp:
    """Return what the stamp must say."""
    digest = hashlib.sha256(b"".join(lock.read_bytes() for lock in lock_files(checkout)))
    return {
        "place": [str(checkout), str((checkout / ".venv/bin/python").resolve())],
        "locks": digest.hexdigest(),
        "sources": source_folders(checkout),
    }


def lock_files(checkout: Path) -> list[Path]:
    """Return the locked requirements of every start."""
    locks = sorted(file for file in (checkout / "requirements").glob("*.txt") if file.name not in ON_DEMAND)
    if not locks:
        raise InstallError(f"{checkout}/requirements holds no *.txt: is this a complete checkout?")
    return locks


def source_folders(checkout: Path) -> list[str]:
    """Return our own folders on the import path; pip refuses editable installs beside hashes."""
    return [
        str(path) for pattern in SOURCE_FOLDERS for path in sorted(checkout.glob(pattern)) if path.is_dir()
    ]


@contextmanager
def only_one_installs(state: Path) -> Iterator[None]:
    """Hold the installation's lock; the kernel drops it with the process, however that ends."""
    state.mkdir(mode=0o700, exist_ok=True)
    with (state / "install.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is installing; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)  # an installer that outlives us holds it until it is done
        yield


def install(checkout: Path) -> None:
    """Make `.venv` anew, or update the one that stands here."""
    started, venv, stamp = time.monotonic(), checkout / ".venv", read_stamp(checkout)
    fresh = not python_works(checkout) or stamp is None or stamp["place"] != wanted_stamp(checkout)["place"]
    if stamp:
        stamp_file(checkout).unlink()
    if fresh:
        remove(venv)
        check_space(checkout)
        say(f"[1/3] making .venv with Python {sys.version.split()[0]} …")
        make_venv(venv)
    (site_packages(venv) / "nexus.pth").write_text("\n".join(source_folders(checkout)) + "\n")
    if fresh or stamp is None or stamp["locks"] != wanted_stamp(checkout)["locks"]:
        install_requirements(checkout, fresh=fresh)
    write_stamp(checkout)
    say(f"installed in {time.monotonic() - started:.1f} s.")


def check_space(checkout: Path) -> None:
    """Refuse before the disk is full rather than after."""
    free_mb = shutil.disk_usage(checkout).free // 2**20
    if free_mb < NEEDED_MB:
        raise InstallError(f"{checkout} has {free_mb} MB free; .venv needs about {NEEDED_MB} MB.")


def remove(venv: Path) -> None:
    """Remove an environment that is damaged, half made, or of another place."""
    if venv.is_symlink() or venv.is_file():
        raise InstallError(f"{venv} is not a folder: move it away, ./nexus makes its own.")
    if venv.exists():
        shutil.rmtree(venv)


def make_venv(venv: Path) -> None:
    """Make an empty environment with pip, by the standard library or by what stands in for it."""
    # not sys.executable: that may lie in the .venv about to be removed
    python = getattr(sys, "_base_executable", sys.executable)
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        run([python, "-m", "venv", str(venv)])
    elif uv := shutil.which("uv"):
        run([uv, "venv", "--quiet", "--seed", "--no-project", "--python", python, str(venv)])
    elif virtualenv := shutil.which("virtualenv"):
        run([virtualenv, "--quiet", "--python", python, str(venv)])
    else:
        version = f"python3.{sys.version_info.minor}"
        raise InstallError(
            f"this Python ({python}) cannot make virtual environments: its ensurepip is missing.\n"
            f"Debian, Ubuntu: apt install {version}-venv (or python3-venv). Elsewhere: install uv or virtualenv."
        )


def install_requirements(checkout: Path, *, fresh: bool) -> None:
    """Install what is locked, nothing else: by uv in seconds; by pip where uv is refused."""
    python, locks = str(checkout / ".venv/bin/python"), lock_files(checkout)
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    try:
        if fresh:
            say("[2/3] installing the installer, uv …")
            install_uv(checkout, python)
        say(f"[3/3] installing {count_of_packages(locks)} packages …")
        command = [python, "-m", "uv", "pip", "sync", *quiet, "--python", python, "--require-hashes"]
        run([*command, "--compile-bytecode", *map(str, locks)])
    except InstallError as error:
        check_not_full(checkout)
        say(
            f"{error}\nnexus: [3/3] trying pip, which reads its own index settings and takes about a minute …"
        )
        files = [word for lock in locks for word in ("-r", str(lock))]
        pip = [python, "-m", "pip", "install", *quiet, "--disable-pip-version-check"]
        run([*pip, "--require-hashes", *files])


def check_not_full(checkout: Path) -> None:
    """Name the full disk as the cause, where it is one."""
    if shutil.disk_usage(checkout).free < 2**24:
        raise OSError(errno.ENOSPC, "No space left on device", str(checkout))


def install_uv(checkout: Path, python: str) -> None:
    """Install uv alone, by pip, from its own locked lines."""
    lines = re.search(r"^uv==.*?(?=^\S|\Z)", (checkout / "requirements/dev.txt").read_text(), re.M | re.S)
    if lines is None:
        raise InstallError("requirements/dev.txt does not lock uv: ./nexus lock writes it.")
    with NamedTemporaryFile("w", suffix=".txt", dir=checkout / ".nexus") as file:
        file.write(lines[0])
        file.flush()
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        run([*pip, "--require-hashes", "-r", file.name])


def count_of_packages(locks: Sequence[Path]) -> int:
    """Return how many different packages the locks name."""
    return len(
        {name for lock in locks for name in re.findall(r"^([\w.-]+)(?:\[.*?\])?==", lock.read_text(), re.M)}
    )


def site_packages(venv: Path) -> Path:
    """Return where this environment's packages lie."""
    return next((venv / "lib").glob("python3.*")) / "site-packages"


def write_stamp(checkout: Path) -> None:
    """Say, in one step and last of all, that the installation is complete."""
    target = stamp_file(checkout)
    half_written = target.with_suffix(".new")
    half_written.write_text(json.dumps(wanted_stamp(checkout), indent=1))
    half_written.replace(target)


def run(command: Sequence[str]) -> None:
    """Run a step of the installation. Raises ``InstallError`` where it fails; its own words stand above."""
    code = subprocess.run(command, check=False, close_fds=False).returncode
    if code:
        raise InstallError(
            f"{' '.join(command[:5])} … failed with exit code {code}; the reason stands above."
        )
