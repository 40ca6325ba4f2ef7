"""Who may hear a stream: its prefix opens what lies under it, for one user, one recording and a while."""

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from cast import make_audiobook
from django.utils import timezone
from media.audio import make_streamed, problem
from media.processes import status_at

from audiobooks.catalog.models import Audiobook
from audiobooks.library.services import grant_give
from audiobooks.media.addresses import stream_address
from audiobooks.media.models import Rendition
from audiobooks.media.packaging import MEDIA_TYPES


@pytest.fixture
def streamed(media) -> Rendition:
    return make_streamed(440).renditions.get(kind="hls")


def address(rendition: Rendition, user, name="index.m3u8", now=None) -> str:
    return stream_address(rendition.pk, name, user_id=user.pk, now=now or timezone.now()).url


def test_a_prefix_opens_all_that_lies_under_it_and_nothing_else(player, streamed, bo):
    index = address(streamed, bo)
    prefix = index.removesuffix("index.m3u8")

    for name, media_type in MEDIA_TYPES.items():
        answer = player.get(prefix + name)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        kind, _, max_age = answer.headers["Cache-Control"].partition(", max-age=")
        assert (kind, 890 <= int(max_age) <= 900) == ("private", True)
    for name in ("book.m4b", "aac-96.m3u8", "INDEX.M3U8", "index.m3u8%00", "%2e%2e", "."):
        assert status_at(httpx.URL(index).port, urlsplit(prefix).path + name) == 404


def test_nothing_of_a_prefix_can_be_exchanged(media, player, streamed, bo, cy):
    other = make_streamed(880).renditions.get(kind="hls")
    index = address(streamed, bo)
    *_, user, expires, signature, _name = index.split("/")

    for altered in (
        index.replace(str(streamed.pk), str(other.pk)),
        index.replace(str(streamed.pk), str(uuid4())),
        index.replace(user, str(cy.pk)),
        index.replace(user, user.upper()),
        index.replace(expires, str(int(expires) + 60)),
        index.replace(expires, f"+{expires}"),
        index.replace(signature, address(streamed, cy).split("/")[-2]),
        index.replace(signature, signature[:-1]),
        index.replace(signature, "é"),
    ):
        assert altered != index
        assert problem(player.get(altered)) == (403, "signature-invalid")
    audio = index.replace("/hls/", "/media/renditions/").replace("/index.m3u8", ".m4b")
    assert player.get(audio).status_code == 404
    assert player.get(index).status_code == 200


def test_no_path_leads_out_of_a_stream(media, player, streamed, bo):
    prefix = urlsplit(address(streamed, bo)).path.removesuffix("/index.m3u8")

    for path in (
        f"{prefix}/../../../../media/x",
        f"{prefix}/..%2f..%2f{streamed.sha256}.m4a",
        f"{prefix}/%2e%2e/index.m3u8",
        f"{prefix}//index.m3u8",
        f"{prefix}/..%5cindex.m3u8",
        f"{prefix}/index.m3u8/",
        f"{prefix}/",
        "/hls/",
        f"/hls/{streamed.pk}/index.m3u8",
    ):
        assert status_at(media.port, path) == 404
    assert status_at(media.port, f"{prefix}/index.m3u8") == 200


def test_an_address_that_ended_is_refused_and_a_new_one_goes_on_where_it_stopped(player, streamed, bo):
    ended = address(streamed, bo, now=timezone.now() - timedelta(minutes=16))

    refused = player.get(ended)

    assert problem(refused) == (403, "address-expired")
    assert refused.json()["detail"].endswith("Ask for a new address, where you got this one.")
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    old = address(streamed, bo, "aac-64.mp4", now=timezone.now() - timedelta(minutes=1))
    whole = player.get(old)
    rest = player.get(
        address(streamed, bo, "aac-64.mp4"),
        headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]},
    )
    assert (rest.status_code, rest.content) == (206, whole.content[100:])


@pytest.mark.parametrize("name", ["index.m3u8", "aac-128.m3u8", "opus-32.mp4"])
def test_every_file_of_a_stream_answers_ranges(player, streamed, bo, name):
    url = address(streamed, bo, name)
    whole = player.get(url)
    etag, size = whole.headers["ETag"], len(whole.content)

    head = player.head(url)
    part = player.get(url, headers={"Range": "bytes=10-19"})
    last = player.get(url, headers={"Range": "bytes=-10"})
    beyond = player.get(url, headers={"Range": f"bytes={size}-"})
    known = player.get(url, headers={"If-None-Match": etag})
    other = player.get(url, headers={"Range": "bytes=10-19", "If-Range": '"another"'})

    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(size), b"")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{size}"
    assert (last.status_code, last.content) == (206, whole.content[-10:])
    assert (problem(beyond), beyond.headers["Content-Range"]) == (
        (416, "range-not-satisfiable"),
        f"bytes */{size}",
    )
    assert (known.status_code, known.content) == (304, b"")
    assert (other.status_code, len(other.content)) == (200, size)


def test_a_page_of_another_site_may_ask_for_ranges(player, streamed, bo):
    answer = player.options(
        address(streamed, bo, "aac-64.mp4"),
        headers={
            "Origin": "https://player.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range",
        },
    )

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert answer.headers["Access-Control-Allow-Headers"] == "Range, If-Range"
    assert player.post(address(streamed, bo)).status_code == 405


def test_what_is_withdrawn_and_who_was_switched_off_stop_at_once(player, streamed, ada, bo):
    segments = address(streamed, bo, "aac-64.mp4")
    assert player.get(segments).status_code == 200

    Audiobook.objects.update(status="withdrawn")
    assert problem(player.get(segments)) == (404, "audio-unknown")
    assert player.get(address(streamed, ada, "aac-64.mp4")).status_code == 200

    Audiobook.objects.update(status="ready")
    bo.is_active = False
    bo.save()
    assert problem(player.get(segments)) == (403, "account-inactive")


def test_a_stream_is_for_whom_the_audiobook_is(media, player, ada, bo, cy, as_user, client):
    audiobook = make_streamed(440, access="restricted")
    grant_give(user_id=bo.pk, audiobook_id=audiobook.pk)
    path = f"/api/v1/audiobooks/{audiobook.pk}/stream/"

    answers = {user.username: as_user(user).get(path) for user in (ada, bo, cy)}

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "ada": 200,
        "bo": 200,
        "cy": 403,
    }
    assert client.get(path).status_code == 401
    assert answers["bo"].headers["Cache-Control"] == "private, no-store"
    stream = answers["bo"].json()
    prefix = stream["url"].rpartition("/")[0]
    assert [one["url"].rpartition("/")[0] for one in stream["variants"]] == [prefix] * 3


@pytest.mark.django_db
def test_a_stream_costs_two_queries_and_three_where_it_is_restricted(bo, as_user, django_assert_num_queries):
    for access, queries in (("members", 2), ("restricted", 3)):
        audiobook = make_audiobook(access=access)
        grant_give(user_id=bo.pk, audiobook_id=audiobook.pk)
        with django_assert_num_queries(queries):
            answer = as_user(bo).get(f"/api/v1/audiobooks/{audiobook.pk}/stream/")
        assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (404, "rendition-unknown")
