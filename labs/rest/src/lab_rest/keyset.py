"""Where a page starts: the columns of an ordering, and the condition that holds for the rows after a given one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)

from lab_rest.cursors import Place

ROW_COMPARISONS = {  # (descending, inclusive)
    (False, False): TupleGreaterThan,
    (False, True): TupleGreaterThanOrEqual,
    (True, False): TupleLessThan,
    (True, True): TupleLessThanOrEqual,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an ordering. PostgreSQL sorts NULL last when ascending and first when descending."""

    name: str
    descending: bool
    nullable: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def columns_of(queryset: QuerySet[Any], ordering: Sequence[str]) -> tuple[Column, ...]:
    """
    Read ``("-recorded_at", "id")`` against the queryset's model and annotations.

    Raises ``ImproperlyConfigured`` for a name that does not exist, that would repeat rows, or that sorts by
    another model's ``Meta.ordering``, and where the last column is not unique: pages would lose rows.
    """
    names = [entry.removeprefix("-") for entry in ordering]
    columns = tuple(
        Column(name, entry.startswith("-"), _is_nullable(queryset, name))
        for name, entry in zip(names, ordering, strict=True)
    )
    field = _local_field(queryset.model, names[-1]) if names else None
    if field is None or not field.unique or field.null:
        raise ImproperlyConfigured(
            f"The ordering {tuple(ordering)} of {queryset.model.__name__} must end in a unique column that is "
            f'not NULL, such as "id": rows equal in every column have no fixed order and get lost between pages.'
        )
    return columns


def _local_field(model: type[Model], name: str) -> Any:
    if name == "pk":
        return model._meta.pk
    return next((field for field in model._meta.concrete_fields if field.attname == name), None)


def _is_nullable(queryset: QuerySet[Any], name: str) -> bool:
    if name in queryset.query.annotations:
        return True  # an expression does not tell
    nullable = False
    model: Any = queryset.model
    for part in name.split("__"):
        if model is None:
            raise ImproperlyConfigured(f'"{name}" is not a column: annotate the queryset and order by that.')
        try:
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist as exc:
            raise ImproperlyConfigured(f'{model.__name__} has no column "{part}" to order by.') from exc
        if field.one_to_many or field.many_to_many:
            raise ImproperlyConfigured(f'Ordering by "{name}" would repeat rows: it leads to many.')
        nullable = nullable or field.null
        model = field.related_model if field.is_relation and part == field.name else None
    if model is not None:
        raise ImproperlyConfigured(f'"{name}" sorts by the order of another model: say "{name}_id".')
    return nullable


def backwards(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the same ordering, read from its end."""
    return tuple(replace(column, descending=not column.descending) for column in columns)


def rows_after(columns: Sequence[Column], values: Sequence[Any], *, inclusive: bool = False) -> Any:
    """
    Return the filter for the rows that sort after ``values``, or at them when ``inclusive``.

    Columns of one direction without NULL give ``(a, b) > (x, y)``, which PostgreSQL answers from an index on
    them; anything else ``a >= x AND (a > x OR (a = x AND b < y))``, whose first part an index on ``a`` answers.
    """
    # --8<-- [start:keyset-filter]
    first, directions = columns[0], {column.descending for column in columns}
    if len(directions) == 1 and not any(column.nullable for column in columns):
        compare = ROW_COMPARISONS[first.descending, inclusive]
        return compare(Tuple(*(F(column.name) for column in columns)), list(values))

    condition = Q()
    for column, value in reversed(list(zip(columns, values, strict=True))):
        beyond = _beyond(column, value)
        equal = Q(**{f"{column.name}__isnull": True}) if value is None else Q(**{column.name: value})
        if column is columns[-1]:
            condition = beyond | equal if inclusive else beyond
        else:
            condition = beyond | (equal & condition)
    if not first.nullable:
        condition &= Q(**{f"{first.name}__{'lte' if first.descending else 'gte'}": values[0]})
    return condition
    # --8<-- [end:keyset-filter]


def _beyond(column: Column, value: Any) -> Q:
    if value is None:  # nothing sorts after the last NULL; after the first NULLs every value does
        return Q(**{f"{column.name}__isnull": False}) if column.descending else Q(pk__in=[])
    beyond = Q(**{f"{column.name}__{'lt' if column.descending else 'gt'}": value})
    if column.nullable and not column.descending:
        beyond |= Q(**{f"{column.name}__isnull": True})
    return beyond


def page_of(
    queryset: QuerySet[Any], columns: Sequence[Column], place: Place | None, limit: int
) -> tuple[list[Any], Place | None, Place | None]:
    """
    Return the rows at ``place`` (None: the beginning), and where the next and the previous page start.

    1 query, which reads ``limit`` + 1 rows: the one more tells whether there is a further page.
    """
    forward = place is None or place.forward
    order = columns if forward else backwards(columns)
    # Each row brings its values in the columns: a related or deferred one would otherwise cost a query.
    known = queryset.query.annotation_select
    names = [column.name if column.name in known else f"keyset_{i}" for i, column in enumerate(columns)]
    added = {name: F(column.name) for name, column in zip(names, columns, strict=True) if name not in known}
    queryset = queryset.annotate(**added).order_by(*map(str, order))
    if place is not None:
        queryset = queryset.filter(rows_after(order, place.values, inclusive=place.inclusive))
    found = list(queryset[: limit + 1])
    rows = found[:limit] if forward else found[:limit][::-1]

    following, preceding = neighbours([_take(row, names, added) for row in rows], place, len(found) > limit)
    return rows, following, preceding


def neighbours(
    values: Sequence[tuple[Any, ...]], place: Place | None, has_more: bool
) -> tuple[Place | None, Place | None]:
    """
    Return where the next and the previous page start. No query.

    ``values`` are those of the rows of the page at ``place``, in the columns of the ordering; ``has_more`` says whether
    there is a further row in the direction of ``place``.
    """
    if values:
        following, preceding = Place(values[-1]), Place(values[0], forward=False)
    elif place is not None:  # all rows beyond were deleted: the way back starts where the caller stands
        following = preceding = replace(place, forward=not place.forward, inclusive=not place.inclusive)
    else:
        return None, None
    forward = place is None or place.forward
    has_next, has_previous = (has_more, place is not None) if forward else (True, has_more)
    return following if has_next else None, preceding if has_previous else None


def _take(row: Any, names: Sequence[str], added: Collection[str]) -> tuple[Any, ...]:
    if not isinstance(row, dict):
        return tuple(getattr(row, name) for name in names)
    values = tuple(row[name] for name in names)
    for name in added:
        del row[name]
    return values
