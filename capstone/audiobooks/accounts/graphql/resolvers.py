"""Accounts in the graph: ``me``. Logging in is REST's alone, so that one place counts tries and sets tokens."""

from typing import Any

from ariadne import QueryType
from graphql import GraphQLResolveInfo

from audiobooks.accounts import selectors
from audiobooks.accounts.graphql import scalars
from audiobooks.accounts.graphql.callers import principal_of, user_id_of
from audiobooks.accounts.models import User
from audiobooks.principal import Role

query = QueryType()


@query.field("me")
def me(_: Any, info: GraphQLResolveInfo) -> User:
    """Return the caller's account. Raises ``NotAuthenticated``, ``NotFound`` where it is gone."""
    user_id_of(info)
    return selectors.user_behind(principal_of(info))


rows = {"Me": User}
bindables = [
    query,
    scalars.day,
    scalars.instant,
    scalars.whole_number,
    scalars.decimal,
    scalars.enumeration("Role", Role),
]
