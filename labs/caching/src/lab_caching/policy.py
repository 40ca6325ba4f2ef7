"""How long an answer is good for, when it is made anew, and what may be kept."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What holds for the answers of one name. Times in seconds, ``0`` switches a thing off.

    ``ttl_s``: how long an answer is fresh. ``jitter``: by how much of that chance may shorten it. ``early``: how eagerly
    one caller makes it anew before it expires (1 is the paper's choice). ``stale_s``: how long after that it may still be
    answered, while somebody makes a new one or the source fails with ``stale_if``. ``negative_s``: how long ``None``,
    "there is none", is believed. ``lock_s``: for how long one caller alone may compute; ``wait_s``: how long the others
    wait for it before they compute themselves. ``local_s``: how long this process answers from its own memory, and so by
    how much it may be behind. ``max_bytes``: what is larger is answered and not kept.
    """

    ttl_s: float = 60
    jitter: float = 0.1
    early: float = 1
    stale_s: float = 0
    stale_if: type[Exception] | tuple[type[Exception], ...] = Exception
    negative_s: float = 5
    lock_s: float = 10
    wait_s: float = 5
    local_s: float = 0
    max_bytes: int = 512 * 1024

    def __post_init__(self) -> None:
        """Refuse what cannot be meant: ``ValueError``."""
        if not 0 < self.ttl_s <= LONGEST_S or not 0 <= self.jitter < 1:
            raise ValueError(f"ttl_s must be from 0 to {LONGEST_S}, jitter from 0 to below 1: {self}")
        times = (
            self.early,
            self.stale_s,
            self.negative_s,
            self.lock_s,
            self.wait_s,
            self.local_s,
            self.max_bytes,
        )
        if min(times) < 0 or self.local_s > self.ttl_s:
            raise ValueError(f"no time may be negative, and local_s not above ttl_s: {self}")


LONGEST_S = 7 * 24 * 3600  # Memcached reads more than 30 days as a date


def lifetime(policy: Policy, chance: float | None = None) -> float:
    """
    Return for how many seconds an answer made now is fresh: ``ttl_s``, shortened by up to ``jitter`` of it.

    ``chance`` is from 0 (not shortened) to 1; at random if ``None``. What was made together expires apart.
    """
    if not policy.jitter:
        return policy.ttl_s
    # --8<-- [start:jitter]
    chance = random.random() if chance is None else chance  # noqa: S311 -- spreads load, guards nothing
    return policy.ttl_s * (1 - policy.jitter * chance)
    # --8<-- [end:jitter]


def is_due(fresh_for_s: float, compute_s: float, early: float, chance: float | None = None) -> bool:
    """
    Tell whether this caller makes the answer anew, though it is fresh for ``fresh_for_s`` more seconds.

    The sooner it expires and the longer it takes to make (``compute_s``), the likelier: true where
    ``compute_s · early · -ln(chance)`` reaches ``fresh_for_s``. ``chance`` is above 0 and up to 1; at random if ``None``.
    Source: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015.
    """
    if not early or fresh_for_s <= 0:
        return fresh_for_s <= 0
    # --8<-- [start:early]
    chance = 1 - random.random() if chance is None else chance  # noqa: S311 -- spreads load, guards nothing
    return compute_s * early * -math.log(chance) >= fresh_for_s
    # --8<-- [end:early]
