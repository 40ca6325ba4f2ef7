"""All that is declared, and what the schema has that nobody declared."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import BinaryField, CharField, Field, JSONField, Model, TextField

from audiobooks.accounts.models import User
from audiobooks.personal_data import Held, Person

FREE = (CharField, TextField, JSONField, BinaryField)  # what can say anything
TELLING = ("address", "agent", "birth", "caller", "email", "ip", "password", "phone", "user", "username")


def person_of(user: User) -> Person:
    """Return what a user's rows know them by."""
    return Person(user.pk, user.username, user.email)


def declared() -> tuple[list[Held], dict[type[Model], str]]:
    """Return what each installed app declares in its ``personal_data``: what is held of people, and what is nobody's."""
    held: list[Held] = []
    nobodys: dict[type[Model], str] = {}
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.personal_data"):
            module = import_module(f"{config.name}.personal_data")
            held += module.HELD
            nobodys |= module.NOBODYS
    return held, nobodys


# --8<-- [start:gaps]
def gaps(
    models: Iterable[type[Model]], held: Iterable[Held], nobodys: Mapping[type[Model], str]
) -> Iterator[str]:
    """Yield a sentence for each table and column that the declarations leave out, or get wrong."""
    held = list(held)
    names = [one.name for one in held]
    yield from (
        f"{name}: two declarations, and one name in a copy." for name in names if names.count(name) > 1
    )
    for model in models:
        name, own = model._meta.label, [one for one in held if one.model is model]
        if bool(own) == (model in nobodys):
            yield f"{name}: declare it in its app's personal_data.py, in HELD or in NOBODYS."
        if model in nobodys:
            yield from (f"{name}.{column} is nobody's, yet tells of somebody." for column in telling(model))
        for one in own:
            yield from (f"{name}.{column} stays: overwrite it, or say why not." for column in staying(one))


def telling(model: type[Model]) -> Iterator[str]:
    """Yield the columns of a model that are a user's by key or by name."""
    for field in columns_of(model):
        if is_a_users(field) or set(TELLING) & set(field.name.split("_")):
            yield field.name


def is_a_users(field: "Field[object, object]", depth: int = 0) -> bool:
    """Tell whether a column leads to a user, at once or by way of other tables."""
    other = field.related_model
    if other is None or depth > 5 or isinstance(other, str):
        return False
    return other is User or any(is_a_users(next_, depth + 1) for next_ in columns_of(other))


def staying(one: Held) -> Iterator[str]:
    """Yield the columns of a table that stays which may say something, and about which nothing is said."""
    if one.stays is None:
        return
    for field in columns_of(one.model):
        known = {*one.stays, *one.impersonal}
        if (isinstance(field, FREE) or field.related_model is User) and field.name not in known:
            yield field.name


# --8<-- [end:gaps]


def columns_of(model: type[Model]) -> "list[Field[object, object]]":
    """Return a model's own columns."""
    return list(model._meta.concrete_fields)
