import subprocess
import sys

HEAVY = {"av", "celery", "httpx", "nh3", "PIL"}


def test_the_api_does_not_load_what_its_listeners_never_need():
    run = subprocess.run(
        [sys.executable, "-P", "-c", "import sys, config.wsgi; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert HEAVY & set(run.stdout.split()) == set()
