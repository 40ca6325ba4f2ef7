"""People: create, change, and merge two that are one."""

from dataclasses import dataclass, fields
from uuid import UUID

from django.db import transaction

from audiobooks.catalog.models import Credit, Person, PersonRedirect
from audiobooks.catalog.services.versions import versions_count_up
from audiobooks.catalog.sorting import sort_key
from audiobooks.errors import Invalid, NotFound
from lab_celery import outbox
from lab_rest.preconditions import Precondition


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """What to change; None leaves a field as it is. Text is plain text already."""

    name: str | None = None
    filed_as: str | None = None
    born_year: int | None = None
    died_year: int | None = None
    is_synthetic: bool | None = None


def person_create(*, change: PersonChange) -> Person:
    """Make a person. Raises ``Invalid`` where they would die before they were born."""
    with transaction.atomic():
        person = Person()
        _take(person, change)
        return person


def person_change(*, person_id: UUID, change: PersonChange, precondition: Precondition) -> Person:
    """
    Change what is given, and count up the version of the recordings they are credited on, which show it.

    Raises ``NotFound``, ``PreconditionFailed``, ``Invalid``.
    """
    with transaction.atomic():
        person = precondition.locked(Person.objects.filter(pk=person_id))
        if person is None:
            raise NotFound("person_unknown", f"There is no person {person_id}.")
        _take(person, change)
        versions_count_up(person)
        person.refresh_from_db(fields=["version"])
        return person


def people_merge(*, duplicate_id: UUID, into_id: UUID, precondition: Precondition) -> Person:
    """
    Make two people one: credits move, the duplicate's id leads to the other person for ever. Returns that person.

    ``precondition`` speaks of the duplicate. Raises ``NotFound``, ``PreconditionFailed``; ``Invalid`` for a person
    and themselves.
    """
    if duplicate_id == into_id:
        raise Invalid("same_person", "A person cannot be merged into themselves.")
    with transaction.atomic():
        people = _locked({duplicate_id, into_id})
        duplicate, into = people[duplicate_id], people[into_id]
        precondition.check(duplicate.id, duplicate.version)
        versions_count_up(duplicate)
        for credit in Credit.objects.filter(person=duplicate):
            if Credit.objects.filter(audiobook=credit.audiobook_id, person=into, role=credit.role).exists():
                credit.delete()
            else:
                credit.person = into
                credit.save(update_fields=["person"])
        PersonRedirect.objects.filter(person=duplicate).update(person=into)
        PersonRedirect.objects.create(old_id=duplicate.id, person=into)
        duplicate.delete()
        outbox.publish("catalog.person_merged", duplicate_id=duplicate_id, into_id=into_id)
        versions_count_up(into)
        into.refresh_from_db(fields=["version"])
        return into


# --8<-- [start:locked-in-order]
def _locked(ids: set[UUID]) -> dict[UUID, Person]:
    """Lock people in the order of their ids, so that two merges cannot wait for each other."""
    people = {
        person.id: person for person in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    for person_id in ids - set(people):
        raise NotFound("person_unknown", f"There is no person {person_id}.")
    return people


# --8<-- [end:locked-in-order]


def _take(person: Person, change: PersonChange) -> None:
    for field in fields(change):
        value = getattr(change, field.name)
        if value is not None:
            setattr(person, field.name, value)
    if person.born_year is not None and person.died_year is not None and person.died_year < person.born_year:
        raise Invalid(
            "dies_before_birth", f"{person.died_year} lies before {person.born_year}, the year of birth."
        )
    person.sort_name = sort_key(person.filed_as or person.name)
    person.save()
