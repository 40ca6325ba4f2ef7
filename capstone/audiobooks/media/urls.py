"""Addresses under /media/ of the media process."""

from django.urls import path, re_path

from audiobooks.catalog.models import Cover
from audiobooks.media import rest

widths = "|".join(map(str, Cover.WIDTHS_PX))

urlpatterns = [
    path("audio/<uuid:source_file_id>.m4a", rest.Audio.as_view(), name="audio"),
    re_path(
        rf"^covers/(?P<sha256>[0-9a-f]{{64}})/(?P<width_px>{widths})\.webp\Z",
        rest.Cover.as_view(),
        name="cover",
    ),
]
