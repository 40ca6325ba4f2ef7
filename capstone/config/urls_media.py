"""The media process's addresses: see wsgi_media.py."""

from django.urls import include, path

from audiobooks.media.urls import hls
from config import health

urlpatterns = [
    path("media/", include("audiobooks.media.urls")),
    path("media/", include("audiobooks.rights.urls")),
    path("hls/", include(hls)),
    path("healthz/live", health.live),
]

handler400 = "lab_rest.problems.bad_request"
handler403 = "lab_rest.problems.permission_denied"
handler404 = "lab_rest.problems.page_not_found"
handler500 = "lab_rest.problems.server_error"
