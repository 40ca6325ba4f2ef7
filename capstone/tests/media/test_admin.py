import pytest
from cast import make_audiobook, make_user
from media.tones import tones_m4a

from audiobooks.media import services
from audiobooks.media.models import SourceFile


@pytest.fixture
def staff(client, settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = False
    client.force_login(make_user("staff", role="staff", is_superuser=True))
    return client


@pytest.mark.django_db
def test_stored_audio_can_be_looked_at_but_not_changed(staff):
    file = services.source_file_store(
        audiobook_id=make_audiobook("Dracula").id, position=1, start_ms=0, content=tones_m4a(440)
    )

    listed = staff.get("/admin/media/sourcefile/")
    changed = staff.post(f"/admin/media/sourcefile/{file.id}/change/", {"sha256": "0" * 64})
    deleted = staff.post(f"/admin/media/sourcefile/{file.id}/delete/", {"post": "yes"})

    assert "Dracula" in listed.content.decode()
    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert staff.get("/admin/media/sourcefile/add/").status_code == 403
    assert SourceFile.objects.get().sha256 == file.sha256
