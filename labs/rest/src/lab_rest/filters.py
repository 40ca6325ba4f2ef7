"""Filters from an allow-list: a query parameter that nobody declared is an error, not ignored."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.forms import CharField, Field
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.utils import translate_validation
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from lab_rest.exceptions import invalid_query
from lab_rest.field_errors import FieldError, parameter_errors, unstorable_parameters


class AllowListFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # untyped
    """
    django-filter, strict: ``?colour=red`` is a 400 naming the known parameters where ``colour`` is no filter.

    Known are the view's filters (``filterset_class``, ``filterset_fields``), its pagination's parameters and
    what it declares in ``extra_query_parameters``. Raises a 400 ``Problem`` with one error per parameter.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        # --8<-- [start:allow-list]
        known = [*_filter_names(filterset), *_other_names(view)]
        errors = [
            FieldError(
                parameter=name,
                code="unknown",
                detail=f"Unknown parameter. Known: {', '.join(known) or 'none'}.",
            )
            for name in request.query_params
            if name not in known
        ]
        errors = errors or unstorable_parameters(request)
        if not errors and filterset is not None:
            errors = _value_errors(filterset, request)
        if errors:
            raise invalid_query(errors)
        # --8<-- [end:allow-list]
        return queryset if filterset is None else filterset.qs


def _value_errors(filterset: FilterSet, request: Request) -> list[FieldError]:
    """Name the filters whose values cannot be used: django-filter would drop what is empty, repeated or no truth value."""
    if not filterset.is_valid():
        return parameter_errors(translate_validation(filterset.errors).detail)
    errors = []
    for name, field in filterset.form.fields.items():
        given = request.query_params.getlist(name)
        if len(given) > 1 and not getattr(field.widget, "allow_multiple_selected", False):
            detail = f"Given {len(given)} times; once is allowed."
            errors.append(FieldError(parameter=name, code="repeated", detail=detail))
        elif given and _dropped(field, filterset.form.cleaned_data[name]):
            detail = "Empty or not of the kind asked for. Correct it, or leave the parameter out."
            errors.append(FieldError(parameter=name, code="invalid", detail=detail))
    return errors


def _dropped(field: Field, value: object) -> bool:
    return value is None or (value == "" and not isinstance(field, CharField))


def _filter_names(filterset: FilterSet | None) -> Iterator[str]:
    """Yield the parameters a filter set reads: a range filter reads two, such as ``price_min`` and ``price_max``."""
    if filterset is None:
        return
    for name, field in filterset.form.fields.items():
        for suffix in getattr(field.widget, "suffixes", None) or [""]:
            yield f"{name}_{suffix}" if suffix else name


def _other_names(view: APIView) -> Iterator[str]:
    yield from getattr(getattr(view, "pagination_class", None), "query_parameters", ())
    yield from getattr(view, "extra_query_parameters", ())
    if api_settings.URL_FORMAT_OVERRIDE:
        yield api_settings.URL_FORMAT_OVERRIDE
