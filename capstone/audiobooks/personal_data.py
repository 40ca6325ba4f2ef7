"""
How an app says what its tables hold of people: in a module ``personal_data``, with ``HELD`` and ``NOBODYS``.

``rights`` exports and deletes by these declarations, and a test compares them with the schema: a table that nobody declared,
or a column of one that stays, fails it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data: what a row may know them by."""

    user_id: UUID
    username: str
    email: str


Rows = Callable[[Person], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Held:
    """
    A table with rows of people's.

    ``whose`` leads from a row to its user, as a filter does (``shelf__user``), or finds a person's rows. ``about`` tells
    the person what they are.

    ``called`` is the name of its file in a copy, where two declarations are of one table. ``also`` exports more than the
    row's own columns: {member: path}. ``withheld`` are columns that are not exported, each
    with the reason; ``not_exported`` is the reason why none is.

    Rows are deleted with the account: by their foreign key, or first by ``forget`` where more hangs on them than that. Where
    they stay, for they are not the person's alone, ``stays`` is {column: what it is overwritten with}, and ``impersonal``
    names the columns of text that say nothing of anybody.
    """

    model: type[Model]
    whose: str | Rows
    about: str
    called: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    not_exported: str = ""
    stays: Mapping[str, object] | None = None
    impersonal: tuple[str, ...] = ()
    forget: Callable[[UUID], None] | None = None

    def of(self, person: Person) -> QuerySet[Any]:
        """Return a person's rows."""
        if isinstance(self.whose, str):
            return self.model._default_manager.filter(**{self.whose: person.user_id})
        return self.whose(person)

    @property
    def name(self) -> str:
        """What the table is called in an export."""
        return self.called or f"{self.model._meta.app_label}/{self.model._meta.model_name}"


Nobodys = Mapping[type[Model], str]  # tables that hold nothing of people, each with what it does hold
