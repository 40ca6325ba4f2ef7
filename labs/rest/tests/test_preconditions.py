"""Entity tags and what they guard, without HTTP and without a database."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab_rest.preconditions import (
    UNCONDITIONAL,
    MalformedTags,
    Precondition,
    PreconditionFailed,
    etag_of,
    read_tags,
)

OPAQUE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='"\x7f'))
TAGS = st.builds("{}{}".format, st.sampled_from(["", "W/"]), OPAQUE.map('"{}"'.format))
SEPARATORS = st.sampled_from([",", ", ", " ,", "\t,\t", ",,", " , , "])


@given(st.text(), st.text())
def test_a_tag_is_one_strong_quoted_token_whatever_the_id_and_the_version_are(row_id, version):
    tag = etag_of(row_id, version)

    assert read_tags(tag) == {tag}
    assert len(tag) == 34


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", 1), ("a", 2)), (("a", 1), ("b", 1)), (("a1", 1), ("a", 11)), (("a", 1), ("a", 1, "staff"))],
)
def test_another_thing_version_or_form_has_another_tag(one, other):
    assert etag_of(*one) == etag_of(*one)
    assert etag_of(*one) != etag_of(*other)


@given(st.lists(TAGS, min_size=1), st.data())
def test_a_list_of_tags_is_read_back_however_it_is_spaced(tags, data):
    header = tags[0] + "".join(data.draw(SEPARATORS) + tag for tag in tags[1:])

    assert read_tags(f" ,{header} ,") == set(tags)


@given(st.text() | st.text('"W/*, a') | st.from_regex(r'(W/)?".{0,5}"?[ ,*x]{0,3}"?'))
def test_any_other_text_is_refused_and_nothing_else_happens(header):
    try:
        tags = read_tags(header)
    except MalformedTags as exc:
        assert "Send the ETag as it was answered" in str(exc)  # noqa: PT017 -- most headers do not raise
    else:
        assert tags == {"*"} or all(read_tags(tag) == {tag} for tag in tags)


@pytest.mark.parametrize(
    "header",
    ["", " ", ",", "abc", '"abc', 'abc"', '"a" "b"', '"a"b', '*, "a"', "**", 'w/"a"', '"a b"', '"a\x7f"'],
)
def test_what_is_no_list_of_tags_is_malformed(header):
    with pytest.raises(MalformedTags):
        read_tags(header)


def test_60_kilobytes_of_tags_are_read_in_one_pass():
    assert len(read_tags(",".join(f'"{number}"' for number in range(8_000)))) == 8_000


def test_a_change_passes_with_the_tag_of_the_present_version_alone():
    seen = Precondition(read_tags(f'"other", {etag_of("n1", 3)}'))

    seen.check("n1", 3)
    for changed in (("n1", 4), ("n2", 3), ("n1", 3, "staff")):
        with pytest.raises(PreconditionFailed):
            seen.check(*changed)


def test_a_weak_tag_permits_no_change():
    with pytest.raises(PreconditionFailed):
        Precondition(read_tags(f"W/{etag_of('n1', 3)}")).check("n1", 3)


def test_a_task_that_has_seen_no_version_says_so():
    UNCONDITIONAL.check("n1", 3)


def test_services_may_import_it_for_it_brings_neither_framework():
    program = "import sys, lab_rest.preconditions; print({'django', 'rest_framework'} & set(sys.modules))"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout == "set()\n"
