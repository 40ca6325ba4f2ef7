"""The root script and the installation, on a small checkout whose one locked wheel stands in for uv."""

import errno
import os
import pwd
import subprocess
import sys
from pathlib import Path

from nexus.bootstrap import explanation, python_works, read_stamp, wanted_stamp

CHECKOUT = Path(__file__).resolve().parents[2]
OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = ["nexus", "up"]
runpy.run_path({script!r}, run_name="__main__")
"""


def test_an_old_python_is_told_what_is_needed_and_how_to_get_it():
    script = OLD_PYTHON.format(script=str(CHECKOUT / "nexus"))

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert answer.stderr.startswith("nexus: Python ≥ 3.11 needed, this is 3.9.2")
    assert "apt install python3.11" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_root_script_uses_no_syntax_that_an_old_python_cannot_read():
    compile((CHECKOUT / "nexus").read_text(), "nexus", "exec", dont_inherit=True, _feature_version=4)
    assert 'f"' not in (CHECKOUT / "nexus").read_text()


def test_the_first_start_installs_and_hands_arguments_and_exit_code_over(installed):
    code, printed, complaints = installed.first_answer

    assert (code, printed) == (7, "front door passed ['manage', 'two words', '--flag']\n")
    assert "[1/3] making .venv" in complaints
    assert "[3/3] installing 1 packages" in complaints
    assert "--require-hashes --compile-bytecode" in installed.log.read_text()


def test_a_later_start_installs_nothing_and_says_nothing(installed):
    before = installed.installations()

    assert installed.open("doctor") == (7, "front door passed ['doctor']\n", "")
    assert installed.installations() == before


def test_a_changed_lock_is_installed_into_the_same_environment(installed):
    before, made_at = installed.installations(), (installed.checkout / ".venv/pyvenv.cfg").stat().st_mtime_ns
    with (installed.checkout / "requirements/dev.txt").open("a") as lock:
        lock.write("# newer\n")

    assert installed.open()[0] == 7
    assert installed.installations() == before + 1
    assert (installed.checkout / ".venv/pyvenv.cfg").stat().st_mtime_ns == made_at


def test_locks_that_cannot_be_installed_keep_nobody_from_lock_doctor_and_help(installed):
    before, lock = installed.installations(), installed.checkout / "requirements/dev.txt"
    good = lock.read_text()
    lock.write_text(f"{good}uv==2.0\n")
    answers = {
        words: installed.open(*words) for words in [("lock", "--upgrade"), ("doctor",), ("lab", "--help")]
    }
    order = installed.order("refuse")  # uv takes what it is given in this test; pip sees the contradiction
    refused = installed.open("up")
    order.unlink()
    again = installed.open("lock")  # now that an installation has failed
    lock.write_text(good)

    said = "nexus: .venv is not what requirements/ ask for; {} takes it as it is.\n"
    assert answers == {
        ("lock", "--upgrade"): (7, "lock passed ['--upgrade']\n", said.format("lock")),
        ("doctor",): (7, "front door passed ['doctor']\n", said.format("doctor")),
        ("lab", "--help"): (7, "front door passed ['lab', '--help']\n", said.format("--help")),
    }
    assert refused[0] == 1
    assert "./nexus lock writes them anew" in refused[2]
    assert again[:2] == (7, "lock passed []\n")
    assert installed.open("up")[0] == 7
    assert installed.installations() > before


def test_the_first_command_may_be_lock_where_the_locks_contradict_each_other(door):
    lock = door.checkout / "requirements/dev.txt"
    lock.write_text(f"{lock.read_text()}none==1.0 --hash=sha256:{'0' * 64}\n")
    door.order("refuse")

    code, printed, complaints = door.open("lock")

    assert (code, printed) == (7, "lock passed []\n")
    assert "locking needs none of that: it goes on." in complaints


def test_a_new_lab_joins_the_path_without_an_installation(installed):
    before = installed.installations()
    (installed.checkout / "labs/rest/src").mkdir(parents=True)

    assert installed.open()[0] == 7
    pth = next((installed.checkout / ".venv").glob("lib/*/site-packages/nexus.pth")).read_text()
    assert f"{installed.checkout}/labs/rest/src\n" in pth
    assert installed.installations() == before


def test_two_first_starts_install_once(door, hanging):
    order = door.order("hang")
    first = hanging()
    with door.start("second") as second:
        assert second.stderr.readline() == "nexus: another start is installing; waiting for it …\n"
        order.unlink()
        printed, complaints = second.communicate(timeout=100)

    assert (first.wait(timeout=100), door.installations()) == (7, 1)
    assert (printed, complaints) == ("front door passed ['second']\n", "")


def test_after_kill_9_the_next_start_waits_for_the_orphaned_installer_and_begins_again(door, hanging):
    order = door.order("hang")
    first = hanging()
    first.kill()
    with door.start() as second:
        assert second.stderr.readline() == "nexus: another start is installing; waiting for it …\n"
        order.unlink()
        _, complaints = second.communicate(timeout=100)

    assert (second.returncode, door.installations()) == (7, 2)
    assert "[1/3] making .venv" in complaints


def test_where_uv_is_refused_pip_installs_and_the_reason_is_printed(door):
    door.order("refuse")

    code, _, complaints = door.open()

    assert code == 7
    assert "this index is for pip only" in complaints
    assert "trying pip" in complaints


def test_a_moved_checkout_makes_its_environment_anew(installed):
    moved = installed.checkout.rename(installed.checkout.with_name("moved"))
    stamp, wanted = read_stamp(moved), wanted_stamp(moved)
    moved.rename(installed.checkout)

    assert stamp["place"] != wanted["place"]


def test_an_environment_whose_python_is_gone_does_not_count(installed):
    python = installed.checkout / ".venv/bin/python"
    target = python.readlink()
    python.unlink()
    python.symlink_to("/nowhere/python")
    works = python_works(installed.checkout)
    python.unlink()
    python.symlink_to(target)

    assert (works, python_works(installed.checkout)) == (False, True)


def test_something_else_named_venv_is_not_touched(door):
    (door.checkout / ".venv").write_text("mine")

    code, _, complaints = door.open()

    assert (code, (door.checkout / ".venv").read_text()) == (1, "mine")
    assert "is not a folder: move it away" in complaints


def test_without_ensurepip_uv_or_virtualenv_the_message_names_the_package(door, own_folder):
    (own_folder / "without").mkdir()
    (own_folder / "without/sitecustomize.py").write_text('import sys\nsys.modules["ensurepip"] = None\n')
    door.environment |= {"PYTHONPATH": str(own_folder / "without"), "PATH": str(own_folder)}

    code, _, complaints = door.open()

    assert code == 1
    assert f"apt install python3.{sys.version_info.minor}-venv" in complaints
    assert "Traceback" not in complaints


def test_a_checkout_that_cannot_be_written_is_named(door):
    door.checkout.chmod(0o555)
    options = {"user": pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {}
    door.environment["HOME"] = "/nonexistent"
    python = Path(sys.executable).resolve()
    if not all(path.stat().st_mode & 0o001 for path in (python, *python.parents)):
        python = Path("/usr/bin/python3")  # root's own Python may lie where nobody cannot go
    command = [str(python), str(door.checkout / "nexus")]

    answer = subprocess.run(
        command, env=door.environment, capture_output=True, text=True, check=False, cwd="/", **options
    )
    door.checkout.chmod(0o755)

    assert answer.returncode == 1
    assert f"cannot write {door.checkout}/.nexus" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_full_disk_is_explained():
    full = OSError(errno.ENOSPC, "No space left on device", "/somewhere/file")

    assert explanation(full, CHECKOUT).startswith(
        "the disk is full (/somewhere/file). .venv needs about 1100 MB"
    )


def test_a_checkout_without_locks_is_refused(door):
    (door.checkout / "requirements/dev.txt").unlink()

    code, _, complaints = door.open()

    assert code == 1
    assert "holds no *.txt: is this a complete checkout?" in complaints
