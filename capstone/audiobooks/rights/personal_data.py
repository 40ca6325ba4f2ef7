"""What this app, the labs' parts and Django hold of people."""

import json
import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as AdminSession
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from audiobooks.accounts.models import User
from audiobooks.personal_data import Held, Nobodys, Person, Rows
from audiobooks.rights.models import Export
from lab_celery import models as celery_parts
from lab_rest.models import IdempotencyRecord

SHORT_LIVED = "What it is about is exported itself; it is forgotten after {}."


def naming(model: Any) -> Rows:
    """Return what finds the events of a model that name a person: by their id, address or username, whatever the key."""

    def of(person: Person) -> QuerySet[Any]:
        named = Q()
        for name in (str(person.user_id), person.email, person.username):
            named |= Q(said__icontains=json.dumps(name, ensure_ascii=False))
        found: QuerySet[Any] = model.objects.alias(said=Cast("ids", TextField())).filter(named)
        return found

    return of


def admin_sessions(person: Person) -> QuerySet[AdminSession]:
    """Return the admin's sessions of a person, who stands inside what each keeps: all are read, and only staff have any."""
    theirs = [
        session.pk
        for session in AdminSession.objects.iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.user_id)
    ]
    return AdminSession.objects.filter(pk__in=theirs)


def log_about(person: Person) -> QuerySet[LogEntry]:
    """Return what staff did to a person's account, to rows of theirs, or to rows that are gone and called them by name."""
    logged = ContentType.objects.filter(logentry__isnull=False).distinct()
    found = Q(pk=None)
    for table in logged:
        model = table.model_class()
        if model is not None and (model is User or leads_to_a_user(model)):
            called = rf"\y({re.escape(person.username)}|{re.escape(person.email)})\y"
            about = Q(object_id__in=own_keys(model, person)) | Q(object_repr__regex=called)
            found |= Q(content_type=table) & about
    return LogEntry.objects.filter(found)


def own_keys(model: type[Model], person: Person) -> list[str]:
    """Return the keys of a person's rows, as the admin's log writes them."""
    if model is User:
        return [str(person.user_id)]
    theirs = Q()
    for field in model._meta.fields:
        if field.related_model is User:
            theirs |= Q(**{field.name: person.user_id})
    return [str(key) for key in model._default_manager.filter(theirs).values_list("pk", flat=True)]


def leads_to_a_user(model: type[Model]) -> bool:
    """Tell whether a row of a model belongs to a user."""
    return any(field.related_model is User for field in model._meta.fields)


HELD = (
    Held(Export, "user", "The copies of your data that you asked for."),
    Held(LogEntry, "user", "What you did in the admin."),
    Held(
        LogEntry,
        log_about,
        "What staff did to your account.",
        called="admin/logentry_about_you",
        not_exported="It says what others did. Ask whoever runs this service.",
    ),
    Held(
        AdminSession,
        admin_sessions,
        "Your sessions in the admin.",
        not_exported="They open it to whoever has them; each ends after two weeks.",
    ),
    Held(
        IdempotencyRecord,
        lambda person: IdempotencyRecord.objects.filter(caller=str(person.user_id)),
        "Answers you were given, so that a request sent twice has one answer.",
        not_exported=SHORT_LIVED.format("24 hours"),
    ),
    Held(
        celery_parts.OutboxRow,
        naming(celery_parts.OutboxRow),
        "Work that was promised, and letters to you.",
        not_exported=SHORT_LIVED.format("7 days"),
    ),
    Held(
        celery_parts.DeadLetter,
        naming(celery_parts.DeadLetter),
        "Work that could not be done.",
        not_exported=SHORT_LIVED.format("90 days"),
    ),
)
NOBODYS: Nobodys = {
    celery_parts.Receipt: "Which events had their effect, by the event's number.",
    celery_parts.Progress: "How far jobs are, by their number.",
    celery_parts.Tick: "What the schedule has published.",
    ContentType: "Django's list of tables.",
    Group: "Groups of staff.",
    Group.permissions.through: "What a group may do.",
    Permission: "What can be permitted.",
}
