"""What is said once, beside the model: a change of these rows is a change of those topics."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models.signals import m2m_changed, post_delete, post_save

from lab_caching.topics import bump

Row = TypeVar("Row", bound=models.Model)
Topics = str | Callable[[Any], str | Iterable[str]]

declared: dict[type[models.Model], tuple[Topics, ...]] = {}


def invalidates(model: type[models.Model], *topics: Topics) -> None:
    """
    Let every change of a row of ``model`` bump these topics, on commit.

    A topic is a text, or a function that returns one, or several, for a row. It sees the row as it is after the change:
    where a row moves from one shelf to another, the first shelf's topic is yours to bump.

    Heard are ``save``, ``delete`` (also of a queryset, and by cascade), and what is added to, removed from or cleared of
    the model's many-to-many fields, from either side. **Not** heard, for Django sends no signal: ``QuerySet.update``,
    ``bulk_create``, ``bulk_update`` (give the model the manager of ``InvalidatingQuerySet``), ``shelf.books.add(book)``
    across a foreign key, a reference that ``SET_NULL`` clears, and SQL of your own (call ``bump``).
    """
    declared[model] = (*declared.get(model, ()), *topics)
    uid = f"lab_caching.{model._meta.label}"
    post_save.connect(on_change, sender=model, dispatch_uid=uid)
    post_delete.connect(on_change, sender=model, dispatch_uid=uid)
    for field in model._meta.many_to_many:
        m2m_changed.connect(
            link_listener(model, field), sender=field.remote_field.through, weak=False, dispatch_uid=uid
        )


def on_change(sender: type[models.Model], instance: models.Model, using: str, **_signal: Any) -> None:
    """Bump the topics of a row that was saved, or deleted, in the transaction of ``using``."""
    # --8<-- [start:rows]
    bump(*topics_of(sender, [instance]), using=using)
    # --8<-- [end:rows]


def link_listener(model: type[models.Model], field: Any) -> Callable[..., None]:
    """Return a listener to changes of a many-to-many field of ``model``, made from its side or from the other."""

    def on_links(
        instance: models.Model,
        action: str,
        reverse: bool,
        pk_set: set[Any] | None,
        using: str,
        **_signal: Any,
    ) -> None:
        # A clear is heard before it happens: afterwards nobody knows what was linked.
        if action in {"post_add", "post_remove", "pre_clear"} and pk_set != set():
            rows = linked_rows(model, field, instance, reverse=reverse, pk_set=pk_set)
            bump(*topics_of(model, rows), using=using)

    return on_links


def linked_rows(
    model: type[models.Model],
    field: Any,
    instance: models.Model,
    reverse: bool,
    pk_set: Collection[Any] | None,
) -> Iterable[models.Model]:
    """
    Return the rows of ``model`` whose links through its many-to-many ``field`` change.

    Changed from the model's own side (``book.shelves.add(shelf)``) that is ``instance``. Changed from the other
    (``reverse``: ``shelf.books.add(book)``) those of ``pk_set``; where that is ``None``, all that are linked to ``instance``.
    """
    # --8<-- [start:links]
    if not reverse:
        return [instance]
    rows = model._default_manager.using(instance._state.db)
    return rows.filter(**{field.name: instance.pk} if pk_set is None else {"pk__in": pk_set})
    # --8<-- [end:links]


def topics_of(model: type[models.Model], rows: Iterable[models.Model]) -> set[str]:
    """Return the topics that ``invalidates`` declared for these rows. ``rows`` is not read where all are plain texts."""
    found: set[str] = set()
    plain = {topic for topic in declared.get(model, ()) if isinstance(topic, str)}
    functions = [topic for topic in declared.get(model, ()) if not isinstance(topic, str)]
    for row in rows if functions else ():
        for function in functions:
            told = function(row)
            found.update([told] if isinstance(told, str) else told)
    return plain | found


class InvalidatingQuerySet(models.QuerySet[Row]):
    """
    A queryset whose bulk operations bump what ``invalidates`` declared: ``objects = InvalidatingQuerySet.as_manager()``.

    Where a topic is a function, ``update`` reads the rows first: one query more, for afterwards they may match no longer.
    """

    def update(self, **changes: Any) -> int:
        """Change every row, bump what depends on any of them, and return how many there are."""
        # --8<-- [start:update]
        topics = topics_of(self.model, self.all())
        changed = super().update(**changes)
        bump(*topics, using=self.db)
        return changed
        # --8<-- [end:update]

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        """Create the rows, bump what depends on any of them, and return them."""
        # --8<-- [start:bulk-create]
        made = super().bulk_create(objs, *args, **kwargs)
        bump(*topics_of(self.model, made), using=self.db)
        return made
        # --8<-- [end:bulk-create]

    update.alters_data = bulk_create.alters_data = True  # type: ignore[attr-defined]
