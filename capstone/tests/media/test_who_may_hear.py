from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from media.audio import address, make_file, problem

from audiobooks.catalog.models import Audiobook
from audiobooks.media.models import SourceFile


def test_an_address_opens_one_file_for_one_user_until_it_ends(player, bo, cy):
    file, other = make_file(), make_file()
    url = address(file, bo)

    for altered in (
        url.replace(str(file.id), str(other.id)),
        url.replace(f"user={bo.id}", f"user={cy.id}"),
        url.replace("expires=1", "expires=2"),
        url[:-1],
        url + "A",
        url + "&user=",
        url.partition("?")[0],
        url.partition("&signature")[0],
    ):
        assert altered != url
        assert problem(player.get(altered)) == (403, "signature-invalid")
    expired = player.get(address(file, bo, now=timezone.now() - timedelta(minutes=16)))
    assert problem(expired) == (403, "address-expired")
    assert expired.json()["detail"].endswith("Ask for a new address, where you got this one.")
    assert expired.headers["Access-Control-Allow-Origin"] == "*"
    assert player.get(url).status_code == 200


def test_what_is_not_ready_opens_for_curators_only(player, ada, bo):
    file = make_file()

    for status in ["draft", "processing", "withdrawn"]:
        Audiobook.objects.update(status=status)
        assert problem(player.get(address(file, bo))) == (404, "audio-unknown")
        assert player.get(address(file, ada)).status_code == 200


def test_a_user_who_was_switched_off_hears_nothing_more(player, bo):
    url = address(make_file(), bo)
    assert player.get(url).status_code == 200

    bo.is_active = False
    bo.save()
    assert problem(player.get(url)) == (403, "account-inactive")

    bo.delete()
    assert problem(player.get(url)) == (403, "account-inactive")


def test_a_file_that_was_deleted_is_not_found(player, bo):
    file = make_file()
    url = address(file, bo)
    file.delete()

    assert problem(player.get(url)) == (404, "audio-unknown")
    assert problem(player.get(address(SourceFile(id=UUID(int=7)), bo))) == (404, "audio-unknown")
