"""The awkward set: what people type, and what has to come first (awkward.toml)."""

import tomllib
from pathlib import Path

import pytest
from discovery.catalogue import make_catalogue

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

AWKWARD = {
    (kind, asked): first
    for kind, queries in tomllib.loads(Path(__file__).with_name("awkward.toml").read_text()).items()
    for asked, first in queries.items()
}


def test_the_awkward_set_finds_what_was_meant_first(as_user, cy, request):
    recordings, client = make_catalogue(), as_user(cy)
    missed = {}

    for (kind, asked), expected in AWKWARD.items():
        answer = client.get("/api/v1/search/", {"q": asked}).json()
        first = answer["results"][0]["id"] if answer["results"] else ""
        wanted = str(recordings[expected].pk) if expected else ""
        if first != wanted:
            titles = [result["title"] for result in answer["results"]]
            missed[kind, asked] = (answer["closeness"], titles[:3])

    request.node.user_properties.append(("hits@1", f"{len(AWKWARD) - len(missed)} of {len(AWKWARD)}"))
    assert missed == {}
