"""What evidence is gathered with: services, the student's parts, a folder for what tests ran; or why one of them is not there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nexus.errors import NexusError
from nexus.grade.facts import NotRun
from nexus.labs.mine import FindParts, Parts
from nexus.services import Session, new_ephemeral_state, session

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Scene:
    """
    What evidence is gathered with.

    ``is_mine``: the student's parts are asked for; ``parts``: whose each lab's part is then. ``lines_run``: the folder in
    which tests leave what they ran, where coverage is asked for. ``no_services`` and ``no_parts``: why there are none.
    """

    site: str
    session: Session | None = None
    parts: Parts | None = None
    is_mine: bool = False
    base_url: str = ""
    lines_run: Path | None = None
    no_services: str = ""
    no_parts: str = ""

    @property
    def services(self) -> Session:
        """The services. Raises ``NotRun`` with the reason where there are none."""
        if self.session is None:
            raise NotRun(self.no_services)
        return self.session

    @property
    def whose(self) -> str:
        """Whose each part is, in a sentence; "" where they are all ours."""
        return self.parts.sentence() if self.parts else self.no_parts

    def environment_of(self, inherited: Mapping[str, str]) -> Mapping[str, str]:
        """Return an environment in which the student's parts are found before ours, where they are asked for."""
        return self.parts.environment(inherited) if self.parts else inherited


@contextmanager
def scene(site: str, base_url: str, mine: FindParts | None, lines_run: Path | None) -> Iterator[Scene]:
    """Yield a scene; what of it cannot be had keeps its reason, for the rows that miss it."""
    with ExitStack() as stack:
        parts, no_parts = had(mine) if mine else (None, "")
        services, no_services = None, ""
        if not base_url:  # an address needs nothing of ours
            services, no_services = had(lambda: stack.enter_context(session(new_ephemeral_state())))
        yield Scene(site, services, parts, mine is not None, base_url, lines_run, no_services, no_parts)


def had(find: Callable[[], Thing]) -> tuple[Thing | None, str]:
    """Return what is found, or why nothing is."""
    try:
        return find(), ""
    except NexusError as error:
        return None, str(error)
