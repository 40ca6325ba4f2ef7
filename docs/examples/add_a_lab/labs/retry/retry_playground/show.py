"""Call each step until it answers 200, and print what that costs. The clock is turned, so nobody waits."""

import logging
from collections.abc import Iterator

import django
from django.test import Client

STEPS = ("1 silent", "2 rounded down", "3 the part")
GUESS_S = 1.0
CALL_S = 0.125


def main() -> None:
    """Print the table."""
    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # the refusals are in the table
    print(
        "A service is down for 29.5 seconds. A call takes 0.125 s; who is not told when to come back waits 1 s.\n"
    )
    print("\n".join(lines()))


def calls(step: int) -> tuple[int, float]:
    """Return how many calls it took until the service answered, and when that was, in seconds."""
    made, at = 1, 0.0
    while (answer := Client(SERVER_NAME="localhost").get(f"/step{step}/?at={at}")).status_code == 503:
        made, at = made + 1, at + CALL_S + float(answer.headers.get("Retry-After", GUESS_S))
    return made, at


def lines() -> Iterator[str]:
    """Yield the table as plain text."""
    found = [calls(number) for number in range(1, len(STEPS) + 1)]
    rows = {
        "step": STEPS,
        "calls": [f"{made}" for made, _ in found],
        "answered after, s": [f"{at:g}" for _, at in found],
    }
    for name, cells in rows.items():
        yield "  ".join(
            [f"{name:<18}", *(f"{cell:>{len(step)}}" for cell, step in zip(cells, STEPS, strict=True))]
        )


if __name__ == "__main__":
    main()
