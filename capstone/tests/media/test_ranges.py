import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobooks.media.ranges import ByteRange, RangeRefused, requested_range

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=0-499", ByteRange(0, 500)),
        ("bytes=500-", ByteRange(500, 1000)),
        ("bytes=999-999", ByteRange(999, 1000)),
        ("bytes=999-5000", ByteRange(999, 1000)),
        ("bytes=-1", ByteRange(999, 1000)),
        ("bytes=-5000", ByteRange(0, 1000)),
        ("BYTES=0-0", ByteRange(0, 1)),
        ("bytes= 0-0 ,", ByteRange(0, 1)),
        ("bytes=0-99999999999999999999999", ByteRange(0, 1000)),
        ("bytes=-99999999999999999999999", ByteRange(0, 1000)),
        ("bytes=0000000000000000000000007-7", ByteRange(7, 8)),
    ],
)
def test_one_range_is_cut_to_the_file(header, expected):
    assert requested_range(header, SIZE) == expected


@pytest.mark.parametrize(
    "header",
    [None, "items=0-5", "seconds=9-1", "bytes=0-0,-1", "bytes=0-0, 5000-", "bytes=0-0,0-0,0-0"],
)
def test_no_range_another_unit_and_several_ranges_mean_the_whole_file(header):
    assert requested_range(header, SIZE) is None


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("bytes=9-1", "The range 9-1 ends before it begins. Write the smaller number first."),
        (
            "bytes=1000-",
            "The file has 1000 bytes, numbered from 0: the range 1000- has none of them.",
        ),
        ("bytes=-0", "The file has 1000 bytes, numbered from 0: the range -0 has none of them."),
        (
            "bytes=99999999999999999999999-",
            "The file has 1000 bytes, numbered from 0: the range 99999999999999999999999- has none of them.",
        ),
        ("bytes=0-0,9-1", "The range 9-1 ends before it begins. Write the smaller number first."),
        (
            "bytes=²-³",
            "'²-³' is no byte range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes=٣-٤",
            "'٣-٤' is no byte range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes=0x10-",
            "'0x10-' is no byte range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes=-",
            "'-' is no byte range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes=",
            "The Range header names no range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes 0-5",
            "The Range header names no range. Write it as bytes=0-1023, bytes=1024- or bytes=-1024.",
        ),
        (
            "bytes=" + ",".join(["0-0"] * 1000),
            "The Range header has 4005 characters, at most 200 are read. "
            "Ask for one range, such as bytes=0-1023.",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(header, reason):
    with pytest.raises(RangeRefused) as refused:
        requested_range(header, SIZE)

    assert str(refused.value) == reason


@given(first=st.integers(0, 50), last=st.integers(0, 50), size=st.integers(1, 40))
def test_a_range_is_what_slicing_a_file_says(first, last, size):
    file = bytes(range(size))

    try:
        wanted = requested_range(f"bytes={first}-{last}", size)
    except RangeRefused:
        assert last < first or first >= size
    else:
        assert file[wanted.start : wanted.end] == file[first : last + 1] != b""


@given(suffix=st.integers(0, 50), size=st.integers(1, 40))
def test_a_suffix_is_the_end_of_the_file(suffix, size):
    file = bytes(range(size))

    try:
        wanted = requested_range(f"bytes=-{suffix}", size)
    except RangeRefused:
        assert suffix == 0
    else:
        assert file[wanted.start : wanted.end] == file[-suffix:]


@given(header=st.text(max_size=250), size=st.integers(1, 10**12))
def test_no_header_does_anything_but_name_bytes_of_the_file_or_get_refused(header, size):
    for text in (header, f"bytes={header}"):
        try:
            wanted = requested_range(text, size)
        except RangeRefused:
            continue
        assert wanted is None or 0 <= wanted.start < wanted.end <= size
