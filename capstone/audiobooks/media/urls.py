"""Addresses of the API (``api``), and of the media process under /media/ (``urlpatterns``) and /hls/ (``hls``)."""

from django.urls import path, re_path

from audiobooks.catalog.models import Cover
from audiobooks.media.rest import files, jobs, uploads

widths = "|".join(map(str, Cover.WIDTHS_PX))

urlpatterns = [
    path("audio/<uuid:source_file_id>.m4a", files.Audio.as_view(), name="audio"),
    re_path(
        rf"^covers/(?P<sha256>[0-9a-f]{{64}})/(?P<width_px>{widths})\.webp\Z",
        files.Cover.as_view(),
        name="cover",
    ),
    path("renditions/<uuid:rendition_id>.m4b", files.RenditionFile.as_view(), name="rendition"),
    path("uploads/<uuid:upload_id>/", uploads.UploadBytes.as_view(), name="upload-bytes"),
]

hls = [
    path(
        "<uuid:rendition_id>/<str:user>/<str:expires>/<str:signature>/<str:name>",
        files.Stream.as_view(),
        name="stream",
    )
]

api = [
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<str:id>/cancel/", jobs.JobCancel.as_view(), name="job-cancel"),
    path("jobs/<str:id>/retry/", jobs.JobRetry.as_view(), name="job-retry"),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/<str:id>/", uploads.UploadOne.as_view(), name="upload"),
]
