from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from audiobooks.errors import NotAllowed
from audiobooks.media import addresses

NOON = datetime(2026, 5, 17, 12, 0, 0, 900_000, tzinfo=UTC)
FILE, OTHER_FILE = UUID(int=1), UUID(int=2)
BO, CY = UUID(int=11), UUID(int=12)


@pytest.fixture
def query(settings) -> str:
    settings.SECRET_KEY = "a key for the tests of addresses"
    settings.MEDIA_BASE_URL = "https://media.example.org/"
    settings.MEDIA_ADDRESS_LIFETIME = timedelta(minutes=15)
    return urlsplit(addresses.audio_address(FILE, user_id=BO, now=NOON).url).query


def refusal(query: str, file=FILE, now=NOON) -> tuple[str, str]:
    with pytest.raises(NotAllowed) as refused:
        addresses.verify(addresses.audio_path(file), query, now=now)
    return refused.value.code, refused.value.detail


def test_an_address_names_file_user_and_the_second_it_ends(query):
    address = addresses.audio_address(FILE, user_id=BO, now=NOON)

    assert address.expires_at == datetime(2026, 5, 17, 12, 15, 0, tzinfo=UTC)
    assert address.url.startswith(
        "https://media.example.org/media/audio/00000000-0000-0000-0000-000000000001.m4a?"
    )
    assert parse_qs(query)["user"] == ["00000000-0000-0000-0000-00000000000b"]
    assert parse_qs(query)["expires"] == ["1779020100"]
    assert len(parse_qs(query)["signature"][0]) == 43


def test_a_genuine_address_says_whom_it_was_made_for_and_how_long_it_opens(query):
    assert addresses.verify(addresses.audio_path(FILE), query, now=NOON) == addresses.Bearer(
        user_id=BO, seconds_left=900
    )


def test_an_address_opens_until_its_last_second_and_not_in_the_next(query):
    end = datetime(2026, 5, 17, 12, 15, 0, tzinfo=UTC)

    assert (
        addresses.verify(addresses.audio_path(FILE), query, now=end - timedelta(microseconds=1)).seconds_left
        == 1
    )
    assert refusal(query, now=end) == (
        "address_expired",
        "This address ended 0 seconds ago. Ask for a new address, where you got this one.",
    )


def test_an_address_of_one_file_does_not_open_another(query):
    code, detail = refusal(query, file=OTHER_FILE)

    assert code == "signature_invalid"
    assert detail == (
        "This address was altered: the signature does not belong to this file, user and time. "
        "Ask for a new address, where you got this one."
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (str(BO), str(CY)),
        (str(BO), str(BO).upper()),
        ("expires=1779020100", "expires=1779020101"),
        ("expires=1779020100", "expires=01779020100"),
        ("expires=1779020100", "expires=1779020100%20"),
        ("expires=1779020100", "expires=soon"),
        ("expires=1779020100", "expires="),
        ("expires=1779020100", "expires=%EF%BC%91"),
        ("signature=", "signature=%FF"),
    ],
)
def test_no_other_user_or_time_fits_the_signature(query, old, new):
    assert old in query

    assert refusal(query.replace(old, new))[0] == "signature_invalid"


def test_no_changed_character_of_the_signature_is_let_through(query):
    start = query.index("signature=") + len("signature=")

    for position in range(start, len(query)):
        other = "A" if query[position] != "A" else "B"
        assert refusal(query[:position] + other + query[position + 1 :])[0] == "signature_invalid"


def test_each_parameter_must_be_there_once(query):
    user, expires, signature = query.split("&")

    assert "'user' occurs 0 times" in refusal(f"{expires}&{signature}")[1]
    assert "'expires' occurs 0 times" in refusal(f"{user}&{signature}")[1]
    assert "'signature' occurs 0 times" in refusal(f"{user}&{expires}")[1]
    assert "'user' occurs 2 times" in refusal(f"{user}&{user}&{signature}")[1]
    assert "'user' occurs 0 times" in refusal("")[1]
    assert "more than the parameters user, expires, signature" in refusal(f"{query}&{user}")[1]
    assert "more than the parameters user, expires, signature" in refusal(f"{query}&download=1")[1]


def test_another_key_opens_nothing(query, settings):
    settings.SECRET_KEY = "another key"

    assert refusal(query)[0] == "signature_invalid"
