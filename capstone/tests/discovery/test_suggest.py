"""What is suggested while somebody types."""

import pytest
from cast import make_audiobook, make_person, make_series

pytestmark = pytest.mark.django_db


def suggested(client, asked: str) -> list[tuple[str, str]]:
    answer = client.get("/api/v1/search/suggest/", {"q": asked})
    return [(one["kind"], one["text"]) for one in answer.json()["suggestions"]]


def test_titles_people_and_series_that_begin_so_come_before_those_that_are_near(anybody):
    book = make_audiobook("Jane Eyre", authors=[make_person("Charlotte Brontë")]).book
    make_audiobook("Emma", authors=[make_person("Jane Austen")])
    make_series("Janet and Jane", book)

    found = suggested(anybody, "jane")

    assert set(found[:3]) == {
        ("person", "Jane Austen"),
        ("audiobook", "Jane Eyre"),
        ("series", "Janet and Jane"),
    }
    assert found[3:] == [("audiobook", "Emma")]  # its author is near


@pytest.mark.parametrize("asked", ["b", "bron", "bronte", "BRONTË ch", "charlote", "brnote", "charlotte  br"])
def test_a_person_is_suggested_by_any_beginning_and_by_a_typing_error(anybody, asked):
    make_audiobook("Jane Eyre", authors=[make_person("Charlotte Brontë")])

    assert ("person", "Charlotte Brontë") in suggested(anybody, asked)


def test_of_many_recordings_with_one_title_one_is_suggested_and_at_most_eight_things(anybody):
    for _ in range(12):
        make_audiobook("Emma")
    for number in range(12):
        make_audiobook(f"Emma and the {number} dwarfs")

    found = suggested(anybody, "emma")

    assert (len(found), found[0]) == (8, ("audiobook", "Emma"))
    assert len(set(found)) == 8


def test_nobody_is_told_of_what_they_may_not_see(anybody, as_user, bo, ada):
    book = make_audiobook("Secret plans", status="draft", authors=[make_person("Secret Author")]).book
    make_series("Secret series", book)
    make_audiobook("Secrets", access="members", narrators=[make_person("Secretary")])

    assert suggested(anybody, "secret") == []
    assert set(suggested(as_user(bo), "secret")) == {("audiobook", "Secrets"), ("person", "Secretary")}
    assert len(suggested(as_user(ada), "secret")) == 5


def test_it_costs_three_queries_or_six(anybody, django_assert_num_queries):
    for number in range(20):
        make_audiobook(f"Emma {number}", narrators=[make_person(f"Emil {number}")])

    with django_assert_num_queries(3):
        assert len(suggested(anybody, "em")) == 8
    with django_assert_num_queries(6):
        suggested(anybody, "eamm 7")
