from cast import make_book, make_user
from django.apps import apps
from django.contrib.auth.models import Permission

from nexus.emptying import STAY, empty


def filled() -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if model._default_manager.exists()}


def test_after_a_test_that_commits_only_what_the_migrations_made_is_left(transactional_db):
    permissions = Permission.objects.count()
    make_user("ada", role="curator")
    make_book()

    empty(None)

    assert filled() <= STAY
    assert Permission.objects.count() == permissions > 0
