"""What one kind of evidence brought: figures, the tests one by one, or the reason why there is nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


class NotRun(Exception):
    """An evidence cannot be had here; the reason is for a reviewer to read."""


@dataclass
class Facts:
    """
    One evidence. ``not_run`` is why there is none, "" where there is.

    ``figures``: name → number; ``cases``: (test, passed, failed or skipped), a test's subtests by its name; ``lines``: what is worth reading of it;
    ``repeat``: the command that does it again; ``seconds``: how long it took, and ``at``, UTC, when it was done.
    """

    evidence: str
    repeat: str
    not_run: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    cases: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    seconds: float = 0.0
    at: str = ""

    @property
    def are_tests(self) -> bool:
        """Tell whether it brought tests one by one."""
        return bool(self.cases)


def share_of(cases: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Return the figures of tests: how many passed, failed and were skipped, and the share that passed of those that ran."""
    states = Counter(state for _, state in cases)
    count = {word: states[word] for word in (PASSED, FAILED, SKIPPED)}
    ran = count[PASSED] + count[FAILED]
    return {**count, **({"share_passed": count[PASSED] / ran} if ran else {})}
