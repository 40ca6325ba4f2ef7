"""A stop signal, sent to three ways of starting a program; and what our containers may do, against what Docker allows."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import stage
import yaml

# --8<-- [start:server]
SERVER = """
import signal, sys, time, pathlib
def finish(*_):
    pathlib.Path("finished").touch()   # the request under way was answered, connections were closed
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
pathlib.Path("ready").touch()
time.sleep(30)
"""
STARTS = {
    "a script that starts it": "#!/bin/sh\necho starting\n{python} server.py\necho ended\n",
    "a script that becomes it: exec": "#!/bin/sh\necho starting\nexec {python} server.py\n",
    "the program itself": None,
}
# --8<-- [end:server]


def finished_after_stop(script: str | None) -> int:
    """Start it, send SIGTERM to the process that was started, as `docker stop` does; return 1 where the server finished."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "server.py").write_text(SERVER)
        command = [sys.executable, "server.py"]
        if script:
            (folder / "start").write_text(script.format(python=sys.executable))
            command = ["/bin/sh", "start"]
        started = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
        while not (folder / "ready").exists():
            if started.poll() is not None:
                raise SystemExit("the server did not start")
        started.send_signal(signal.SIGTERM)
        started.wait(timeout=20)
        did = int((folder / "finished").exists())
        try:
            os.killpg(started.pid, signal.SIGKILL)  # whom nobody told
        except ProcessLookupError:
            pass
        return did


def containers() -> list[dict]:
    """Return the services of the compose file that run for good, but those of the labs and the hub."""
    services = yaml.safe_load(Path("docker-compose.yml").read_text())["services"]
    return [
        service
        for service in services.values()
        if service.get("restart") != "no" and "profiles" not in service
    ]


def is_root(service: dict) -> bool:
    """Tell whether a service's first process is root: neither the compose file nor our image names another user."""
    image = service.get("image", "")
    if image.startswith("nexus-"):  # ours, named after its stage
        ours = image.removeprefix("nexus-")
        stage_text = Path("capstone/Dockerfile").read_text().split(f" AS {ours}\n")[1].split("\nFROM ")[0]
        return "\nUSER " not in stage_text
    return "user" not in service


def main() -> None:
    """Print both tables."""
    rows = [(name, finished_after_stop(script)) for name, script in STARTS.items()]
    stage.table(["SIGTERM is sent to", "work finished, of 1"], rows)
    every = containers()
    checks = {
        "run as root": is_root,
        "may write to their image's files": lambda service: not service.get("read_only"),
        "keep Linux capabilities": lambda service: service.get("cap_drop") != ["ALL"],
        "may gain rights by setuid programs": lambda service: (
            "no-new-privileges:true" not in service["security_opt"]
        ),
        "have no init to reap processes": lambda service: not service.get("init"),
        "are published beyond this machine": lambda service: any(
            not port.startswith("127.0.0.1:") for port in service.get("ports", [])
        ),
    }
    stage.table(
        [f"of {len(every)} containers of the platform", "if Docker's defaults held", "here"],
        [
            (what, 0 if "published" in what else len(every), sum(check(service) for service in every))
            for what, check in checks.items()
        ],
    )


main()
