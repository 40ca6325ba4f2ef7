"""A process that asks 100 times at once, for test_stampede: says that it is ready, waits for a line, and prints its counts."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import django
from django.conf import settings

from lab_caching import Policy, metrics, remember

django.setup()
settings.LAB_CACHING = {"URL": os.environ["REDIS_URL"], "PREFIX": sys.argv[1], "TIMEOUT_S": 5}
start = threading.Barrier(101)


def compute() -> str:
    """Take long enough for everybody to arrive."""
    time.sleep(0.3)
    return "made"


def one(_number: int) -> str:
    """Ask once."""
    start.wait()
    return remember("cold", compute=compute, policy=Policy(wait_s=20))


with ThreadPoolExecutor(100) as pool:
    answers = pool.map(one, range(100))
    print("ready", flush=True)  # noqa: T201 -- that is how it is told
    sys.stdin.readline()
    start.wait()
    print(set(answers), metrics.read()["cold"].computations, flush=True)  # noqa: T201
