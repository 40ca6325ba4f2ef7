"""
What a lab's checks are written with.

A check is a function in the lab's package ``<lab>_checks``. It asks one thing of the lab's target, which is a
``Site`` where the technique is visible over HTTP, and raises ``Mismatch`` where the answer is wrong::

    @check("A wrong parameter is answered by a problem document (RFC 9457).")
    def error_is_a_problem_document(site: Readings) -> None:
        answer = site.get(f"{site.things}?limit=1000")
        answer.expect_status(400)
        answer.expect_header("Content-Type", "application/problem+json")

The manifest says which step a check belongs to; why it matters and what to read come from the step. What a check
raises besides ``Mismatch`` is the student's error where it passed through their files, and a broken check elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

ANSWER_S = 10  # how long a check waits for a site
NO_ANSWER = f"none within {ANSWER_S} s"
Function = TypeVar("Function", bound=Callable[[Any], None])


@dataclass(eq=False)
class Mismatch(Exception):
    """
    What was expected, what came instead, and the command with which to see it.

    ``why`` is one sentence on why it matters, where the step's own does not fit.
    """

    expected: str
    actual: str
    see: str
    why: str = ""

    def __str__(self) -> str:
        return f"expected {self.expected}, got {self.actual}"


def check(asks: str) -> Callable[[Function], Function]:
    """Make a function a check; ``asks`` is one sentence, what it asks of the student's part."""

    def mark(function: Function) -> Function:
        function.asks = asks  # type: ignore[attr-defined]
        return function

    return mark


def checks_of(lab: str) -> dict[str, Callable[[Any], None]]:
    """Return the checks of a lab by their names, from every module of its package. Raises ``ValueError`` for a name used twice."""
    found: dict[str, Callable[[Any], None]] = {}
    package = import_module(f"{lab}_checks")
    for info in sorted(iter_modules(package.__path__), key=lambda info: info.name):
        module = import_module(f"{package.__name__}.{info.name}")
        for name, function in vars(module).items():
            if hasattr(function, "asks") and function.__module__ == module.__name__:
                if name in found:
                    raise ValueError(f"{package.__name__} has two checks called {name}")
                found[name] = function
    return found
