"""Documents: parsed once, kept in bounds, and trusted ones by their digest."""

import pytest

from lab_graphql.documents import DocumentCache, TrustedDocuments, document_id

FILM = "query F($i:ID!){film(id:$i){title}}"


def graph(**but):
    from graphql_playground.graphs import graph_of  # noqa: PLC0415 -- after Django is set up
    from graphql_playground.step1_naive import bindables  # noqa: PLC0415

    return graph_of(bindables, **but)


@pytest.fixture
def answer(rf, db):
    from lab_graphql.graph import Asking, Context  # noqa: PLC0415

    return lambda on, **asked: on.answer(Asking(**asked), Context(rf.post("/")))


def test_a_document_is_prepared_once_whatever_its_variables(answer):
    one = graph()
    prepared = []
    one.documents = DocumentCache(lambda text: prepared.append(text) or one._prepare(text))

    titles = [
        answer(one, query=FILM, variables={"i": str(n)}).body["data"]["film"]["title"] for n in (1, 2, 3)
    ]

    assert titles == ["Film 1", "Film 2", "Film 3"]
    assert prepared == [FILM]


def test_the_cache_forgets_the_least_lately_used(rf):
    made = []
    cache = DocumentCache(lambda text: made.append(text) or text, most=2)

    for text in ("a", "b", "a", "c", "a", "b"):
        cache.get(text)

    assert made == ["a", "b", "c", "b"]
    assert len(cache) == 2


def test_what_is_refused_is_not_kept(answer):
    one = graph()
    for _ in range(2):
        assert answer(one, query="{nope}").status == 400

    assert len(one.documents) == 0


def test_a_trusted_document_is_asked_for_by_its_id(answer):
    one = graph(trusted=TrustedDocuments({document_id(FILM): FILM}), only_trusted=True)

    told = answer(one, document_id=document_id(FILM), variables={"i": "1"})
    assert told.body["data"] == {"film": {"title": "Film 1"}}
    assert len(one.documents) == 0
    for asked, status, code in (
        ({"query": FILM}, 403, "ONLY_TRUSTED_DOCUMENTS"),
        ({"query": FILM, "document_id": "sha256:x"}, 404, "UNKNOWN_DOCUMENT"),
    ):
        told = answer(one, **asked)
        assert (told.status, told.body["errors"][0]["extensions"]["code"]) == (status, code)


def test_a_trusted_document_that_no_longer_fits_stops_the_start():
    for text, says in (("{nope}", "Cannot query field 'nope'"), ("{", "Syntax Error")):
        with pytest.raises(ValueError, match=says):
            graph(trusted=TrustedDocuments({document_id(text): text}))


def test_an_id_that_is_not_its_texts_digest_is_refused(tmp_path):
    file = tmp_path / "documents.json"
    file.write_text('{"sha256:0": "{__typename}"}')

    with pytest.raises(ValueError, match="Not the digest of its text: sha256:0"):
        TrustedDocuments.from_file(file)
