"""What becomes of a recording, its chapters and its people; and what is kept of the text they are given."""

from uuid import uuid4

import pytest
from cast import make_audiobook, make_chapters, make_person
from catalog.curating import API, act, change, etag_of

from audiobooks.catalog.models import Chapter, Person
from audiobooks.catalog.text import plain_text


@pytest.fixture
def curator(ada, as_user):
    return as_user(ada)


@pytest.mark.django_db
def test_a_recording_is_published_withdrawn_restored_and_published_again(curator, anybody):
    one = make_audiobook(status="draft", duration_ms=10)
    path = f"audiobooks/{one.id}/"

    def seen_after(verb: str) -> tuple[int, str, int]:
        answer = act(curator, path, verb)
        return answer.status_code, answer.json().get("status"), anybody.get(API + path).status_code

    assert seen_after("publish") == (200, "ready", 200)
    assert seen_after("publish")[0] == 409
    assert seen_after("withdraw") == (200, "withdrawn", 404)
    assert seen_after("withdraw")[0] == 409
    assert seen_after("restore") == (200, "draft", 404)
    assert seen_after("restore")[0] == 409
    assert seen_after("publish") == (200, "ready", 200)


@pytest.mark.django_db
def test_a_recording_without_sound_is_not_published(curator):
    answer = act(curator, f"audiobooks/{make_audiobook(status='draft').id}/", "publish")

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (409, "no-audio")


@pytest.mark.django_db
def test_chapters_are_replaced_all_at_once(curator):
    one = make_audiobook(duration_ms=300)
    make_chapters(one, 100, 100, 100)
    chapters = [
        {"title": "A <i>new</i> start", "start_ms": 0, "end_ms": 150},
        {"title": "End", "start_ms": 150, "end_ms": 300},
    ]

    answer = change(
        curator,
        f"audiobooks/{one.id}/chapters/",
        {"chapters": chapters},
        etag_of(curator, f"audiobooks/{one.id}/"),
        "put",
    )

    assert answer.status_code == 200
    assert list(Chapter.objects.order_by("position").values_list("position", "title", "end_ms")) == [
        (1, "A new start", 150),
        (2, "End", 300),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ([(0, 20), (10, 30)], "chapters-overlap"),
        ([(20, 30), (0, 10)], "chapters-overlap"),
        ([(0, 10), (10, 10)], "chapter-empty"),
        ([(10, 5)], "chapter-empty"),
        ([(0, 301)], "chapter-beyond-end"),
    ],
)
def test_chapters_that_cannot_lie_so_leave_the_old_ones(curator, spans, code):
    one = make_audiobook(duration_ms=300)
    make_chapters(one, 300)
    chapters = [{"title": "C", "start_ms": start, "end_ms": end} for start, end in spans]

    answer = change(
        curator,
        f"audiobooks/{one.id}/chapters/",
        {"chapters": chapters},
        etag_of(curator, f"audiobooks/{one.id}/"),
        "put",
    )

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, code)
    assert Chapter.objects.get().title == "Chapter 1"


@pytest.mark.django_db
def test_a_merged_person_leads_to_the_other_for_ever(curator, anybody):
    first, second, third = make_person("G. Eliot"), make_person("Geo. Eliot"), make_person("George Eliot")
    shared = make_audiobook(authors=[first, third])
    alone = make_audiobook(narrators=[first])

    assert act(curator, f"people/{first.id}/", "merge", {"into": str(second.id)}).status_code == 200
    answer = act(curator, f"people/{second.id}/", "merge", {"into": str(third.id)})

    assert answer.json()["name"] == "George Eliot"
    for gone in (first, second):
        moved = anybody.get(f"{API}people/{gone.id}/")
        assert (moved.status_code, moved["Location"]) == (308, f"{API}people/{third.id}/")
    assert [credit.person for credit in shared.credits.all()] == [third]
    assert [(credit.role, credit.person) for credit in alone.credits.all()] == [("narrator", third)]


@pytest.mark.django_db
def test_nobody_is_merged_into_themselves_or_into_nobody(curator):
    person = make_person()

    same = act(curator, f"people/{person.id}/", "merge", {"into": str(person.id)})
    nobody = act(curator, f"people/{person.id}/", "merge", {"into": str(uuid4())})

    assert (same.status_code, nobody.status_code, Person.objects.count()) == (400, 404, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("AT&T", "AT&T"),
        ("a < b", "a < b"),
        ("<b>Bold</b> move", "Bold move"),
        ("<script>alert(1)</script>Hi", "Hi"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hi", "Hi"),
        ("&amp;lt;img src=x onerror=1&amp;gt;Hi", "Hi"),
        ("<a href='javascript:x'>Link</a>", "Link"),
        ("Cafe\u0301", "Café"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("bell\x07", "bell"),
        ("two\nlines", "two\nlines"),
        ("नमस्\u200dते", "नमस्\u200dते"),
    ],
)
def test_markup_is_taken_out_of_what_people_type(typed, kept):
    assert plain_text(typed) == kept
    assert plain_text(kept) == kept
