"""Typed reading of TOML tables: every mistake is an error that names the file, the entry and the field."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

T = TypeVar("T")


class TitlesError(ValueError):
    """A file is wrong; the message says where and what to write instead."""


class Fields:
    """One table of a file. Each field is taken once, with its type; ``finish`` refuses what is left."""

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, dict):
            raise TitlesError(f"{where}: write a table here.")
        self.table: dict[str, object] = dict(table)
        self.where = where
        self.known: set[str] = set()

    def fail(self, problem: str) -> TitlesError:
        return TitlesError(f"{self.where}: {problem}")

    def _take(self, name: str, kind: type[T], default: T | None) -> T:
        self.known.add(name)
        value = self.table.pop(name, default)
        if value is None:
            raise self.fail(f"{name} is missing.")
        if type(value) is not kind:  # a bool is an int, a datetime is a date: neither is meant
            raise self.fail(f"{name} must be {kind.__name__}: got {value!r}.")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, str, default)
        if value != default and not value.strip():
            raise self.fail(f"{name} is empty.")
        return value

    def text_like(self, name: str, pattern: str, example: str) -> str:
        value = self.text(name)
        if not re.fullmatch(pattern, value):
            raise self.fail(f"{name} is {value!r}: write something like {example}.")
        return value

    def flag(self, name: str) -> bool:
        return self._take(name, bool, False)

    def year(self, name: str) -> int:
        return self._take(name, int, None)

    def day(self, name: str) -> date:
        return self._take(name, date, None)

    def choice(self, name: str, choices: tuple[T, ...], default: T) -> T:
        self.known.add(name)
        value = self.table.pop(name, default)
        for choice in choices:
            if value == choice:
                return choice
        raise self.fail(f"{name} is {value!r}: use one of {', '.join(map(str, choices))}.")

    def optional(self, name: str, take: Callable[[str], T]) -> T | None:
        self.known.add(name)
        return take(name) if name in self.table else None

    def texts(self, name: str, default: list[object] | None = None) -> tuple[str, ...]:
        values = self._take(name, list, default)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fail(f"{name} must be a list of texts: got {values!r}.")
        if len(set(values)) < len(values):
            raise self.fail(f"{name} repeats an entry: {values!r}.")
        return tuple(values)

    def tables(self, name: str, default: list[object] | None = None) -> list["Fields"]:
        tables = self._take(name, list, default)
        return [Fields(table, f"{self.where}, {name} {number}") for number, table in enumerate(tables, 1)]

    def finish(self) -> None:
        if self.table:
            raise self.fail(f"unknown {', '.join(self.table)}: known are {', '.join(sorted(self.known))}.")
