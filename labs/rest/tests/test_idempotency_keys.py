"""The header Idempotency-Key: a key, or a 400; never anything else."""

from hypothesis import example, given
from hypothesis import strategies as st

from lab_rest.idempotency import read_key
from lab_rest.problems import Problem

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)


@given(PRINTABLE)
@example("a" * 255)
@example('\\"')
def test_every_printable_key_survives_its_quotes(key):
    quoted = key.replace("\\", r"\\").replace('"', r"\"")

    assert read_key(f' "{quoted}" ') == key


@given(st.text() | PRINTABLE | st.from_regex(r'"[ -~]{0,4}"?.?'))
def test_any_header_is_a_key_or_a_400(header):
    try:
        key = read_key(header)
    except Problem as problem:
        assert (problem.status, problem.type) == (400, "invalid-idempotency-key")  # noqa: PT017 -- some do not raise
    else:
        assert 1 <= len(key) <= 255
        assert key.isascii()
        assert key.isprintable()
